//! In which order records can be stored that are parts of one another.

use consortia_domain::bundle::{Name, RecordLine};
use consortia_domain::decode::decode;
use consortia_domain::id::EntityKind;
use serde_json::Value;
use std::collections::HashMap;

/// Which records are parts of which: organisations and programmes have parents of their kind.
#[derive(Default)]
pub(crate) struct Parents {
    /// The records by what lines name them by.
    by_name: HashMap<(EntityKind, String), usize>,
    /// What each record with a parent names it by.
    of: HashMap<usize, (EntityKind, String)>,
}

impl Parents {
    /// Notes the record in place `n`.
    pub(crate) fn note(&mut self, n: usize, record: &RecordLine) {
        let kind = record.entity;
        if !matches!(kind, EntityKind::Organisation | EntityKind::Programme) {
            return;
        }
        let text = |name: &str| record.field(name).and_then(Value::as_str).map(ToOwned::to_owned);
        let external = record
            .field("external_ids")
            .and_then(|ids| decode::<Vec<consortia_domain::external_id::ExternalId>>(ids).ok());
        let externals = external.unwrap_or_default().into_iter().map(|id| id.to_string());
        let names = record.name.iter().map(Name::to_string).chain(externals).chain(text("code"));
        self.by_name.extend(names.map(|name| ((kind, name), n)));
        self.of.extend(text("parent_id").map(|parent| (n, (kind, parent))));
    }

    /// How many records lie above the one in place `n`; a loop, which nobody can store, ends
    /// when every record has been met.
    pub(crate) fn above(&self, n: usize) -> usize {
        let mut depth = 0;
        let mut at = n;
        while let Some(parent) = self.of.get(&at).and_then(|name| self.by_name.get(name)) {
            depth += 1;
            if depth > self.of.len() {
                break;
            }
            at = *parent;
        }
        depth
    }
}
