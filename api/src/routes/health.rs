//! Whether the service lives, and whether it can answer.

use crate::problem::{Code, Problem, ProblemDocument};
use crate::state::State;
use actix_web::http::header::RETRY_AFTER;
use actix_web::rt::time::timeout;
use actix_web::{HttpResponse, get, web};
use consortia_db::schema_must_be_ours;
use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// How long the database may take to answer before it counts as away.
const PATIENCE: Duration = Duration::from_millis(1500);

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_liveness).service(get_readiness);
}

/// How the service fares.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`; anything else is answered as a problem.
    #[schema(example = "ok")]
    pub status: &'static str,
    /// The version of the program.
    #[schema(example = "0.1.0")]
    pub version: &'static str,
}

fn healthy() -> HttpResponse {
    let health = Health { status: "ok", version: env!("CARGO_PKG_VERSION") };
    HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(health)
}

/// Tell whether the process lives
///
/// Answers as long as the process can answer at all. Restart it when this fails.
#[utoipa::path(tag = "service", responses(
    (status = 200, description = "It lives.", body = Health,
     example = json!({"status": "ok", "version": "0.1.0"})),
    (status = 500, description = "A fault of the server.", body = ProblemDocument,
     content_type = "application/problem+json"),
))]
#[get("/live")]
async fn get_liveness() -> HttpResponse {
    healthy()
}

/// Tell whether requests can be served
///
/// Answers 200 when the database answers, its schema is that of this server and the partner
/// network is loaded. Send no traffic while this fails.
#[utoipa::path(tag = "service", responses(
    (status = 200, description = "It is ready.", body = Health,
     example = json!({"status": "ok", "version": "0.1.0"})),
    (status = 503, description = "It is not ready; the detail says why.", body = ProblemDocument,
     content_type = "application/problem+json"),
))]
#[get("/ready")]
async fn get_readiness(state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let detail = match timeout(PATIENCE, wanting(&state)).await {
        Ok(detail) => detail?,
        Err(_) => Some("The database does not answer."),
    };
    match detail {
        None => Ok(healthy()),
        Some(detail) => Err(Problem::new(Code::Unavailable, detail).header(RETRY_AFTER, "10")),
    }
}

/// What is still missing before requests can be served.
async fn wanting(state: &State) -> Result<Option<&'static str>, Problem> {
    state.read(schema_must_be_ours).await?;
    let loading = !state.network().is_loaded();
    Ok(loading.then_some("The partner network is being loaded; try again in a moment."))
}
