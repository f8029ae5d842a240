//! Bundles: storing lines one by one, reading records page by page.

mod names;
mod row;
mod store;
mod target;

pub(crate) use names::names;

use super::{Conn, LOOKUP, any, heavy, revision};
use crate::bundle::{BundleOutcome, Incoming, Numbered, words};
use crate::conn::Stamp;
use crate::error::{Error, Result};
use crate::import::Counts;
use crate::schema;
use crate::types::Id;
use consortia_domain::bundle::RecordLine;
use consortia_domain::error::Invalid;
use consortia_domain::id::EntityKind;
use consortia_domain::import::Origin;
use consortia_domain::merge_patch::merge_diff;
use consortia_domain::{Errors, Pointer};
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use serde_json::Value;
use std::collections::HashMap;
use target::Target;
use uuid::Uuid;

/// What a line did.
enum Done {
    /// It made the record with this id.
    Created(Uuid),
    Updated,
    Unchanged,
}

pub(crate) fn apply(
    c: &mut Conn,
    by: &Stamp,
    outcome: &mut BundleOutcome,
    lines: &[Numbered],
) -> Result<()> {
    if outcome.registry.is_none() {
        outcome.registry = Some(revision::origin(c)?);
    }
    let mut created = Vec::new();
    for line in lines {
        let faults = match whole(c, |c| one(c, by, outcome, line)) {
            Ok(done) => {
                let kind = line.record.kind();
                count(outcome.counts.entry(kind).or_default(), &done);
                if let Done::Created(id) = done
                    && outcome.tells_changes
                {
                    created.push((kind, id, &line.origin));
                }
                continue;
            }
            Err(Error::Invalid(faults)) => faults,
            Err(gone @ (Error::Gone { .. } | Error::Ambiguous { .. } | Error::NotFound { .. })) => {
                let detail = format!("{gone} Name another record.");
                fault("id", Invalid::new("no_such_record", detail))
            }
            Err(other) => return Err(other),
        };
        let named = match &line.record {
            Incoming::Line(line) => target::named(line),
            Incoming::Row(row) => target::named(&row.onto(None).line),
        };
        if let Some(id) = named {
            // What refers to it misses the first line that describes it.
            outcome.refused.entry(id).or_insert(line.origin.line);
        }
        outcome.reject(line, &faults);
    }
    tell_created(c, outcome, &created)
}

/// Notes which records were made, by what people call them.
fn tell_created(
    c: &mut Conn,
    outcome: &mut BundleOutcome,
    created: &[(EntityKind, Uuid, &Origin)],
) -> Result<()> {
    // Lines come in order of kind.
    for alike in created.chunk_by(|(one, ..), (other, ..)| one == other) {
        let ids: Vec<Id> = alike.iter().map(|(_, id, _)| Id(*id)).collect();
        let records = any::load(c, alike[0].0, &ids)?;
        let labels: HashMap<_, _> = records.iter().map(|made| (made.id(), made.label())).collect();
        for (kind, id, origin) in alike {
            outcome.tell_created(origin, *kind, labels.get(id).map_or("", |label| label));
        }
    }
    Ok(())
}

fn count(counts: &mut Counts, done: &Done) {
    match done {
        Done::Created(_) => counts.created += 1,
        Done::Updated => counts.updated += 1,
        Done::Unchanged => counts.unchanged += 1,
    }
}

/// One fault of the field `name`.
fn fault(name: &str, fault: Invalid) -> Errors {
    let mut errors = Errors::new();
    errors.body(&Pointer::root().field(name), fault);
    errors
}

/// What `work` does, or nothing of it when it fails.
fn whole<T>(c: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    c.batch_execute("SAVEPOINT line")?;
    let done = work(c);
    if done.is_err() {
        c.batch_execute("ROLLBACK TO SAVEPOINT line")?;
    }
    c.batch_execute("RELEASE SAVEPOINT line")?;
    done
}

/// `faults` and those of `more` that are at other places.
fn joined(mut faults: Errors, more: &Errors) -> Errors {
    for fault in more.iter() {
        if faults.iter().all(|known| known.at != fault.at) {
            faults.push(fault.at.clone(), Invalid::new(fault.code, fault.detail.clone()));
        }
    }
    faults
}

/// Stores one line or row.
fn one(c: &mut Conn, by: &Stamp, outcome: &mut BundleOutcome, brought: &Numbered) -> Result<Done> {
    match &brought.record {
        Incoming::Line(line) => {
            let mut line = line.clone();
            let dangling = target::refer(c, outcome, &mut line)?;
            if !dangling.is_empty() {
                return Err(Error::Invalid(joined(dangling, &store::faults(&line))));
            }
            let target = match target::find(c, outcome, &line) {
                Err(Error::Invalid(faults)) => {
                    return Err(Error::Invalid(joined(faults, &store::faults(&line))));
                }
                found => found?,
            };
            let repeated = outcome.met.insert(target.id(), brought.origin.line);
            let Target::Known(id) = target else { return store::store(c, by, target, line) };
            let is_told = outcome.tells_changes || repeated.is_some();
            let old = is_told.then(|| fields(c, line.entity, id)).transpose()?;
            let kind = line.entity;
            let done = store::store(c, by, target, line)?;
            let Some(old) = old else { return Ok(done) };
            let changes = differences(&old, &fields(c, kind, id)?);
            if let Some(other) = repeated {
                outcome.tell_replaced(&brought.origin, kind, other, &changes);
            }
            if outcome.tells_changes {
                outcome.tell(&brought.origin, changes);
            }
            Ok(done)
        }
        Incoming::Row(row) if outcome.registry.as_deref().is_some_and(|own| row.is_of(own)) => {
            row::store(c, by, outcome, row, &brought.origin)
        }
        Incoming::Row(row) => row::store(c, by, outcome, &row.unsealed(), &brought.origin),
    }
}

/// The fields of a record that is there, without what tells which record it is.
fn fields(c: &mut Conn, kind: EntityKind, id: Uuid) -> Result<Value> {
    let known = any::load(c, kind, &[Id(id)])?.pop();
    let known = known.ok_or_else(|| Error::internal("a record found is not there"))?;
    let mut fields = RecordLine::of(known.as_ref());
    if let Value::Object(fields) = &mut fields {
        fields.retain(|name, _| name != "entity" && name != "id");
    }
    Ok(fields)
}

/// What differs between two states of a record's fields: the place of each value that is no
/// object, and both values.
fn differences(old: &Value, new: &Value) -> Vec<(String, String, String)> {
    fn walk(patch: &Value, at: &Pointer, old: &Value, found: &mut Vec<(String, String, String)>) {
        if let Value::Object(fields) = patch {
            for (name, patch) in fields {
                walk(patch, &at.field(name), old, found);
            }
            return;
        }
        let said = |value: Option<&Value>| value.map(words).unwrap_or_default();
        let old = said(old.pointer(at.as_str()).filter(|old| !old.is_null()));
        found.push((at.to_string(), old, said(Some(patch).filter(|new| !new.is_null()))));
    }
    let mut found = Vec::new();
    if let Some(patch) = merge_diff(old, new) {
        walk(&patch, &Pointer::root(), old, &mut found);
    }
    found
}

/// The ids of a table after one.
macro_rules! ids_of {
    ($c:ident, $after:ident, $limit:ident: $table:ident) => {{
        let mut ids = schema::$table::table
            .select(schema::$table::id)
            .order(schema::$table::id)
            .limit($limit.into())
            .into_boxed::<super::Backend>();
        if let Some(after) = $after {
            ids = ids.filter(schema::$table::id.gt(Id(after)));
        }
        ids.load::<Id>($c)?
    }};
}

pub(crate) fn page(
    c: &mut Conn,
    kind: EntityKind,
    after: Option<Uuid>,
    limit: u32,
) -> Result<Vec<(Uuid, Value)>> {
    let mut ids = match kind {
        EntityKind::Organisation => ids_of!(c, after, limit: organisations),
        EntityKind::Programme => ids_of!(c, after, limit: programmes),
        EntityKind::Call => ids_of!(c, after, limit: calls),
        EntityKind::Project => ids_of!(c, after, limit: projects),
        EntityKind::Participation => ids_of!(c, after, limit: participations),
        EntityKind::Relation => ids_of!(c, after, limit: relations),
        EntityKind::Agreement => ids_of!(c, after, limit: agreements),
        EntityKind::Source => ids_of!(c, after, limit: sources),
        EntityKind::Claim => ids_of!(c, after, limit: claims),
        EntityKind::Statement => ids_of!(c, after, limit: statements),
    };
    if heavy::any(c)? {
        ids.truncate(heavy::fitting(c, &ids)?);
    }
    lines(c, kind, &ids)
}

/// The records with these ids, in order of id, each with its line.
fn lines(c: &mut Conn, kind: EntityKind, ids: &[Id]) -> Result<Vec<(Uuid, Value)>> {
    let mut records = any::load(c, kind, ids)?;
    records.sort_by_key(|record| record.id());
    Ok(records.iter().map(|record| (record.id(), RecordLine::of(record.as_ref()))).collect())
}

pub(crate) fn some(c: &mut Conn, kind: EntityKind, ids: &[Uuid]) -> Result<Vec<(Uuid, Value)>> {
    let ids: Vec<Id> = ids.iter().copied().map(Id).collect();
    lines(c, kind, &ids)
}

pub(crate) fn participations_in(c: &mut Conn, projects: &[Uuid]) -> Result<Vec<Uuid>> {
    let projects: Vec<Id> = projects.iter().copied().map(Id).collect();
    let mut found = Vec::new();
    for projects in projects.chunks(LOOKUP) {
        let own = schema::participations::table
            .filter(schema::participations::project_id.eq_any(projects))
            .select(schema::participations::id);
        found.extend(own.load::<Id>(c)?.into_iter().map(|id| id.0));
    }
    Ok(found)
}
