//! Checking what somebody claims about an organisation.

use super::organisations::partners::SCOPE_RANGES;
use super::{errors::RecordErrors, examples};
use crate::extract::{Parameters, Query};
use crate::network;
use crate::respond::{Answer, Document, answer_document, range_parameters};
use crate::state::State;
use actix_web::{HttpRequest, get, web};
use consortia_domain::claim::{ClaimParameters, ClaimReport, Claims};
use consortia_domain::filter::QueryReader;
use consortia_domain::scope::ScopeFilter;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_claim_report);
}

/// Claims about an organisation, in a scope.
#[derive(Clone, Debug)]
pub struct ClaimQuery(Claims);

impl Parameters for ClaimQuery {
    fn read(query: &mut QueryReader<'_>, _: &[(String, String)]) -> Self {
        Self(Claims::read(query))
    }
}

impl IntoParams for ClaimQuery {
    fn into_params(given_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = ClaimParameters::into_params(&given_in);
        all.extend(range_parameters(ScopeFilter::into_params(given_in), SCOPE_RANGES));
        all
    }
}

/// Check a claim
///
/// State what is said of an organisation ("15 partners in 6 countries, above average for two
/// projects") and learn whether the registry agrees, contradicts, or does not know enough, with
/// the figures, what is missing, and where what was counted is listed. Reads only.
#[utoipa::path(tag = "network", params(ClaimQuery), responses(
    (status = 200, description = "Each claim, recomputed.", body = Document<ClaimReport>,
     headers(("ETag" = String, description = "Tells whether anything changed.")),
     example = examples::claim_report),
    (status = 304, description = "Nothing has changed."),
    RecordErrors,
))]
#[get("/check")]
async fn get_claim_report(
    http: HttpRequest,
    state: web::Data<State>,
    query: Query<ClaimQuery>,
) -> Answer {
    let shared = state.clone();
    let report = state.read(move |c| network::claims(c, shared.network(), &query.0.0)).await?;
    answer_document(&http, &state, report).await
}
