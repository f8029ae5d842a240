//! Bundles: writing everything out, and taking in what others wrote.

use crate::import::Counts;
use consortia_domain::bundle::RecordLine;
use consortia_domain::id::EntityKind;
use consortia_domain::import::{Origin, Rejection, Severity};
use consortia_domain::{Errors, Location};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// A record of a bundle, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbered {
    /// The file and line.
    pub origin: Origin,
    /// The record.
    pub record: RecordLine,
}

/// What became of the lines of a bundle so far.
#[derive(Clone, Debug, Default)]
pub struct BundleOutcome {
    /// The records met, by kind.
    pub counts: BTreeMap<EntityKind, Counts>,
    /// What could not be stored.
    pub rejections: Vec<Rejection>,
    /// The ids of records that lines name by another id.
    pub(crate) ids: HashMap<Uuid, Uuid>,
    /// The records that lines stand for.
    pub(crate) met: HashSet<Uuid>,
    /// The lines of records that were refused, by the id these would have had.
    pub(crate) refused: HashMap<Uuid, u64>,
}

impl BundleOutcome {
    /// Notes why a line was refused.
    pub(crate) fn reject(&mut self, line: &Numbered, faults: &Errors) {
        for fault in faults.iter() {
            let column = match &fault.at {
                Location::Pointer(at) => at.to_string(),
                Location::Parameter(name) | Location::Header(name) => name.clone(),
            };
            let value = line.record.fields().pointer(&column).map(excerpt).unwrap_or_default();
            self.rejections.push(Rejection {
                origin: line.origin.clone(),
                column,
                value,
                reason: fault.detail.clone(),
                severity: Severity::Rejected,
            });
        }
    }
}

/// A value as reports show it, cut to a few words.
fn excerpt(value: &Value) -> String {
    const LONGEST: usize = 80;
    let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} …", &text[..end]),
        None => text,
    }
}

crate::conn::dispatch! { bundle:
    /// Stores lines, in the order given. A line that names a record there is changes the fields
    /// it gives, any other makes a record; content that says the same changes nothing. What
    /// cannot be stored is noted in `outcome` and left out; the rest is stored.
    write apply(outcome: &mut BundleOutcome, lines: &[Numbered]) -> ();

    /// The records of one kind after `after`, at most `limit`, in order of id, each with its
    /// line.
    read page(kind: EntityKind, after: Option<Uuid>, limit: u32) -> Vec<(Uuid, Value)>;
}
