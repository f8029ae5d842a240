//! An organisation on one page.

use super::super::{errors::RecordErrors, examples};
use super::partners::SCOPE_RANGES;
use crate::extract::{Parameters, Query, RecordPath};
use crate::network;
use crate::respond::{Answer, Document, answer_document, range_parameters};
use crate::state::State;
use actix_web::{HttpRequest, get, web};
use consortia_domain::filter::QueryReader;
use consortia_domain::profile::{Profile, ProfileFilter};
use consortia_domain::scope::ScopeFilter;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_organisation_profile);
}

/// What is asked of a profile.
#[derive(Clone, Debug)]
pub struct ProfileQuery(ProfileFilter);

/// Its parameters besides those of the scope.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters and is never made")]
struct Described {
    /// How many years a period of topics covers; periods begin in years that are multiples of it.
    #[param(minimum = 1, maximum = 50, default = 5)]
    period_years: Option<u32>,
}

impl Parameters for ProfileQuery {
    fn read(query: &mut QueryReader<'_>, _: &[(String, String)]) -> Self {
        Self(ProfileFilter::read(query))
    }
}

impl IntoParams for ProfileQuery {
    fn into_params(given_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = Described::into_params(&given_in);
        all.extend(range_parameters(ScopeFilter::into_params(given_in), SCOPE_RANGES));
        all
    }
}

/// Get an organisation on one page
///
/// Its projects and roles, its money, its programmes, its partners and their countries, how
/// diverse they are beside its peers', what its projects are about and how that shifted, and
/// those that stand out: each figure with the `href` that lists exactly what was counted.
#[utoipa::path(tag = "organisations", params(RecordPath, ProfileQuery), responses(
    (status = 200, description = "The profile.", body = Document<Profile>,
     headers(("ETag" = String, description = "Tells whether anything changed.")),
     example = examples::profile),
    (status = 304, description = "Nothing has changed."),
    RecordErrors,
))]
#[get("/{id}/profile")]
async fn get_organisation_profile(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    query: Query<ProfileQuery>,
) -> Answer {
    let shared = state.clone();
    let found =
        state.read(move |c| network::profile(c, shared.network(), &path.0, &query.0.0)).await?;
    answer_document(&http, &state, found).await
}
