//! Answering with one JSON document that is neither a record nor a list.

use super::{Answer, Document, Format, Meta, etag_of, not_modified};
use crate::problem::Problem;
use crate::state::State;
use crate::traces::{self, Kind};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use consortia_db::revision;
use serde::Serialize;
use utoipa::ToSchema;

/// Answers with what was found and where the data comes from, or with 304 when the client has
/// it already.
///
/// # Errors
/// When it cannot be written as JSON, or the store fails.
pub async fn answer_document<T: Serialize + ToSchema>(
    http: &HttpRequest,
    state: &State,
    found: T,
) -> Answer {
    // What tells when and whence does not make it another document.
    let etag = etag_of(&serde_json::to_vec(&found).map_err(Problem::internal)?);
    if let Some(etag) = not_modified(http.headers(), &etag, None) {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, etag)).finish());
    }
    let last = state.read(revision::last).await?;
    let meta = Meta::of(state, last.map(|(_, at)| at), Vec::new());
    let _part = traces::begin_part("render", Kind::Internal);
    let body = serde_json::to_vec(&Document { found, meta }).map_err(Problem::internal)?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::ETAG, etag));
    response.insert_header((header::CACHE_CONTROL, "no-cache"));
    Ok(response.content_type(Format::Json.content_type()).body(body))
}
