//! The partners of an organisation, from the network in memory.

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
use consortia_domain::money::{Currency, Money};
use consortia_domain::page::ListRequest;
use consortia_domain::partner::{Partner, PartnerFilter, PartnerSummary};
use consortia_domain::record::Stamp;
use utoipa_actix_web::service_config::ServiceConfig;

/// What a list of partners may be asked for.
type PartnerListQuery = ListQuery<Partner, PartnerFilter>;

/// The ranges among the parameters of a scope.
pub(crate) const SCOPE_RANGES: &[(&str, RangeOf)] =
    &[("active", RangeOf::Days), ("start_date", RangeOf::Days)];

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(list_organisation_partners);
}

/// List the partners of an organisation
///
/// Every organisation it shares a project with, once each: in how many projects, in which
/// roles on both sides, from when to when, with how much of the EC's money; most shared
/// projects first. The parameters choose which participations count; `summary` repeats them
/// and counts all partners.
#[utoipa::path(tag = "organisations", params(RecordPath, PartnerListQuery), responses(
    (status = 200, description = "A page of its partners.", body = SummedList<Partner, PartnerSummary>,
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
    let shared = state.clone();
    let load = move |c: &mut Conn<'_>, request: &ListRequest<PartnerFilter>| {
        let (summary, page) = network::partners(c, shared.network(), &path.0, request)?;
        Listed::with(page, &summary)
    };
    answer_list(&http, &state, query.0, load).await
}

impl DescribedFilter for PartnerFilter {
    const RANGES: &'static [(&'static str, RangeOf)] = SCOPE_RANGES;
}

/// The known amounts in euro, which is what the EC pays in.
fn euro(partner: &Partner) -> Option<String> {
    let amounts = partner.ec_contribution.amounts.iter();
    amounts.copied().find(|amount| amount.currency() == Currency::EUR).map(Money::decimal)
}

impl Resource for Partner {
    const PATH: &'static str = "partners";
    const FIELDS: &'static [&'static str] = &[
        "organisation",
        "shared_projects",
        "fractional_weight",
        "roles",
        "own_roles",
        "first_year",
        "last_year",
        "ec_contribution",
    ];
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
            Column::new("fractional_weight", |p| Cell::plain(p.fractional_weight)),
            Column::new("roles", |p| Cell::list(p.roles.iter())),
            Column::new("own_roles", |p| Cell::list(p.own_roles.iter())),
            Column::new("first_year", |p| Cell::maybe(p.first_year)),
            Column::new("last_year", |p| Cell::maybe(p.last_year)),
            Column::of("ec_contribution", "ec_contribution_eur", |p| Cell::maybe(euro(p))),
            Column::of("ec_contribution", "ec_contribution_known", |p| {
                Cell::plain(p.ec_contribution.known)
            }),
            Column::of("ec_contribution", "ec_contribution_of", |p| {
                Cell::plain(p.ec_contribution.of)
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
