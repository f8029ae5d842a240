//! The record a path names.

use crate::frame::percent_decode;
use crate::problem::{Code, Problem};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use consortia_domain::id::RecordRef;
use std::future::{Ready, ready};

/// The path's `{id}`: our own id, or `scheme:value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordPath(pub RecordRef);

impl FromRequest for RecordPath {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // The router resolves every escape but those of `/` and `%`.
        let raw = request.match_info().get("id").unwrap_or_default();
        let text = percent_decode(raw).unwrap_or_else(|| raw.to_owned());
        let parsed = text.parse::<RecordRef>();
        ready(parsed.map(Self).map_err(|fault| Problem::invalid_parameter("id", fault)))
    }
}

/// A path parameter that is a name of something fixed, such as a vocabulary.
///
/// # Errors
/// `not_found`, since nothing has that name.
#[must_use]
pub fn no_such(kind: &str, name: &str, known: &[&str]) -> Problem {
    let known = known.join(", ");
    Problem::new(Code::NotFound, format!("There is no {kind} '{name}'. There are: {known}."))
}
