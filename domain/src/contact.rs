//! Contact persons of organisations and projects: for those who may change these, and nobody else.

use crate::decode::{Decode, Object};
use crate::error::{Errors, Invalid, Pointer};
use crate::id::EntityKind;
use crate::language::LanguageTag;
use crate::record::Stamp;
use crate::text::{Line, is_invisible, json_string, shown};
use serde::Serialize;
use serde_json::Value;
use std::fmt;
use std::str::FromStr;
use unicode_normalization::UnicodeNormalization as _;
use utoipa::ToSchema;
use uuid::Uuid;

/// An e-mail address, in lower case, since it is the same person however it is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// The most characters an address may have (RFC 5321).
    pub const MAX: usize = 254;

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let address: String = text.trim().to_lowercase().nfc().collect();
        let parts = address.split_once('@');
        let sound = address.chars().count() <= Self::MAX
            && !address.chars().any(|c| c.is_control() || is_invisible(c))
            && parts.is_some_and(|(name, host)| {
                !name.is_empty() && !host.is_empty() && !host.contains('@')
            });
        if sound {
            return Ok(Self(address));
        }
        let detail = format!(
            "{} is not an e-mail address. Expected one such as anna@example.org, of at most {} \
             characters.",
            shown(text),
            Self::MAX
        );
        Err(Invalid::new("invalid_email", detail))
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

json_string!(
    Email,
    "An e-mail address; upper and lower case are the same.",
    "anna@example.org",
    max_length = Self::MAX
);

/// What a contact shows and nobody states.
const READ_ONLY: &[&str] = &["id", "of_kind", "of_id", "version", "created_at", "updated_at"];

/// All that is stated about a contact person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "name": "Anna Bianchi", "email": "anna@example.org", "role": "Coordinator"
}))]
pub struct ContactContent {
    /// What the person is called.
    #[schema(example = "Anna Bianchi")]
    pub name: Line,
    /// Their address.
    pub email: Option<Email>,
    /// Their telephone number, as they write it.
    #[schema(example = "+39 02 1234567")]
    pub telephone: Option<Line>,
    /// What they do there.
    #[schema(example = "Coordinator")]
    pub role: Option<Line>,
    /// The language to write to them in.
    pub language: Option<LanguageTag>,
}

impl Decode for ContactContent {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        object.read_only(READ_ONLY);
        let name = object.required("name");
        let email = object.optional("email");
        let telephone = object.optional("telephone");
        let role = object.optional("role");
        let language = object.optional("language");
        let complete = object.finish();
        complete.then_some(Self { name: name?, email, telephone, role, language })
    }
}

/// A contact person of an organisation or a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Contact {
    /// Its id.
    #[schema(example = "0198c0de-0000-7000-8000-000000000000")]
    pub id: Uuid,
    /// What kind of record they are a contact of.
    pub of_kind: EntityKind,
    /// The organisation or project.
    #[schema(example = "0198c0de-0000-7000-8000-000000000000")]
    pub of_id: Uuid,
    /// What is stated about them.
    #[serde(flatten)]
    pub content: ContactContent,
    /// Where it stands.
    #[serde(flatten)]
    pub stamp: Stamp,
}
