//! Whose a record is.

use super::{Conn, LOOKUP};
use crate::error::{Result, Usage};
use crate::schema::{draft_makers, participations, relations, revisions, statements};
use crate::types::Id;
use consortia_domain::id::EntityKind;
use consortia_domain::role::Role;
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::select;
use uuid::Uuid;

pub(crate) fn owns(
    c: &mut Conn,
    kind: EntityKind,
    id: Uuid,
    actor: &str,
    organisations: &[Uuid],
) -> Result<bool> {
    if kind == EntityKind::Organisation && organisations.contains(&id) {
        return Ok(true);
    }
    if kind == EntityKind::Participation {
        let project = participations::table.find(Id(id)).select(participations::project_id);
        let Some(Id(project)) = project.first(c).optional()? else { return Ok(false) };
        return owns(c, EntityKind::Project, project, actor, organisations);
    }
    let own: Vec<Id> = organisations.iter().copied().map(Id).collect();
    if kind == EntityKind::Project && !own.is_empty() {
        let leading: Vec<&str> = Role::leading().map(Role::code).collect();
        let lead = participations::table
            .filter(participations::project_id.eq(Id(id)))
            .filter(participations::organisation_id.eq_any(own))
            .filter(participations::role.eq_any(leading))
            .filter(participations::ended.is_null().or(participations::ended.eq(false)));
        if select(exists(lead)).get_result(c)? {
            return Ok(true);
        }
    }
    let registered = revisions::table
        .filter(revisions::record_id.eq(Id(id)))
        .filter(revisions::version.eq(1))
        .filter(revisions::actor.eq(actor));
    let drafted = draft_makers::table.find(Id(id)).filter(draft_makers::made_by.eq(actor));
    Ok(select(exists(registered)).get_result(c)? || select(exists(drafted)).get_result(c)?)
}

pub(crate) fn of_others(c: &mut Conn, id: Uuid, actor: &str) -> Result<Vec<Usage>> {
    let record = Id(id);
    // Only projects have any of these.
    let to_it: Vec<Id> = relations::table
        .filter(relations::to_project_id.eq(record))
        .select(relations::id)
        .load(c)?;
    let from_it = relations::table.filter(relations::from_project_id.eq(record));
    let parts = participations::table.filter(participations::project_id.eq(record));
    let mut going = vec![record];
    going.extend(&to_it);
    going.extend(from_it.select(relations::id).load::<Id>(c)?);
    going.extend(parts.select(participations::id).load::<Id>(c)?);
    let mut about = Vec::new();
    for going in going.chunks(LOOKUP) {
        let about_these = statements::table.filter(statements::about_id.eq_any(going));
        about.extend(about_these.select(statements::id).load::<Id>(c)?);
    }
    Ok(vec![
        others_among(c, EntityKind::Relation, &to_it, actor)?,
        others_among(c, EntityKind::Statement, &about, actor)?,
    ])
}

/// Those of `records` that others than `actor` registered.
fn others_among(c: &mut Conn, kind: EntityKind, records: &[Id], actor: &str) -> Result<Usage> {
    let mut by_others: Vec<Id> = Vec::new();
    for records in records.chunks(LOOKUP) {
        let registered = revisions::table
            .filter(revisions::record_id.eq_any(records))
            .filter(revisions::version.eq(1))
            .filter(revisions::actor.ne(actor));
        by_others.extend(registered.select(revisions::record_id).load::<Id>(c)?);
    }
    by_others.sort_unstable();
    let count = i64::try_from(by_others.len()).unwrap_or(i64::MAX);
    let named = by_others.iter().zip(0..Usage::NAMED).map(|(id, _)| id.0);
    Ok(Usage { kind, count, ids: named.collect(), found_by: None })
}
