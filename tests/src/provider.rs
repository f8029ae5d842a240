//! An outside identity provider: publishes keys over HTTP and signs tokens with them.

use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

/// A provider on a port of its own, for as long as the test process lives.
#[derive(Clone)]
pub struct Provider {
    /// Its address, which is also its name as an issuer.
    pub url: String,
    keys: Arc<Mutex<Value>>,
    fetches: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
    is_down: Arc<AtomicBool>,
}

/// A key pair of a provider, under an id.
pub struct Key {
    /// Its id.
    pub id: String,
    /// The public part, as a JSON Web Key.
    pub public: Value,
    /// The same as `SubjectPublicKeyInfo`, in DER (RFC 5280).
    pub spki: Vec<u8>,
    algorithm: Algorithm,
    private: EncodingKey,
}

impl Key {
    /// An Ed25519 key.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn ed25519(id: &str, seed: u8) -> Self {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let der = key.to_pkcs8_der().expect("a key");
        let spki = ed25519_spki(&key);
        let x = base64url(key.verifying_key().as_bytes());
        let public = json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": id, "x": x});
        let private = EncodingKey::from_ed_der(der.as_bytes());
        Self { id: id.to_owned(), public, spki, algorithm: Algorithm::EdDSA, private }
    }

    /// An RSA key of this many bits, for RS256.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn rsa(id: &str, bits: usize) -> Self {
        use rsa::pkcs1::EncodeRsaPrivateKey as _;
        use rsa::pkcs8::EncodePublicKey as _;
        use rsa::traits::PublicKeyParts as _;
        let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, bits).expect("a key");
        let number = |bytes: Vec<u8>| base64url(&bytes);
        let (n, e) = (number(key.n().to_bytes_be()), number(key.e().to_bytes_be()));
        let public = json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": id, "n": n, "e": e});
        let der = key.to_pkcs1_der().expect("a key");
        let spki = key.to_public_key().to_public_key_der().expect("a key").into_vec();
        let private = EncodingKey::from_rsa_der(der.as_bytes());
        Self { id: id.to_owned(), public, spki, algorithm: Algorithm::RS256, private }
    }

    /// A token with these claims, signed with the key.
    ///
    /// # Panics
    /// When it cannot be signed.
    #[must_use]
    pub fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(self.algorithm);
        header.kid = Some(self.id.clone());
        jsonwebtoken::encode(&header, claims, &self.private).expect("a token")
    }
}

/// The public key of `key` as `SubjectPublicKeyInfo`, in DER.
///
/// # Panics
/// When it cannot be written so.
#[must_use]
pub fn ed25519_spki(key: &SigningKey) -> Vec<u8> {
    key.verifying_key().to_public_key_der().expect("a key").into_vec()
}

/// `bytes` in base64url without padding (RFC 4648, section 5).
#[must_use]
pub fn base64url(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// Seconds since 1970.
///
/// # Panics
/// When the clock stands before that.
#[must_use]
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs()
}

impl Provider {
    /// A provider that publishes `keys`.
    ///
    /// # Panics
    /// When no port is free.
    #[must_use]
    pub fn start(keys: &[&Key]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let provider = Self {
            url,
            keys: Arc::default(),
            fetches: Arc::default(),
            requests: Arc::default(),
            is_down: Arc::default(),
        };
        provider.publish(keys);
        let serving = provider.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut lines = BufReader::new(&stream).lines();
                let path = lines.next().and_then(Result::ok).unwrap_or_default();
                while lines.next().and_then(Result::ok).is_some_and(|line| !line.is_empty()) {}
                serving.requests.fetch_add(1, Ordering::SeqCst);
                let status =
                    if serving.is_down.load(Ordering::SeqCst) { "503 Down" } else { "200 OK" };
                let body = serving.answer(path.split(' ').nth(1).unwrap_or_default());
                let answer = format!(
                    "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\n\
                     Content-Length: {}\r\n\r\n{body}",
                    body.len()
                );
                let _ = (&stream).write_all(answer.as_bytes());
            }
        });
        provider
    }

    fn answer(&self, path: &str) -> String {
        if path == "/.well-known/openid-configuration" {
            let jwks_uri = format!("{}/keys", self.url);
            return json!({"issuer": self.url, "jwks_uri": jwks_uri}).to_string();
        }
        self.fetches.fetch_add(1, Ordering::SeqCst);
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).to_string()
    }

    /// Publishes other keys from now on.
    pub fn publish(&self, keys: &[&Key]) {
        let keys: Vec<_> = keys.iter().map(|key| &key.public).collect();
        *self.keys.lock().unwrap_or_else(PoisonError::into_inner) = json!({"keys": keys});
    }

    /// How often the keys were fetched.
    #[must_use]
    pub fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    /// How often it was asked for anything: where its keys are, or for these.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    /// Answers nobody from now on but with 503, or everybody again.
    pub fn set_down(&self, is_down: bool) {
        self.is_down.store(is_down, Ordering::SeqCst);
    }

    /// Claims of a token for `subject` with `role`, good for an hour.
    #[must_use]
    pub fn claims(&self, subject: &str, role: &str) -> Value {
        json!({
            "iss": self.url, "aud": "registry", "sub": subject, "exp": now() + 3600,
            "iat": now(), "realm_access": {"roles": ["offline_access", role]}
        })
    }
}
