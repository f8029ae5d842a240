//! Lists of programmes.

use super::super::keyset::{Keyset, SortColumn, SortType, by_rank, paged};
use super::super::rows::naive;
use super::super::{Backend, Conn, external_ids, lookup, search};
use super::{KIND, Row, complete, load, resolve_key, within};
use crate::error::Result;
use crate::filters::{choose, looked_up, range, scalar};
use crate::schema::{programme_aliases, programme_external_ids, programme_funders, programmes};
use crate::totals::Totals;
use crate::types::Id;
use consortia_domain::filter::Conditions;
use consortia_domain::page::{CursorValue, ListRequest, Page};
use consortia_domain::programme::{Programme, ProgrammeFilter};
use diesel::dsl::{IntoBoxed, exists};
use diesel::prelude::*;
use diesel::query_builder::QueryFragment;

/// The filter's references, looked up.
struct Found {
    external_id: Conditions<Id>,
    code: Conditions<Id>,
    parent: Conditions<Id>,
    within: Conditions<Id>,
    funder: Conditions<Id>,
}

impl Found {
    fn look_up(c: &mut Conn, filter: &ProgrammeFilter) -> Result<Self> {
        Ok(Self {
            external_id: looked_up(&filter.external_id, |id| external_ids::programme::find(c, id))?,
            code: looked_up(&filter.code, |key| resolve_key(c, key))?,
            parent: looked_up(&filter.parent, |key| resolve_key(c, key))?,
            within: looked_up(&filter.within, |key| within(c, key))?,
            funder: looked_up(&filter.funder, |wanted| lookup::organisation::all(c, wanted))?,
        })
    }
}

fn column(name: &str) -> Option<SortColumn> {
    match name {
        "label" => Some(SortColumn("programmes.label_key", SortType::Text, false)),
        "code" => Some(SortColumn("programmes.code", SortType::Text, true)),
        "created_at" => Some(SortColumn("programmes.created_at", SortType::Instant, false)),
        "updated_at" => Some(SortColumn("programmes.updated_at", SortType::Instant, false)),
        _ => None,
    }
}

fn value(row: &Row, name: &str) -> CursorValue {
    match name {
        "label" => CursorValue::Text(row.label_key.clone()),
        "created_at" => CursorValue::Instant(row.created_at.and_utc()),
        "updated_at" => CursorValue::Instant(row.updated_at.and_utc()),
        _ => row.code.clone().map_or(CursorValue::Null, CursorValue::Text),
    }
}

pub(crate) fn list(
    c: &mut Conn,
    totals: Option<&Totals>,
    request: &ListRequest<ProgrammeFilter>,
) -> Result<Page<Programme>> {
    let found = Found::look_up(c, &request.filter)?;
    let plan = match &request.search {
        Some(query) => Some(search::plan(c, KIND, query)?),
        None => None,
    };
    let chosen = || filtered(&request.filter, &found);
    let plan = match plan {
        Some(plan) if request.sort.is_empty() => {
            let all = request.filter == ProgrammeFilter::default();
            let within = chosen().select(programmes::id);
            let within: Option<&dyn QueryFragment<Backend>> = (!all).then_some(&within);
            return by_rank(c, request, plan, within, load, |record| record.id.into());
        }
        plan => plan,
    };
    let chosen = || match &plan {
        Some(plan) => chosen().filter(programmes::id.eq_any(search::matching(plan))),
        None => chosen(),
    };
    let keyset = Keyset::new(request, "programmes.id", column)?;
    let mut page = paged!(c, totals, request, keyset, chosen);
    page.corrections = plan.map_or_else(Vec::new, |plan| plan.corrections);
    Ok(page)
}

/// The programmes a filter lets through.
fn filtered<'a>(
    filter: &ProgrammeFilter,
    found: &Found,
) -> IntoBoxed<'a, programmes::table, Backend> {
    let mut query = programmes::table.into_boxed::<Backend>();
    scalar!(query, programmes::level, &filter.level, |level| level.code());
    scalar!(query, programmes::parent_id, &found.parent, |id| *id);
    for condition in &found.external_id {
        choose!(query, condition,
            matches: programmes::id.eq_any(condition.values.clone()),
            known: exists(
                programme_external_ids::table
                    .filter(programme_external_ids::record_id.eq(programmes::id)),
            ),
        );
    }
    for condition in &found.code {
        choose!(query, condition,
            matches: programmes::id.eq_any(condition.values.clone()),
            known: exists(
                programme_aliases::table
                    .filter(programme_aliases::programme_id.eq(programmes::id)),
            ),
        );
    }
    for condition in &found.within {
        // Every programme lies within something: itself.
        choose!(query, condition,
            matches: programmes::id.eq_any(condition.values.clone()),
            known: programmes::id.eq(programmes::id),
        );
    }
    for condition in &found.funder {
        let funded =
            || programme_funders::table.filter(programme_funders::programme_id.eq(programmes::id));
        choose!(query, condition,
            matches: exists(
                funded().filter(programme_funders::organisation_id.eq_any(condition.values.clone())),
            ),
            known: exists(funded()),
        );
    }
    range!(query, filter.updated_at,
        from: programmes::updated_at, to: programmes::updated_at, |at| naive(at));
    query
}
