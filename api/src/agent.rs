//! Asking other servers, at the addresses that the settings name and nowhere else.

use rustls::crypto::ring;
use std::sync::Arc;
use std::time::Duration;
use ureq::config::ConfigBuilder;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::typestate::AgentScope;

/// An agent that trusts whom the machine trusts, follows nobody elsewhere, and gives up after
/// `time`.
pub(crate) fn agent(time: Duration) -> ConfigBuilder<AgentScope> {
    let roots = rustls_native_certs::load_native_certs().certs;
    let roots: Vec<_> = roots.iter().map(|cert| Certificate::from_der(cert).to_owned()).collect();
    let tls = TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .root_certs(RootCerts::Specific(Arc::new(roots)))
        .build();
    ureq::Agent::config_builder().timeout_global(Some(time)).max_redirects(0).tls_config(tls)
}
