//! Headers that make writing safe: `If-Match` and `Idempotency-Key`.

use super::query::refuse_parameters;
use crate::problem::{Code, Problem, excerpt};
use actix_web::dev::Payload;
use actix_web::http::header::IF_MATCH;
use actix_web::{FromRequest, HttpRequest};
use consortia_domain::error::Invalid;
use std::future::{Ready, ready};

/// The versions a writer will replace; without one nothing may be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: whatever version there is.
    Any,
    /// One of these.
    Versions(Vec<u32>),
}

impl IfMatch {
    /// Whether `current` may be replaced.
    ///
    /// # Errors
    /// [`consortia_db::Error::Stale`] when it is none of the versions named.
    pub fn check(&self, current: u32) -> consortia_db::Result<()> {
        match self {
            Self::Versions(versions) if !versions.contains(&current) => {
                Err(consortia_db::Error::Stale { current })
            }
            _ => Ok(()),
        }
    }
}

/// The record is not at the version it was expected to be at.
#[must_use]
pub fn stale(current: u32) -> Problem {
    let detail = format!(
        "The record is at version {current} now, which is none of those in If-Match. Read it \
         again and repeat the change on what it says now."
    );
    Problem::new(Code::StaleVersion, detail)
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read_if_match(request))
    }
}

fn read_if_match(request: &HttpRequest) -> Result<IfMatch, Problem> {
    refuse_parameters(request)?;
    let mut versions = Vec::new();
    let mut given = false;
    for value in request.headers().get_all(IF_MATCH) {
        given = true;
        let text = value.to_str().unwrap_or_default();
        if text.trim() == "*" {
            return Ok(IfMatch::Any);
        }
        for tag in text.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
            versions
                .push(version_of(tag).map_err(|fault| Problem::invalid_header("If-Match", fault))?);
        }
    }
    if !given {
        let detail = "Changing a record needs the header If-Match with the ETag of the version \
                      that was read, such as If-Match: \"3\".";
        return Err(Problem::new(Code::IfMatchRequired, detail));
    }
    if versions.is_empty() {
        let fault = Invalid::new("invalid_etag", "If-Match is empty; give it the record's ETag.");
        return Err(Problem::invalid_header("If-Match", fault));
    }
    Ok(IfMatch::Versions(versions))
}

/// The version inside a strong entity tag: `"3"`, `"3-9f2c"` or `"3-9f2c+br"`.
fn version_of(tag: &str) -> Result<u32, Invalid> {
    if tag.starts_with("W/") {
        let detail = format!(
            "If-Match: {} is a weak tag, which cannot show that nothing changed; give the \
             record's own ETag.",
            excerpt(tag)
        );
        return Err(Invalid::new("weak_etag", detail));
    }
    let opaque = tag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let version = opaque.and_then(|opaque| opaque.split(['-', '+']).next()?.parse().ok());
    version.ok_or_else(|| {
        let tag = excerpt(tag);
        let detail = format!("'{tag}' is not a record's ETag. Expected one such as \"3\", or *.");
        Invalid::new("invalid_etag", detail)
    })
}

/// The key under which a POST may be repeated without being done twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(pub Option<String>);

impl FromRequest for IdempotencyKey {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        const NAME: &str = "Idempotency-Key";
        let given: Vec<_> = request.headers().get_all(NAME).collect();
        let sound = |bytes: &[u8]| {
            (1..=255).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic)
        };
        ready(match given.as_slice() {
            [] => Ok(Self(None)),
            [value] if sound(value.as_bytes()) => {
                Ok(Self(Some(value.to_str().unwrap_or_default().to_owned())))
            }
            _ => {
                let detail = "Idempotency-Key must be given once, as 1 to 255 visible ASCII \
                              characters, such as a UUID.";
                Err(Problem::invalid_header(NAME, Invalid::new("invalid_idempotency_key", detail)))
            }
        })
    }
}
