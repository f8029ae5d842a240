//! Reading by web pages of other origins: off unless configured, and never for writes.

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};

/// Headers pages of other origins may read.
const EXPOSED: &str = "content-location, etag, idempotent-replayed, last-modified, link, \
                       ratelimit, ratelimit-policy, retry-after, x-request-id, x-total-count";
/// Headers pages of other origins may send.
const ALLOWED: &str = "accept, if-modified-since, if-none-match, traceparent, x-request-id";

/// The value of `Access-Control-Allow-Origin`, if the origin that asks is one of `origins`.
fn allowed_origin(origins: &[String], asked: &HeaderMap) -> Option<HeaderValue> {
    let origin = asked.get(header::ORIGIN)?;
    if origins.iter().any(|allowed| allowed == "*") {
        return Some(HeaderValue::from_static("*"));
    }
    let named = origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes());
    named.then(|| origin.clone())
}

/// The answer to a preflight request of an allowed origin.
pub(crate) fn preflight(
    origins: &[String],
    method: &Method,
    asked: &HeaderMap,
) -> Option<HttpResponse> {
    if *method != Method::OPTIONS || !asked.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
        return None;
    }
    allowed_origin(origins, asked)?;
    let mut response = HttpResponse::build(StatusCode::NO_CONTENT);
    response.insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"));
    response.insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED));
    response.insert_header((header::ACCESS_CONTROL_MAX_AGE, "86400"));
    Some(response.finish())
}

/// Marks an answer as readable by the origin that asked, where reading is allowed.
pub(crate) fn mark(origins: &[String], method: &Method, asked: &HeaderMap, answer: &mut HeaderMap) {
    if origins.is_empty() {
        return;
    }
    answer.append(header::VARY, HeaderValue::from_static("Origin"));
    let reading = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    if let Some(origin) = allowed_origin(origins, asked).filter(|_| reading) {
        answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        answer.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
}
