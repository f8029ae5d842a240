//! Which media types a body may have.

use crate::problem::{Code, Problem, excerpt};
use actix_web::HttpRequest;
use actix_web::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE};

/// Refuses bodies whose `Content-Type` is not one of `accepted`.
///
/// # Errors
/// `unsupported_media_type`, naming what is accepted.
pub(crate) fn check(request: &HttpRequest, accepted: &[&str]) -> Result<(), Problem> {
    let list = accepted.join(" or ");
    let unsupported = |found: String| {
        let detail = format!("{found} Send the body as {list}.");
        // RFC 9110, section 15.5.16: tells the client what would have been accepted.
        Problem::new(Code::UnsupportedMediaType, detail).header(ACCEPT, accepted.join(", "))
    };
    if let Some(encoding) = request.headers().get(CONTENT_ENCODING)
        && !encoding.as_bytes().eq_ignore_ascii_case(b"identity")
    {
        return Err(unsupported("Bodies with a Content-Encoding are not accepted.".into()));
    }
    let Some(given) = request.headers().get(CONTENT_TYPE) else {
        return Err(unsupported("The Content-Type header is missing.".into()));
    };
    let given = String::from_utf8_lossy(given.as_bytes());
    let mut parts = given.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let known = accepted.iter().any(|media_type| media_type.eq_ignore_ascii_case(essence));
    let utf8 = parts.all(|parameter| match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            let value = value.trim().trim_matches('"');
            value.eq_ignore_ascii_case("utf-8") || value.eq_ignore_ascii_case("us-ascii")
        }
        _ => true,
    });
    let given = excerpt(&given);
    match (known, utf8) {
        (true, true) => Ok(()),
        (true, false) => Err(unsupported(format!("'{given}' is not UTF-8."))),
        (false, _) => Err(unsupported(format!("'{given}' is not accepted here."))),
    }
}
