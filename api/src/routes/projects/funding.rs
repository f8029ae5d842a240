//! Through whom a project's money comes, and whom it pays for.

use super::super::{errors::RecordErrors, examples};
use crate::extract::{Query, RecordPath};
use crate::funding;
use crate::respond::{Answer, Document, answer_document};
use crate::state::State;
use actix_web::{HttpRequest, get, web};
use consortia_domain::funding_chain::FundingChain;
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_project_funding);
}

/// Get the funding chain of a project
///
/// Who pays for it, under which programmes and through which other projects, and the projects
/// paid for out of its money. Amounts are added up at the ends of the chain only.
#[utoipa::path(tag = "projects", params(RecordPath), responses(
    (status = 200, description = "The chain.", body = Document<FundingChain>,
     headers(("ETag" = String, description = "Tells whether anything changed.")),
     example = examples::funding_chain),
    (status = 304, description = "Nothing has changed."),
    RecordErrors,
))]
#[get("/{id}/funding")]
async fn get_project_funding(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    _: Query<()>,
) -> Answer {
    let found = state.read(move |c| funding::chain(c, &path.0)).await?;
    answer_document(&http, &state, found).await
}
