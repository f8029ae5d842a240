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

/// A collection whose records other registries know, by identifiers of their own.
struct KnownElsewhere {
    collection: &'static str,
    /// Such an identifier.
    example: &'static str,
    /// The parameter of its list by which people find what they call otherwise.
    found_by: &'static str,
}

const KNOWN_ELSEWHERE: [KnownElsewhere; 4] = [
    KnownElsewhere { collection: "organisations", example: "pic:968823876", found_by: "q" },
    KnownElsewhere { collection: "programmes", example: "local:migration", found_by: "code" },
    KnownElsewhere { collection: "calls", example: "local:migration-2020", found_by: "identifier" },
    KnownElsewhere { collection: "projects", example: "cordis:101004635", found_by: "q" },
];

/// The collection that `path` begins with, if its records may be named by `scheme:value`.
fn known_elsewhere(path: &str) -> Option<&'static KnownElsewhere> {
    let collection = path.strip_prefix("/api/v1/")?.split('/').next()?;
    KNOWN_ELSEWHERE.iter().find(|known| known.collection == collection)
}

/// Whether a record of the collection that `path` begins with may be named by `scheme:value`.
pub(crate) fn takes_external(path: &str) -> bool {
    known_elsewhere(path).is_some()
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
        let parsed = match (known_elsewhere(request.path()), text.chars().count()) {
            (None, _) => text.parse::<RecordRef>().map_err(|_| not_an_id(&text)),
            (Some(known), length) if length > LONGEST => Err(too_long(&text, known)),
            (Some(known), _) if !text.contains(':') => {
                text.parse::<RecordRef>().map_err(|_| unknown_form(&text, known))
            }
            _ => text.parse::<RecordRef>(),
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

fn unknown_form(text: &str, known: &KnownElsewhere) -> Invalid {
    let KnownElsewhere { collection, example, found_by } = known;
    let text = excerpt(text);
    let sought: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let detail = format!(
        "'{text}' is neither an id nor scheme:value. Expected a UUID or an external identifier \
         such as {example}. /api/v1/{collection}?{found_by}={sought} looks for what is called so."
    );
    Invalid::new("invalid_id", detail)
}

fn too_long(text: &str, known: &KnownElsewhere) -> Invalid {
    let detail = format!(
        "'{}' has {} characters; an id has at most {LONGEST}. Expected a UUID or an external \
         identifier such as {}.",
        excerpt(text),
        text.chars().count(),
        known.example
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
