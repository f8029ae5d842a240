//! The members of a network.

use super::super::{errors::RecordErrors, examples};
use crate::extract::{Query, RecordPath};
use crate::network;
use crate::respond::{
    Answer, Cell, Column, DescribedFilter, ListQuery, Listed, RangeOf, Resource, SummedList,
    answer_list,
};
use crate::state::State;
use actix_web::{HttpRequest, get, web};
use consortia_db::Conn;
use consortia_domain::membership::{MembershipFilter, MembershipSummary, OrganisationMember};
use consortia_domain::page::ListRequest;
use consortia_domain::record::Stamp;
use utoipa_actix_web::service_config::ServiceConfig;

/// What a list of members may be asked for.
type MemberListQuery = ListQuery<OrganisationMember, MembershipFilter>;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(list_organisation_members);
}

/// List the members of a network
///
/// Organisations that are `member_of` it or of one of its working groups, once each, with since
/// when and in which of these. `summary` counts them, lists the working groups (organisations
/// that are part of it, or have it as parent), tells how diverse the named members are by
/// country, and what is known of members that nobody names.
#[utoipa::path(tag = "organisations", params(RecordPath, MemberListQuery), responses(
    (status = 200, description = "A page of its members.",
     body = SummedList<OrganisationMember, MembershipSummary>, example = examples::member_list),
    (status = 304, description = "The page has not changed."),
    RecordErrors,
))]
#[get("/{id}/members")]
async fn list_organisation_members(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    query: Query<MemberListQuery>,
) -> Answer {
    let shared = state.clone();
    let load = move |c: &mut Conn<'_>, request: &ListRequest<MembershipFilter>| {
        let (summary, page) = network::members_of(c, shared.network(), &path.0, request)?;
        Listed::with(page, &summary)
    };
    answer_list(&http, &state, query.0, load).await
}

impl DescribedFilter for MembershipFilter {
    const RANGES: &'static [(&'static str, RangeOf)] = &[("active", RangeOf::Days)];
}

impl Resource for OrganisationMember {
    const PATH: &'static str = "members";
    const FIELDS: &'static [&'static str] = &["organisation", "memberships"];
    const SEARCH_EXAMPLE: &'static str = "programma integra";

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::of("organisation", "organisation_id", |m| Cell::plain(m.organisation.id)),
            Column::of("organisation", "label", |m| Cell::text(&m.organisation.label)),
            Column::of("organisation", "short_name", |m| {
                Cell::maybe_text(m.organisation.short_name.as_ref())
            }),
            Column::of("organisation", "country", |m| Cell::maybe(m.organisation.country)),
            Column::of("memberships", "member_of", |m| {
                Cell::list(m.memberships.iter().map(|of| &of.of.label))
            }),
            Column::of("memberships", "periods", |m| {
                Cell::list(m.memberships.iter().map(|of| of.period))
            }),
        ]
    }

    fn id(&self) -> String {
        self.organisation.id.to_string()
    }

    fn stamp(&self) -> Option<&Stamp> {
        None
    }
}
