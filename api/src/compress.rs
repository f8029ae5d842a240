//! Compressed answers: zstd, brotli or gzip, whichever the client likes best.
//!
//! A compressed answer is another representation, so its strong `ETag` differs: `"4-1f"`
//! becomes `"4-1f+br"`. Conditional requests look at the part before `+` only.

use crate::problem::{Code, Problem};
use actix_http::encoding::Encoder;
use actix_web::HttpResponse;
use actix_web::body::{BodySize, BoxBody, MessageBody as _};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentEncoding, HeaderMap, HeaderValue};

/// Bodies shorter than this, in bytes, are sent as they are: compressing gains nothing.
const WORTHWHILE: u64 = 1024;

/// The encodings offered, best first, with the word added to the `ETag`.
const OFFERED: [(&str, ContentEncoding); 3] = [
    ("zstd", ContentEncoding::Zstd),
    ("br", ContentEncoding::Brotli),
    ("gzip", ContentEncoding::Gzip),
];

/// How much a client likes an encoding, in thousandths; `None` when not mentioned.
fn quality(accepted: &str, encoding: &str) -> Option<u16> {
    let mut wildcard = None;
    for item in accepted.split(',') {
        let mut parts = item.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        let weight = weight.map_or(Some(1.0), |text| text.parse::<f32>().ok()).unwrap_or(0.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
        let thousandths = (weight.clamp(0.0, 1.0) * 1000.0) as u16;
        if name == encoding || (encoding == "gzip" && name == "x-gzip") {
            return Some(thousandths);
        }
        if name == "*" {
            wildcard = Some(thousandths);
        }
    }
    wildcard
}

/// The encoding to answer with; `None` for as it is.
fn choose(headers: &HeaderMap) -> Option<(&'static str, ContentEncoding)> {
    let accepted = headers.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    let mut best = None;
    let mut best_quality = 0;
    for offer in OFFERED {
        let liked = quality(accepted, offer.0).unwrap_or(0);
        if liked > best_quality {
            best = Some(offer);
            best_quality = liked;
        }
    }
    best
}

/// Refuses a client that accepts neither a plain answer nor any encoding we know.
///
/// # Errors
/// `not_acceptable`, naming the encodings offered.
pub(crate) fn check_acceptable(headers: &HeaderMap) -> Result<(), Problem> {
    let Some(accepted) = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()) else {
        return Ok(());
    };
    if quality(accepted, "identity") != Some(0) || choose(headers).is_some() {
        return Ok(());
    }
    let detail = format!("'Accept-Encoding: {accepted}' leaves none of zstd, br, gzip, identity.");
    Err(Problem::new(Code::NotAcceptable, detail))
}

/// Whether a body of this media type shrinks.
fn shrinks(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media_type.is_some_and(|media_type| {
        ["text/", "application/", "image/svg"].iter().any(|start| media_type.starts_with(start))
            && !media_type.contains("zip")
            && !media_type.contains("spreadsheetml")
    })
}

/// Compresses the body where `asked`, the headers of the request, want it and it pays.
pub(crate) fn compress(mut response: HttpResponse, asked: &HeaderMap) -> HttpResponse {
    let vary = HeaderValue::from_static("Accept-Encoding");
    if response.status() == StatusCode::NOT_MODIFIED {
        // RFC 9110, section 15.4.5: as the answer it stands for.
        response.headers_mut().append(header::VARY, vary);
        return response;
    }
    let headers = response.headers();
    if response.status() == StatusCode::NO_CONTENT
        || headers.contains_key(header::CONTENT_ENCODING)
        || !shrinks(headers)
    {
        return response;
    }
    let size = response.body().size();
    let pays =
        matches!(size, BodySize::Stream) || matches!(size, BodySize::Sized(n) if n >= WORTHWHILE);
    // A short answer varies too: it may be long tomorrow.
    let Some((name, encoding)) = choose(asked).filter(|_| pays) else {
        response.headers_mut().append(header::VARY, vary);
        return response;
    };
    let tag = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok());
    if let Some(opaque) = tag.and_then(|tag| tag.strip_suffix('"'))
        && let Ok(tag) = HeaderValue::try_from(format!("{opaque}+{name}\""))
    {
        response.headers_mut().insert(header::ETAG, tag);
    }
    // The encoder adds `Content-Encoding` and `Vary`.
    response.map_body(|head, body| BoxBody::new(Encoder::response(encoding, head, body)))
}
