//! What no handler should ever see.

use crate::compress;
use crate::problem::{Code, Problem};
use actix_web::dev::ServiceRequest;

/// Longest address (path and query) accepted, in bytes.
const MAX_TARGET: usize = 16 * 1024;

/// Refuses requests that are malformed as a whole.
pub(super) fn pass(request: &ServiceRequest) -> Result<(), Problem> {
    let uri = request.uri();
    let length = uri.path_and_query().map_or(0, |target| target.as_str().len());
    if length > MAX_TARGET {
        let detail = format!("The address has {length} bytes; at most {MAX_TARGET} are accepted.");
        return Err(Problem::new(Code::UriTooLong, detail));
    }
    if percent_decode(uri.path()).is_none() {
        let detail = "The path is not percent-encoded UTF-8; write % itself as %25.";
        return Err(Problem::new(Code::MalformedRequest, detail));
    }
    compress::check_acceptable(request.headers())
}

/// `text` with its percent escapes resolved; `None` when they are malformed or not UTF-8.
pub(crate) fn percent_decode(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        if byte == b'%' {
            let digit = |at: usize| char::from(*tail.get(at)?).to_digit(16);
            let value = digit(0)? * 16 + digit(1)?;
            bytes.push(u8::try_from(value).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(byte);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}
