//! Lists of calls.

use super::super::keyset::{Keyset, SortColumn, SortType, by_rank, paged};
use super::super::rows::naive;
use super::super::{Backend, Conn, external_ids, programme, search};
use super::{KIND, Row, complete, load};
use crate::error::Result;
use crate::filters::{choose, looked_up, range, scalar};
use crate::schema::{call_deadlines, call_external_ids, calls};
use crate::totals::Totals;
use crate::types::Id;
use chrono::NaiveDate;
use consortia_domain::call::{Call, CallFilter};
use consortia_domain::filter::Conditions;
use consortia_domain::page::{CursorValue, ListRequest, Page};
use consortia_domain::text::search_key;
use diesel::dsl::{IntoBoxed, exists};
use diesel::prelude::*;
use diesel::query_builder::QueryFragment;

const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(1, 1, 1).expect("a day");
const LAST_DAY: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).expect("a day");

/// The filter's references, looked up.
struct Found {
    external_id: Conditions<Id>,
    programme: Conditions<Id>,
}

impl Found {
    fn look_up(c: &mut Conn, filter: &CallFilter) -> Result<Self> {
        Ok(Self {
            external_id: looked_up(&filter.external_id, |id| external_ids::call::find(c, id))?,
            programme: looked_up(&filter.programme, |key| programme::within(c, key))?,
        })
    }
}

fn column(name: &str) -> Option<SortColumn> {
    match name {
        "label" => Some(SortColumn("calls.label_key", SortType::Text, false)),
        "year" => Some(SortColumn("calls.year", SortType::Integer, true)),
        "opening_date" => Some(SortColumn("calls.opening_earliest", SortType::Date, true)),
        "created_at" => Some(SortColumn("calls.created_at", SortType::Instant, false)),
        "updated_at" => Some(SortColumn("calls.updated_at", SortType::Instant, false)),
        _ => None,
    }
}

fn value(row: &Row, name: &str) -> CursorValue {
    match name {
        "label" => CursorValue::Text(row.label_key.clone()),
        "year" => row.year.map_or(CursorValue::Null, |year| CursorValue::Integer(year.into())),
        "created_at" => CursorValue::Instant(row.created_at.and_utc()),
        "updated_at" => CursorValue::Instant(row.updated_at.and_utc()),
        _ => row.opening_earliest.map_or(CursorValue::Null, CursorValue::Date),
    }
}

pub(crate) fn list(
    c: &mut Conn,
    totals: Option<&Totals>,
    request: &ListRequest<CallFilter>,
) -> Result<Page<Call>> {
    let found = Found::look_up(c, &request.filter)?;
    let plan = match &request.search {
        Some(query) => Some(search::plan(c, KIND, query)?),
        None => None,
    };
    let chosen = || filtered(&request.filter, &found);
    let plan = match plan {
        Some(plan) if request.sort.is_empty() => {
            let all = request.filter == CallFilter::default();
            let within = chosen().select(calls::id);
            let within: Option<&dyn QueryFragment<Backend>> = (!all).then_some(&within);
            return by_rank(c, request, plan, within, load, |record| record.id.into());
        }
        plan => plan,
    };
    let chosen = || match &plan {
        Some(plan) => chosen().filter(calls::id.eq_any(search::matching(plan))),
        None => chosen(),
    };
    let keyset = Keyset::new(request, "calls.id", column)?;
    let mut page = paged!(c, totals, request, keyset, chosen);
    page.corrections = plan.map_or_else(Vec::new, |plan| plan.corrections);
    Ok(page)
}

/// The calls a filter lets through.
fn filtered<'a>(filter: &CallFilter, found: &Found) -> IntoBoxed<'a, calls::table, Backend> {
    let mut query = calls::table.into_boxed::<Backend>();
    scalar!(query, calls::programme_id, &found.programme, |id| *id);
    scalar!(query, calls::identifier_key, &filter.identifier, |code| search_key(code.as_str()));
    scalar!(query, calls::type_of_action_key, &filter.type_of_action, |code| {
        search_key(code.as_str())
    });
    for condition in &found.external_id {
        choose!(query, condition,
            matches: calls::id.eq_any(condition.values.clone()),
            known: exists(
                call_external_ids::table.filter(call_external_ids::record_id.eq(calls::id)),
            ),
        );
    }
    range!(query, filter.year, from: calls::year, to: calls::year, |year| year);
    // A date known to the month or year may be any day of it.
    range!(query, filter.opening_date,
        from: calls::opening_latest, to: calls::opening_earliest, |day| day);
    if filter.deadline.from.is_some() || filter.deadline.to.is_some() {
        // Dates have four-digit years, so these bounds leave none out.
        let from = filter.deadline.from.unwrap_or(FIRST_DAY);
        let to = filter.deadline.to.unwrap_or(LAST_DAY);
        query = query.filter(exists(
            call_deadlines::table
                .filter(call_deadlines::call_id.eq(calls::id))
                .filter(call_deadlines::latest.ge(from))
                .filter(call_deadlines::earliest.le(to)),
        ));
    }
    range!(query, filter.updated_at,
        from: calls::updated_at, to: calls::updated_at, |at| naive(at));
    query
}
