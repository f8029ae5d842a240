//! How diverse the partners of an organisation are.

use super::super::{errors::RecordErrors, examples};
use super::partners::SCOPE_RANGES;
use crate::extract::{Parameters, Query, RecordPath};
use crate::network;
use crate::respond::{Answer, Document, answer_document, range_parameters};
use crate::state::State;
use actix_web::{HttpRequest, get, web};
use consortia_domain::diversity::Diversity;
use consortia_domain::filter::QueryReader;
use consortia_domain::scope::ScopeFilter;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_organisation_diversity);
}

/// A scope and nothing else.
#[derive(Clone, Debug)]
pub struct ScopeQuery(pub ScopeFilter);

impl Parameters for ScopeQuery {
    fn read(query: &mut QueryReader<'_>, _: &[(String, String)]) -> Self {
        Self(ScopeFilter::read(query))
    }
}

impl IntoParams for ScopeQuery {
    fn into_params(given_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let own = ScopeFilter::into_params(given_in);
        range_parameters(own, SCOPE_RANGES).collect()
    }
}

/// Tell how diverse the partners of an organisation are
///
/// Every measure by country, region, type, sector and group of countries, each partner counted
/// once and as often as projects are shared; what stands out against the organisations with as
/// many projects; and the same year by year. Items of unknown class are counted apart, never
/// dropped in silence. The parameters choose which participations count.
#[utoipa::path(tag = "organisations", params(RecordPath, ScopeQuery), responses(
    (status = 200, description = "The measures.", body = Document<Diversity>,
     headers(("ETag" = String, description = "Tells whether anything changed.")),
     example = examples::diversity),
    (status = 304, description = "Nothing has changed."),
    RecordErrors,
))]
#[get("/{id}/diversity")]
async fn get_organisation_diversity(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    query: Query<ScopeQuery>,
) -> Answer {
    let shared = state.clone();
    let found =
        state.read(move |c| network::diversity(c, shared.network(), &path.0, &query.0.0)).await?;
    answer_document(&http, &state, found).await
}
