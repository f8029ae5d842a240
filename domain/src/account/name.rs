//! Names of accounts.

use crate::error::Invalid;
use crate::text::{json_string, shown};
use std::fmt;
use std::str::FromStr;

/// Longest name, in characters.
const LONGEST: usize = 100;

/// The name an account is opened with: at most 100 letters, digits and `. _ @ + -`, in lower
/// case, since nobody remembers how they wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AccountName(String);

impl AccountName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccountName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let name = text.to_lowercase();
        let sound = (1..=LONGEST).contains(&name.chars().count())
            && name.chars().all(|c| c.is_alphanumeric() || "._@+-".contains(c));
        if sound {
            return Ok(Self(name));
        }
        let detail = format!(
            "{} is not a name of at most {LONGEST} letters, digits and . _ @ + -",
            shown(text)
        );
        Err(Invalid::new("invalid_name", detail))
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

json_string!(
    AccountName,
    "The name an account is opened with: letters, digits and . _ @ + -; upper and lower case \
     are the same.",
    "anna",
    max_length = LONGEST
);
