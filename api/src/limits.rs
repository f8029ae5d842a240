//! How often one client may ask: by its address, or by whom its token names.
//!
//! A token counts for its bearer only once it has been found sound; until then the request
//! counts for the address, so that made-up tokens open no new account each, cannot use up
//! somebody else's, and do not keep the processor busy with signatures.

mod block;
mod client;
mod policy;

pub use block::Block;
pub use client::ProxyHeader;
pub(crate) use policy::Standing;

use crate::auth::{Principal, Who};
use crate::config;
use crate::problem::Problem;
use actix_web::HttpRequest;
use actix_web::dev::ServiceRequest;
use actix_web::http::header::AUTHORIZATION;
use client::{address, household};
use moka::sync::Cache;
use policy::Policy;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::time::Duration;

/// The most bearers remembered, of some bytes each.
const BEARERS: u64 = 10_000;
/// How long a token found sound is known to be its bearer's; what it allows is looked up anew
/// by every request.
const KNOWN: Duration = Duration::from_mins(1);

/// What everybody has asked of late.
pub(crate) struct RateLimits {
    addresses: Option<Policy<IpAddr>>,
    bearers: Option<Policy<u64>>,
    /// Bearers by the digests of their tokens.
    known: Cache<u64, u64>,
    /// Keyed anew by each process, so that nobody can make two digests meet.
    digests: RandomState,
    trusted: Vec<Block>,
    header: ProxyHeader,
}

impl RateLimits {
    /// Nobody has asked anything yet.
    pub(crate) fn new(limits: &config::Limits) -> Self {
        Self {
            addresses: limits.per_address.map(|rate| Policy::new("address", rate)),
            bearers: limits.per_token.map(|rate| Policy::new("token", rate)),
            known: Cache::builder().max_capacity(BEARERS).time_to_live(KNOWN).build(),
            digests: RandomState::new(),
            trusted: limits.trusted_proxies.clone(),
            header: limits.proxy_header,
        }
    }

    /// Counts `request`, and tells how its client stands; `None` when nothing limits it.
    ///
    /// # Errors
    /// `rate_limited`, saying when to come back.
    pub(crate) fn count(&self, request: &ServiceRequest) -> Result<Option<Standing>, Problem> {
        let Some(client) = self.client(request.request()) else { return Ok(None) };
        if client.is_loopback() {
            return Ok(None);
        }
        if let Some(bearers) = &self.bearers
            && let Some(token) = bearer_token(request)
            && let Some(bearer) = self.known.get(&self.digests.hash_one(token))
        {
            return bearers.count(&bearer).map(Some);
        }
        let addresses = self.addresses.as_ref();
        addresses.map(|addresses| addresses.count(&household(client))).transpose()
    }

    /// The address that `request` comes from, as far as proxies are trusted.
    pub(crate) fn client(&self, request: &HttpRequest) -> Option<IpAddr> {
        let peer = request.peer_addr()?.ip();
        Some(address(peer, request.headers(), self.header, &self.trusted))
    }

    /// Remembers that the token of `request` was found to be `principal`'s.
    pub(crate) fn learn(&self, request: &ServiceRequest, principal: &Principal) {
        // Visitors have no name of their own to count for.
        if principal.role.is_none() && matches!(principal.who, Who::Named(_)) {
            return;
        }
        if let (Some(_), Some(token)) = (&self.bearers, bearer_token(request)) {
            let bearer = self.digests.hash_one(principal.actor());
            self.known.insert(self.digests.hash_one(token), bearer);
        }
    }

    /// Forgets whoever has not asked for so long that nothing counts against them. A client
    /// costs some 50 bytes until then.
    pub(crate) fn sweep(&self) {
        self.addresses.iter().for_each(Policy::sweep);
        self.bearers.iter().for_each(Policy::sweep);
    }
}

/// The token that `request` bears.
fn bearer_token(request: &ServiceRequest) -> Option<&str> {
    let (scheme, token) = request.headers().get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
