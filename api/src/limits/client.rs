//! Which address a request comes from, as far as that can be believed.

use super::Block;
use crate::problem::excerpt;
use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName, HeaderValue, X_FORWARDED_FOR};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Whom a request counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Client {
    /// An address of version 4, or a network of 64 bits of version 6.
    Address(IpAddr),
    /// Whoever bears a token that was found sound, by a digest of their name.
    Bearer(u64),
}

/// Whoever bears a token that was found sound, by digests of names.
#[derive(Clone, Copy)]
pub(super) struct Bearer {
    /// As whom they ask so often: each read token has a name of its own.
    pub(super) asking: u64,
    /// As whom they have their share: the account that made a read token has it.
    pub(super) sharing: u64,
}

/// Whom a request counts for: as whom it may ask so often, and whose share it takes.
#[derive(Clone, Copy)]
pub(crate) struct Counting {
    pub(super) asking: Client,
    pub(crate) sharing: Client,
}

/// The header in which proxies give the client's address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProxyHeader {
    /// `X-Forwarded-For: CLIENT, PROXY`.
    #[default]
    XForwardedFor,
    /// `Forwarded: for=CLIENT, for=PROXY` (RFC 7239).
    Forwarded,
}

impl ProxyHeader {
    fn name(self) -> HeaderName {
        match self {
            Self::XForwardedFor => X_FORWARDED_FOR,
            Self::Forwarded => FORWARDED,
        }
    }

    /// What a proxy is told to send it, as its configuration has it where that is nginx.
    fn advice(self) -> &'static str {
        match self {
            Self::XForwardedFor => {
                "have it send X-Forwarded-For (nginx: proxy_set_header X-Forwarded-For \
                 $remote_addr;)"
            }
            Self::Forwarded => {
                "have it send Forwarded (nginx: proxy_set_header Forwarded for=$remote_addr;)"
            }
        }
    }

    /// The address that one element of the header gives.
    fn address(self, element: &str) -> Option<IpAddr> {
        match self {
            Self::XForwardedFor => host(element.trim()),
            Self::Forwarded => element.split(';').find_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                let node = name.trim().eq_ignore_ascii_case("for");
                node.then(|| host(value.trim().trim_matches('"'))).flatten()
            }),
        }
    }
}

/// The address in `text`, which may have a port and, if of version 6, brackets.
fn host(text: &str) -> Option<IpAddr> {
    let bare = match text.strip_prefix('[') {
        Some(rest) => rest.split(']').next()?,
        None if text.matches(':').count() == 1 => text.split(':').next()?,
        None => text,
    };
    bare.parse().ok()
}

/// The address of the client behind `peer`. Each proxy adds whom it was asked by at the end of
/// the header, so it is read from there: up to the first address that is no proxy of ours, since
/// all before it may be made up. Where a proxy says nothing that is an address it is the client
/// itself, which `unsaid` is told with what it said.
pub(super) fn address(
    peer: IpAddr,
    headers: &HeaderMap,
    header: ProxyHeader,
    trusted: &[Block],
    unsaid: impl FnOnce(IpAddr, Option<&str>),
) -> IpAddr {
    let mut nearest = peer.to_canonical();
    // Bytes that are no text are the client's own; what a proxy added behind them is read.
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let lines: Vec<_> = headers.get_all(header.name()).map(text).collect();
    let mut elements = lines.iter().rev().flat_map(|line| line.rsplit(','));
    while trusted.iter().any(|block| block.contains(nearest)) {
        let element = elements.next();
        let Some(next) = element.and_then(|element| header.address(element)) else {
            // The first of several may itself ask, from a network that is trusted.
            if element.is_some() || lines.is_empty() {
                unsaid(nearest, element);
            }
            break;
        };
        nearest = next.to_canonical();
    }
    nearest
}

/// The least time between two warnings that a proxy does not say who its client is.
const BETWEEN_WARNINGS: Duration = Duration::from_hours(1);

/// Warns that a trusted `proxy` said nothing, or what is no address, of who its client is.
pub(super) fn warn_unsaid(proxy: IpAddr, header: ProxyHeader, said: Option<&str>) {
    static TOLD: Mutex<Option<Instant>> = Mutex::new(None);
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    if told.is_some_and(|at| at.elapsed() < BETWEEN_WARNINGS) {
        return;
    }
    *told = Some(Instant::now());
    tracing::warn!(
        %proxy,
        expected = %header.name(),
        said = ?said.map(|said| excerpt(said.trim())),
        "a trusted proxy does not say who its client is, so its requests count as its own, \
         without limits where it is on this machine; {}, set proxy_header to the header it \
         sends, or take it out of trusted_proxies; this is told once an hour at most",
        header.advice()
    );
}

/// What counts as one client: an address, or a network of version 6 as households are given.
pub(super) fn household(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::{ProxyHeader, address, household};
    use actix_web::http::header::{HeaderMap, HeaderValue};
    use std::net::IpAddr;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn headers(header: ProxyHeader, lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            let value = HeaderValue::from_bytes(line.as_bytes()).expect("a header");
            headers.append(header.name(), value);
        }
        headers
    }

    #[test]
    fn only_the_word_of_trusted_proxies_is_taken() {
        use ProxyHeader::{Forwarded, XForwardedFor};
        let trusted = ["127.0.0.1", "10.0.0.0/8"].map(|block| block.parse().expect("a block"));
        for (header, peer, lines, client) in [
            (XForwardedFor, "203.0.113.1", vec!["198.51.100.7"], "203.0.113.1"),
            (XForwardedFor, "127.0.0.1", vec![], "127.0.0.1"),
            (XForwardedFor, "::ffff:127.0.0.1", vec!["198.51.100.7"], "198.51.100.7"),
            (XForwardedFor, "127.0.0.1", vec!["1.1.1.1, 198.51.100.7"], "198.51.100.7"),
            (XForwardedFor, "127.0.0.1", vec!["1.1.1.1", "198.51.100.7, 10.1.1.1"], "198.51.100.7"),
            (XForwardedFor, "127.0.0.1", vec!["127.0.0.1, 198.51.100.7:4711"], "198.51.100.7"),
            (XForwardedFor, "127.0.0.1", vec!["1.1.1.1, nonsense, 10.2.2.2"], "10.2.2.2"),
            (XForwardedFor, "127.0.0.1", vec!["ÿ, 198.51.100.7"], "198.51.100.7"),
            (XForwardedFor, "127.0.0.1", vec!["1.1.1.1", "ÿ, 198.51.100.7"], "198.51.100.7"),
            (XForwardedFor, "127.0.0.1", vec!["1.1.1.1", "ÿ"], "127.0.0.1"),
            (XForwardedFor, "127.0.0.1", vec!["[2001:db8::7]:443"], "2001:db8::7"),
            (
                Forwarded,
                "127.0.0.1",
                vec!["for=1.1.1.1, For=\"[2001:db8::7]:1\";proto=https"],
                "2001:db8::7",
            ),
            (Forwarded, "127.0.0.1", vec!["proto=https;for=198.51.100.7"], "198.51.100.7"),
            (Forwarded, "127.0.0.1", vec!["for=unknown"], "127.0.0.1"),
        ] {
            let found = address(ip(peer), &headers(header, &lines), header, &trusted, |_, _| ());
            assert_eq!(found, ip(client), "{header:?} {peer} {lines:?}");
        }
        let other = headers(ProxyHeader::Forwarded, &["for=198.51.100.7"]);
        let found = address(ip("10.1.1.1"), &other, XForwardedFor, &trusted, |_, _| ());
        assert_eq!(found, ip("10.1.1.1"));
    }

    #[test]
    fn a_proxy_that_says_nothing_is_noticed_and_one_that_asks_itself_is_not() {
        let trusted = ["127.0.0.1", "10.0.0.0/8"].map(|block| block.parse().expect("a block"));
        for (lines, unsaid) in [
            (vec![], Some(("127.0.0.1", None))),
            (vec!["nonsense"], Some(("127.0.0.1", Some("nonsense")))),
            (vec!["1.1.1.1, , 10.2.2.2"], Some(("10.2.2.2", Some(" ")))),
            (vec!["10.2.2.2"], None),
            (vec!["198.51.100.7"], None),
        ] {
            let headers = headers(ProxyHeader::XForwardedFor, &lines);
            let mut noticed = None;
            let note = |proxy, said: Option<&str>| noticed = Some((proxy, said.map(str::to_owned)));
            address(ip("127.0.0.1"), &headers, ProxyHeader::XForwardedFor, &trusted, note);
            let expected = unsaid.map(|(proxy, said)| (ip(proxy), said.map(str::to_owned)));
            assert_eq!(noticed, expected, "{lines:?}");
        }
    }

    #[test]
    fn a_network_of_version_6_is_one_client() {
        assert_eq!(household(ip("2001:db8:1:2:3::4")), ip("2001:db8:1:2::"));
        assert_eq!(household(ip("198.51.100.7")), ip("198.51.100.7"));
    }
}
