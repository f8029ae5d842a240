//! Headers that tell browsers to be careful, on every answer.

use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};

/// What data may do in a browser: nothing. Pages set their own policy.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Adds them where the handler has not set its own.
pub(crate) fn add(headers: &mut HeaderMap) {
    let defaults: [(HeaderName, &str); 4] = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CONTENT_SECURITY_POLICY, DATA_POLICY),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    for (name, value) in defaults {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}
