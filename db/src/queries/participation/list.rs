//! Lists of participations: of one project, of one organisation, or of all.

use super::super::keyset::{Keyset, SortColumn, SortType, paged};
use super::super::project::ProjectChoice;
use super::super::rows::{naive, today};
use super::super::{Backend, Conn, lookup, search};
use super::{Row, complete};
use crate::error::Result;
use crate::filters::{choose, looked_up, members, range, scalar};
use crate::schema::{organisations, participations};
use crate::totals::Totals;
use crate::types::Id;
use consortia_domain::country::Country;
use consortia_domain::filter::Conditions;
use consortia_domain::id::EntityKind;
use consortia_domain::money::Currency;
use consortia_domain::page::{CursorValue, ListRequest, Page};
use consortia_domain::participation::{Participation, ParticipationFilter};
use diesel::dsl::IntoBoxed;
use diesel::prelude::*;

/// The filter's references, looked up.
struct Found {
    project: Conditions<Id>,
    organisation: Conditions<Id>,
}

impl Found {
    fn look_up(c: &mut Conn, filter: &ParticipationFilter) -> Result<Self> {
        Ok(Self {
            project: looked_up(&filter.project, |wanted| lookup::project::all(c, wanted))?,
            organisation: looked_up(&filter.organisation, |wanted| {
                lookup::organisation::all(c, wanted)
            })?,
        })
    }
}

fn column(name: &str) -> Option<SortColumn> {
    match name {
        "order" => Some(SortColumn("participations.position", SortType::Integer, true)),
        "ec_contribution" => {
            Some(SortColumn("participations.ec_contribution_minor", SortType::Integer, true))
        }
        "created_at" => Some(SortColumn("participations.created_at", SortType::Instant, false)),
        "updated_at" => Some(SortColumn("participations.updated_at", SortType::Instant, false)),
        _ => None,
    }
}

fn value(row: &Row, name: &str) -> CursorValue {
    match name {
        "order" => {
            row.position.map_or(CursorValue::Null, |place| CursorValue::Integer(place.into()))
        }
        "created_at" => CursorValue::Instant(row.created_at.and_utc()),
        "updated_at" => CursorValue::Instant(row.updated_at.and_utc()),
        _ => row.ec_contribution_minor.map_or(CursorValue::Null, CursorValue::Integer),
    }
}

pub(crate) fn list(
    c: &mut Conn,
    totals: Option<&Totals>,
    request: &ListRequest<ParticipationFilter>,
) -> Result<Page<Participation>> {
    let keyset = Keyset::new(request, "participations.id", column)?;
    let found = Found::look_up(c, &request.filter)?;
    let plans = match &request.search {
        None => None,
        Some(query) => Some((
            search::plan(c, EntityKind::Organisation, query)?,
            search::plan(c, EntityKind::Project, query)?,
        )),
    };
    let of_project = request.filter.of_project();
    let projects = ProjectChoice::of(c, &of_project)?;
    let chosen = || {
        let query = filtered(&request.filter, &found);
        let query = match &projects {
            None => query,
            Some(projects) => query.filter(participations::project_id.eq_any(projects.ids())),
        };
        match &plans {
            None => query,
            // What is searched are the names of who takes part and of what in.
            Some((organisation, project)) => query.filter(
                participations::organisation_id
                    .eq_any(search::matching(organisation))
                    .or(participations::project_id.eq_any(search::matching(project))),
            ),
        }
    };
    let mut page = paged!(c, totals, request, keyset, chosen);
    if let Some((organisation, project)) = plans {
        page.corrections = organisation.corrections;
        page.corrections.extend(project.corrections);
    }
    Ok(page)
}

/// The participations a filter lets through.
fn filtered<'a>(
    filter: &ParticipationFilter,
    found: &Found,
) -> IntoBoxed<'a, participations::table, Backend> {
    use participations as p;
    let mut query = p::table.into_boxed::<Backend>();
    for condition in &found.project {
        choose!(query, condition,
            matches: p::project_id.eq_any(condition.values.clone()),
            known: p::project_id.eq(p::project_id),
        );
    }
    for condition in &found.organisation {
        choose!(query, condition,
            matches: p::organisation_id.eq_any(condition.values.clone()),
            known: p::organisation_id.eq(p::organisation_id),
        );
    }
    scalar!(query, p::role, &filter.role, |role| role.code());
    // Looked for among organisations, which are fewer.
    let in_countries = |codes: Vec<&'static str>| {
        p::organisation_id.eq_any(
            organisations::table
                .filter(organisations::country.eq_any(codes))
                .select(organisations::id),
        )
    };
    let in_any_country = || {
        p::organisation_id.eq_any(
            organisations::table
                .filter(organisations::country.is_not_null())
                .select(organisations::id),
        )
    };
    let groups = members(&filter.country_group, today());
    for condition in filter.country.iter().chain(&groups) {
        let codes = condition.values.iter().copied().map(Country::code).collect();
        choose!(query, condition, matches: in_countries(codes), known: in_any_country());
    }
    if let Some(ended) = filter.ended {
        query = query.filter(p::ended.eq(ended));
    }
    if filter.ec_contribution.from.is_some() || filter.ec_contribution.to.is_some() {
        query = query.filter(p::ec_contribution_currency.eq(Currency::EUR.code()));
        range!(query, filter.ec_contribution,
            from: p::ec_contribution_minor, to: p::ec_contribution_minor,
            |amount| amount.minor());
    }
    range!(query, filter.updated_at, from: p::updated_at, to: p::updated_at, |at| naive(at));
    query
}
