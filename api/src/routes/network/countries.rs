//! The network of countries.

use super::super::organisations::diversity::ScopeQuery;
use super::super::{errors::ReadErrors, examples};
use crate::extract::Query;
use crate::network;
use crate::respond::{Answer, Document, answer_document};
use crate::state::State;
use actix_web::{HttpRequest, get, web};
use consortia_domain::network::CountryNetwork;
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_country_network);
}

/// Show how countries work together
///
/// Every country with its organisations, participations and projects, how strongly it is tied
/// to others and how central it is; and every tie. Two countries are tied by a project as
/// strongly as the participations of the one times those of the other.
#[utoipa::path(tag = "network", params(ScopeQuery), responses(
    (status = 200, description = "The countries and their ties.", body = Document<CountryNetwork>,
     headers(("ETag" = String, description = "Tells whether anything changed.")),
     example = examples::country_network),
    (status = 304, description = "Nothing has changed."),
    ReadErrors,
))]
#[get("/countries")]
async fn get_country_network(
    http: HttpRequest,
    state: web::Data<State>,
    query: Query<ScopeQuery>,
) -> Answer {
    let shared = state.clone();
    let found = state.read(move |c| network::countries(c, shared.network(), &query.0.0)).await?;
    answer_document(&http, &state, found).await
}
