//! What is claimed of organisations, kept or asked, and whether it holds.

mod table;

use super::operations::operations;
use super::organisations::partners::SCOPE_RANGES;
use super::{errors::RecordErrors, examples};
use crate::app::unmatched;
use crate::extract::{Parameters, Query, RecordPath};
use crate::network;
use crate::problem::Problem;
use crate::respond::registered::named;
use crate::respond::{Answer, Document, answer_document, range_parameters};
use crate::state::State;
use actix_web::{HttpRequest, web};
use consortia_db::{Error, claim};
use consortia_domain::claim::{
    Claim, ClaimContent, ClaimFilter, ClaimParameters, ClaimReport, Claims,
};
use consortia_domain::filter::QueryReader;
use consortia_domain::id::RecordRef;
use consortia_domain::scope::ScopeFilter;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    // Before `/{id}`, which would take `check` for an id.
    config.service(get_claim_report).route("/check", web::route().to(unmatched));
    register_operations(config);
    config.service(get_claim_check);
}

operations! {
    "claims": "a claim", "claim";
    types: Claim, ClaimContent, ClaimFilter, shown as Claim;
    queries: ClaimListQuery, ClaimRecordQuery, ClaimPatch;
    store: claim, ids: own("/api/v1/claims?organisation={} finds those about an organisation.");
    examples: claim, claim_list, claim_content, claim_patch;
    list: list_claims;
    get: get_claim, "One claim, by its id; `/claims/{id}/check` tells whether it holds.";
    create: create_claim, "Registers what somebody says of an organisation.";
    replace: replace_claim;
    update: update_claim;
    delete: delete_claim, "Nothing else changes.";
    history: list_claim_revisions;
    state: get_claim_state;
    restore: create_claim_revision;
    withdraw: create_claim_withdrawal;
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

/// Check a kept claim
///
/// Whether the registry agrees with it now, contradicts it, or does not know enough, with the
/// figures, what is missing, and where what was counted is listed.
#[utoipa::path(tag = "claims", params(RecordPath), responses(
    (status = 200, description = "Each figure of the claim, recomputed.",
     body = Document<ClaimReport>,
     headers(("ETag" = String, description = "Tells whether anything changed.")),
     example = examples::claim_report),
    (status = 304, description = "Nothing has changed."),
    RecordErrors,
))]
#[get("/{id}/check")]
async fn get_claim_check(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    _: Query<()>,
) -> Answer {
    let RecordRef::Id(id) = named::<Claim>(path)? else {
        return Err(Problem::internal(anyhow::anyhow!("a claim was named by something else")));
    };
    let shared = state.clone();
    let report = state.read(move |c| {
        let kept = claim::get(c, id.into())?;
        let asked = kept.content.asked().map_err(Error::Invalid)?;
        network::claims(c, shared.network(), &asked)
    });
    answer_document(&http, &state, report.await?).await
}
