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
pub(crate) use client::{Client, Counting};
pub(crate) use policy::Standing;

use crate::auth::{Principal, Who};
use crate::config;
use crate::problem::Problem;
use actix_web::HttpRequest;
use actix_web::dev::ServiceRequest;
use actix_web::http::header::AUTHORIZATION;
use client::{Bearer, address, household, warn_unsaid};
use moka::sync::Cache;
use policy::Policy;
use std::hash::{BuildHasher as _, Hash, RandomState};
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
    known: Cache<u64, Bearer>,
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

    /// Whom `request` counts for; this machine itself is nobody's client.
    pub(crate) fn client(&self, request: &ServiceRequest) -> Option<Counting> {
        // Told here, not wherever an address is wanted: probes come from beside the server.
        let unsaid = |proxy, said: Option<&str>| warn_unsaid(proxy, self.header, said);
        let address = self.address_or(request.request(), unsaid)?;
        if address.is_loopback() {
            return None;
        }
        let token = bearer_token(request);
        let bearer = token.and_then(|token| self.known.get(&self.digests.hash_one(token)));
        let [asking, sharing] = match bearer {
            Some(Bearer { asking, sharing }) => [asking, sharing].map(Client::Bearer),
            None => [Client::Address(household(address)); 2],
        };
        Some(Counting { asking, sharing })
    }

    /// Counts a request of `client`, and tells how it stands; `None` when nothing limits it.
    ///
    /// # Errors
    /// `rate_limited`, saying when to come back.
    pub(crate) fn count(&self, client: Counting) -> Result<Option<Standing>, Problem> {
        match client.asking {
            Client::Address(address) => counted(self.addresses.as_ref(), &address),
            Client::Bearer(bearer) => counted(self.bearers.as_ref(), &bearer),
        }
    }

    /// The address that `request` comes from, as far as proxies are trusted.
    pub(crate) fn address(&self, request: &HttpRequest) -> Option<IpAddr> {
        self.address_or(request, |_, _| ())
    }

    /// The same, where `unsaid` is told of a proxy that does not say whom it was asked by.
    fn address_or(
        &self,
        request: &HttpRequest,
        unsaid: impl FnOnce(IpAddr, Option<&str>),
    ) -> Option<IpAddr> {
        let peer = request.peer_addr()?.ip();
        Some(address(peer, request.headers(), self.header, &self.trusted, unsaid))
    }

    /// Remembers that the token of `request` was found to be `principal`'s.
    pub(crate) fn learn(&self, request: &ServiceRequest, principal: &Principal) {
        // Visitors have no name of their own to count for.
        if principal.role.is_none() && matches!(principal.who, Who::Named(_)) {
            return;
        }
        if let Some(token) = bearer_token(request) {
            let sharing = match &principal.who {
                // One has a hundred of them, which must not be a hundred clients.
                Who::ReadToken { made_by, .. } => made_by.clone(),
                _ => principal.actor(),
            };
            let [asking, sharing] =
                [principal.actor(), sharing].map(|of| self.digests.hash_one(of));
            self.known.insert(self.digests.hash_one(token), Bearer { asking, sharing });
        }
    }

    /// Forgets whoever has not asked for so long that nothing counts against them. A client
    /// costs some 50 bytes until then.
    pub(crate) fn sweep(&self) {
        self.addresses.iter().for_each(Policy::sweep);
        self.bearers.iter().for_each(Policy::sweep);
    }
}

fn counted<K: Hash + Eq + Clone>(
    policy: Option<&Policy<K>>,
    client: &K,
) -> Result<Option<Standing>, Problem> {
    policy.map(|policy| policy.count(client)).transpose()
}

/// The token that `request` bears.
fn bearer_token(request: &ServiceRequest) -> Option<&str> {
    let (scheme, token) = request.headers().get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
