//! The settings that keep one client, or many, from taking the service away from the others.

use super::layers::{Layered, Raw};
use super::values;
use crate::limits::{Block, ProxyHeader};
use std::num::NonZeroU32;

/// How much the service takes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Requests answered at the same time.
    pub at_work: usize,
    /// Requests that may wait for their turn.
    pub waiting: usize,
    /// What one address may ask; `None` for no limit.
    pub per_address: Option<Rate>,
    /// What the bearer of a token may ask; `None` for no limit.
    pub per_token: Option<Rate>,
    /// Proxies whose word on the client's address is taken.
    pub trusted_proxies: Vec<Block>,
    /// The header in which they give it.
    pub proxy_header: ProxyHeader,
}

/// How many requests, in the long run and at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Requests a second in the long run.
    pub per_second: NonZeroU32,
    /// Requests at once by whoever has asked nothing for a while.
    pub burst: NonZeroU32,
}

impl Limits {
    /// Reads them; `most` is how many requests there should be at work unless it is said.
    pub(super) fn read(layered: &mut Layered, most: usize) -> Self {
        let number = |layered: &mut Layered, key| {
            usize::try_from(layered.whole(key, 0, 100_000)).unwrap_or(usize::MAX)
        };
        let at_work = match number(layered, "max_requests_at_work") {
            0 => most,
            places => places,
        };
        let waiting = match number(layered, "max_requests_waiting") {
            0 => at_work * 8,
            places => places,
        };
        Self {
            at_work,
            waiting,
            per_address: rate(layered, "rate_limit_address", "rate_limit_address_burst"),
            per_token: rate(layered, "rate_limit_token", "rate_limit_token_burst"),
            trusted_proxies: layered.read_with("trusted_proxies", trusted_proxies),
            proxy_header: layered.read_with("proxy_header", proxy_header),
        }
    }
}

fn rate(layered: &mut Layered, per_second: &str, burst: &str) -> Option<Rate> {
    let mut number = |key: &str, least| {
        let number = u32::try_from(layered.whole(key, least, 1_000_000)).unwrap_or(u32::MAX);
        NonZeroU32::new(number)
    };
    let (per_second, burst) = (number(per_second, 0), number(burst, 1));
    Some(Rate { per_second: per_second?, burst: burst? })
}

fn trusted_proxies(raw: &Raw) -> Result<Vec<Block>, String> {
    let blocks = values::list(raw).iter().map(|text| text.parse()).collect::<Result<_, _>>();
    blocks.map_err(|()| {
        let expected = "addresses or blocks such as 127.0.0.1, 10.0.0.0/8 or fd00::/8";
        format!("{expected}; {}", values::LISTED)
    })
}

fn proxy_header(raw: &Raw) -> Result<ProxyHeader, String> {
    match values::not_empty(raw)?.to_ascii_lowercase().as_str() {
        "x-forwarded-for" => Ok(ProxyHeader::XForwardedFor),
        "forwarded" => Ok(ProxyHeader::Forwarded),
        _ => Err("x-forwarded-for or forwarded".into()),
    }
}
