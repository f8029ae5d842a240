//! Lists of organisations.

use super::super::keyset::{Keyset, SortColumn, SortType, by_rank, paged};
use super::super::rows::{naive, today};
use super::super::{Backend, Conn, external_ids, lookup, membership, programme, search};
use super::{KIND, Row, complete, load};
use crate::error::Result;
use crate::filters::{Purpose, among, choose, looked_up, members, range, scalar};
use crate::schema::{
    organisation_external_ids, organisations, participations, project_fundings, relations,
};
use crate::totals::Totals;
use crate::types::Id;
use consortia_domain::filter::Conditions;
use consortia_domain::organisation::{Organisation, OrganisationFilter};
use consortia_domain::page::{CursorValue, ListRequest, Page};
use consortia_domain::relation_kind::RelationKind;
use consortia_domain::text::search_key;
use diesel::dsl::{IntoBoxed, exists};
use diesel::prelude::*;
use diesel::query_builder::QueryFragment;
use diesel::sql_types::Bool;

/// The filter's references, looked up.
struct Found {
    external_id: Conditions<Id>,
    parent: Conditions<Id>,
    programme: Conditions<Id>,
    project: Conditions<Id>,
    membership: membership::Chosen,
}

impl Found {
    fn look_up(c: &mut Conn, filter: &OrganisationFilter) -> Result<Self> {
        Ok(Self {
            external_id: looked_up(&filter.external_id, |id| {
                external_ids::organisation::find(c, id)
            })?,
            parent: looked_up(&filter.parent, |wanted| lookup::organisation::all(c, wanted))?,
            programme: looked_up(&filter.programme, |key| programme::within(c, key))?,
            project: looked_up(&filter.project, |wanted| lookup::project::all(c, wanted))?,
            membership: membership::Chosen::look_up(c, filter)?,
        })
    }
}

fn column(name: &str) -> Option<SortColumn> {
    match name {
        "label" => Some(SortColumn("organisations.label_key", SortType::Text, false)),
        "country" => Some(SortColumn("organisations.country", SortType::Text, true)),
        "created_at" => Some(SortColumn("organisations.created_at", SortType::Instant, false)),
        "updated_at" => Some(SortColumn("organisations.updated_at", SortType::Instant, false)),
        _ => None,
    }
}

fn value(row: &Row, name: &str) -> CursorValue {
    match name {
        "label" => CursorValue::Text(row.label_key.clone()),
        "created_at" => CursorValue::Instant(row.created_at.and_utc()),
        "updated_at" => CursorValue::Instant(row.updated_at.and_utc()),
        _ => row.country.clone().map_or(CursorValue::Null, CursorValue::Text),
    }
}

pub(crate) fn list(
    c: &mut Conn,
    totals: Option<&Totals>,
    request: &ListRequest<OrganisationFilter>,
) -> Result<Page<Organisation>> {
    let found = Found::look_up(c, &request.filter)?;
    let plan = match &request.search {
        Some(query) => Some(search::plan(c, KIND, query)?),
        None => None,
    };
    let chosen = |purpose| filtered(&request.filter, &found, purpose);
    let plan = match plan {
        Some(plan) if request.sort.is_empty() => {
            let all = request.filter == OrganisationFilter::default();
            let within = chosen(Purpose::All).select(organisations::id);
            let within: Option<&dyn QueryFragment<Backend>> = (!all).then_some(&within);
            return by_rank(c, request, plan, within, load, |record| record.id.into());
        }
        plan => plan,
    };
    let chosen = |purpose| match &plan {
        Some(plan) => chosen(purpose).filter(organisations::id.eq_any(search::matching(plan))),
        None => chosen(purpose),
    };
    let keyset = Keyset::new(request, "organisations.id", column)?;
    let name = (&request.filter, &request.search);
    let count = keyset.total(c, totals, &name, |c| chosen(Purpose::All).count().get_result(c))?;
    let mut page = paged!(c, keyset, count, chosen(Purpose::of_page(count)));
    page.corrections = plan.map_or_else(Vec::new, |plan| plan.corrections);
    Ok(page)
}

type Is = Box<dyn BoxableExpression<organisations::table, Backend, SqlType = Bool>>;

/// The organisations a filter lets through.
fn filtered<'a>(
    filter: &OrganisationFilter,
    found: &Found,
    purpose: Purpose,
) -> IntoBoxed<'a, organisations::table, Backend> {
    use participations as p;
    use project_fundings as f;
    let mut query = organisations::table.into_boxed::<Backend>();
    query = own_columns(query, filter);
    scalar!(query, organisations::parent_id, &found.parent, |id| *id);
    for condition in &found.external_id {
        choose!(query, condition,
            matches: organisations::id.eq_any(condition.values.clone()),
            known: exists(
                organisation_external_ids::table
                    .filter(organisation_external_ids::record_id.eq(organisations::id)),
            ),
        );
    }
    let paid_for = || p::table.inner_join(f::table.on(f::project_id.eq(p::project_id)));
    for condition in &found.programme {
        choose!(query, condition,
            matches: among!(purpose, Is, organisations::id, p::organisation_id,
                paid_for().filter(f::programme_id.eq_any(condition.values.clone())),
            ),
            known: exists(
                paid_for()
                    .filter(p::organisation_id.eq(organisations::id))
                    .filter(f::programme_id.is_not_null()),
            ),
        );
    }
    query = memberships(query, &found.membership);
    let taking_part = || p::table.filter(p::organisation_id.eq(organisations::id));
    for condition in &found.project {
        choose!(query, condition,
            matches: organisations::id.eq_any(
                p::table
                    .filter(p::project_id.eq_any(condition.values.clone()))
                    .select(p::organisation_id),
            ),
            known: exists(taking_part()),
        );
    }
    for condition in &filter.role {
        let roles: Vec<_> = condition.values.iter().map(|role| role.code()).collect();
        choose!(query, condition,
            matches: among!(purpose, Is, organisations::id, p::organisation_id,
                p::table.filter(p::role.eq_any(roles)),
            ),
            known: exists(taking_part().filter(p::role.is_not_null())),
        );
    }
    query
}

fn own_columns<'a>(
    mut query: IntoBoxed<'a, organisations::table, Backend>,
    filter: &OrganisationFilter,
) -> IntoBoxed<'a, organisations::table, Backend> {
    use organisations as o;
    scalar!(query, o::country, &filter.country, |country| country.code());
    scalar!(query, o::country, &members(&filter.country_group, today()), |country| country.code());
    scalar!(query, o::type_, &filter.r#type, |value| value.code());
    scalar!(query, o::kind, &filter.kind, |value| value.code());
    scalar!(query, o::sector, &filter.sector, |value| value.code());
    scalar!(query, o::status, &filter.status, |value| value.code());
    scalar!(query, o::city_key, &filter.city, |city| search_key(city.as_str()));
    if let Some(sme) = filter.sme {
        query = query.filter(o::sme.eq(sme));
    }
    for condition in &filter.nuts {
        // A code stands for every code that begins with it. LIKE would do, but for
        // letter case, which SQLite ignores and PostgreSQL does not.
        let never: Is = Box::new(diesel::dsl::sql::<Bool>("1 = 0"));
        let begins = condition.values.iter().fold(never, |others, nuts| {
            let from = nuts.as_str().to_owned();
            // Behind every digit and capital letter a code may go on with.
            let to = format!("{from}a");
            let known = o::nuts.is_not_null();
            let inside = o::nuts.assume_not_null().between(from, to);
            Box::new(others.or(known.and(inside)))
        });
        choose!(query, condition, matches: begins, known: o::nuts.is_not_null());
    }
    range!(query, filter.updated_at, from: o::updated_at, to: o::updated_at, |at| naive(at));
    query
}

fn memberships<'a>(
    mut query: IntoBoxed<'a, organisations::table, Backend>,
    chosen: &membership::Chosen,
) -> IntoBoxed<'a, organisations::table, Backend> {
    use organisations as o;
    use relations as r;
    let member_of = || r::table.filter(r::kind.eq(RelationKind::MemberOf.code()));
    for condition in &chosen.members {
        let never: Is = Box::new(diesel::dsl::sql::<Bool>("1 = 0"));
        let is_one = condition.values.iter().fold(never, |others, through| {
            let members = member_of()
                .filter(r::to_organisation_id.eq_any(through.groups.clone()))
                .select(r::from_organisation_id.assume_not_null());
            let is_other = o::id.ne_all(through.except.clone());
            Box::new(others.or(o::id.eq_any(members).and(is_other)))
        });
        choose!(query, condition,
            matches: is_one,
            known: exists(member_of().filter(r::from_organisation_id.eq(o::id.nullable()))),
        );
    }
    for condition in &chosen.networks {
        choose!(query, condition,
            matches: o::id.eq_any(condition.values.clone()),
            known: o::id.eq_any(chosen.with_members.clone()),
        );
    }
    query
}
