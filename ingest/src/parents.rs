//! In which order records can be stored that are parts of one another.

use consortia_domain::bundle::{Name, RecordLine};
use consortia_domain::decode::decode;
use consortia_domain::external_id::ExternalId;
use consortia_domain::id::{EntityKind, RecordRef};
use consortia_domain::programme::{ProgrammeKey, code_key};
use consortia_domain::text::search_key;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Which records are parts of which: organisations and programmes have parents of their kind.
#[derive(Default)]
pub(crate) struct Parents {
    /// The records by what lines may name them by.
    by_key: HashMap<(EntityKind, Key), usize>,
    /// What each record with a parent names it by, in the order in which it is looked up.
    of: HashMap<usize, Vec<(EntityKind, Key)>>,
}

/// What a record is named by, in the form in which two names of one record are equal.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    /// Our id, or an identifier of another registry.
    Record(RecordRef),
    /// A code or an alias of a programme.
    Code(String),
    /// A title of a programme.
    Title(String),
}

impl Parents {
    /// Notes the record in place `n`.
    pub(crate) fn note(&mut self, n: usize, record: &RecordLine) {
        let kind = record.entity;
        if !matches!(kind, EntityKind::Organisation | EntityKind::Programme) {
            return;
        }
        for key in keys(record) {
            self.by_key.entry((kind, key)).or_insert(n);
        }
        if let Some(parent) = record.field("parent_id").and_then(Value::as_str) {
            let keys = meant(kind, parent).into_iter().map(|key| (kind, key));
            self.of.insert(n, keys.collect());
        }
    }

    /// How many records lie above each of the first `count`. Loops, which nobody can store, are
    /// cut open somewhere.
    pub(crate) fn depths(&self, count: usize) -> Vec<usize> {
        let mut depths = vec![None; count];
        let mut path = Vec::new();
        for n in 0..count {
            let mut next = Some(n);
            while let Some(at) = next.filter(|at| depths[*at].is_none()) {
                // Known from now on, so that a loop ends where it began.
                depths[at] = Some(0);
                path.push(at);
                next = self.above(at);
            }
            let mut depth = next.and_then(|above| depths[above]).map_or(0, |above| above + 1);
            while let Some(at) = path.pop() {
                depths[at] = Some(depth);
                depth += 1;
            }
        }
        depths.into_iter().map(Option::unwrap_or_default).collect()
    }

    /// The record that the one in place `n` is a part of.
    fn above(&self, n: usize) -> Option<usize> {
        let found = self.of.get(&n)?.iter().filter_map(|key| self.by_key.get(key));
        found.copied().find(|above| *above != n)
    }
}

/// What lines may name a record by.
fn keys(record: &RecordLine) -> Vec<Key> {
    let mut keys: Vec<Key> = record.name.iter().cloned().map(key).collect();
    let listed = record.field("external_ids");
    let listed = listed.and_then(|ids| decode::<Vec<ExternalId>>(ids).ok());
    keys.extend(
        listed.unwrap_or_default().into_iter().map(|id| Key::Record(RecordRef::External(id))),
    );
    if record.entity == EntityKind::Programme {
        let aliases = record.field("aliases").and_then(Value::as_array);
        let codes = record.field("code").into_iter().chain(aliases.into_iter().flatten());
        keys.extend(codes.filter_map(Value::as_str).map(|code| Key::Code(code_key(code))));
        let titles = record.field("titles").and_then(Value::as_object);
        let titles = titles.into_iter().flat_map(Map::values).filter_map(Value::as_str);
        keys.extend(titles.map(|title| Key::Title(search_key(title))));
    }
    keys
}

/// What the record named `parent` may be noted as.
fn meant(kind: EntityKind, parent: &str) -> Vec<Key> {
    match parent.parse::<Name>() {
        Ok(name) => vec![key(name)],
        Err(_) if kind != EntityKind::Programme => Vec::new(),
        Err(_) => match parent.parse::<ProgrammeKey>() {
            Ok(ProgrammeKey::Name { code, title }) => vec![Key::Code(code), Key::Title(title)],
            // What names a record by id was understood above.
            _ => Vec::new(),
        },
    }
}

fn key(name: Name) -> Key {
    Key::Record(match name {
        Name::Handle(handle) => RecordRef::Id(handle.id()),
        Name::Record(record) => record,
    })
}
