//! Tokens that say nothing by themselves: random, and kept as their hash only. What is random
//! needs no salt and no slow hash.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use consortia_db::session::Hash;
use sha2::{Digest as _, Sha256};

/// How refresh tokens begin, so that scanners for secrets know them.
pub(super) const REFRESH: &str = "crt_";
/// How read tokens begin.
pub(super) const READ: &str = "cst_";

/// A new token of 256 random bits that begins with `prefix`.
#[must_use]
pub(super) fn generate(prefix: &str) -> String {
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
}

/// What is kept of a token.
#[must_use]
pub(super) fn hash(text: &str) -> Hash {
    Sha256::digest(text.as_bytes()).into()
}
