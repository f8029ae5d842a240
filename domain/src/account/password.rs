//! Passwords, which are never shown.

use super::AccountName;
use crate::decode::{Decode, Object, wrong_type};
use crate::error::{Errors, Invalid, Pointer};
use serde_json::Value;
use std::fmt;
use std::str::FromStr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{KnownFormat, RefOr};
use utoipa::{PartialSchema, ToSchema};

/// Fewest characters of a password: with a limit on guesses, long enough without rules about
/// which characters (NIST SP 800-63B).
const SHORTEST: usize = 12;
/// Most characters, so that nobody makes the registry hash a book.
const LONGEST: usize = 128;

/// A password somebody chose, 12 to 128 characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// The password itself, for hashing.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Refuses a password that tells the account's name.
    ///
    /// # Errors
    /// When it does.
    pub fn check_for(&self, name: &AccountName) -> Result<(), Invalid> {
        let told =
            name.as_str().chars().count() > 3 && self.0.to_lowercase().contains(name.as_str());
        if told {
            let detail = "The password contains the account's name; choose one that does not.";
            return Err(Invalid::new("weak_password", detail));
        }
        Ok(())
    }
}

impl FromStr for Password {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let length = text.chars().count();
        let repeated = text.chars().collect::<std::collections::HashSet<_>>().len() < 4;
        if !(SHORTEST..=LONGEST).contains(&length) {
            let detail = format!(
                "A password has {SHORTEST} to {LONGEST} characters, this one {length}; any \
                 characters do, such as a few words."
            );
            return Err(Invalid::new("weak_password", detail));
        }
        if repeated {
            let detail =
                "The password consists of fewer than four different characters; choose another.";
            return Err(Invalid::new("weak_password", detail));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(***)")
    }
}

impl Decode for Password {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let parsed = match value {
            Value::String(text) => text.parse(),
            other => Err(wrong_type("a string", other)),
        };
        parsed.map_err(|fault| errors.body(at, fault)).ok()
    }
}

impl PartialSchema for Password {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
            .description(Some("12 to 128 characters of any kind. Never shown again."))
            .min_length(Some(SHORTEST))
            .max_length(Some(LONGEST))
            .write_only(true)
            .into()
    }
}

impl ToSchema for Password {}

/// A new password for one's own account.
#[derive(Clone, Debug, ToSchema)]
#[schema(example = json!({
    "current_password": "an old few words",
    "password": "some other words"
}))]
pub struct PasswordChange {
    /// The password so far.
    #[schema(value_type = String, format = Password)]
    pub current_password: Candidate,
    /// The one to come.
    pub password: Password,
}

impl Decode for PasswordChange {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        let current_password = object.required("current_password");
        let password = object.required("password");
        let complete = object.finish();
        complete.then_some(Self { current_password: current_password?, password: password? })
    }
}

/// A new password for somebody else's account.
#[derive(Clone, Debug, ToSchema)]
#[schema(example = json!({"password": "some other words"}))]
pub struct NewPassword {
    /// The password.
    pub password: Password,
}

impl Decode for NewPassword {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        let password = object.required("password");
        object.finish().then_some(Self { password: password? })
    }
}

/// What somebody gives as a password, right or wrong; at most 1,000 characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Candidate(String);

impl Candidate {
    /// What was given.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Candidate(***)")
    }
}

impl Decode for Candidate {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        match value {
            Value::String(text) if text.chars().count() <= 1000 => Some(Self(text.clone())),
            Value::String(_) => {
                let detail = "Expected at most 1000 characters.";
                errors.body(at, Invalid::new("too_long", detail));
                None
            }
            other => {
                errors.body(at, wrong_type("a string", other));
                None
            }
        }
    }
}
