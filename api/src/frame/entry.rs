//! Letting requests in: as often as their client may ask, and as many as can be answered.

use crate::admission::{Full, Pass};
use crate::limits::{Client, Counting, Standing};
use crate::problem::Problem;
use crate::state::State;
use actix_web::dev::ServiceRequest;
use actix_web::http::Method;

/// Counts `request` for its client, who is told how it stands.
///
/// # Errors
/// `rate_limited`.
pub(super) fn count(client: Counting, state: &State) -> Result<Option<Standing>, Problem> {
    state.rate_limits().count(client).inspect_err(|_| state.metrics().rate_limited())
}

/// Lets `request` in when it is its turn.
///
/// # Errors
/// `overloaded` or `too_many_at_once`.
pub(super) async fn enter(
    request: &ServiceRequest,
    client: Option<Client>,
    state: &State,
) -> Result<Pass, Problem> {
    match *request.method() {
        // Nearly all of them write: told now, no body comes in vain.
        Method::POST | Method::PUT | Method::PATCH
            if state.db().writes_queued() >= state.admission().room() =>
        {
            Err(state.admission().send_away(&Full::House))
        }
        Method::POST | Method::PUT | Method::PATCH => state.admission().enter_later(client),
        _ => state.admission().enter(client).await,
    }
}

/// Whether it is a question about the service's health, which needs its answer most when
/// nothing else gets one.
pub(super) fn is_probe(request: &ServiceRequest) -> bool {
    request.path().starts_with("/health/")
}
