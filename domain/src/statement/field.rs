//! Naming a field of a record.

use crate::error::Invalid;
use crate::text::{json_string, shown};
use serde_json::{Value, json};
use std::fmt;
use std::str::FromStr;

/// A field of a record, as a JSON Pointer (RFC 6901) through objects only: `/founded`,
/// `/period/start`, `/titles/it`. Elements of lists have no path: their places change.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldPath(String);

impl FieldPath {
    /// The most characters a path may have.
    pub const MAX: usize = 200;

    /// The path, with its slash in front.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names along the path, from the outermost.
    pub(super) fn names(&self) -> impl DoubleEndedIterator<Item = String> {
        let names: Vec<String> = self
            .0
            .split('/')
            .skip(1)
            .map(|name| name.replace("~1", "/").replace("~0", "~"))
            .collect();
        names.into_iter()
    }

    /// The merge patch (RFC 7396) that sets the field to `value`.
    #[must_use]
    pub fn patch(&self, value: Value) -> Value {
        self.names().rev().fold(value, |inner, name| json!({ name: inner }))
    }
}

impl FromStr for FieldPath {
    type Err = Invalid;

    /// The slash in front may be left out.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let path = text.strip_prefix('/').unwrap_or(text);
        let sound = |name: &str| {
            let number = name.bytes().all(|byte| byte.is_ascii_digit());
            !number && !name.chars().any(|c| c.is_control() || c.is_whitespace())
        };
        if path.chars().count() < Self::MAX && path.split('/').all(sound) {
            return Ok(Self(format!("/{path}")));
        }
        let detail = format!(
            "{} does not name a field. Expected the names of fields of a record with slashes \
             between, such as /founded, /period/start or /titles/it, without places in lists.",
            shown(text)
        );
        Err(Invalid::new("invalid_field", detail))
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

json_string!(
    FieldPath,
    "A field of a record: a JSON Pointer (RFC 6901) through objects, not into lists.",
    "/founded",
    pattern = r"^/?[^\s]+$",
    max_length = 200
);
