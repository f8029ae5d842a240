//! Many organisations at once, for imports.

use super::super::rows::naive;
use super::super::{Conn, LOOKUP, agreement, search};
use super::{Change, KIND, Row, complete, external_ids, normalised, revision};
use crate::conn::Stamp;
use crate::error::Result;
use crate::schema::organisations;
use crate::search::Document;
use crate::types::Id;
use consortia_domain::organisation::{Organisation, OrganisationContent};
use diesel::prelude::*;

/// The organisations of these ids that are there, in no order.
pub(crate) fn load(c: &mut Conn, ids: &[Id]) -> Result<Vec<Organisation>> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(LOOKUP) {
        let known = organisations::table.filter(organisations::id.eq_any(ids));
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
    records: &[(Organisation, OrganisationContent)],
) -> Result<()> {
    let mut changes = Vec::with_capacity(records.len());
    let mut documents = Vec::with_capacity(records.len());
    let mut relabelled = Vec::new();
    for (old, new) in records {
        let new = normalised(new);
        let key = Id::of(old.id);
        let change = Change::updated(KIND, key.0, old.stamp.version, &old.content, &new)?;
        let Some(change) = change else { continue };
        let row = Row::write(key, &new, change.version, naive(old.stamp.created_at), by)?;
        diesel::update(organisations::table.find(key)).set(&row).execute(c)?;
        if new.external_ids != old.content.external_ids {
            external_ids::replace(c, key, &new.external_ids)?;
        }
        if row.label != old.label {
            relabelled.push(key);
        }
        documents.push(Document::organisation(key.0, &new));
        changes.push(change);
    }
    search::index(c, &documents)?;
    agreement::relabel_those_of(c, &relabelled)?;
    revision::append(c, by, changes)
}
