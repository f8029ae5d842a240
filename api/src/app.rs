//! The application: routes, what surrounds them, and what answers when none matches.

use crate::frame::frame;
use crate::problem::{Code, Problem, excerpt};
use crate::routes;
use crate::state::State;
use actix_web::body::BoxBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::ALLOW;
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::from_fn;
use actix_web::{App, Error, HttpRequest, HttpResponse, web};
use utoipa_actix_web::service_config::ServiceConfig;

/// The application around `state`.
pub fn app(
    state: web::Data<State>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(state)
        .configure(|config| {
            routes::register(&mut ServiceConfig::new(config));
            routes::register_pages(config);
        })
        .default_service(web::to(unmatched))
        .wrap(from_fn(frame))
}

/// Answers what no route matched: another method of a known address, or an unknown one.
pub(crate) async fn unmatched(
    http: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let allowed = state.document().allowed(http.path());
    if allowed.is_empty() {
        let detail = format!(
            "Nothing lives at '{}'. /api/v1 lists what there is, /docs describes it.",
            excerpt(http.path())
        );
        return Err(Problem::new(Code::UnknownPath, detail));
    }
    let allowed = allowed.into_iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
    if http.method() == Method::OPTIONS {
        return Ok(HttpResponse::build(StatusCode::NO_CONTENT)
            .insert_header((ALLOW, allowed))
            .finish());
    }
    let detail = format!("'{}' allows {allowed}, not {}.", http.path(), http.method());
    Err(Problem::new(Code::MethodNotAllowed, detail).header(ALLOW, allowed))
}
