//! The communities of the network.

use super::super::organisations::partners::SCOPE_RANGES;
use super::super::{errors::NetworkErrors, examples};
use crate::extract::Query;
use crate::network::{self, Task, check_number, measured};
use crate::problem::{Code, Problem, excerpt};
use crate::respond::{
    Answer, Cell, Column, DescribedFilter, ListQuery, RangeOf, Resource, SummedList, answer_list,
};
use crate::state::State;
use actix_web::{HttpRequest, get, web};
use consortia_db::Conn;
use consortia_domain::network::{
    Community, CommunityFilter, CommunityMember, CommunityMembers, CommunitySummary, MemberFilter,
};
use consortia_domain::page::ListRequest;
use consortia_domain::record::Stamp;
use utoipa_actix_web::service_config::ServiceConfig;

/// What a list of communities may be asked for.
type CommunityQuery = ListQuery<Community, CommunityFilter>;
/// What a list of members may be asked for.
type MemberQuery = ListQuery<CommunityMember, MemberFilter>;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(list_network_communities).service(list_network_community_members);
}

/// List the communities of the network
///
/// Organisations that work with each other more than with the rest, by the Leiden algorithm;
/// the largest first. The same registry always falls into the same communities. `q` finds the
/// communities of organisations.
#[utoipa::path(tag = "network", params(CommunityQuery), responses(
    (status = 200, description = "A page of the communities.", body = SummedList<Community, CommunitySummary>,
     headers(("ETag" = String, description = "Tells whether the page changed."),
             ("Link" = String, description = "The next page, `rel=\"next\"`.")),
     example = examples::community_list),
    (status = 304, description = "The page has not changed."),
    NetworkErrors,
))]
#[get("/communities")]
async fn list_network_communities(
    http: HttpRequest,
    state: web::Data<State>,
    query: Query<CommunityQuery>,
) -> Answer {
    let whole = measured(&state, &query.0.request.filter.0, Task::Communities).await?;
    let load = move |c: &mut Conn<'_>, request: &ListRequest<CommunityFilter>| {
        network::communities(c, &whole, request)
    };
    answer_list(&http, &state, query.0, load).await
}

/// List the members of a community
///
/// Those most strongly tied within it first; `summary` describes the community: its size,
/// countries, top organisations, and the keywords of its projects. Numbers belong to a network
/// and a revision: take them from the list of communities asked with the same parameters.
#[utoipa::path(tag = "network",
    params(("n" = u64, Path, description = "The number of the community, from 1.", example = 1),
           MemberQuery),
    responses(
    (status = 200, description = "A page of its members.", body = SummedList<CommunityMember, CommunityMembers>,
     headers(("ETag" = String, description = "Tells whether the page changed."),
             ("Link" = String, description = "The next page, `rel=\"next\"`.")),
     example = examples::community_member_list),
    (status = 304, description = "The page has not changed."),
    NetworkErrors,
))]
#[get("/communities/{n}")]
async fn list_network_community_members(
    http: HttpRequest,
    state: web::Data<State>,
    path: web::Path<String>,
    query: Query<MemberQuery>,
) -> Answer {
    let number = path.parse().map_err(|_| {
        let detail = format!(
            "'{}' is not the number of a community; they are numbered from 1.",
            excerpt(&path)
        );
        Problem::new(Code::NotFound, detail)
    })?;
    let whole = measured(&state, &query.0.request.filter.0, Task::Communities).await?;
    check_number(&whole, number)?;
    let load = move |c: &mut Conn<'_>, request: &ListRequest<MemberFilter>| {
        network::members(c, &whole, number, request)
    };
    answer_list(&http, &state, query.0, load).await
}

impl DescribedFilter for CommunityFilter {
    const RANGES: &'static [(&'static str, RangeOf)] = SCOPE_RANGES;
}

impl DescribedFilter for MemberFilter {
    const RANGES: &'static [(&'static str, RangeOf)] = SCOPE_RANGES;
}

impl Resource for Community {
    const PATH: &'static str = "communities";
    const FIELDS: &'static [&'static str] = &[
        "number",
        "organisations",
        "projects",
        "ties_within",
        "ties_outward",
        "countries",
        "top_organisations",
    ];
    const SEARCH_EXAMPLE: &'static str = "ismu";

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new("number", |of| Cell::plain(of.number)),
            Column::new("organisations", |of| Cell::plain(of.organisations)),
            Column::new("projects", |of| Cell::plain(of.projects)),
            Column::new("ties_within", |of| Cell::plain(of.ties_within)),
            Column::new("ties_outward", |of| Cell::plain(of.ties_outward)),
            Column::new("top_organisations", |of| {
                Cell::list(of.top_organisations.iter().map(|of| &of.label))
            }),
        ]
    }

    fn id(&self) -> String {
        self.number.to_string()
    }

    fn stamp(&self) -> Option<&Stamp> {
        None
    }
}

impl Resource for CommunityMember {
    const PATH: &'static str = "members";
    const FIELDS: &'static [&'static str] =
        &["organisation", "partners_within", "partners", "strength_within"];
    const SEARCH_EXAMPLE: &'static str = "ismu";

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::of("organisation", "organisation_id", |of| Cell::plain(of.organisation.id)),
            Column::of("organisation", "label", |of| Cell::text(&of.organisation.label)),
            Column::of("organisation", "short_name", |of| {
                Cell::maybe_text(of.organisation.short_name.as_ref())
            }),
            Column::of("organisation", "country", |of| Cell::maybe(of.organisation.country)),
            Column::new("partners_within", |of| Cell::plain(of.partners_within)),
            Column::new("partners", |of| Cell::plain(of.partners)),
            Column::new("strength_within", |of| Cell::plain(of.strength_within)),
        ]
    }

    fn id(&self) -> String {
        self.organisation.id.to_string()
    }

    fn stamp(&self) -> Option<&Stamp> {
        None
    }
}
