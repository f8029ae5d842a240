//! What a server tidies up while it runs.

use crate::erasure;
use crate::state::State;
use actix_web::web;
use consortia_db::{Actor, idempotency, session};
use std::time::Duration;

/// Time between two rounds of housekeeping.
const HOUSEKEEPING: Duration = Duration::from_hours(1);
/// Time after which clients that ask nothing any more are forgotten.
const FORGET_CLIENTS: Duration = Duration::from_secs(10);

/// Forgets, once an hour, the answers kept for idempotency keys that are a day old, and the
/// sessions that are long over, and wipes what was erased where that could not be done at once.
pub(super) async fn keep_house(state: web::Data<State>) {
    let mut hourly = actix_web::rt::time::interval(HOUSEKEEPING);
    loop {
        hourly.tick().await;
        match state.db().write(Actor::new("system:housekeeping"), idempotency::sweep).await {
            Ok(forgotten) => tracing::debug!(forgotten, "swept idempotency keys"),
            Err(error) => tracing::warn!(%error, "could not sweep idempotency keys"),
        }
        match state.db().write(Actor::new("system:housekeeping"), session::sweep).await {
            Ok(forgotten) => tracing::debug!(forgotten, "swept sessions"),
            Err(error) => tracing::warn!(%error, "could not sweep sessions"),
        }
        erasure::wiped(&state).await;
    }
}

/// Forgets clients that ask nothing any more.
pub(super) async fn forget_clients(state: web::Data<State>) {
    let mut often = actix_web::rt::time::interval(FORGET_CLIENTS);
    loop {
        often.tick().await;
        state.rate_limits().sweep();
    }
}
