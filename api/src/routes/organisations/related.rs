//! What belongs to an organisation: its projects and its partners.

use super::super::projects::{ProjectListQuery, ProjectView, list_of};
use super::super::{errors::RecordErrors, examples};
use crate::extract::{Query, RecordPath};
use crate::respond::{
    Answer, Cell, Column, DescribedFilter, List, ListQuery, Listed, Meta, PageInfo, RangeOf,
    Resource, answer_list,
};
use crate::state::State;
use actix_web::{HttpRequest, get, web};
use consortia_db::{Conn, organisation, partners};
use consortia_domain::filter::Condition;
use consortia_domain::id::RecordRef;
use consortia_domain::page::ListRequest;
use consortia_domain::partner::{Partner, PartnerFilter, PartnerSummary};
use consortia_domain::project::ProjectFilter;
use consortia_domain::record::Stamp;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// What a list of partners may be asked for.
type PartnerListQuery = ListQuery<Partner, PartnerFilter>;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(list_organisation_projects).service(list_organisation_partners);
}

/// List the projects of an organisation
///
/// Projects it takes part in, in whatever role; takes all parameters of the list of projects.
#[utoipa::path(tag = "organisations", params(RecordPath, ProjectListQuery), responses(
    (status = 200, description = "A page of its projects.", body = List<ProjectView>,
     example = examples::project_list),
    (status = 304, description = "The page has not changed."),
    RecordErrors,
))]
#[get("/{id}/projects")]
async fn list_organisation_projects(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    query: Query<ProjectListQuery>,
) -> Answer {
    let narrow = move |c: &mut Conn<'_>, filter: &mut ProjectFilter| {
        let id: RecordRef = organisation::resolve(c, &path.0)?.into();
        filter.organisation.0.push(Condition { negated: false, values: vec![id], unknown: false });
        Ok(())
    };
    list_of(&http, &state, query.0, narrow).await
}

/// List the partners of an organisation
///
/// Every organisation it shares a project with, once each, with the number of projects both
/// are in and the first and last year of these; most shared projects first. `summary` counts
/// all partners by country, whatever the filter.
#[utoipa::path(tag = "organisations", params(RecordPath, PartnerListQuery), responses(
    (status = 200, description = "A page of its partners.", body = PartnerList,
     example = examples::partner_list),
    (status = 304, description = "The page has not changed."),
    RecordErrors,
))]
#[get("/{id}/partners")]
async fn list_organisation_partners(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    query: Query<PartnerListQuery>,
) -> Answer {
    let load = move |c: &mut Conn<'_>, request: &ListRequest<PartnerFilter>| {
        let (summary, page) = partners::list(c, &path.0, request)?;
        Ok(Listed { page, summary: Some(summary) })
    };
    answer_list(&http, &state, query.0, load).await
}

/// A page of partners, and what all of them come to.
#[derive(Clone, Debug, ToSchema)]
pub struct PartnerList {
    /// The partners of the page.
    pub data: Vec<Partner>,
    /// Where the page stands in the whole list.
    pub page: PageInfo,
    /// What all partners come to, whatever the filter.
    pub summary: PartnerSummary,
    /// Where the data comes from.
    pub meta: Meta,
}

impl DescribedFilter for PartnerFilter {
    const RANGES: &'static [(&'static str, RangeOf)] = &[];
}

impl Resource for Partner {
    const PATH: &'static str = "partners";
    const FIELDS: &'static [&'static str] =
        &["organisation", "shared_projects", "first_year", "last_year"];
    const SEARCH_EXAMPLE: &'static str = "migration policy";

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::of("organisation", "organisation_id", |p| Cell::plain(p.organisation.id)),
            Column::of("organisation", "label", |p| Cell::text(&p.organisation.label)),
            Column::of("organisation", "short_name", |p| {
                Cell::maybe_text(p.organisation.short_name.as_ref())
            }),
            Column::of("organisation", "country", |p| Cell::maybe(p.organisation.country)),
            Column::new("shared_projects", |p| Cell::plain(p.shared_projects)),
            Column::new("first_year", |p| Cell::maybe(p.first_year)),
            Column::new("last_year", |p| Cell::maybe(p.last_year)),
        ]
    }

    fn id(&self) -> String {
        self.organisation.id.to_string()
    }

    fn stamp(&self) -> Option<&Stamp> {
        None
    }
}
