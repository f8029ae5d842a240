//! Tokens before their signature is checked: what is refused is told why, what is not has the
//! three parts, the length and the header that a token of ours may have.
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use consortia_fuzz::{header, is_told, issuer, text, texts};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|input: &[u8]| {
    look_at(&text(input));
    // The same as what a token is made of, which a fuzzer does not find by turning bits of base64.
    let parts: Vec<_> = texts(input).iter().map(|part| URL_SAFE_NO_PAD.encode(part)).collect();
    look_at(&parts.join("."));
});

fn look_at(token: &str) {
    let parts: Vec<&str> = token.split('.').collect();
    let json = |n: usize| -> Option<Value> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts.get(n)?).ok()?).ok()
    };
    match header(token) {
        Err(reason) => assert!(is_told(reason)),
        Ok(header) => {
            assert!(token.len() <= 4096);
            assert_eq!(parts.len(), 3, "header, claims, signature");
            let said = json(0).expect("a header is JSON");
            let algorithm = serde_json::to_value(header.alg).expect("a name");
            assert_eq!(said.get("alg"), Some(&algorithm));
            assert_ne!(algorithm, "none");
            assert!(said.get("crit").is_none_or(Value::is_null), "nothing critical is known");
            let id = said.get("kid").and_then(Value::as_str);
            assert_eq!(header.kid.as_deref(), id);
        }
    }
    if let Some(issuer) = issuer(token) {
        let claims = json(1).expect("claims are JSON");
        assert_eq!(claims.get("iss").and_then(Value::as_str), Some(issuer.as_str()));
    }
}
