//! Rows: records as cells, and cells as what they change in a record.

use super::cell::fits;
use super::seal::{self, Seal};
use super::{Headings, Holds, NameOf, Place, Sheet};
use crate::bundle::{Name, RecordLine};
use crate::error::{Errors, Invalid, Pointer};
use serde_json::{Map, Value};
use std::sync::Arc;
use uuid::Uuid;

/// A row that was read.
#[derive(Clone, Debug)]
pub struct Row {
    sheet: &'static Sheet,
    headings: Arc<Headings>,
    /// The text of each cell that belongs to a column of the sheet; others are empty.
    cells: Box<[Box<str>]>,
}

/// A row applied to a record.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The record as the row wants it, with all its fields; records referred to are named as
    /// the cells name them.
    pub line: RecordLine,
    /// The cells that cannot be read.
    pub faults: Errors,
}

impl Row {
    /// A row with these cells.
    #[must_use]
    pub fn new(sheet: &'static Sheet, headings: Arc<Headings>, cells: &[String]) -> Self {
        let own = |n: usize, place: &Option<Place>| {
            place.as_ref().and_then(|_| cells.get(n)).map_or("", |cell| cell.trim()).into()
        };
        let cells = headings.0.iter().enumerate().map(|(n, place)| own(n, place)).collect();
        Self { sheet, headings, cells }
    }

    /// The cells of a record, in the order of `places`; `name_of` names the records it refers
    /// to, see [`labelled`](super::labelled). `registry` tells the one it is of from others.
    #[must_use]
    pub fn of(
        registry: &str,
        sheet: &'static Sheet,
        places: &[Place],
        id: Uuid,
        fields: &Value,
        name_of: &NameOf<'_>,
    ) -> Vec<String> {
        let show = |place: &Place| match place.column.holds {
            Holds::Id => id.to_string(),
            _ => place.show(fields, name_of),
        };
        let mut cells: Vec<String> = places.iter().map(show).collect();
        let written = places.iter().zip(cells.iter().map(String::as_str));
        let seal = seal::write(registry, sheet, fields, written);
        let place = places.iter().position(|place| place.column.is_seal());
        // A row with hundreds of texts goes without: it is read as its author's own.
        if let Some(n) = place.filter(|_| fits(&seal)) {
            cells[n] = seal;
        }
        cells
    }

    /// The sheet it is a row of.
    #[must_use]
    pub fn sheet(&self) -> &'static Sheet {
        self.sheet
    }

    /// Whether no cell of it holds anything.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.is_empty())
    }

    /// The columns it has, each with its cell.
    fn own(&self) -> impl Iterator<Item = (&Place, &str)> {
        let cells = self.cells.iter().map(|cell| &**cell);
        self.headings.0.iter().zip(cells).filter_map(|(place, cell)| Some((place.as_ref()?, cell)))
    }

    /// The columns that hold something of the record, each with its cell.
    fn filled(&self) -> impl Iterator<Item = (&Place, &str)> {
        self.own().filter(|(place, _)| !matches!(place.column.holds, Holds::Id | Holds::Seal))
    }

    /// What another state of its record shows otherwise in the row's columns: the heading, and
    /// the cell of both states.
    #[must_use]
    pub fn differences(&self, old: &Value, new: &Value) -> Vec<(String, String, String)> {
        let places = self.filled().map(|(place, _)| place);
        let both = places.map(|place| (place, shown(place, Some(old)), shown(place, Some(new))));
        let differ = both.filter(|(place, old, new)| place.plain(old) != place.plain(new));
        differ.map(|(place, old, new)| (place.heading(), old, new)).collect()
    }

    /// The cell of the one column that holds this.
    fn cell(&self, holds: Holds) -> &str {
        self.own().find(|(place, _)| place.column.holds == holds).map_or("", |(_, cell)| cell)
    }

    /// What an export wrote down of it, if one did and it is still about the same record: a
    /// copied row with an id of its own is its author's.
    fn seal(&self) -> Option<Seal<'_>> {
        let seal = Seal::read(self.cell(Holds::Seal))?;
        let mut ids = self.own().filter(|(place, _)| place.column.holds == Holds::Id);
        ids.all(|(place, cell)| seal.holds(place, cell)).then_some(seal)
    }

    /// Whether it was written by this registry, or by hand.
    #[must_use]
    pub fn is_of(&self, registry: &str) -> bool {
        Seal::read(self.cell(Holds::Seal)).is_none_or(|seal| seal.registry == registry)
    }

    /// The same row as if somebody had written it by hand.
    #[must_use]
    pub fn unsealed(&self) -> Self {
        let is_seal = |place: &Option<Place>| place.as_ref().is_some_and(|it| it.column.is_seal());
        let mut row = self.clone();
        for (place, cell) in row.headings.0.iter().zip(&mut row.cells) {
            if is_seal(place) {
                *cell = Box::default();
            }
        }
        row
    }

    /// Whether the id is that of one record and the seal that of another, as when cells are
    /// filled down from the row above.
    #[must_use]
    pub fn is_mixed(&self) -> bool {
        let is_id = || self.cell(Holds::Id).parse::<Uuid>().is_ok();
        Seal::read(self.cell(Holds::Seal)).is_some() && self.seal().is_none() && is_id()
    }

    /// Whether it is still as an export wrote it.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        let seal = self.seal();
        seal.is_some_and(|seal| self.filled().all(|(place, cell)| seal.holds(place, cell)))
    }

    /// Whether its record, which now has `fields`, is another than when the row was written.
    #[must_use]
    pub fn is_stale(&self, fields: &Value) -> bool {
        self.seal().is_some_and(|seal| !seal.is_of(self.sheet, fields))
    }

    /// The row applied to a record with `fields`, or to a new one.
    ///
    /// A cell that says what the record says leaves it as it is. In rows that an export wrote so
    /// does one that nobody touched, and an empty one was emptied. In others an empty one says
    /// nothing, and identifiers, by which the record was found, are added to those it has.
    #[must_use]
    pub fn onto(&self, fields: Option<&Value>) -> Applied {
        let mut faults = Errors::new();
        let seal = self.seal().filter(|_| fields.is_some());
        let mut new = fields.cloned().unwrap_or_else(|| Value::Object(Map::new()));
        for (place, cell) in self.filled() {
            let untouched = seal.as_ref().is_some_and(|seal| seal.holds(place, cell));
            let said = place.plain(cell);
            // Records that are named otherwise than by id are compared by who can look them up.
            let same = said == place.plain(&shown(place, fields));
            if untouched || same || (said.is_empty() && seal.is_none()) {
                continue;
            }
            let put = match place.column.holds {
                Holds::Identifiers if seal.is_none() => place.add(&mut new, cell),
                _ => place.put(&mut new, cell),
            };
            if let Err(fault) = place.refuse_cut(cell, fields).and(put) {
                faults.body(&place.pointer(), fault);
            }
        }
        tidy_names(&mut new);
        tidy_fundings(&mut new, fields, &mut faults);
        let name = match self.cell(Holds::Id) {
            "" => None,
            id => id.parse::<Name>().map_err(|fault| faults.body(&id_pointer(), fault)).ok(),
        };
        let line = RecordLine::new(self.sheet.kind, name, new);
        Applied { line, faults }
    }

    /// The heading and the cell that a fault at `pointer` of the record's fields is about; of
    /// the row as a whole, nothing.
    #[must_use]
    pub fn at(&self, pointer: &str) -> (String, &str) {
        if pointer == id_pointer().as_str() {
            return ("id".to_owned(), self.cell(Holds::Id));
        }
        let within = |outer: &str, inner: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        // The most exact column; else the first that holds something of the same field.
        let exact = self.own().filter(|(place, _)| within(place.pointer().as_str(), pointer));
        let exact = exact.max_by_key(|(place, _)| place.pointer().as_str().len());
        let field = pointer.split('/').nth(1).unwrap_or_default();
        let near = || {
            let mut filled = self.own().filter(|(place, cell)| {
                !cell.is_empty() && place.path().split('/').next() == Some(field)
            });
            filled.next().filter(|_| !field.is_empty())
        };
        let found = exact.or_else(near);
        found.map_or((String::new(), ""), |(place, cell)| (place.heading(), cell))
    }
}

/// What `place` shows of `fields`, which refers to nothing.
fn shown(place: &Place, fields: Option<&Value>) -> String {
    fields.map(|fields| place.show(fields, &|_, id| id.to_string())).unwrap_or_default()
}

fn id_pointer() -> Pointer {
    Pointer::root().field("id")
}

/// Takes names away that were emptied.
fn tidy_names(new: &mut Value) {
    if let Some(Value::Array(names)) = new.get_mut("names") {
        names.retain(|name| name["value"] != "");
    }
}

/// Takes fundings away of which the row left nothing, and refuses to begin one behind a gap:
/// read again, the row would begin another.
fn tidy_fundings(new: &mut Value, old: Option<&Value>, faults: &mut Errors) {
    let old = old.and_then(|old| old.get("fundings")).and_then(Value::as_array);
    let old = old.map_or(&[][..], Vec::as_slice);
    let Some(Value::Array(fundings)) = new.get_mut("fundings") else { return };
    let is_known = |(name, value): (&String, &Value)| {
        !value.is_null() && (name != "kind" || value != "unspecified")
    };
    let says = |it: &Value| it.as_object().is_some_and(|it| it.iter().any(is_known));
    let gap = (old.len()..fundings.len()).find(|n| !says(&fundings[*n]));
    if let Some(gap) = gap.filter(|gap| fundings[*gap..].iter().any(says)) {
        let detail = format!(
            "Funding {} is filled in, but nothing is said of funding {}; use the columns of that \
             one.",
            fundings.len(),
            gap + 1
        );
        let at = Pointer::root().field("fundings").index(fundings.len() - 1);
        faults.body(&at, Invalid::new("funding_gap", detail));
    }
    let mut n = 0;
    fundings.retain(|it| {
        n += 1;
        old.get(n - 1) == Some(it) || says(it)
    });
}

impl Place {
    /// Where in the record's fields its cells stand.
    fn pointer(&self) -> Pointer {
        self.path().split('/').fold(Pointer::root(), |at, part| at.field(part))
    }
}
