//! Many participations at once, for imports.

use super::super::rows::unsigned;
use super::super::{Conn, LOOKUP};
use super::{Change, KIND, Row, revision};
use crate::conn::Stamp;
use crate::error::Result;
use crate::schema::participations;
use crate::types::Id;
use chrono::NaiveDateTime;
use consortia_domain::id::ProjectId;
use consortia_domain::participation::ParticipationContent;
use diesel::prelude::*;

/// A participation without the short forms of who and what it is between.
pub(crate) struct Known {
    pub(crate) id: Id,
    pub(crate) project_id: Id,
    pub(crate) content: ParticipationContent,
    version: u32,
    created_at: NaiveDateTime,
}

/// The participations in projects, each project's in its own order.
pub(crate) fn load_of(c: &mut Conn, projects: &[ProjectId]) -> Result<Vec<Known>> {
    let ids: Vec<Id> = projects.iter().copied().map(Id::of).collect();
    let mut found = Vec::new();
    for ids in ids.chunks(LOOKUP) {
        let rows: Vec<Row> = participations::table
            .filter(participations::project_id.eq_any(ids))
            .select(Row::as_select())
            .order((
                participations::project_id,
                participations::position.is_null(),
                participations::position,
                participations::id,
            ))
            .load(c)?;
        for row in rows {
            found.push(Known {
                id: row.id,
                project_id: row.project_id,
                content: row.content()?,
                version: unsigned(row.version)?,
                created_at: row.created_at,
            });
        }
    }
    Ok(found)
}

/// Writes new content of known records, whose organisations stay. Content that says the
/// same as before makes no revision.
pub(crate) fn update_unchecked(
    c: &mut Conn,
    by: &Stamp,
    records: &[(Known, ParticipationContent)],
) -> Result<()> {
    let mut changes = Vec::with_capacity(records.len());
    for (old, new) in records {
        let change = Change::updated(KIND, old.id.0, old.version, &old.content, new)?;
        let Some(change) = change else { continue };
        let row = Row::write(old.id, old.project_id, new, change.version, old.created_at, by)?;
        diesel::update(participations::table.find(old.id)).set(&row).execute(c)?;
        changes.push(change);
    }
    revision::append(c, by, changes)
}
