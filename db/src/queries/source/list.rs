//! Lists of sources.

use super::super::keyset::{Keyset, SortColumn, SortType, paged};
use super::super::rows::naive;
use super::super::{Backend, Conn, search};
use super::{Row, complete};
use crate::error::Result;
use crate::filters::{range, scalar};
use crate::schema::sources;
use crate::totals::Totals;
use consortia_domain::id::EntityKind;
use consortia_domain::page::{CursorValue, ListRequest, Page};
use consortia_domain::source::{Source, SourceFilter};
use diesel::dsl::IntoBoxed;
use diesel::prelude::*;

fn column(name: &str) -> Option<SortColumn> {
    match name {
        "label" => Some(SortColumn("sources.label_key", SortType::Text, false)),
        "seen_on" => Some(SortColumn("sources.seen_earliest", SortType::Date, true)),
        "created_at" => Some(SortColumn("sources.created_at", SortType::Instant, false)),
        "updated_at" => Some(SortColumn("sources.updated_at", SortType::Instant, false)),
        _ => None,
    }
}

fn value(row: &Row, name: &str) -> CursorValue {
    match name {
        "label" => CursorValue::Text(row.label_key.clone()),
        "created_at" => CursorValue::Instant(row.created_at.and_utc()),
        "updated_at" => CursorValue::Instant(row.updated_at.and_utc()),
        _ => row.seen_earliest.map_or(CursorValue::Null, CursorValue::Date),
    }
}

pub(crate) fn list(
    c: &mut Conn,
    totals: Option<&Totals>,
    request: &ListRequest<SourceFilter>,
) -> Result<Page<Source>> {
    let keyset = Keyset::new(request, "sources.id", column)?;
    let plan = match &request.search {
        None => None,
        Some(query) => Some(search::plan(c, EntityKind::Source, query)?),
    };
    let chosen = || {
        let query = filtered(&request.filter);
        match &plan {
            None => query,
            Some(plan) => query.filter(sources::id.eq_any(search::matching(plan))),
        }
    };
    let mut page = paged!(c, totals, request, keyset, chosen);
    page.corrections = plan.map_or_else(Vec::new, |plan| plan.corrections);
    Ok(page)
}

/// The sources a filter lets through.
fn filtered<'a>(filter: &SourceFilter) -> IntoBoxed<'a, sources::table, Backend> {
    let mut query = sources::table.into_boxed::<Backend>();
    scalar!(query, sources::kind, &filter.kind, |kind| kind.code());
    scalar!(query, sources::url, &filter.url, |url| url.to_string());
    range!(query, filter.seen_on, from: sources::seen_latest, to: sources::seen_earliest,
        |day| day);
    range!(query, filter.updated_at, from: sources::updated_at, to: sources::updated_at,
        |at| naive(at));
    query
}
