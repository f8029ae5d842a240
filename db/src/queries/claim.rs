//! Claims: reading and writing single ones. Lists are in `list`.

mod list;

pub(crate) use list::list;

use super::references::References;
use super::rows::{from_doc, integer, naive, stamp, to_doc};
use super::written::written;
use super::{Backend, Conn, organisation, search, source};
use crate::conn::Stamp;
use crate::error::{Error, Result};
use crate::schema::claims;
use crate::search::Document;
use crate::types::{Doc, Id};
use chrono::NaiveDateTime;
use consortia_domain::Pointer;
use consortia_domain::claim::{Claim, ClaimContent};
use consortia_domain::id::{ClaimId, OrganisationId};
use consortia_domain::text::search_key;
use diesel::prelude::*;

/// A row of `claims`: the content as a document, beside it what lists ask for.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = claims, check_for_backend(Backend))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct Row {
    id: Id,
    label: String,
    label_key: String,
    organisation_id: Id,
    source_id: Option<Id>,
    content: Doc,
    version: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl Row {
    fn write(
        id: Id,
        content: &ClaimContent,
        version: u32,
        created_at: NaiveDateTime,
        by: &Stamp,
    ) -> Result<Self> {
        let label = content.label();
        Ok(Self {
            id,
            label_key: search_key(&label),
            label,
            organisation_id: Id::of(content.organisation_id),
            source_id: content.source_id.map(Id::of),
            content: to_doc(content)?,
            version: integer(version)?,
            created_at,
            updated_at: naive(by.now),
        })
    }
}

/// Rows with the short forms of whom they are about and of their sources, in the order given.
fn complete(c: &mut Conn, rows: Vec<Row>) -> Result<Vec<Claim>> {
    let about: Vec<OrganisationId> = rows.iter().map(|row| row.organisation_id.0.into()).collect();
    let organisations = organisation::references(c, &about)?;
    let cited: Vec<Id> = rows.iter().filter_map(|row| row.source_id).collect();
    let sources = source::references(c, &cited)?;
    let read = |row: Row| {
        let organisation = organisations.get(&row.organisation_id.0.into()).cloned();
        Ok(Claim {
            id: row.id.0.into(),
            label: row.label,
            content: from_doc(&row.content)?,
            organisation: organisation
                .ok_or_else(|| Error::internal("a claim is about an organisation not there"))?,
            source: row.source_id.and_then(|id| sources.get(&id).cloned()),
            sources: None,
            stamp: stamp(row.version, row.created_at, row.updated_at)?,
        })
    };
    rows.into_iter().map(read).collect()
}

written! {
    claims: Claim, ClaimContent, ClaimId, Claim;
    kept by keep;
    released by release;
}

fn check(c: &mut Conn, _: Id, content: &ClaimContent) -> Result<()> {
    let root = Pointer::root();
    let mut references = References::default();
    references.organisation(root.field("organisation_id"), Some(content.organisation_id));
    references.source(root.field("source_id"), content.source_id);
    references.check(c)
}

fn keep(c: &mut Conn, id: Id, content: &ClaimContent) -> Result<()> {
    search::index(c, &[Document::claim(id.0, content)])
}

fn release(c: &mut Conn, id: Id) -> Result<()> {
    search::remove(c, &[id.0])
}
