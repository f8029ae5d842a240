//! Opening an account, and keeping it open.

use super::password::Candidate;
use crate::decode::{Decode, Object, wrong_type};
use crate::error::{Errors, Invalid, Pointer};
use crate::record::Timestamp;
use serde::Serialize;
use serde_json::Value;
use std::fmt;
use utoipa::ToSchema;

/// What an account is opened with.
#[derive(Clone, Debug, ToSchema)]
#[schema(example = json!({"name": "anna", "password": "a few words nobody knows"}))]
pub struct Credentials {
    /// The account's name.
    #[schema(example = "anna")]
    pub name: String,
    /// Its password.
    #[schema(value_type = String, format = Password)]
    pub password: Candidate,
}

impl Decode for Credentials {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        let name = object.required::<Given>("name");
        let password = object.required("password");
        object.finish().then_some(Self { name: name?.0, password: password? })
    }
}

/// What keeps a session going: a refresh token.
#[derive(Clone, ToSchema)]
#[schema(example = json!({"refresh_token": "crt_Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE"}))]
pub struct RefreshToken {
    /// The token, as the last answer gave it; each can be used once.
    pub refresh_token: String,
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken(***)")
    }
}

impl Decode for RefreshToken {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        let token = object.required::<Given>("refresh_token");
        object.finish().then_some(Self { refresh_token: token?.0 })
    }
}

/// A text as somebody gave it, at most 1,000 characters: whether it means anything is found
/// out in secret.
struct Given(String);

impl Decode for Given {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        match value {
            Value::String(text) if text.chars().count() <= 1000 => Some(Self(text.clone())),
            Value::String(_) => {
                errors.body(at, Invalid::new("too_long", "Expected at most 1000 characters."));
                None
            }
            other => {
                errors.body(at, wrong_type("a string", other));
                None
            }
        }
    }
}

/// The tokens of a session.
#[derive(Clone, Serialize, ToSchema)]
pub struct SessionTokens {
    /// Goes into `Authorization: Bearer …` of requests.
    #[schema(example = "eyJ0eXAiOiJKV1QiLCJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwMTk4In0.c2ln")]
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds the access token lasts.
    #[schema(example = 900)]
    pub expires_in: u64,
    /// Gets the next two tokens; can be used once.
    #[schema(example = "crt_Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE")]
    pub refresh_token: String,
    /// When the refresh token ends, unless it is used.
    #[schema(value_type = String, format = DateTime)]
    pub refresh_expires_at: Timestamp,
}

impl fmt::Debug for SessionTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionTokens(***)")
    }
}
