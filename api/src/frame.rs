//! What surrounds every handler: request id, span, access log, panics, and the promise
//! that every error answer is a problem document.

mod entry;
mod gate;
mod target;
mod to_its_end;
mod until_sent;

pub(crate) use gate::percent_decode;

use crate::admission::{Pass, Underway, underway};
use crate::auth::{asked_from, authenticate, note_refusal};
use crate::limits::Standing;
use crate::problem::{Code, PROBLEM_JSON, Problem};
use crate::request_id::{RequestId, X_REQUEST_ID};
use crate::state::State;
use crate::traces::{self, Begun, Parent};
use crate::{compress, cors, security_headers};
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap};
use actix_web::http::uri::PathAndQuery;
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpResponse, web};
use futures_util::FutureExt as _;
use std::borrow::Cow;
use std::mem;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};
use target::logged;
use to_its_end::ToItsEnd;
use tracing::{Instrument as _, field};

/// How many milliseconds whoever is sent away because of overload is held: most clients wait for
/// an answer before they ask again, and saying no costs as much as answering what is cheap.
/// Each is held for a time of its own, so that those who came together do not come back so.
const HOLD: RangeInclusive<u64> = 5..=20;

/// What the frame must remember of a request while a handler owns it.
struct Asked {
    id: RequestId,
    method: Method,
    headers: HeaderMap,
    state: Option<web::Data<State>>,
    /// Where it comes from.
    address: Option<IpAddr>,
    /// How the client stands, once the request was counted.
    standing: Option<Standing>,
    /// Why the request was sent away, if it was.
    sent_away: Option<Code>,
}

impl Asked {
    fn of(request: &ServiceRequest) -> Self {
        let mut headers = HeaderMap::with_capacity(3);
        for name in [header::ORIGIN, header::ACCEPT_ENCODING] {
            if let Some(value) = request.headers().get(&name) {
                headers.insert(name, value.clone());
            }
        }
        let state = request.app_data::<web::Data<State>>().cloned();
        let limits = state.as_ref().map(|state| state.rate_limits());
        Self {
            id: RequestId::of(request.headers()),
            method: request.method().clone(),
            headers,
            address: limits.and_then(|limits| limits.address(request.request())),
            state,
            standing: None,
            sent_away: None,
        }
    }

    /// What the log has of the target of the request.
    fn target<'a>(&self, request: &'a ServiceRequest) -> Cow<'a, str> {
        let target = request.uri().path_and_query().map_or("", PathAndQuery::as_str);
        let document = self.state.as_ref().map(|state| state.document());
        logged(target, |name| document.is_some_and(|it| it.has_parameter(name)))
    }

    /// The span of the request, if it is recorded.
    fn begin_trace(&self, headers: &HeaderMap) -> Option<Begun> {
        self.state.as_ref()?.traces()?.begin(headers)
    }

    fn origins(&self) -> &[String] {
        self.state.as_ref().map_or(&[], |state| &state.config().cors_origins)
    }

    /// `response`, or the refusal that takes its place when there is no room to keep it until its
    /// client has read it. What was changed is told all the same.
    fn hold(&self, response: HttpResponse, underway: &mut Underway) -> HttpResponse {
        let Some(state) = self.state.as_ref().filter(|_| self.method.is_safe()) else {
            return response;
        };
        let Some(bytes) = until_sent::kept(&response) else { return response };
        match state.admission().hold(underway, bytes) {
            Ok(()) => response,
            Err(problem) => HttpResponse::from_error(problem),
        }
    }

    /// The answer with everything that every answer has.
    fn finish(&self, mut response: HttpResponse) -> HttpResponse {
        cors::mark(self.origins(), &self.method, &self.headers, response.headers_mut());
        security_headers::add(response.headers_mut());
        if let Some(standing) = self.standing {
            standing.mark(response.headers_mut());
        }
        response.headers_mut().insert(X_REQUEST_ID, self.id.header());
        let response = compress::compress(response, &self.headers);
        if self.method == Method::HEAD && matches!(response.body().size(), BodySize::Stream) {
            // Nobody will read it, so nobody needs to make it.
            return response.map_body(|_, _| BoxBody::new(actix_web::body::None::new()));
        }
        response
    }
}

/// Tells the log, when dropped, that a client went away before its answer was ready.
struct Abandoned(Instant);

impl Drop for Abandoned {
    fn drop(&mut self) {
        let ms = u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(ms, "its client went away");
    }
}

/// Answers `request` by `next`, framed.
///
/// # Errors
/// After a panic, when the request is lost and only an answer is left; the error holds it.
pub(crate) async fn frame(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let mut asked = Asked::of(&request);
    let span = tracing::info_span!(
        "request",
        request_id = asked.id.as_str(),
        method = asked.method.as_str(),
        target = &*asked.target(&request),
        trace_id = field::Empty,
    );
    let mut traced = asked.begin_trace(request.headers());
    let named = Parent::of(request.headers()).map(|parent| parent.trace);
    if let Some(trace) = named.or(traced.as_ref().map(Begun::trace)) {
        span.record("trace_id", format!("{trace:032x}"));
    }
    request.extensions_mut().insert(asked.id.clone());
    if asked.method == Method::HEAD {
        // Handlers answer GET; the connection leaves the body of an answer to HEAD out.
        request.head_mut().method = Method::GET;
    }
    async {
        let state = asked.state.clone();
        let in_flight = state.as_ref().map(|state| state.metrics().begin());
        let abandoned = Abandoned(started);
        let answering = asked_from(asked.address, answer(request, next, &mut asked));
        let answer = traces::within(traced.as_ref(), answering).await;
        if asked.sent_away.is_some_and(wants_room) {
            let hold = Duration::from_millis(rand::random_range(HOLD));
            actix_web::rt::time::sleep(hold).await;
        }
        let (status, route) = match &answer {
            Ok(response) => (response.status(), response.request().match_pattern()),
            Err(error) => (error.as_response_error().status_code(), None),
        };
        mem::forget(abandoned);
        let elapsed = started.elapsed();
        if let Some(traced) = &mut traced {
            traced.answered(&asked.method, route.clone(), status);
        }
        if let Some(in_flight) = in_flight {
            in_flight.answered(&asked.method, route, status, elapsed);
        }
        let ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        if asked.sent_away.is_some() {
            // So many at a time that a line for each would cost more than the answers.
            tracing::debug!(status = status.as_u16(), ms, "sent away");
        } else {
            tracing::info!(status = status.as_u16(), ms, "answered");
        }
        answer
    }
    .instrument(span)
    .await
}

/// The answer, whatever happens inside.
async fn answer(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    asked: &mut Asked,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if let Err(problem) = gate::pass(&request) {
        return Ok(request.into_response(asked.finish(render(&problem, &asked.id))));
    }
    if let Some(response) = cors::preflight(asked.origins(), &asked.method, request.headers()) {
        return Ok(request.into_response(asked.finish(response)));
    }
    let pass = match let_in(&request, asked).await {
        Ok(pass) => pass,
        Err(problem) => {
            asked.sent_away = Some(problem.code());
            return Ok(request.into_response(asked.finish(render(&problem, &asked.id))));
        }
    };
    let state = asked.state.clone();
    let handling = asked_from(
        asked.address,
        pass.scope(async move {
            let answered = match identify(&request, state.as_ref()).await {
                Ok(()) => next.call(request).await.map(ServiceResponse::map_into_boxed_body),
                Err(problem) => Ok(request.error_response(problem)),
            };
            (answered, underway())
        }),
    );
    let answering = AssertUnwindSafe(handling).catch_unwind();
    let answered = if asked.method.is_safe() {
        answering.await
    } else {
        // What it changes is changed though the client goes away, so what follows from that,
        // such as a line of the security log, must follow.
        let answering = traces::taken(traces::here(), answering).in_current_span();
        ToItsEnd::new(answering).await
    };
    let problem = match answered {
        Ok((Ok(response), mut underway)) => {
            let (request, response) = response.into_parts();
            let response = asked.hold(response, &mut underway);
            if let Some(problem) = problem_of(&response) {
                note_refusal(&request, problem);
                asked.sent_away = Some(problem.code()).filter(|code| wants_room(*code));
            }
            let response = as_problem(response, &asked.id);
            let response = until_sent::counted(asked.finish(response), underway);
            return Ok(ServiceResponse::new(request, response));
        }
        Ok((Err(error), _)) => Problem::of_status(error.as_response_error().status_code()),
        Err(panic) => {
            let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let said = said.or_else(|| panic.downcast_ref::<String>().cloned());
            let said = said.unwrap_or_else(|| "of unknown kind".to_owned());
            Problem::internal(anyhow::anyhow!("a handler panicked: {said}"))
        }
    };
    let response = asked.finish(render(&problem, &asked.id));
    Err(InternalError::from_response(problem, response).into())
}

/// Finds out who makes `request`, for handlers to ask. Pages for people know nobody.
async fn identify(
    request: &ServiceRequest,
    state: Option<&web::Data<State>>,
) -> Result<(), Problem> {
    let Some(state) = state.filter(|_| request.path().starts_with("/api/")) else {
        return Ok(());
    };
    let who = authenticate(state, request.headers());
    if let Some(principal) = traces::part("authenticate", who).await? {
        state.rate_limits().learn(request, &principal);
        request.extensions_mut().insert(principal);
    }
    Ok(())
}

/// The problem that `response` answers, if it is one of ours.
fn problem_of(response: &HttpResponse) -> Option<&Problem> {
    response.error().and_then(Error::as_error::<Problem>)
}

/// Whether a request with this code would have been answered had there been room.
fn wants_room(code: Code) -> bool {
    matches!(code, Code::Overloaded | Code::TooManyAtOnce)
}

/// Counts the request and waits for its turn.
async fn let_in(request: &ServiceRequest, asked: &mut Asked) -> Result<Pass, Problem> {
    // Only tests build an application without state.
    let Some(state) = &asked.state else { return Ok(Pass::Free) };
    if entry::is_probe(request) {
        return Ok(Pass::Free);
    }
    let client = state.rate_limits().client(request);
    if let Some(client) = client {
        asked.standing = entry::count(client, state)?;
    }
    entry::enter(request, client.map(|client| client.sharing), state).await
}

/// `response`, or the problem document that takes its place when it is an error.
fn as_problem(response: HttpResponse, id: &RequestId) -> HttpResponse {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    if let Some(problem) = problem_of(&response) {
        return render(problem, id);
    }
    let media_type = response.headers().get(header::CONTENT_TYPE);
    if media_type.is_some_and(|value| value.as_bytes() == PROBLEM_JSON.as_bytes()) {
        return response;
    }
    render(&bare(status, &response), id)
}

/// The problem a bare error answer of the framework stands for.
fn bare(status: StatusCode, response: &HttpResponse) -> Problem {
    let problem = Problem::of_status(status);
    match response.error() {
        Some(error) => problem.caused_by(anyhow::anyhow!("{error}")),
        None => problem,
    }
}

/// The problem's answer; what lies behind it goes to the log.
fn render(problem: &Problem, id: &RequestId) -> HttpResponse {
    if let Some(source) = problem.source_error() {
        let code = problem.code().name();
        if problem.code().status().is_server_error() {
            tracing::error!(code, error = format!("{source:#}"), "failed");
        } else {
            tracing::debug!(code, error = format!("{source:#}"), "refused");
        }
    }
    problem.response(id.as_str())
}

#[cfg(test)]
mod tests {
    use super::frame;
    use actix_web::http::StatusCode;
    use actix_web::http::header::HeaderValue;
    use actix_web::middleware::from_fn;
    use actix_web::test::{TestRequest, init_service, try_call_service};
    use actix_web::{App, HttpResponse, web};

    async fn panics() -> HttpResponse {
        panic!("secret detail")
    }

    async fn bare() -> HttpResponse {
        HttpResponse::BadGateway().body("secret detail")
    }

    #[actix_web::test]
    async fn panics_and_bare_errors_become_problems() {
        let app = App::new()
            .route("/panics", web::to(panics))
            .route("/bare", web::to(bare))
            .route("/json", web::to(async |_: web::Json<u8>| HttpResponse::Ok()))
            .wrap(from_fn(frame));
        let app = init_service(app).await;
        for (path, status) in [
            ("/panics", StatusCode::INTERNAL_SERVER_ERROR),
            ("/bare", StatusCode::INTERNAL_SERVER_ERROR),
            ("/json", StatusCode::BAD_REQUEST),
        ] {
            let request = TestRequest::get().uri(path).insert_header(("X-Request-Id", "abc"));
            let response = match try_call_service(&app, request.to_request()).await {
                Ok(response) => response.into_parts().1,
                Err(error) => error.error_response(),
            };
            assert_eq!(response.status(), status, "{path}");
            assert_eq!(
                response.headers().get("x-request-id").map(HeaderValue::as_bytes),
                Some(&b"abc"[..])
            );
            let body = actix_web::body::to_bytes(response.into_body()).await.expect("a body");
            let text = String::from_utf8_lossy(&body).into_owned();
            assert!(text.contains("\"request_id\":\"abc\"") && !text.contains("secret"), "{text}");
        }
    }
}
