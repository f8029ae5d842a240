//! Letting requests in: as often as their client may ask, and as many as can be answered.

use crate::admission::Pass;
use crate::limits::Standing;
use crate::problem::Problem;
use crate::state::State;
use actix_web::dev::ServiceRequest;
use actix_web::http::Method;

/// Counts `request` for its client, who is told how it stands.
///
/// # Errors
/// `rate_limited`.
pub(super) fn count(request: &ServiceRequest, state: &State) -> Result<Option<Standing>, Problem> {
    if is_probe(request) {
        return Ok(None);
    }
    let counted = state.rate_limits().count(request);
    counted.inspect_err(|_| state.metrics().rate_limited())
}

/// Lets `request` in when it is its turn.
///
/// # Errors
/// `overloaded`.
pub(super) async fn enter(request: &ServiceRequest, state: &State) -> Result<Pass, Problem> {
    if is_probe(request) {
        return Ok(Pass::Free);
    }
    match *request.method() {
        // Nearly all of them write: told now, no body comes in vain.
        Method::POST | Method::PUT | Method::PATCH
            if state.db().writes_queued() >= state.admission().room() =>
        {
            Err(state.admission().overloaded())
        }
        Method::POST | Method::PUT | Method::PATCH => state.admission().enter_later(),
        _ => state.admission().enter().await,
    }
}

/// Whether it is a question about the service's health, which needs its answer most when
/// nothing else gets one.
fn is_probe(request: &ServiceRequest) -> bool {
    request.path().starts_with("/health/")
}
