//! How two organisations can be reached from each other.

use super::super::organisations::partners::SCOPE_RANGES;
use super::super::{errors::NetworkErrors, examples};
use crate::extract::{Parameters, Query};
use crate::network::{self, Task, measured};
use crate::respond::{Answer, Document, answer_document, range_parameters};
use crate::state::State;
use actix_web::{HttpRequest, get, web};
use consortia_db::organisation;
use consortia_domain::error::Invalid;
use consortia_domain::filter::QueryReader;
use consortia_domain::id::RecordRef;
use consortia_domain::network::{NetworkFilter, PathAnswer, up_to};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

/// Paths that are given unless another number is asked for.
const DEFAULT_PATHS: u32 = 5;
/// The most paths that are given.
const MOST_PATHS: u32 = 20;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_network_path);
}

/// Between whom a path is looked for, and in which network.
#[derive(Clone, Debug)]
pub struct PathQuery {
    ends: (RecordRef, RecordRef),
    limit: u32,
    filter: NetworkFilter,
}

/// Its parameters besides those of the network.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters and is never made")]
struct Described {
    /// Where the path begins: an id, or an external identifier, `scheme:value`.
    #[param(example = "pic:968823876")]
    from: String,
    /// Where it ends.
    #[param(example = "pic:999984059")]
    to: String,
    /// The most paths to give.
    #[param(minimum = 1, maximum = 20, default = 5)]
    limit: Option<u32>,
}

impl Parameters for PathQuery {
    fn read(query: &mut QueryReader<'_>, _: &[(String, String)]) -> Self {
        let ends = (end(query, "from"), end(query, "to"));
        let limit = up_to(query, "limit", DEFAULT_PATHS, MOST_PATHS);
        Self { ends, limit, filter: NetworkFilter::read(query) }
    }
}

/// A parameter that names a record and must be there. What stands in for one that is missing
/// or not sound is never looked up: the fault is noted, and refuses the request.
fn end(query: &mut QueryReader<'_>, name: &str) -> RecordRef {
    if query.given(name).is_empty() {
        let detail = format!(
            "'{name}' is missing. Give an organisation's id or external identifier, such as \
             pic:968823876."
        );
        query.fault(name, Invalid::new("missing_parameter", detail));
    }
    query.one(name).unwrap_or(RecordRef::Id(Uuid::nil()))
}

impl IntoParams for PathQuery {
    fn into_params(given_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = Described::into_params(&given_in);
        all.extend(range_parameters(NetworkFilter::parameters(given_in), SCOPE_RANGES));
        all
    }
}

/// Find the shortest way between two organisations
///
/// Over whom the one could reach the other: the fewest steps, and among those the strongest
/// ties, with the projects shared at each step, and alternatives of the same length. That they
/// are not connected is an answer, not an error.
#[utoipa::path(tag = "network", params(PathQuery), responses(
    (status = 200, description = "The paths.", body = Document<PathAnswer>,
     headers(("ETag" = String, description = "Tells whether anything changed.")),
     example = examples::network_path),
    (status = 304, description = "Nothing has changed."),
    NetworkErrors,
))]
#[get("/path")]
async fn get_network_path(
    http: HttpRequest,
    state: web::Data<State>,
    query: Query<PathQuery>,
) -> Answer {
    let PathQuery { ends: (from, to), limit, filter } = query.0;
    let resolved =
        state.read(move |c| Ok((organisation::resolve(c, &from)?, organisation::resolve(c, &to)?)));
    let ends = resolved.await?;
    let whole = measured(&state, &filter, Task::Ties).await?;
    let found =
        state.read(move |c| network::paths(c, &whole, &filter, ends, limit as usize)).await?;
    answer_document(&http, &state, found).await
}
