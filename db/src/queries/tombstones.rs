//! What deleted records were known by, so that an import does not bring them back unasked.

use super::import::forget;
use super::{Conn, LOOKUP};
use crate::error::Result;
use crate::schema::tombstones;
use crate::types::Id;
use consortia_domain::external_id::ExternalId;
use consortia_domain::id::{EntityKind, OrganisationId, ProjectId};
use consortia_domain::programme::code_key;
use consortia_domain::role::Role;
use consortia_domain::text::search_key;
use diesel::prelude::*;
use std::collections::HashMap;
use uuid::Uuid;

/// The key of an identifier that one record alone carries.
pub(crate) fn external(id: &ExternalId) -> Option<String> {
    id.scheme().identifies().then(|| id.to_string())
}

/// The key of a programme's code.
pub(crate) fn code(code: &str) -> String {
    code_key(code)
}

/// The key of a call's identifier.
pub(crate) fn identifier(identifier: &str) -> String {
    search_key(identifier)
}

/// The key of participations of an organisation in a project in one role.
pub(crate) fn seat(project: ProjectId, organisation: OrganisationId, role: Option<Role>) -> String {
    format!("{project} {organisation} {}", role.map_or("", Role::code))
}

/// Notes what a record that is being deleted was known by.
pub(crate) fn bury(
    c: &mut Conn,
    entity: EntityKind,
    id: Uuid,
    keys: impl IntoIterator<Item = String>,
) -> Result<()> {
    let rows: Vec<_> = keys
        .into_iter()
        .map(|key| {
            (
                tombstones::entity.eq(entity.code()),
                tombstones::key.eq(key),
                tombstones::record_id.eq(Id(id)),
            )
        })
        .collect();
    forget(c, id)?;
    diesel::insert_into(tombstones::table).values(rows).on_conflict_do_nothing().execute(c)?;
    Ok(())
}

/// The deleted records known by any of `keys`, by key.
pub(crate) fn buried(
    c: &mut Conn,
    entity: EntityKind,
    keys: &[String],
) -> Result<HashMap<String, Uuid>> {
    let mut found = HashMap::new();
    for keys in keys.chunks(LOOKUP) {
        let rows: Vec<(String, Id)> = tombstones::table
            .filter(tombstones::entity.eq(entity.code()))
            .filter(tombstones::key.eq_any(keys))
            .select((tombstones::key, tombstones::record_id))
            .order((tombstones::key, tombstones::record_id))
            .load(c)?;
        found.extend(rows.into_iter().map(|(key, id)| (key, id.0)));
    }
    Ok(found)
}
