//! Whose a record is.

use super::Conn;
use super::usage::usage_of;
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
    let relations: Vec<Id> = relations::table
        .filter(relations::to_project_id.eq(Some(Id(id))))
        .select(relations::id)
        .load(c)?;
    let statements: Vec<Id> =
        statements::table.filter(statements::about_id.eq(Id(id))).select(statements::id).load(c)?;
    let by_others = |records| {
        revisions::record_id
            .eq_any(records)
            .and(revisions::version.eq(1))
            .and(revisions::actor.ne(actor))
    };
    Ok(vec![
        usage_of!(c, Relation, revisions.record_id, by_others(&relations)),
        usage_of!(c, Statement, revisions.record_id, by_others(&statements)),
    ])
}
