//! What a bundle names records by.

use crate::error::Invalid;
use crate::id::RecordRef;
use crate::text::shown;
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// The namespace of the ids that are made of names (RFC 9562, version 5).
const NAMESPACE: Uuid = Uuid::from_u128(0x019a_8c3e_0000_7000_8000_c0de_c0de_0001);

/// The id that always stands for `name`.
#[must_use]
pub(crate) fn id_of(name: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, name.as_bytes())
}

/// A name that the author of a bundle made up: `#mse`. The same handle always stands for the
/// same record, in whichever bundle, so that a bundle can be imported again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Handle(String);

impl Handle {
    /// The most characters a handle may have.
    pub const MAX: usize = 100;

    /// The id of the record.
    #[must_use]
    pub fn id(&self) -> Uuid {
        id_of(&self.0)
    }
}

impl FromStr for Handle {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let name = text.strip_prefix('#').unwrap_or_default();
        let sound = name.chars().all(|c| c.is_ascii_alphanumeric() || "._/-".contains(c));
        if sound && (1..=Self::MAX).contains(&name.len()) {
            return Ok(Self(text.to_owned()));
        }
        let detail = format!(
            "{} is not a handle. Expected # and up to {} letters, digits and . _ / -, such as \
             #mse.",
            shown(text),
            Self::MAX
        );
        Err(Invalid::new("invalid_handle", detail))
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a line names a record by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// By our id, or an identifier of another registry.
    Record(RecordRef),
    /// By a handle.
    Handle(Handle),
}

impl FromStr for Name {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.starts_with('#') {
            return text.parse().map(Self::Handle);
        }
        text.parse().map(Self::Record).map_err(|fault: Invalid| {
            let detail = format!("{} In a bundle a handle such as #mse will do too.", fault.detail);
            Invalid::new(fault.code, detail)
        })
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record(record) => record.fmt(f),
            Self::Handle(handle) => handle.fmt(f),
        }
    }
}

crate::decode_from_str!(Name);
