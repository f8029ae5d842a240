//! Calls of a batch.

use super::super::{Conn, call, tombstones};
use super::edits::{Merge, keep};
use super::targets::{ByCode, ByIdentifier};
use crate::conn::Stamp;
use crate::error::Result;
use crate::import::{Conflict, ConflictKind, Outcome, merge};
use crate::types::Id;
use consortia_domain::call::CallContent;
use consortia_domain::id::{CallId, EntityKind};
use consortia_domain::import::{CallRecord, Severity};
use std::collections::HashMap;

const KIND: EntityKind = EntityKind::Call;

pub(super) fn apply(
    c: &mut Conn,
    by: &Stamp,
    records: &[CallRecord],
    outcome: &mut Outcome,
) -> Result<()> {
    let programmes = ByCode::look_up(c, records.iter().filter_map(|r| r.programme.as_ref()))?;
    let identifiers = || records.iter().filter_map(|record| record.content.identifier.as_ref());
    let mut calls = ByIdentifier::look_up(c, identifiers())?;
    let keys: Vec<String> =
        identifiers().map(|identifier| tombstones::identifier(identifier.as_str())).collect();
    let deleted = tombstones::buried(c, KIND, &keys)?;
    let mut known = Vec::new();
    let mut new: Vec<(CallId, CallContent)> = Vec::new();
    for record in records {
        let Some(identifier) = &record.content.identifier else {
            let reason = "A call without an identifier cannot be found again; it was left out.";
            outcome.reject(&record.origin, "call", "", Severity::Rejected, reason);
            continue;
        };
        let mut content = record.content.clone();
        content.programme_id = record.programme.as_ref().and_then(|code| programmes.get(code));
        if let Some(id) = calls.within(identifier, content.programme_id) {
            match new.iter_mut().find(|(new, _)| *new == id) {
                Some((_, first)) => *first = merge::call(first, &content),
                None => known.push((id, content, &record.origin)),
            }
        } else if let Some(id) = deleted.get(&tombstones::identifier(identifier.as_str())) {
            outcome.conflicts.push(Conflict {
                entity: KIND,
                record_id: *id,
                kind: ConflictKind::Deleted,
                origin: record.origin.clone(),
            });
        } else {
            let id = CallId::generate();
            calls.insert(identifier, id, content.programme_id);
            new.push((id, content));
        }
    }
    let ids: Vec<Id> = known.iter().map(|(id, ..)| Id::of(*id)).collect();
    let mut stored: HashMap<CallId, _> =
        call::load(c, &ids)?.into_iter().map(|record| (record.id, record)).collect();
    let mut pairs: Vec<Merge<'_, _, CallContent>> = Vec::new();
    for (id, content, origin) in known {
        if let Some(record) = stored.remove(&id) {
            let merged = merge::call(&record.content, &content);
            pairs.push(Merge { id: id.into(), record, merged, origin });
        } else if let Some(first) = pairs.iter_mut().find(|pair| pair.record.id == id) {
            first.merged = merge::call(&first.merged, &content);
        }
    }
    outcome.calls.created += new.len() as u64;
    call::insert_unchecked(c, by, &new)?;
    let changed = keep(c, KIND, pairs, |record| &record.content, outcome)?;
    call::update_unchecked(c, by, &changed)
}
