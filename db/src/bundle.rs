//! Bundles: writing everything out, and taking in what others wrote.

use crate::import::Counts;
use consortia_domain::bundle::RecordLine;
use consortia_domain::id::EntityKind;
use consortia_domain::import::{Origin, Rejection, Severity};
use consortia_domain::sheet::Row;
use consortia_domain::{Errors, Location};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// A record of a bundle, and where it stands.
#[derive(Clone, Debug)]
pub struct Numbered {
    /// The file and line.
    pub origin: Origin,
    /// The record.
    pub record: Incoming,
}

/// A record as somebody brings it.
#[derive(Clone, Debug)]
pub enum Incoming {
    /// As a line of a bundle.
    Line(RecordLine),
    /// As a row of a sheet.
    Row(Row),
}

impl Incoming {
    /// What kind of record it is.
    #[must_use]
    pub fn kind(&self) -> EntityKind {
        match self {
            Self::Line(line) => line.entity,
            Self::Row(row) => row.sheet().kind,
        }
    }

    /// What people call the place `pointer` of its fields, and what stands there.
    fn at(&self, pointer: &str) -> (String, String) {
        match self {
            Self::Line(line) => {
                let value = line.fields().pointer(pointer).map(words);
                (pointer.to_owned(), value.unwrap_or_default())
            }
            Self::Row(row) => {
                let (heading, cell) = row.at(pointer);
                (heading, cell.to_owned())
            }
        }
    }
}

/// What became of the lines of a bundle so far.
#[derive(Clone, Debug, Default)]
pub struct BundleOutcome {
    /// The records met, by kind.
    pub counts: BTreeMap<EntityKind, Counts>,
    /// What could not be stored, and lines that replace what others said.
    pub rejections: Vec<Rejection>,
    /// What changed in records that were there, where that is to be told.
    pub changes: Vec<Rejection>,
    /// Which records were made, where changes are to be told.
    pub created: Vec<Rejection>,
    /// Whether changes are to be told.
    pub(crate) tells_changes: bool,
    /// What tells this registry from others, once it was asked.
    pub(crate) registry: Option<String>,
    /// The ids of records that lines name by another id.
    pub(crate) ids: HashMap<Uuid, Uuid>,
    /// The records that lines stand for, each with its last line.
    pub(crate) met: HashMap<Uuid, u64>,
    /// The lines of records that were refused, by the id these would have had.
    pub(crate) refused: HashMap<Uuid, u64>,
}

impl BundleOutcome {
    /// Nothing so far; changes are to be told.
    #[must_use]
    pub fn telling_changes() -> Self {
        Self { tells_changes: true, ..Self::default() }
    }

    /// Notes why a line was refused.
    pub(crate) fn reject(&mut self, line: &Numbered, faults: &Errors) {
        for fault in faults.iter() {
            let (column, value) = match &fault.at {
                Location::Pointer(at) => line.record.at(at.as_str()),
                Location::Parameter(name) | Location::Header(name) => (name.clone(), String::new()),
            };
            let value = excerpt(&value);
            self.rejections.push(Rejection {
                origin: line.origin.clone(),
                column,
                value,
                reason: fault.detail.clone(),
                severity: Severity::Rejected,
            });
        }
    }

    /// Notes that a line replaces what `other`, which stands for the same record, or the registry
    /// said of it; nothing when it only adds to it.
    pub(crate) fn tell_replaced(
        &mut self,
        origin: &Origin,
        kind: EntityKind,
        other: u64,
        changes: &[(String, String, String)],
    ) {
        let said = |old: &str| !matches!(old, "" | "[]" | "{}");
        let replaced = changes.iter().filter(|(_, old, _)| said(old));
        let replaced: Vec<_> =
            replaced.map(|(column, ..)| column.trim_start_matches('/')).collect();
        if replaced.is_empty() {
            return;
        }
        self.rejections.push(Rejection {
            origin: origin.clone(),
            column: String::new(),
            value: String::new(),
            reason: format!(
                "Line {other} stands for the same {kind}, and this one replaces what was said of: \
                 {}. For another {kind}, give it an id and identifiers of its own.",
                replaced.join(", ")
            ),
            severity: Severity::Notice,
        });
    }

    /// Notes what would change in a record: of each field its name, and what stands there before
    /// and after.
    pub(crate) fn tell(&mut self, origin: &Origin, changes: Vec<(String, String, String)>) {
        self.changes.extend(changes.into_iter().map(|(column, old, new)| Rejection {
            origin: origin.clone(),
            column,
            value: excerpt(&new),
            reason: if old.is_empty() {
                "It was empty.".to_owned()
            } else {
                format!("It was: {}", excerpt(&old))
            },
            severity: Severity::Change,
        }));
    }

    /// Notes that a record would be made, and what people call it.
    pub(crate) fn tell_created(&mut self, origin: &Origin, kind: EntityKind, label: &str) {
        self.created.push(Rejection {
            origin: origin.clone(),
            column: String::new(),
            value: excerpt(label),
            reason: format!("The {kind} would be created."),
            severity: Severity::Change,
        });
    }
}

/// A value as people write it.
pub(crate) fn words(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// A value as reports show it, cut to a few words.
fn excerpt(text: &str) -> String {
    const LONGEST: usize = 80;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} …", &text[..end]),
        None => text.to_owned(),
    }
}

crate::conn::dispatch! { bundle:
    /// Stores lines, in the order given. A line that names a record there is changes the fields
    /// it gives, any other makes a record; content that says the same changes nothing. What
    /// cannot be stored is noted in `outcome` and left out; the rest is stored.
    write apply(outcome: &mut BundleOutcome, lines: &[Numbered]) -> ();

    /// The records of one kind after `after`, at most `limit` and some 4 MiB of them, in order of
    /// id, each with its line.
    read page(kind: EntityKind, after: Option<Uuid>, limit: u32) -> Vec<(Uuid, Value)>;

    /// Those of the records `ids` that are there, in order of id, each with its line.
    read some(kind: EntityKind, ids: &[Uuid]) -> Vec<(Uuid, Value)>;

    /// The participations in these projects, in no order.
    read participations_in(projects: &[Uuid]) -> Vec<Uuid>;

    /// What to call those of the records `ids` that are there, in no order: what people read,
    /// and in brackets what a bundle or a sheet can name them by.
    read names(kind: EntityKind, ids: &[Uuid]) -> Vec<(Uuid, String)>;
}
