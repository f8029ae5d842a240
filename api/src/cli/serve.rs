//! `consortia serve`.

use crate::config::Config;
use crate::server::{Place, Service};
use crate::telemetry::log_panics;
use std::net::SocketAddr;

/// Serves until told to stop.
pub(super) fn run(config: Config) -> anyhow::Result<()> {
    run_at(Place::take(&config)?, config, |_| {})
}

/// Serves at `place` until told to stop; `started` learns the first address when it is
/// listened on.
pub(super) fn run_at(
    place: Place,
    config: Config,
    started: impl FnOnce(SocketAddr),
) -> anyhow::Result<()> {
    log_panics();
    let service = Service::open_at(place, config)?;
    actix_web::rt::System::new().block_on(async {
        let server = service.listen()?;
        for address in server.addresses() {
            // One line each, so that whoever started us with port 0 can read it.
            super::print(&format!("Listening on http://{address}\n"));
        }
        for address in server.metrics_addresses() {
            super::print(&format!("Metrics on http://{address}/metrics\n"));
        }
        if let Some(address) = server.addresses().first() {
            started(*address);
        }
        server.run().await?;
        Ok(())
    })
}
