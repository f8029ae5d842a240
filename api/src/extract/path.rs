//! The record a path names.

use crate::frame::percent_decode;
use crate::problem::{Code, Problem, excerpt};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use consortia_domain::error::Invalid;
use consortia_domain::id::RecordRef;
use std::future::{Ready, ready};

/// More characters than any id has, scheme and value together.
const LONGEST: usize = 400;

/// The collections whose records other registries know, by identifiers of their own.
const KNOWN_ELSEWHERE: [&str; 4] = ["organisations", "programmes", "calls", "projects"];

/// Whether a record of the collection that `path` begins with may be named by `scheme:value`.
pub(crate) fn takes_external(path: &str) -> bool {
    let collection = path.strip_prefix("/api/v1/").and_then(|rest| rest.split('/').next());
    collection.is_some_and(|collection| KNOWN_ELSEWHERE.contains(&collection))
}

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
        let parsed = match text.chars().count() {
            ..=LONGEST => text.parse::<RecordRef>(),
            length => Err(too_long(&text, length)),
        };
        let parsed = match parsed {
            Err(_) if !takes_external(request.path()) => Err(not_an_id(&text)),
            parsed => parsed,
        };
        ready(parsed.map(Self).map_err(|fault| Problem::invalid_parameter("id", fault)))
    }
}

fn not_an_id(text: &str) -> Invalid {
    let detail = format!(
        "'{}' is not an id. Expected a UUID such as 0198c0de-0000-7000-8000-000000000000.",
        excerpt(text)
    );
    Invalid::new("invalid_id", detail)
}

fn too_long(text: &str, length: usize) -> Invalid {
    let detail = format!(
        "'{}' has {length} characters; an id has at most {LONGEST}. Expected a UUID or an \
         external identifier such as pic:968823876.",
        excerpt(text)
    );
    Invalid::new("invalid_id", detail)
}

/// A path parameter that is a name of something fixed, such as a vocabulary.
///
/// # Errors
/// `not_found`, since nothing has that name.
#[must_use]
pub fn no_such(kind: &str, name: &str, known: &[&str]) -> Problem {
    let (name, known) = (excerpt(name), known.join(", "));
    Problem::new(Code::NotFound, format!("There is no {kind} '{name}'. There are: {known}."))
}
