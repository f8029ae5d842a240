//! Lists of statements: about one record, from one source, or all.

use super::super::keyset::{Keyset, SortColumn, SortType, paged};
use super::super::rows::naive;
use super::super::{Backend, Conn, lookup, search};
use super::{Row, complete};
use crate::error::Result;
use crate::filters::{choose, looked_up, range, scalar};
use crate::schema::statements;
use crate::search::Plan;
use crate::totals::Totals;
use crate::types::Id;
use consortia_domain::filter::Conditions;
use consortia_domain::id::{EntityKind, RecordRef};
use consortia_domain::page::{CursorValue, ListRequest, Page};
use consortia_domain::statement::{Statement, StatementFilter};
use diesel::dsl::IntoBoxed;
use diesel::prelude::*;
use diesel::sql_types::Bool;

type Is = Box<dyn BoxableExpression<statements::table, Backend, SqlType = Bool>>;

/// The ids of the records of any kind that may be meant. Ids are unique among all records.
fn any(c: &mut Conn, wanted: &RecordRef) -> Result<Vec<Id>> {
    if let RecordRef::Id(id) = wanted {
        return Ok(vec![Id(*id)]);
    }
    let mut found = lookup::organisation::all(c, wanted)?;
    found.extend(lookup::project::all(c, wanted)?);
    found.extend(lookup::programme::all(c, wanted)?);
    found.extend(lookup::call::all(c, wanted)?);
    Ok(found)
}

fn column(name: &str) -> Option<SortColumn> {
    match name {
        "field" => Some(SortColumn("statements.field", SortType::Text, false)),
        "created_at" => Some(SortColumn("statements.created_at", SortType::Instant, false)),
        "updated_at" => Some(SortColumn("statements.updated_at", SortType::Instant, false)),
        _ => None,
    }
}

fn value(row: &Row, name: &str) -> CursorValue {
    match name {
        "created_at" => CursorValue::Instant(row.created_at.and_utc()),
        "updated_at" => CursorValue::Instant(row.updated_at.and_utc()),
        _ => CursorValue::Text(row.field.clone()),
    }
}

pub(crate) fn list(
    c: &mut Conn,
    totals: Option<&Totals>,
    request: &ListRequest<StatementFilter>,
) -> Result<Page<Statement>> {
    let keyset = Keyset::new(request, "statements.id", column)?;
    let about = looked_up(&request.filter.about, |wanted| any(c, wanted))?;
    let plans = match &request.search {
        None => None,
        Some(query) => Some(search::among(c, &SEARCHED, query)?),
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

/// What a search looks through: the statements themselves, their sources, and what they are
/// about.
const SEARCHED: [EntityKind; 7] = [
    EntityKind::Statement,
    EntityKind::Source,
    EntityKind::Organisation,
    EntityKind::Project,
    EntityKind::Programme,
    EntityKind::Call,
    EntityKind::Agreement,
];

/// The statements any of `plans` finds.
fn found(plans: &[Plan]) -> Is {
    use statements as s;
    let never: Is = Box::new(diesel::dsl::sql::<Bool>("1 = 0"));
    plans.iter().fold(never, |others, plan| {
        let records = search::matching(plan);
        match plan.entity {
            EntityKind::Statement => Box::new(others.or(s::id.eq_any(records))),
            EntityKind::Source => Box::new(others.or(
                s::source_id.is_not_null().and(s::source_id.assume_not_null().eq_any(records)),
            )),
            _ => Box::new(others.or(s::about_id.eq_any(records))),
        }
    })
}

/// The statements a filter lets through.
fn filtered<'a>(
    filter: &StatementFilter,
    about: &Conditions<Id>,
) -> IntoBoxed<'a, statements::table, Backend> {
    use statements as s;
    let mut query = s::table.into_boxed::<Backend>();
    for condition in about {
        choose!(query, condition,
            matches: s::about_id.eq_any(condition.values.clone()),
            known: s::id.eq(s::id),
        );
    }
    for condition in &filter.about_kind {
        let kinds: Vec<_> = condition.values.iter().map(|kind| kind.code()).collect();
        choose!(query, condition, matches: s::about_kind.eq_any(kinds), known: s::id.eq(s::id));
    }
    for condition in &filter.field {
        let never: Is = Box::new(diesel::dsl::sql::<Bool>("1 = 0"));
        let inside = condition.values.iter().fold(never, |others, field| {
            let field = field.to_string();
            // '0' is the character after '/': these are the fields inside it.
            let within = s::field.between(format!("{field}/"), format!("{field}0"));
            Box::new(others.or(s::field.eq(field).or(within)))
        });
        choose!(query, condition, matches: inside, known: s::id.eq(s::id));
    }
    for condition in &filter.basis {
        let bases: Vec<_> = condition.values.iter().map(|basis| basis.code()).collect();
        choose!(query, condition, matches: s::basis.eq_any(bases), known: s::id.eq(s::id));
    }
    scalar!(query, s::source_id, &filter.source, |id| Id::of(*id));
    range!(query, filter.updated_at, from: s::updated_at, to: s::updated_at, |at| naive(at));
    query
}
