//! Many programmes at once, for imports.

use super::super::rows::naive;
use super::super::{Conn, LOOKUP, search};
use super::{Change, KIND, Parts, Row, complete, revision};
use crate::conn::Stamp;
use crate::error::Result;
use crate::schema::programmes;
use crate::search::Document;
use crate::types::Id;
use consortia_domain::programme::{Programme, ProgrammeContent};
use diesel::prelude::*;

/// The programmes of these ids that are there, in no order.
pub(crate) fn load(c: &mut Conn, ids: &[Id]) -> Result<Vec<Programme>> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(LOOKUP) {
        let known = programmes::table.filter(programmes::id.eq_any(ids));
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
    records: &[(Programme, ProgrammeContent)],
) -> Result<()> {
    let mut changes = Vec::with_capacity(records.len());
    let mut documents = Vec::with_capacity(records.len());
    for (old, new) in records {
        let key = Id::of(old.id);
        let change = Change::updated(KIND, key.0, old.stamp.version, &old.content, new)?;
        let Some(change) = change else { continue };
        let row = Row::write(key, new, change.version, naive(old.stamp.created_at), by)?;
        diesel::update(programmes::table.find(key)).set(&row).execute(c)?;
        Parts::delete(c, key)?;
        Parts::insert(c, &[(old.id, new.clone())])?;
        documents.push(Document::programme(key.0, new));
        changes.push(change);
    }
    search::index(c, &documents)?;
    revision::append(c, by, changes)
}
