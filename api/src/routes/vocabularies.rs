//! Every closed list of terms.

use super::errors::ReadErrors;
use crate::extract::{Query, no_such};
use crate::respond::{Answer, etag_of, not_modified};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use consortia_domain::vocabulary::{Vocabulary, vocabularies};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(list_vocabularies).service(get_vocabulary);
}

/// Every vocabulary.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Vocabularies {
    /// The vocabularies, in the order of the documentation.
    pub data: Vec<Vocabulary>,
}

fn answer(http: &HttpRequest, value: &impl Serialize) -> Answer {
    let body = serde_json::to_vec(value).map_err(crate::problem::Problem::internal)?;
    let etag = etag_of(&body);
    if let Some(etag) = not_modified(http.headers(), &etag, None) {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, etag)).finish());
    }
    let mut response = HttpResponse::Ok();
    response.insert_header((header::ETAG, etag));
    response.insert_header((header::CACHE_CONTROL, "public, max-age=300"));
    Ok(response.content_type("application/json").body(body))
}

/// List every vocabulary
///
/// Every closed list of terms the API accepts and returns, with labels for people.
#[utoipa::path(tag = "vocabularies", responses(
    (status = 200, description = "Every vocabulary.", body = Vocabularies, example = json!({
        "data": [{
            "name": "project_status", "description": "Where a project stands.",
            "terms": [{"code": "ongoing", "label": "Ongoing"}]
        }]
    })),
    ReadErrors,
))]
#[get("")]
async fn list_vocabularies(http: HttpRequest, _: Query<()>) -> Answer {
    answer(&http, &Vocabularies { data: vocabularies() })
}

/// Get one vocabulary
///
/// One closed list of terms, by its name.
#[utoipa::path(tag = "vocabularies",
    params(("name" = String, Path, description = "Name of the list.", example = "role")),
    responses(
        (status = 200, description = "The vocabulary.", body = Vocabulary, example = json!({
            "name": "project_status", "description": "Where a project stands.",
            "terms": [{"code": "ongoing", "label": "Ongoing"}]
        })),
        ReadErrors,
    )
)]
#[get("/{name}")]
async fn get_vocabulary(http: HttpRequest, name: web::Path<String>, _: Query<()>) -> Answer {
    let all = vocabularies();
    let found = all.iter().find(|vocabulary| vocabulary.name == *name);
    let found = found.ok_or_else(|| {
        let known: Vec<&str> = all.iter().map(|vocabulary| vocabulary.name.as_str()).collect();
        no_such("vocabulary", &name, &known)
    })?;
    answer(&http, found)
}
