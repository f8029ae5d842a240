//! Storing rows of sheets.

use super::super::Conn;
use super::target::{self, Target};
use super::{Done, fault, fields, joined, store};
use crate::bundle::BundleOutcome;
use crate::conn::Stamp;
use crate::error::{Error, Result};
use crate::schema::participations;
use crate::types::Id;
use consortia_domain::bundle::RecordLine;
use consortia_domain::error::{Errors, Invalid};
use consortia_domain::id::EntityKind;
use consortia_domain::import::Origin;
use consortia_domain::merge_patch::merge_diff;
use consortia_domain::role::Role;
use consortia_domain::sheet::Row;
use diesel::prelude::*;
use serde_json::{Map, Value};
use uuid::Uuid;

/// Stores a row, which stands at `origin`: of a record that is there, only what its
/// cells say otherwise.
pub(super) fn store(
    c: &mut Conn,
    by: &Stamp,
    outcome: &mut BundleOutcome,
    row: &Row,
    origin: &Origin,
) -> Result<Done> {
    let line = origin.line;
    let (new, faults) = read(c, outcome, row, None)?;
    // Which record is meant has faults of its own; the cells are looked at all the same.
    let refused = |mut faults: Errors, more: &Errors| {
        faults = joined(faults, more);
        Err(Error::Invalid(joined(faults, &store::faults(&new))))
    };
    if row.is_mixed() {
        let detail = "The row's 'as_exported' belongs to another record than its 'id'. Copy cells \
                      without that column, or empty it in rows of your own.";
        return refused(faults, &fault("id", Invalid::new("mixed_row", detail)));
    }
    let target = match find(c, outcome, &new) {
        Err(Error::Invalid(more)) => return refused(faults, &more),
        Err(Error::Gone { .. }) if row.is_untouched() => return Ok(Done::Unchanged),
        found => found?,
    };
    if let Some(earlier) = outcome.met.insert(target.id(), line) {
        return refused(faults, &fault("id", repeated(new.entity, earlier)));
    }
    let Target::Known(id) = target else { return kept(c, by, target, new, faults) };
    if row.is_untouched() {
        return Ok(Done::Unchanged);
    }
    let old = fields(c, new.entity, id)?;
    let (mut changed, faults) = read(c, outcome, row, Some(&old))?;
    let change = merge_diff(&old, changed.fields());
    if change.is_none() && faults.is_empty() {
        return Ok(Done::Unchanged);
    }
    if row.is_stale(&old) {
        let detail = format!(
            "The {} was changed by others since this row was exported. Export it again, and \
             make the change there.",
            new.entity
        );
        let stale = fault("id", Invalid::new("changed_meanwhile", detail));
        return Err(Error::Invalid(joined(faults, &stale)));
    }
    let change = change.unwrap_or_else(|| Value::Object(Map::new()));
    changed = RecordLine::new(new.entity, new.name, change);
    let kind = new.entity;
    let done = kept(c, by, target, changed, faults)?;
    if outcome.tells_changes {
        let differences = row.differences(&old, &fields(c, kind, id)?);
        outcome.tell(origin, differences);
    }
    Ok(done)
}

/// A row applied to a record's fields, with ids for the records it names, and its faults.
fn read(
    c: &mut Conn,
    outcome: &BundleOutcome,
    row: &Row,
    fields: Option<&Value>,
) -> Result<(RecordLine, Errors)> {
    let mut applied = row.onto(fields);
    let dangling = target::refer(c, outcome, &mut applied.line)?;
    Ok((applied.line, joined(applied.faults, &dangling)))
}

/// Stores what a row came to, unless it has faults; then these, with those found in storing.
fn kept(
    c: &mut Conn,
    by: &Stamp,
    target: Target,
    line: RecordLine,
    faults: Errors,
) -> Result<Done> {
    match store::store(c, by, target, line) {
        Err(Error::Invalid(more)) => Err(Error::Invalid(joined(faults, &more))),
        Ok(_) if !faults.is_empty() => Err(Error::Invalid(faults)),
        done => done,
    }
}

fn repeated(kind: EntityKind, line: u64) -> Invalid {
    let detail = format!(
        "Row {line} stands for the same {kind}. For another {kind}, empty the cells id and \
         identifiers, and give it a name of your own, such as #new."
    );
    Invalid::new("repeated_record", detail)
}

/// The record a row is about. A participation without a name is told by its project, its
/// organisation and its role.
fn find(c: &mut Conn, outcome: &mut BundleOutcome, line: &RecordLine) -> Result<Target> {
    if line.entity != EntityKind::Participation || line.name.is_some() {
        return target::find(c, outcome, line);
    }
    let id = |field: &str| line.field(field)?.as_str()?.parse::<Uuid>().ok();
    let (Some(project), Some(organisation)) = (id("project_id"), id("organisation_id")) else {
        // What is missing is told when the row is stored, which it will not be.
        return Ok(Target::New(Uuid::now_v7()));
    };
    let seats: Vec<(Id, Option<String>)> = participations::table
        .filter(participations::project_id.eq(Id(project)))
        .filter(participations::organisation_id.eq(Id(organisation)))
        .select((participations::id, participations::role))
        .order(participations::id)
        .load(c)?;
    let role = line.field("role").and_then(Value::as_str);
    // As it is spelled in the store; what is no role is refused when the row is stored.
    let role = role.map(|role| role.parse::<Role>().map_or(role, |known| known.code()));
    let same = seats.into_iter().filter(|(_, known)| role.is_none() || known.as_deref() == role);
    match same.map(|(id, _)| id.0).collect::<Vec<_>>()[..] {
        [] => Ok(Target::New(Uuid::now_v7())),
        [id] => Ok(Target::Known(id)),
        ref candidates => {
            let reference = "of this organisation in this project".to_owned();
            Err(Error::Ambiguous { reference, candidates: candidates.to_vec() })
        }
    }
}
