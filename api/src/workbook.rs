//! Writing organisations, projects and participations, and what they name, as tables for a
//! spreadsheet: what the command line and the API share.

mod guide;
mod sheets;
mod tables;
mod xlsx;

pub use sheets::Sheets;
pub use tables::Tables;
pub use xlsx::Xlsx;

use consortia_db::{Conn, bundle, project, revision};
use consortia_domain::bundle::Line;
use consortia_domain::id::EntityKind;
use consortia_domain::page::{ListRequest, MAX_LIMIT};
use consortia_domain::project::ProjectFilter;
use consortia_domain::sheet::{Extent, Row, SHEETS, Sheet};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use uuid::Uuid;

/// Records read at a time.
const PAGE: u32 = 1000;

/// What a workbook holds.
#[derive(Clone, Debug)]
pub enum Selection {
    /// Everything that sheets can hold.
    Everything,
    /// Some projects, who takes part in them and what they are paid from.
    Projects(Box<ProjectFilter>),
    /// Nothing but headings: a form to fill in.
    Template,
}

/// The records of each kind that are wanted; all of them where none are named.
type Wanted = Option<BTreeMap<EntityKind, BTreeSet<Uuid>>>;

/// Records of one kind, each with its line of a bundle.
type Lines = Vec<(Uuid, Value)>;

/// Writes what `selection` names of what the registry holds, and says how many records that
/// is; `tell` is told of each kind that is done.
///
/// # Errors
/// When the store fails or `out` cannot be written.
pub fn write(
    c: &mut Conn<'_>,
    selection: &Selection,
    out: &mut impl Sheets,
    mut tell: impl FnMut(EntityKind, u64),
) -> io::Result<u64> {
    let wanted = wanted(c, selection).map_err(io::Error::other)?;
    let mut names = Names::new(c).map_err(io::Error::other)?;
    let mut all = 0;
    for sheet in SHEETS {
        let records = write_sheet(c, sheet, selection, &wanted, &mut names, out)?;
        tell(sheet.kind, records);
        all += records;
    }
    out.finish()?;
    Ok(all)
}

fn write_sheet(
    c: &mut Conn<'_>,
    sheet: &'static Sheet,
    selection: &Selection,
    wanted: &Wanted,
    names: &mut Names,
    out: &mut impl Sheets,
) -> io::Result<u64> {
    if matches!(selection, Selection::Template) {
        out.begin(sheet, &Extent::of_template(sheet).places(sheet))?;
        return Ok(0);
    }
    let mut extent = Extent::default();
    // Which columns there are is known when all records were seen.
    if sheet.columns.iter().any(|column| column.is_by_language() || column.is_numbered()) {
        pages(c, sheet.kind, wanted, |_, lines| {
            for (_, line) in &lines {
                extent.include(sheet, line);
            }
            Ok(())
        })?;
    }
    let places = extent.places(sheet);
    out.begin(sheet, &places)?;
    let mut records = 0;
    pages(c, sheet.kind, wanted, |c, lines| {
        names.learn(c, &lines).map_err(io::Error::other)?;
        records += lines.len() as u64;
        for (id, line) in &lines {
            let name_of = |kind, id| names.of(kind, id);
            out.row(&Row::of(&names.registry, sheet, &places, *id, line, &name_of))?;
        }
        Ok(())
    })?;
    Ok(records)
}

/// Hands over the records of a kind that are wanted, in order of id, page by page.
fn pages(
    c: &mut Conn<'_>,
    kind: EntityKind,
    wanted: &Wanted,
    mut take: impl FnMut(&mut Conn<'_>, Lines) -> io::Result<()>,
) -> io::Result<()> {
    if let Some(wanted) = wanted {
        let ids: Vec<Uuid> = wanted.get(&kind).into_iter().flatten().copied().collect();
        for ids in ids.chunks(PAGE as usize) {
            let lines = bundle::some(c, kind, ids).map_err(io::Error::other)?;
            take(c, lines)?;
        }
        return Ok(());
    }
    let mut after = None;
    loop {
        let lines = bundle::page(c, kind, after, PAGE).map_err(io::Error::other)?;
        let Some((last, _)) = lines.last() else { return Ok(()) };
        after = Some(*last);
        take(c, lines)?;
    }
}

/// The records that a selection is made of: projects, and all that their rows lead to.
fn wanted(c: &mut Conn<'_>, selection: &Selection) -> consortia_db::Result<Wanted> {
    let Selection::Projects(filter) = selection else { return Ok(None) };
    let projects = found(c, filter)?;
    let participations = bundle::participations_in(c, &projects)?;
    let mut wanted = BTreeMap::new();
    let mut fresh =
        vec![(EntityKind::Project, projects), (EntityKind::Participation, participations)];
    while let Some((kind, ids)) = fresh.pop() {
        let known: &mut BTreeSet<Uuid> = wanted.entry(kind).or_default();
        let ids: Vec<Uuid> = ids.into_iter().filter(|id| known.insert(*id)).collect();
        for ids in ids.chunks(PAGE as usize) {
            let lines = bundle::some(c, kind, ids)?;
            fresh.extend(referred(lines.iter().map(|(_, line)| line)));
        }
    }
    Ok(Some(wanted))
}

/// The ids of the projects that match.
fn found(c: &mut Conn<'_>, filter: &ProjectFilter) -> consortia_db::Result<Vec<Uuid>> {
    let mut request =
        ListRequest { filter: filter.clone(), limit: MAX_LIMIT, ..ListRequest::default() };
    let mut ids = Vec::new();
    loop {
        let page = project::list(c, &request)?;
        ids.extend(page.data.iter().map(|project| Uuid::from(project.id)));
        request.cursor = page.next;
        if request.cursor.is_none() {
            return Ok(ids);
        }
    }
}

/// The records that some lines refer to, by kind.
fn referred<'a>(lines: impl Iterator<Item = &'a Value>) -> BTreeMap<EntityKind, Vec<Uuid>> {
    let mut referred: BTreeMap<EntityKind, Vec<Uuid>> = BTreeMap::new();
    for line in lines {
        let Ok(Line::Record(record)) = Line::read(line) else { continue };
        for reference in record.references() {
            if let Ok(id) = reference.name.parse() {
                referred.entry(reference.to).or_default().push(id);
            }
        }
    }
    referred
}

/// How records are called in the cells that refer to them.
struct Names {
    /// What tells this registry from others.
    registry: String,
    known: HashMap<(EntityKind, Uuid), String>,
}

impl Names {
    fn new(c: &mut Conn<'_>) -> consortia_db::Result<Self> {
        Ok(Self { registry: revision::origin(c)?, known: HashMap::new() })
    }

    /// Looks up what lines refer to, as far as it is not known yet.
    fn learn(&mut self, c: &mut Conn<'_>, lines: &Lines) -> consortia_db::Result<()> {
        for (kind, mut ids) in referred(lines.iter().map(|(_, line)| line)) {
            ids.retain(|id| !self.known.contains_key(&(kind, *id)));
            ids.sort_unstable();
            ids.dedup();
            let names = bundle::names(c, kind, &ids)?;
            self.known.extend(names.into_iter().map(|(id, name)| ((kind, id), name)));
        }
        Ok(())
    }

    fn of(&self, kind: EntityKind, id: Uuid) -> String {
        self.known.get(&(kind, id)).map_or_else(|| id.to_string(), Clone::clone)
    }
}
