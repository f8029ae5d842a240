//! Keeping what people said where a source says otherwise.

use super::super::rows::to_json;
use super::super::{Conn, LOOKUP};
use crate::error::Result;
use crate::import::{Conflict, ConflictKind, Outcome, is_machine};
use crate::schema::revisions;
use crate::types::{Doc, Id};
use consortia_domain::id::EntityKind;
use consortia_domain::import::Origin;
use consortia_domain::revision::RevisionAction;
use consortia_domain::{Decode, decode};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// A known record and what it is to become.
pub(super) struct Merge<'a, R, C> {
    pub(super) id: Uuid,
    /// The record as it stands.
    pub(super) record: R,
    /// What is to be stated of it.
    pub(super) merged: C,
    pub(super) origin: &'a Origin,
}

/// The merges that change something, after every field that somebody edited got its value
/// back. Counts and conflicts go into `outcome`.
pub(super) fn keep<'a, R, C>(
    c: &mut Conn,
    kind: EntityKind,
    merges: Vec<Merge<'a, R, C>>,
    content: impl Fn(&R) -> &C,
    outcome: &mut Outcome,
) -> Result<Vec<(R, C)>>
where
    C: Serialize + Decode + PartialEq + Clone,
{
    let met = merges.len();
    let mut changed: Vec<Merge<'a, R, C>> =
        merges.into_iter().filter(|merge| merge.merged != *content(&merge.record)).collect();
    let ids: Vec<Id> = changed.iter().map(|merge| Id(merge.id)).collect();
    let edited = edited(c, &ids)?;
    for merge in &mut changed {
        if let Some(fields) = edited.get(&merge.id) {
            let known = content(&merge.record).clone();
            give_back(kind, &known, merge, fields, outcome)?;
        }
    }
    changed.retain(|merge| merge.merged != *content(&merge.record));
    if let Some(counts) = outcome.counts_mut(kind) {
        counts.updated += changed.len() as u64;
        counts.unchanged += (met - changed.len()) as u64;
    }
    Ok(changed.into_iter().map(|merge| (merge.record, merge.merged)).collect())
}

/// The fields of records that somebody other than an import changed last, by record.
fn edited(c: &mut Conn, ids: &[Id]) -> Result<HashMap<Uuid, HashSet<String>>> {
    let mut touched: Vec<Id> = Vec::new();
    for ids in ids.chunks(LOOKUP) {
        let by: Vec<(Id, String)> = revisions::table
            .filter(revisions::record_id.eq_any(ids))
            .select((revisions::record_id, revisions::actor))
            .distinct()
            .load(c)?;
        touched.extend(by.into_iter().filter(|(_, actor)| !is_machine(actor)).map(|(id, _)| id));
    }
    touched.sort_unstable();
    touched.dedup();
    let mut edited: HashMap<Uuid, HashSet<String>> = HashMap::new();
    for ids in touched.chunks(LOOKUP) {
        let changes: Vec<(Id, String, String, Option<Doc>)> = revisions::table
            .filter(revisions::record_id.eq_any(ids))
            .select((revisions::record_id, revisions::actor, revisions::action, revisions::change))
            .order((revisions::record_id, revisions::version))
            .load(c)?;
        for (id, actor, action, change) in changes {
            let Some(Doc(Value::Object(change))) = change else { continue };
            let fields = edited.entry(id.0).or_default();
            for (field, value) in change {
                if is_machine(&actor) {
                    fields.remove(&field);
                } else if action != RevisionAction::Created.code() || states(&value) {
                    fields.insert(field);
                }
            }
        }
    }
    Ok(edited)
}

/// Whether a field's value says anything: a new record's revision lists its empty fields too.
fn states(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => fields.values().any(states),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

/// Sets every edited field of a merge back to its known value, and reports it.
fn give_back<R, C: Serialize + Decode + Clone>(
    kind: EntityKind,
    known: &C,
    merge: &mut Merge<'_, R, C>,
    edited: &HashSet<String>,
    outcome: &mut Outcome,
) -> Result<()> {
    let before = to_json(known)?;
    let mut after = to_json(&merge.merged)?;
    let (Value::Object(old), Value::Object(new)) = (&before, &mut after) else { return Ok(()) };
    let mut kept = Vec::new();
    for (field, value) in new {
        let own = old.get(field).cloned().unwrap_or(Value::Null);
        if *value != own && edited.contains(field) {
            let incoming = std::mem::replace(value, own.clone());
            kept.push((field.clone(), own, incoming));
        }
    }
    if kept.is_empty() {
        return Ok(());
    }
    // What fits together on both sides may not when mixed; people's version then stands.
    merge.merged = decode::decode(&after).unwrap_or_else(|_| known.clone());
    for (field, kept, incoming) in kept {
        outcome.conflicts.push(Conflict {
            entity: kind,
            record_id: merge.id,
            kind: ConflictKind::Edited { field, kept, incoming },
            origin: merge.origin.clone(),
        });
    }
    Ok(())
}
