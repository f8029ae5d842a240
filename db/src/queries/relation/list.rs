//! Lists of relations: of one project, of one organisation, or of all.

use super::super::keyset::{Keyset, SortColumn, SortType, paged};
use super::super::rows::naive;
use super::super::{Backend, Conn, lookup, search};
use super::{Row, complete};
use crate::error::Result;
use crate::filters::{choose, looked_up, range, scalar};
use crate::schema::relations;
use crate::search::Plan;
use crate::totals::Totals;
use crate::types::Id;
use consortia_domain::filter::Conditions;
use consortia_domain::id::{EntityKind, RecordRef};
use consortia_domain::page::{CursorValue, ListRequest, Page};
use consortia_domain::relation::{Relation, RelationFilter};
use consortia_domain::relation_kind::RelationBetween;
use diesel::dsl::IntoBoxed;
use diesel::prelude::*;
use diesel::sql_types::Bool;

type Is = Box<dyn BoxableExpression<relations::table, Backend, SqlType = Bool>>;
type Query<'a> = IntoBoxed<'a, relations::table, Backend>;

/// The condition that a column that may be null has a value of which `$is` holds; never null.
macro_rules! known_and {
    ($column:expr, |$id:ident| $is:expr) => {{
        let $id = $column.assume_not_null();
        $column.is_not_null().and($is)
    }};
}

/// The same of either end, both projects or both organisations.
macro_rules! either_is {
    (project, |$id:ident| $is:expr) => {
        known_and!(relations::from_project_id, |$id| $is)
            .or(known_and!(relations::to_project_id, |$id| $is))
    };
    (organisation, |$id:ident| $is:expr) => {
        known_and!(relations::from_organisation_id, |$id| $is)
            .or(known_and!(relations::to_organisation_id, |$id| $is))
    };
}

/// The filter's references, looked up.
struct Found {
    project: Conditions<Id>,
    organisation: Conditions<Id>,
    from: Conditions<Id>,
    to: Conditions<Id>,
}

impl Found {
    fn look_up(c: &mut Conn, filter: &RelationFilter) -> Result<Self> {
        Ok(Self {
            project: looked_up(&filter.project, |wanted| lookup::project::all(c, wanted))?,
            organisation: looked_up(&filter.organisation, |wanted| {
                lookup::organisation::all(c, wanted)
            })?,
            from: looked_up(&filter.from, |wanted| either(c, wanted))?,
            to: looked_up(&filter.to, |wanted| either(c, wanted))?,
        })
    }
}

/// The ids of every project and organisation that may be meant. Ids are unique among all
/// records, so that they may be looked for in both columns.
fn either(c: &mut Conn, wanted: &RecordRef) -> Result<Vec<Id>> {
    let mut found = lookup::project::all(c, wanted)?;
    found.extend(lookup::organisation::all(c, wanted)?);
    Ok(found)
}

fn column(name: &str) -> Option<SortColumn> {
    match name {
        "start_date" => Some(SortColumn("relations.starts_earliest", SortType::Date, true)),
        "created_at" => Some(SortColumn("relations.created_at", SortType::Instant, false)),
        "updated_at" => Some(SortColumn("relations.updated_at", SortType::Instant, false)),
        _ => None,
    }
}

fn value(row: &Row, name: &str) -> CursorValue {
    match name {
        "created_at" => CursorValue::Instant(row.created_at.and_utc()),
        "updated_at" => CursorValue::Instant(row.updated_at.and_utc()),
        _ => row.starts_earliest.map_or(CursorValue::Null, CursorValue::Date),
    }
}

pub(crate) fn list(
    c: &mut Conn,
    totals: Option<&Totals>,
    request: &ListRequest<RelationFilter>,
) -> Result<Page<Relation>> {
    let keyset = Keyset::new(request, "relations.id", column)?;
    let found = Found::look_up(c, &request.filter)?;
    let plans = match &request.search {
        None => None,
        Some(query) => {
            Some(search::among(c, &[EntityKind::Organisation, EntityKind::Project], query)?)
        }
    };
    let chosen = || {
        let query = filtered(&request.filter, &found);
        match &plans {
            None => query,
            Some(plans) => query.filter(found_by(plans)),
        }
    };
    let mut page = paged!(c, totals, request, keyset, chosen);
    page.corrections = plans.map_or_else(Vec::new, search::corrections);
    Ok(page)
}

/// The relations any of `plans` finds by the names of its ends.
fn found_by(plans: &[Plan]) -> Is {
    let never: Is = Box::new(diesel::dsl::sql::<Bool>("1 = 0"));
    plans.iter().fold(never, |others, plan| match plan.entity {
        EntityKind::Project => {
            Box::new(others.or(either_is!(project, |id| id.eq_any(search::matching(plan)))))
        }
        _ => Box::new(others.or(either_is!(organisation, |id| id.eq_any(search::matching(plan))))),
    })
}

/// The relations a filter lets through.
fn filtered<'a>(filter: &RelationFilter, found: &Found) -> Query<'a> {
    use relations as r;
    let mut query = r::table.into_boxed::<Backend>();
    scalar!(query, r::kind, &filter.kind, |kind| kind.code());
    // Nothing is unknown of what a relation is between.
    for condition in &filter.between {
        let lets_through = |sort| condition.values.contains(&sort) != condition.negated;
        if !lets_through(RelationBetween::Projects) {
            query = query.filter(r::from_project_id.is_null());
        }
        if !lets_through(RelationBetween::Organisations) {
            query = query.filter(r::from_organisation_id.is_null());
        }
    }
    for condition in &found.project {
        choose!(query, condition,
            matches: either_is!(project, |id| id.eq_any(condition.values.clone())),
            known: r::from_project_id.is_not_null(),
        );
    }
    for condition in &found.organisation {
        choose!(query, condition,
            matches: either_is!(organisation, |id| id.eq_any(condition.values.clone())),
            known: r::from_organisation_id.is_not_null(),
        );
    }
    for condition in &found.from {
        choose!(query, condition,
            matches: known_and!(r::from_project_id, |id| id.eq_any(condition.values.clone()))
                .or(known_and!(r::from_organisation_id, |id| {
                    id.eq_any(condition.values.clone())
                })),
            known: r::id.eq(r::id),
        );
    }
    for condition in &found.to {
        choose!(query, condition,
            matches: known_and!(r::to_project_id, |id| id.eq_any(condition.values.clone()))
                .or(known_and!(r::to_organisation_id, |id| {
                    id.eq_any(condition.values.clone())
                })),
            known: r::id.eq(r::id),
        );
    }
    if let Some(from) = filter.active.from {
        let may_go_on = r::ends_latest.is_null();
        query = query.filter(may_go_on.or(r::ends_latest.assume_not_null().ge(from)));
    }
    if let Some(to) = filter.active.to {
        let may_have_begun = r::starts_earliest.is_null();
        query = query.filter(may_have_begun.or(r::starts_earliest.assume_not_null().le(to)));
    }
    range!(query, filter.updated_at, from: r::updated_at, to: r::updated_at, |at| naive(at));
    query
}
