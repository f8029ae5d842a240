//! The metrics on an address of their own, which the public never sees.

use crate::state::State;
use actix_web::dev::Server;
use actix_web::{App, HttpResponse, HttpServer, web};
use std::io;
use std::net::SocketAddr;

/// The media type of `OpenMetrics` text.
const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Serves `state`'s metrics on `addresses`; gives those it really listens on too.
///
/// # Errors
/// The address that cannot be listened on, and why.
pub(crate) fn serve(
    state: &web::Data<State>,
    addresses: &[SocketAddr],
) -> Result<(Server, Vec<SocketAddr>), (SocketAddr, io::Error)> {
    let state = state.clone();
    let app = move || App::new().app_data(state.clone()).route("/metrics", web::get().to(metrics));
    let mut http = HttpServer::new(app).workers(1).disable_signals();
    for address in addresses {
        http = http.bind(address).map_err(|error| (*address, error))?;
    }
    let listening = http.addrs();
    Ok((http.run(), listening))
}

async fn metrics(state: web::Data<State>) -> HttpResponse {
    HttpResponse::Ok().content_type(MEDIA_TYPE).body(state.metrics().text(&state).await)
}
