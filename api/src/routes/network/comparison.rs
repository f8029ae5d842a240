//! Organisations side by side.

use super::super::organisations::partners::SCOPE_RANGES;
use super::super::{errors::RecordErrors, examples};
use crate::extract::{Parameters, Query};
use crate::network::{self, Compared};
use crate::respond::{Answer, Document, answer_document, range_parameters};
use crate::state::State;
use actix_web::{HttpRequest, get, web};
use consortia_domain::error::Invalid;
use consortia_domain::filter::QueryReader;
use consortia_domain::id::RecordRef;
use consortia_domain::network::Comparison;
use consortia_domain::scope::ScopeFilter;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa_actix_web::service_config::ServiceConfig;

/// The most organisations compared at once.
const MOST: usize = 10;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_organisation_comparison);
}

/// Which organisations are compared, and in which scope.
#[derive(Clone, Debug)]
pub struct ComparisonQuery(Compared);

/// Its parameters besides those of the scope.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters and is never made")]
struct Described {
    /// Two to ten organisations by comma, each by its id or an external identifier,
    /// `scheme:value`.
    #[param(example = "pic:968823876,pic:999984059")]
    organisations: String,
}

impl Parameters for ComparisonQuery {
    fn read(query: &mut QueryReader<'_>, _: &[(String, String)]) -> Self {
        Self(Compared { organisations: organisations(query), scope: ScopeFilter::read(query) })
    }
}

fn organisations(query: &mut QueryReader<'_>) -> Vec<RecordRef> {
    let listed = query.text("organisations").unwrap_or_default();
    let mut found = Vec::new();
    for name in listed.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        match name.parse::<RecordRef>() {
            Ok(one) => found.push(one),
            Err(fault) => query.fault("organisations", fault),
        }
    }
    let given = listed.split(',').filter(|name| !name.trim().is_empty()).count();
    if !(2..=MOST).contains(&given) {
        let detail = format!(
            "'organisations' names {given}; name two to {MOST} by comma, such as \
             pic:968823876,pic:999984059."
        );
        query.fault("organisations", Invalid::new("wrong_number", detail));
    }
    found
}

impl IntoParams for ComparisonQuery {
    fn into_params(given_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = Described::into_params(&given_in);
        all.extend(range_parameters(ScopeFilter::into_params(given_in), SCOPE_RANGES));
        all
    }
}

/// Compare organisations
///
/// Side by side: projects, partners, countries, diversity; the partners all of them have, those
/// only one has, and for every two the shared projects and the overlap of their partners.
#[utoipa::path(tag = "network", params(ComparisonQuery), responses(
    (status = 200, description = "The comparison.", body = Document<Comparison>,
     headers(("ETag" = String, description = "Tells whether anything changed.")),
     example = examples::comparison),
    (status = 304, description = "Nothing has changed."),
    RecordErrors,
))]
#[get("/compare")]
async fn get_organisation_comparison(
    http: HttpRequest,
    state: web::Data<State>,
    query: Query<ComparisonQuery>,
) -> Answer {
    let shared = state.clone();
    let found = state.read(move |c| network::compare(c, shared.network(), &query.0.0)).await?;
    answer_document(&http, &state, found).await
}
