//! Lists of claims: about one organisation, from one source, or all.

use super::super::keyset::{Keyset, SortColumn, SortType, paged};
use super::super::rows::naive;
use super::super::{Backend, Conn, lookup, search};
use super::{Row, complete};
use crate::error::Result;
use crate::filters::{choose, looked_up, range, scalar};
use crate::schema::claims;
use crate::search::Plan;
use crate::totals::Totals;
use crate::types::Id;
use consortia_domain::claim::{Claim, ClaimFilter};
use consortia_domain::filter::Conditions;
use consortia_domain::id::EntityKind;
use consortia_domain::page::{CursorValue, ListRequest, Page};
use diesel::dsl::IntoBoxed;
use diesel::prelude::*;
use diesel::sql_types::Bool;

type Is = Box<dyn BoxableExpression<claims::table, Backend, SqlType = Bool>>;

fn column(name: &str) -> Option<SortColumn> {
    match name {
        "label" => Some(SortColumn("claims.label_key", SortType::Text, false)),
        "created_at" => Some(SortColumn("claims.created_at", SortType::Instant, false)),
        "updated_at" => Some(SortColumn("claims.updated_at", SortType::Instant, false)),
        _ => None,
    }
}

fn value(row: &Row, name: &str) -> CursorValue {
    match name {
        "created_at" => CursorValue::Instant(row.created_at.and_utc()),
        "updated_at" => CursorValue::Instant(row.updated_at.and_utc()),
        _ => CursorValue::Text(row.label_key.clone()),
    }
}

pub(crate) fn list(
    c: &mut Conn,
    totals: Option<&Totals>,
    request: &ListRequest<ClaimFilter>,
) -> Result<Page<Claim>> {
    let keyset = Keyset::new(request, "claims.id", column)?;
    let about =
        looked_up(&request.filter.organisation, |wanted| lookup::organisation::all(c, wanted))?;
    let plans = match &request.search {
        None => None,
        Some(query) => {
            let kinds = [EntityKind::Claim, EntityKind::Source, EntityKind::Organisation];
            Some(search::among(c, &kinds, query)?)
        }
    };
    let chosen = || {
        let query = filtered(&request.filter, &about);
        match &plans {
            None => query,
            Some(plans) => query.filter(found(plans)),
        }
    };
    let mut page = paged!(c, totals, request, keyset, chosen);
    page.corrections = plans.map_or_else(Vec::new, search::corrections);
    Ok(page)
}

/// The claims any of `plans` finds: by their words, their source, or the organisation.
fn found(plans: &[Plan]) -> Is {
    let never: Is = Box::new(diesel::dsl::sql::<Bool>("1 = 0"));
    plans.iter().fold(never, |others, plan| {
        let records = search::matching(plan);
        match plan.entity {
            EntityKind::Organisation => {
                Box::new(others.or(claims::organisation_id.eq_any(records)))
            }
            EntityKind::Source => Box::new(
                others.or(claims::source_id
                    .is_not_null()
                    .and(claims::source_id.assume_not_null().eq_any(records))),
            ),
            _ => Box::new(others.or(claims::id.eq_any(records))),
        }
    })
}

/// The claims a filter lets through.
fn filtered<'a>(
    filter: &ClaimFilter,
    about: &Conditions<Id>,
) -> IntoBoxed<'a, claims::table, Backend> {
    let mut query = claims::table.into_boxed::<Backend>();
    for condition in about {
        choose!(query, condition,
            matches: claims::organisation_id.eq_any(condition.values.clone()),
            known: claims::id.eq(claims::id),
        );
    }
    scalar!(query, claims::source_id, &filter.source, |id| Id::of(*id));
    range!(query, filter.updated_at, from: claims::updated_at, to: claims::updated_at,
        |at| naive(at));
    query
}
