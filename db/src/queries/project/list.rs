//! Lists of projects. Conditions on their details are in `details`.

mod details;
mod fundings;
mod themes;

use super::super::keyset::{Keyset, SortColumn, SortType, by_rank, paged};
use super::super::rows::{naive, today};
use super::super::{Backend, Conn, call, external_ids, lookup, programme, search};
use super::{KIND, Row, complete, facets, load};
use crate::error::Result;
use crate::filters::{Purpose, among, choose, looked_up, members, range, scalar};
use crate::schema::{
    organisations, participations, project_external_ids, project_keywords, project_themes, projects,
};
use crate::totals::Totals;
use crate::types::Id;
use chrono::NaiveDate;
use consortia_domain::filter::Conditions;
use consortia_domain::money::Currency;
use consortia_domain::page::{CursorValue, ListRequest, Page};
use consortia_domain::project::{Project, ProjectFilter};
use consortia_domain::role::Role;
use consortia_domain::text::search_key;
use diesel::dsl::{IntoBoxed, Select, exists, not, sql};
use diesel::prelude::*;
use diesel::query_builder::QueryFragment;
use diesel::sql_types::{Bool, Date, Nullable, Text};
use fundings::{Payers, fundings};
use themes::Meant;

type Query<'a> = IntoBoxed<'a, projects::table, Backend>;
type Is = Box<dyn BoxableExpression<projects::table, Backend, SqlType = Bool>>;

/// The filter's references, looked up.
struct Found {
    external_id: Conditions<Id>,
    /// For each condition on the acronym the projects with such an alias.
    aliased: Vec<Vec<Id>>,
    programme: Conditions<Id>,
    call: Conditions<Id>,
    payers: Payers,
    organisation: Conditions<Id>,
    coordinator: Conditions<Id>,
    theme: Conditions<Meant>,
}

impl Found {
    fn look_up(c: &mut Conn, filter: &ProjectFilter) -> Result<Self> {
        Ok(Self {
            external_id: looked_up(&filter.external_id, |id| external_ids::project::find(c, id))?,
            aliased: filter
                .acronym
                .iter()
                .map(|condition| facets::aliased(c, &condition.values))
                .collect::<Result<_>>()?,
            programme: looked_up(&filter.programme, |key| programme::within(c, key))?,
            call: looked_up(&filter.call, |wanted| call::named(c, wanted.as_str()))?,
            payers: Payers::look_up(c, &filter.funder)?,
            organisation: looked_up(&filter.organisation, |wanted| {
                lookup::organisation::all(c, wanted)
            })?,
            coordinator: looked_up(&filter.coordinator, |wanted| {
                lookup::organisation::all(c, wanted)
            })?,
            theme: looked_up(&filter.theme, |name| Ok(vec![themes::meant(c, name.as_str())?]))?,
        })
    }
}

fn column(name: &str) -> Option<SortColumn> {
    match name {
        "label" => Some(SortColumn("projects.label_key", SortType::Text, false)),
        "acronym" => Some(SortColumn("projects.acronym_key", SortType::Text, true)),
        "start_date" => Some(SortColumn("projects.starts_earliest", SortType::Date, true)),
        "end_date" => Some(SortColumn("projects.ends_latest", SortType::Date, true)),
        "total_cost" => Some(SortColumn("projects.total_cost_minor", SortType::Integer, true)),
        "created_at" => Some(SortColumn("projects.created_at", SortType::Instant, false)),
        "updated_at" => Some(SortColumn("projects.updated_at", SortType::Instant, false)),
        _ => None,
    }
}

fn value(row: &Row, name: &str) -> CursorValue {
    match name {
        "label" => CursorValue::Text(row.label_key.clone()),
        "acronym" => row.acronym_key.clone().map_or(CursorValue::Null, CursorValue::Text),
        "start_date" => row.starts_earliest.map_or(CursorValue::Null, CursorValue::Date),
        "end_date" => row.ends_latest.map_or(CursorValue::Null, CursorValue::Date),
        "created_at" => CursorValue::Instant(row.created_at.and_utc()),
        "updated_at" => CursorValue::Instant(row.updated_at.and_utc()),
        _ => row.total_cost_minor.map_or(CursorValue::Null, CursorValue::Integer),
    }
}

pub(crate) fn list(
    c: &mut Conn,
    totals: Option<&Totals>,
    request: &ListRequest<ProjectFilter>,
) -> Result<Page<Project>> {
    let found = Found::look_up(c, &request.filter)?;
    let plan = match &request.search {
        Some(query) => Some(search::plan(c, KIND, query)?),
        None => None,
    };
    let chosen = |purpose| filtered(&request.filter, &found, purpose);
    let plan = match plan {
        Some(plan) if request.sort.is_empty() => {
            let all = request.filter == ProjectFilter::default();
            let within = chosen(Purpose::All).select(projects::id);
            let within: Option<&dyn QueryFragment<Backend>> = (!all).then_some(&within);
            return by_rank(c, request, plan, within, load, |record| record.id.into());
        }
        plan => plan,
    };
    let chosen = |purpose| match &plan {
        Some(plan) => chosen(purpose).filter(projects::id.eq_any(search::matching(plan))),
        None => chosen(purpose),
    };
    let keyset = Keyset::new(request, "projects.id", column)?;
    let name = (&request.filter, &request.search);
    let count = keyset.total(c, totals, &name, |c| chosen(Purpose::All).count().get_result(c))?;
    let mut page = paged!(c, keyset, count, chosen(Purpose::of_page(count)));
    page.corrections = plan.map_or_else(Vec::new, |plan| plan.corrections);
    Ok(page)
}

/// The projects that another list's filter asks for, its references looked up.
pub(crate) struct ProjectChoice<'a> {
    filter: &'a ProjectFilter,
    found: Found,
}

impl<'a> ProjectChoice<'a> {
    /// The projects `filter` lets through; `None` when these are all.
    pub(crate) fn of(c: &mut Conn, filter: &'a ProjectFilter) -> Result<Option<Self>> {
        if *filter == ProjectFilter::default() {
            return Ok(None);
        }
        Ok(Some(Self { filter, found: Found::look_up(c, filter)? }))
    }

    /// Their ids, as a part of another query.
    pub(crate) fn ids<'q>(&self) -> IntoBoxed<'q, Select<projects::table, projects::id>, Backend> {
        filtered(self.filter, &self.found, Purpose::All).select(projects::id)
    }
}

/// The projects a filter lets through.
fn filtered<'a>(filter: &ProjectFilter, found: &Found, purpose: Purpose) -> Query<'a> {
    let query = projects::table.into_boxed::<Backend>();
    let query = own_columns(query, filter, found);
    let query = details::named(query, filter, &found.aliased);
    let query = details::details(query, filter);
    let query = dates(query, filter);
    let query = fundings(query, filter, found, purpose);
    let query = participants(query, filter, found, purpose);
    topics(query, filter, found)
}

fn own_columns<'a>(mut query: Query<'a>, filter: &ProjectFilter, found: &Found) -> Query<'a> {
    for condition in &found.external_id {
        choose!(query, condition,
            matches: projects::id.eq_any(condition.values.clone()),
            known: exists(
                project_external_ids::table
                    .filter(project_external_ids::record_id.eq(projects::id)),
            ),
        );
    }
    if filter.total_cost.from.is_some() || filter.total_cost.to.is_some() {
        query = query.filter(projects::total_cost_currency.eq(Currency::EUR.code()));
        range!(query, filter.total_cost,
            from: projects::total_cost_minor, to: projects::total_cost_minor,
            |amount| amount.minor());
    }
    range!(query, filter.updated_at,
        from: projects::updated_at, to: projects::updated_at, |at| naive(at));
    query
}

/// Where a project stands on `day`; the same rule as `ProjectContent::status`.
macro_rules! status_on {
    ($day:expr) => {
        sql::<Nullable<Text>>("COALESCE(projects.stated_status, CASE WHEN projects.ends_latest < ")
            .bind::<Date, NaiveDate>($day)
            .sql(" THEN 'completed' WHEN projects.starts_earliest > ")
            .bind::<Date, NaiveDate>($day)
            .sql(" THEN 'planned' WHEN (projects.starts = '..' OR projects.starts_latest <= ")
            .bind::<Date, NaiveDate>($day)
            .sql(") AND (projects.ends = '..' OR projects.ends_earliest >= ")
            .bind::<Date, NaiveDate>($day)
            .sql(") THEN 'ongoing' END)")
    };
}

/// Whether a project certainly runs on `day`; never null.
macro_rules! certainly_on {
    ($day:expr) => {
        sql::<Bool>("COALESCE((projects.starts = '..' OR projects.starts_latest <= ")
            .bind::<Date, NaiveDate>($day)
            .sql(") AND (projects.ends = '..' OR projects.ends_earliest >= ")
            .bind::<Date, NaiveDate>($day)
            .sql("), 1 = 0)")
    };
}

fn dates<'a>(mut query: Query<'a>, filter: &ProjectFilter) -> Query<'a> {
    let day = today();
    scalar!(query, status_on!(day), &filter.status, |status| status.code());
    if let Some(from) = filter.active.from {
        let may_go_on = projects::ends_latest.is_null();
        query = query.filter(may_go_on.or(projects::ends_latest.assume_not_null().ge(from)));
    }
    if let Some(to) = filter.active.to {
        let may_have_begun = projects::starts_earliest.is_null();
        query = query.filter(may_have_begun.or(projects::starts_earliest.assume_not_null().le(to)));
    }
    // A date known to the month or year may be any day of it.
    range!(query, filter.start_date,
        from: projects::starts_latest, to: projects::starts_earliest, |day| day);
    range!(query, filter.end_date,
        from: projects::ends_latest, to: projects::ends_earliest, |day| day);
    if let Some(day) = filter.active_on {
        query = query.filter(certainly_on!(day));
    }
    if let Some(day) = filter.possibly_active_on {
        let may_have_begun = projects::starts_earliest.is_null();
        let may_go_on = projects::ends_latest.is_null();
        query = query
            .filter(may_have_begun.or(projects::starts_earliest.assume_not_null().le(day)))
            .filter(may_go_on.or(projects::ends_latest.assume_not_null().ge(day)))
            .filter(not(certainly_on!(day)));
    }
    query
}

fn participants<'a>(
    mut query: Query<'a>,
    filter: &ProjectFilter,
    found: &Found,
    purpose: Purpose,
) -> Query<'a> {
    use participations as p;
    let taking_part = || p::table.filter(p::project_id.eq(projects::id));
    for condition in &found.organisation {
        choose!(query, condition,
            matches: projects::id.eq_any(
                p::table
                    .filter(p::organisation_id.eq_any(condition.values.clone()))
                    .select(p::project_id),
            ),
            known: exists(taking_part()),
        );
    }
    for condition in &found.coordinator {
        let leading: Vec<_> = Role::leading().map(Role::code).collect();
        choose!(query, condition,
            matches: projects::id.eq_any(
                p::table
                    .filter(p::organisation_id.eq_any(condition.values.clone()))
                    .filter(p::role.eq_any(leading.clone()))
                    .select(p::project_id),
            ),
            known: exists(taking_part().filter(p::role.eq_any(leading))),
        );
    }
    let groups = members(&filter.country_group, today());
    for condition in filter.country.iter().chain(&groups) {
        let wanted: Vec<_> = condition.values.iter().map(|country| country.code()).collect();
        choose!(query, condition,
            matches: among!(purpose, Is, projects::id, p::project_id,
                p::table
                    .inner_join(organisations::table)
                    .filter(organisations::country.eq_any(wanted)),
            ),
            known: exists(
                p::table
                    .inner_join(organisations::table)
                    .filter(p::project_id.eq(projects::id))
                    .filter(organisations::country.is_not_null()),
            ),
        );
    }
    for condition in &filter.role {
        let wanted: Vec<_> = condition.values.iter().map(|role| role.code()).collect();
        choose!(query, condition,
            matches: among!(purpose, Is, projects::id, p::project_id,
                p::table.filter(p::role.eq_any(wanted)),
            ),
            known: exists(taking_part().filter(p::role.is_not_null())),
        );
    }
    query
}

fn topics<'a>(mut query: Query<'a>, filter: &ProjectFilter, found: &Found) -> Query<'a> {
    use project_keywords as k;
    use project_themes as t;
    for condition in &filter.keyword {
        let wanted: Vec<_> =
            condition.values.iter().map(|word| search_key(word.as_str())).collect();
        choose!(query, condition,
            matches: projects::id.eq_any(
                k::table.filter(k::keyword_key.eq_any(wanted)).select(k::project_id),
            ),
            known: exists(k::table.filter(k::project_id.eq(projects::id))),
        );
    }
    for condition in &found.theme {
        choose!(query, condition,
            matches: projects::id.eq_any(themes::carriers(&condition.values)),
            known: exists(t::table.filter(t::project_id.eq(projects::id))),
        );
    }
    query
}
