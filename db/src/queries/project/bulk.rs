//! Many projects at once, for imports.

use super::super::rows::naive;
use super::super::{Conn, LOOKUP, search};
use super::{Change, KIND, Row, complete, parts, revision};
use crate::conn::Stamp;
use crate::error::Result;
use crate::schema::projects;
use crate::search::Document;
use crate::types::Id;
use consortia_domain::project::{Project, ProjectContent};
use diesel::prelude::*;

/// The projects of these ids that are there, in no order.
pub(crate) fn load(c: &mut Conn, ids: &[Id]) -> Result<Vec<Project>> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(LOOKUP) {
        let known = projects::table.filter(projects::id.eq_any(ids));
        let rows: Vec<Row> = known.select(Row::as_select()).load(c)?;
        found.extend(complete(c, rows)?);
    }
    Ok(found)
}

/// Writes new content of known records whose references and identifiers the caller has
/// checked. Content that says the same as before makes no revision.
pub(crate) fn update_unchecked(
    c: &mut Conn,
    by: &Stamp,
    records: &[(Project, ProjectContent)],
) -> Result<()> {
    let mut changes = Vec::with_capacity(records.len());
    let mut documents = Vec::with_capacity(records.len());
    for (old, new) in records {
        let key = Id::of(old.id);
        let change = Change::updated(KIND, key.0, old.stamp.version, &old.content, new)?;
        let Some(change) = change else { continue };
        let row = Row::write(key, new, change.version, naive(old.stamp.created_at), by)?;
        diesel::update(projects::table.find(key)).set(&row).execute(c)?;
        parts::replace(c, old.id, &old.content, new)?;
        documents.push(Document::project(key.0, new));
        changes.push(change);
    }
    search::index(c, &documents)?;
    revision::append(c, by, changes)
}
