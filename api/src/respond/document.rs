//! Answering with one JSON document that is neither a record nor a list.

use super::{Answer, Format, etag_of, not_modified};
use crate::problem::Problem;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

/// Answers with `document`, or with 304 when the client has it already.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn answer_document(http: &HttpRequest, document: &impl Serialize) -> Answer {
    let body = serde_json::to_vec(document).map_err(Problem::internal)?;
    let etag = etag_of(&body);
    if let Some(etag) = not_modified(http.headers(), &etag, None) {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, etag)).finish());
    }
    let mut response = HttpResponse::Ok();
    response.insert_header((header::ETAG, etag));
    response.insert_header((header::CACHE_CONTROL, "no-cache"));
    Ok(response.content_type(Format::Json.content_type()).body(body))
}
