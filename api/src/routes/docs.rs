//! The API reference: the document, and Swagger UI to read and try it, from the program
//! itself and without the internet.

use crate::problem::{Code, Problem, excerpt};
use crate::respond::{Answer, not_modified};
use crate::state::State;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use std::sync::Arc;
use utoipa_swagger_ui::Config;

/// What the page may do: run its own scripts and talk to this service.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

pub(super) fn register(config: &mut web::ServiceConfig) {
    config.service(root).service(document).service(without_slash).service(index).service(file);
}

/// The document (OpenAPI 3.1).
#[get("/openapi.json")]
async fn document(http: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let document = state.document();
    let unchanged = not_modified(http.headers(), &document.etag, None);
    let mut response = match &unchanged {
        Some(_) => HttpResponse::NotModified(),
        None => HttpResponse::Ok(),
    };
    response.insert_header((header::ETAG, unchanged.clone().unwrap_or(document.etag.clone())));
    response.insert_header((header::CACHE_CONTROL, "public, max-age=300"));
    if unchanged.is_some() {
        return response.finish();
    }
    response.content_type("application/json").body(document.json.clone())
}

/// The root leads to the reference.
#[get("/")]
async fn root() -> HttpResponse {
    HttpResponse::TemporaryRedirect().insert_header((header::LOCATION, "/docs/")).finish()
}

#[get("/docs")]
async fn without_slash() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/")).finish()
}

#[get("/docs/")]
async fn index(http: HttpRequest) -> Answer {
    serve(&http, "index.html")
}

#[get("/docs/{file}")]
async fn file(http: HttpRequest, name: web::Path<String>) -> Answer {
    serve(&http, &name)
}

fn serve(http: &HttpRequest, name: &str) -> Answer {
    let config = Config::from("/openapi.json").validator_url("none").try_it_out_enabled(true);
    let config = config.persist_authorization(false).deep_linking(true);
    let found = utoipa_swagger_ui::serve(name, Arc::new(config));
    let found = found.map_err(|error| Problem::internal(anyhow::anyhow!("{error}")))?;
    let found = found.ok_or_else(|| {
        let detail = format!("There is no file '{}' in the reference.", excerpt(name));
        Problem::new(Code::UnknownPath, detail)
    })?;
    let etag = crate::respond::etag_of(&found.bytes);
    let unchanged = not_modified(http.headers(), &etag, None);
    let mut response = match &unchanged {
        Some(_) => HttpResponse::NotModified(),
        None => HttpResponse::Ok(),
    };
    response.insert_header((header::ETAG, unchanged.clone().unwrap_or(etag)));
    response.insert_header((header::CACHE_CONTROL, "public, max-age=3600"));
    response.insert_header((header::CONTENT_SECURITY_POLICY, POLICY));
    if unchanged.is_some() {
        return Ok(response.finish());
    }
    if found.gzpipped {
        response.insert_header((header::CONTENT_ENCODING, "gzip"));
    }
    Ok(response.content_type(found.content_type).body(found.bytes.into_owned()))
}
