//! Conditional requests (RFC 9110, section 13): answering 304 when nothing changed.

use actix_web::http::header::{self, HeaderMap, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use actix_web::{HttpResponse, HttpResponseBuilder};
use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use consortia_domain::record::Timestamp;

/// A 64-bit FNV-1a digest of `bytes`, for telling representations apart (not for secrets).
fn digest(bytes: &[u8]) -> u64 {
    // Eight bytes at a time: a variant of FNV that is as good here and eight times faster.
    let mut chunks = bytes.chunks_exact(8);
    let step =
        |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
    let mut hash = 0xcbf2_9ce4_8422_2325;
    for chunk in &mut chunks {
        let word = chunk.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        hash = step(hash, word);
    }
    let rest = chunks.remainder().iter().fold(1, |word, byte| word << 8 | u64::from(*byte));
    let hash = step(step(hash, rest), bytes.len() as u64);
    hash ^ (hash >> 32)
}

/// The strong tag of a representation that has no version: `"9f2c…"`.
#[must_use]
pub fn etag_of(bytes: &[u8]) -> String {
    format!("\"{:016x}\"", digest(bytes))
}

/// The weak tag of a list, whose provenance may differ while its records do not.
pub(super) fn weak_etag_of(bytes: &[u8]) -> String {
    format!("W/\"{:016x}\"", digest(bytes))
}

/// The strong tag of a record: its version, and a digest of the representation, since what
/// is derived or included may change while the record does not.
pub(super) fn record_etag(version: u32, bytes: &[u8]) -> String {
    format!("\"{version}-{:016x}\"", digest(bytes))
}

/// The tag to answer 304 with when the client's copy is still good: the client's own, which
/// may be that of a compressed representation.
///
/// `modified` is given only where the representation depends on nothing but the record;
/// as RFC 9110 wants, it counts only when there is no `If-None-Match`.
#[must_use]
pub fn not_modified(asked: &HeaderMap, etag: &str, modified: Option<Timestamp>) -> Option<String> {
    if asked.contains_key(IF_NONE_MATCH) {
        let given = asked.get_all(IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
        return given.flat_map(split_tags).find_map(|tag| match tag {
            "*" => Some(etag.to_owned()),
            tag => (opaque(tag) == opaque(etag)).then(|| with_coding_of(tag, etag)),
        });
    }
    let since = asked.get(IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
    let since = since.and_then(|text| DateTime::parse_from_rfc2822(text).ok())?;
    let modified = modified?.duration_trunc(TimeDelta::seconds(1)).ok()?;
    (modified <= since.with_timezone(&Utc)).then(|| etag.to_owned())
}

/// The beginning of an answer that may be asked for conditionally and in several formats, and
/// whether the client has it already: then it is a 304.
pub(super) fn begin(
    asked: &HeaderMap,
    etag: String,
    modified: Option<Timestamp>,
) -> (HttpResponseBuilder, bool) {
    let unchanged = not_modified(asked, &etag, modified);
    let mut response = match &unchanged {
        Some(_) => HttpResponse::NotModified(),
        None => HttpResponse::Ok(),
    };
    let known = unchanged.is_some();
    response.insert_header((header::ETAG, unchanged.unwrap_or(etag)));
    response.insert_header((header::CACHE_CONTROL, "no-cache"));
    response.append_header((header::VARY, "Accept, Accept-Language"));
    (response, known)
}

/// `etag`, marked with the content coding of `tag`.
fn with_coding_of(tag: &str, etag: &str) -> String {
    match tag.trim_end_matches('"').split_once('+') {
        Some((_, coding)) => format!("{}+{coding}\"", etag.trim_end_matches('"')),
        None => etag.to_owned(),
    }
}

/// The tags of a list; commas inside quotes do not occur in our tags.
fn split_tags(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim)
}

/// What is compared: the tag without weakness mark, quotes, and content coding.
fn opaque(tag: &str) -> &str {
    let tag = tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"');
    tag.split('+').next().unwrap_or(tag)
}

/// An instant as `Last-Modified` writes it.
pub(super) fn http_date(at: Timestamp) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
