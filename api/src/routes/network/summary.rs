//! The network in a few figures.

use super::super::{errors::NetworkErrors, examples};
use super::NetworkQuery;
use crate::extract::Query;
use crate::network::{self, Task, measured};
use crate::respond::{Answer, Document, answer_document};
use crate::state::State;
use actix_web::{HttpRequest, get, web};
use consortia_domain::network::NetworkSummary;
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_network_summary);
}

/// Describe the partner network
///
/// How many organisations, projects, participations and ties there are; how they hang
/// together (components, the innermost core, density, clustering); how many partners
/// organisations have; and the strongest ties.
#[utoipa::path(tag = "network", params(NetworkQuery), responses(
    (status = 200, description = "The figures.", body = Document<NetworkSummary>,
     headers(("ETag" = String, description = "Tells whether anything changed.")),
     example = examples::network_summary),
    (status = 304, description = "Nothing has changed."),
    NetworkErrors,
))]
#[get("/summary")]
async fn get_network_summary(
    http: HttpRequest,
    state: web::Data<State>,
    query: Query<NetworkQuery>,
) -> Answer {
    let filter = query.0.0;
    let whole = measured(&state, &filter, Task::Summary).await?;
    let summary = state.read(move |c| network::summary(c, &whole, &filter)).await?;
    answer_document(&http, &state, summary).await
}
