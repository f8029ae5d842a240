//! Sources: reading and writing single ones. Lists are in `list`.

mod list;

pub(crate) use list::list;

use super::rows::{from_doc, integer, naive, stamp, text, to_doc};
use super::usage::usage_of;
use super::written::written;
use super::{Backend, Conn, LOOKUP, search};
use crate::conn::Stamp;
use crate::error::{Result, Usage};
use crate::schema::{claims, sources, statements};
use crate::search::Document;
use crate::types::{Doc, Id};
use chrono::{NaiveDate, NaiveDateTime};
use consortia_domain::id::{EntityKind, SourceId};
use consortia_domain::partial_date::PartialDate;
use consortia_domain::source::{Source, SourceContent, SourceRef};
use consortia_domain::text::search_key;
use diesel::prelude::*;
use std::collections::HashMap;

/// A row of `sources`: the content as a document, beside it what lists ask for.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = sources, check_for_backend(Backend))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct Row {
    id: Id,
    label: String,
    label_key: String,
    kind: Option<String>,
    url: Option<String>,
    seen_earliest: Option<NaiveDate>,
    seen_latest: Option<NaiveDate>,
    content: Doc,
    version: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl Row {
    fn write(
        id: Id,
        content: &SourceContent,
        version: u32,
        created_at: NaiveDateTime,
        by: &Stamp,
    ) -> Result<Self> {
        let label = content.label();
        Ok(Self {
            id,
            label_key: search_key(&label),
            label,
            kind: text(content.kind.as_ref()),
            url: text(content.url.as_ref()),
            seen_earliest: content.seen_on.map(PartialDate::earliest),
            seen_latest: content.seen_on.map(PartialDate::latest),
            content: to_doc(content)?,
            version: integer(version)?,
            created_at,
            updated_at: naive(by.now),
        })
    }

    fn read(self) -> Result<Source> {
        Ok(Source {
            id: self.id.0.into(),
            label: self.label,
            content: from_doc(&self.content)?,
            stamp: stamp(self.version, self.created_at, self.updated_at)?,
        })
    }
}

fn complete(_: &mut Conn, rows: Vec<Row>) -> Result<Vec<Source>> {
    rows.into_iter().map(Row::read).collect()
}

written! {
    sources: Source, SourceContent, SourceId, Source;
    kept by keep;
    released by release;
}

/// A source refers to nothing.
#[expect(clippy::unnecessary_wraps, reason = "what refers to others may be refused")]
fn check(_: &mut Conn, _: Id, _: &SourceContent) -> Result<()> {
    Ok(())
}

fn keep(c: &mut Conn, id: Id, content: &SourceContent) -> Result<()> {
    search::index(c, &[Document::source(id.0, content)])
}

fn release(c: &mut Conn, id: Id) -> Result<()> {
    Usage::none([
        usage_of!(c, Statement, statements.id, statements::source_id.eq(id))
            .found_by("source", id.0),
        usage_of!(c, Claim, claims.id, claims::source_id.eq(id)).found_by("source", id.0),
    ])?;
    search::remove(c, &[id.0])
}

/// Which of `ids` are there.
pub(crate) fn existing(c: &mut Conn, ids: &[Id]) -> Result<Vec<Id>> {
    let known = sources::table.filter(sources::id.eq_any(ids));
    Ok(known.select(sources::id).load(c)?)
}

/// The short forms of sources.
pub(crate) fn references(c: &mut Conn, ids: &[Id]) -> Result<HashMap<Id, SourceRef>> {
    let mut found = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(LOOKUP) {
        for source in load(c, ids)? {
            let Source { id, label, content, .. } = source;
            let SourceContent { url, seen_on, .. } = content;
            found.insert(Id::of(id), SourceRef { id, label, url, seen_on });
        }
    }
    Ok(found)
}
