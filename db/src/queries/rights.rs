//! Whose a record is.

use super::Conn;
use crate::error::Result;
use crate::schema::{participations, revisions};
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
        if let Some(project) = project.first::<Id>(c).optional()?
            && owns(c, EntityKind::Project, project.0, actor, organisations)?
        {
            return Ok(true);
        }
    }
    let own: Vec<Id> = organisations.iter().copied().map(Id).collect();
    if kind == EntityKind::Project && !own.is_empty() {
        let leading: Vec<&str> = Role::leading().map(Role::code).collect();
        let lead = participations::table
            .filter(participations::project_id.eq(Id(id)))
            .filter(participations::organisation_id.eq_any(own))
            .filter(participations::role.eq_any(leading));
        if select(exists(lead)).get_result(c)? {
            return Ok(true);
        }
    }
    let registered = revisions::table
        .filter(revisions::record_id.eq(Id(id)))
        .filter(revisions::version.eq(1))
        .filter(revisions::actor.eq(actor));
    Ok(select(exists(registered)).get_result(c)?)
}
