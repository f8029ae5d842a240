//! What a token says before its signature is checked. It chooses the key to check with, and is
//! believed for nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Header;
use serde_json::{Map, Value};

/// Longest token looked at, in bytes.
const MAX_LENGTH: usize = 4096;

/// The header of `token`, which is a JSON Web Token that this registry can understand.
///
/// # Errors
/// Why it is not, in a sentence.
pub(super) fn header(token: &str) -> Result<Header, &'static str> {
    if token.len() > MAX_LENGTH {
        return Err("It is longer than any token accepted here.");
    }
    let header = jsonwebtoken::decode_header(token);
    let header = header.map_err(|_| "It is not a JSON Web Token.")?;
    if header.crit.is_some() {
        return Err("Its header demands extensions ('crit'), of which none is known.");
    }
    Ok(header)
}

/// Who made `token`, as it says itself.
pub(super) fn issuer(token: &str) -> Option<String> {
    let body = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let said: Map<String, Value> = serde_json::from_slice(&body).ok()?;
    said.get("iss")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{header, issuer};
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn token(header: &str, claims: &str) -> String {
        format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn a_maker_is_named_by_a_claim_and_by_nothing_else() {
        let of = |claims: &str| issuer(&token("{}", claims));
        assert_eq!(
            of(r#"{"sub":"ada","iss":"https://login.example.org"}"#).as_deref(),
            Some("https://login.example.org")
        );
        // A list is no set of claims, though a struct could be read from one.
        for other in [r#"["https://login.example.org"]"#, r#"{"iss":7}"#, "{}", "7", "", "{"] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn headers_that_demand_or_lack_something_are_refused() {
        assert!(header(&token(r#"{"alg":"EdDSA","kid":"k"}"#, "{}")).is_ok());
        for other in [
            r#"{"alg":"none"}"#,
            r#"{"kid":"k"}"#,
            r#"{"alg":"EdDSA","crit":["exp"]}"#,
            r#"["EdDSA"]"#,
            "",
        ] {
            assert!(header(&token(other, "{}")).is_err(), "{other}");
        }
        assert!(header(&token(r#"{"alg":"EdDSA"}"#, &"x".repeat(4096))).is_err());
    }
}
