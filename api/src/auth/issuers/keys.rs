//! The keys of an outside identity provider: fetched when needed, kept, and fetched again
//! rarely, whatever strangers send.

use super::super::token::refused;
use super::file::{KeySource, is_safe};
use crate::admission::Admission;
use crate::agent::agent;
use crate::problem::Problem;
use crate::state::State;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, JwkSet, KeyOperations, PublicKeyUse};
use jsonwebtoken::{DecodingKey, Header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Shortest time between two fetches, so that a flood of unknown key ids cannot make this
/// registry flood the provider.
const PATIENCE: Duration = Duration::from_mins(5);
/// The same after a fetch that failed, when no key is known at all.
const PATIENCE_WITHOUT: Duration = Duration::from_secs(30);
/// Time after which keys are fetched again though all asked for are known: some may have been
/// withdrawn.
const FRESH: Duration = Duration::from_hours(1);
/// Time for one fetch.
const TIME: Duration = Duration::from_secs(5);
/// The most requests that may wait for the keys of one provider.
const QUEUE: usize = 16;
/// Most bytes of a set of keys.
const LARGEST: u64 = 1_000_000;
/// Shortest modulus of an RSA key accepted, in base64url characters: 2048 bits.
const RSA_MODULUS: usize = 341;
/// What leading zeros look like in base64url: they make a number no stronger.
const ZEROS: char = 'A';

/// The keys of one provider.
pub(super) enum Keys {
    /// A secret shared with it.
    Shared(DecodingKey),
    /// Public keys, at an address.
    Fetched(Fetched),
}

/// Public keys, and where they are from.
pub(super) struct Fetched {
    source: Address,
    known: Mutex<Known>,
    waiting: AtomicUsize,
}

#[derive(Clone)]
enum Address {
    Jwks(String),
    Discovery(String),
}

#[derive(Default)]
struct Known {
    keys: HashMap<String, Key>,
    tried: Option<Instant>,
    fetched: Option<Instant>,
}

/// A key, and the algorithm it is for if it says so.
struct Key {
    decoding: DecodingKey,
    algorithm: Option<String>,
}

impl From<KeySource> for Keys {
    fn from(source: KeySource) -> Self {
        let source = match source {
            KeySource::Secret(secret) => return Self::Shared(DecodingKey::from_secret(&secret)),
            KeySource::Jwks(address) => Address::Jwks(address),
            KeySource::Discovery(address) => Address::Discovery(address),
        };
        Self::Fetched(Fetched { source, known: Mutex::default(), waiting: AtomicUsize::new(0) })
    }
}

impl Keys {
    /// The key that a token with this header is signed with.
    ///
    /// # Errors
    /// `invalid_token` when there is none; `overloaded` or `too_many_at_once` when too
    /// many wait for keys.
    pub(super) async fn find(
        &self,
        state: &State,
        header: &Header,
    ) -> Result<DecodingKey, Problem> {
        match self {
            Self::Shared(key) => Ok(key.clone()),
            Self::Fetched(fetched) => fetched.find(state, header).await,
        }
    }
}

impl Fetched {
    async fn find(&self, state: &State, header: &Header) -> Result<DecodingKey, Problem> {
        let named = header.kid.as_deref();
        let id = named.ok_or_else(|| refused("It does not name its key ('kid')."))?;
        // A provider that does not answer costs nobody else their place.
        let queued = Admission::wait_apart(&self.waiting, QUEUE);
        let _queued = queued.map_err(|full| state.admission().send_away(&full))?;
        // Held while fetching: everybody who waits for the same keys waits for one fetch.
        let mut known = self.known.lock().await;
        known.fetch_for(id, &self.source, Instant::now()).await;
        let key = known.keys.get(id);
        let key = key.ok_or_else(|| refused("Its key is none that its issuer has."))?;
        let named = format!("{:?}", header.alg);
        if key.algorithm.as_ref().is_some_and(|algorithm| *algorithm != named) {
            return Err(refused("Its key is for another algorithm."));
        }
        Ok(key.decoding.clone())
    }
}

impl Known {
    /// Fetches what `source` publishes `now`, when the key `id` wants it and it may be.
    async fn fetch_for(&mut self, id: &str, source: &Address, now: Instant) {
        if self.is_good_for(id, now) || !self.may_try(now) {
            return;
        }
        self.tried = Some(now);
        let source = source.clone();
        let fetched = tokio::task::spawn_blocking(move || fetch(&source)).await;
        match fetched.map_err(|error| error.to_string()).and_then(|keys| keys) {
            Ok(keys) => {
                self.keys = keys;
                self.fetched = self.tried;
            }
            Err(error) => tracing::warn!(error, "keys of an identity provider are not there"),
        }
    }

    fn is_good_for(&self, id: &str, now: Instant) -> bool {
        let fresh = self.fetched.is_some_and(|at| now.duration_since(at) < FRESH);
        fresh && self.keys.contains_key(id)
    }

    fn may_try(&self, now: Instant) -> bool {
        let patience = if self.keys.is_empty() && self.fetched.is_none() {
            PATIENCE_WITHOUT
        } else {
            PATIENCE
        };
        self.tried.is_none_or(|at| now.duration_since(at) >= patience)
    }
}

fn fetch(source: &Address) -> Result<HashMap<String, Key>, String> {
    #[derive(Deserialize)]
    struct Discovered {
        jwks_uri: String,
    }
    let agent = agent(TIME).build().new_agent();
    let address = match source {
        Address::Jwks(address) => address.clone(),
        Address::Discovery(address) => {
            let found: Discovered = get(&agent, address)?;
            let downgraded =
                address.starts_with("https://") && !found.jwks_uri.starts_with("https://");
            if downgraded || !is_safe(&found.jwks_uri) {
                return Err(format!("{address} names keys at {}", found.jwks_uri));
            }
            found.jwks_uri
        }
    };
    let set: JwkSet = get(&agent, &address)?;
    Ok(set.keys.iter().filter_map(usable).collect())
}

fn get<T: DeserializeOwned>(agent: &ureq::Agent, address: &str) -> Result<T, String> {
    let fault = |error: &dyn std::fmt::Display| format!("{address}: {error}");
    let answer = agent.get(address).call().map_err(|error| fault(&error))?;
    let body = answer.into_body().into_with_config().limit(LARGEST).read_to_vec();
    let body = body.map_err(|error| fault(&error))?;
    serde_json::from_slice(&body).map_err(|error| fault(&error))
}

/// A key of a set under its id, unless it is not for signatures or too weak.
fn usable(jwk: &Jwk) -> Option<(String, Key)> {
    let id = jwk.common.key_id.clone()?;
    let signs = jwk.common.public_key_use.as_ref().is_none_or(|it| *it == PublicKeyUse::Signature)
        && jwk.common.key_operations.as_ref().is_none_or(|it| it.contains(&KeyOperations::Verify));
    let strong = match &jwk.algorithm {
        AlgorithmParameters::RSA(rsa) => rsa.n.trim_start_matches(ZEROS).len() >= RSA_MODULUS,
        AlgorithmParameters::OctetKey(_) => false,
        _ => true,
    };
    if !signs || !strong {
        tracing::warn!(id, "a key of an identity provider is not used");
        return None;
    }
    let algorithm = jwk.common.key_algorithm.map(|algorithm| algorithm.to_string());
    Some((id, Key { decoding: DecodingKey::from_jwk(jwk).ok()?, algorithm }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::TcpListener;
    use std::thread;

    /// A provider that publishes one Ed25519 key at a time, each of these ids to one who asks.
    fn provider(ids: &'static [&str]) -> Address {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}/keys", listener.local_addr().expect("an address"));
        thread::spawn(move || {
            for (stream, id) in listener.incoming().flatten().zip(ids) {
                let mut lines = BufReader::new(&stream).lines();
                while lines.next().and_then(Result::ok).is_some_and(|line| !line.is_empty()) {}
                let x = "A".repeat(43);
                let key = format!(r#"{{"kty":"OKP","crv":"Ed25519","kid":"{id}","x":"{x}"}}"#);
                let body = format!(r#"{{"keys":[{key}]}}"#);
                let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length";
                let answer = format!("{head}: {}\r\n\r\n{body}", body.len());
                (&stream).write_all(answer.as_bytes()).expect("sent");
            }
        });
        Address::Jwks(address)
    }

    #[test]
    fn keys_that_are_weak_or_for_something_else_are_not_used() {
        let rsa = |zeros: usize, strong: usize, others: &str| {
            let modulus = format!("{}{}", "A".repeat(zeros), "w".repeat(strong));
            let jwk = format!(r#"{{"kty":"RSA","kid":"one","e":"AQAB","n":"{modulus}"{others}}}"#);
            usable(&serde_json::from_str(&jwk).expect("a key")).is_some()
        };
        assert!(rsa(0, 342, "") && rsa(1, 342, ""));
        assert!(!rsa(0, 171, "") && !rsa(171, 171, ""), "zeros before a number make it no longer");
        assert!(rsa(0, 342, r#","use":"sig","key_ops":["verify"]"#));
        for others in [r#","use":"enc""#, r#","key_ops":["encrypt"]"#, r#","key_ops":[]"#] {
            assert!(!rsa(0, 342, others), "{others}");
        }
    }

    fn ids(known: &Known) -> Vec<&str> {
        known.keys.keys().map(String::as_str).collect()
    }

    #[actix_web::test]
    async fn another_key_is_believed_after_five_minutes_and_not_before() {
        let source = provider(&["one", "two", "three"]);
        let (mut known, begun) = (Known::default(), Instant::now());
        let after = |seconds| begun + Duration::from_secs(seconds);
        for (seconds, wanted, expected) in [
            (0, "one", "one"),
            (1, "two", "one"),
            (299, "two", "one"),
            (301, "two", "two"),
            // Known ones are asked for after an hour, as one may have been withdrawn.
            (301 + 3599, "two", "two"),
            (301 + 3601, "two", "three"),
        ] {
            known.fetch_for(wanted, &source, after(seconds)).await;
            assert_eq!(ids(&known), [expected], "after {seconds} s");
        }
    }

    #[test]
    fn a_fetch_that_failed_is_repeated_after_half_a_minute_while_no_key_is_known() {
        let begun = Instant::now();
        let after = |seconds| begun + Duration::from_secs(seconds);
        let none = Known { tried: Some(begun), ..Known::default() };
        let some = Known { tried: Some(begun), fetched: Some(begun), ..Known::default() };
        assert!(Known::default().may_try(begun));
        for (seconds, of_none, of_some) in
            [(29, false, false), (31, true, false), (299, true, false), (301, true, true)]
        {
            let may = (none.may_try(after(seconds)), some.may_try(after(seconds)));
            assert_eq!(may, (of_none, of_some), "after {seconds} s");
        }
    }
}
