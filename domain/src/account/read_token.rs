//! Read tokens: what a dashboard or a script reads with. They never write.

use crate::decode::{Decode, Object};
use crate::error::{Errors, Pointer};
use crate::record::Timestamp;
use crate::text::Line;
use serde::Serialize;
use serde_json::Value;
use std::fmt;
use utoipa::ToSchema;
use uuid::Uuid;

crate::vocabulary! {
    /// What a read token lets its bearer read, beside what anybody may.
    pub enum ReadScope: "read_scope" {
        Published = "published", "Nothing more, but with a rate limit of its own";
        Drafts = "drafts", "The drafts that its maker made";
        Quality = "quality", "What is missing or looks wrong";
        Imports = "imports", "Imports and how far they have come";
    }
}

/// What is stated about a read token.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({
    "label": "Dashboard in the entrance hall",
    "scopes": ["quality"],
    "expires_at": "2027-01-31T12:00:00Z"
}))]
pub struct ReadTokenContent {
    /// What it is for.
    #[schema(example = "Dashboard in the entrance hall")]
    pub label: Line,
    /// What its bearer may read; nobody can give more than they may read themselves.
    pub scopes: Vec<ReadScope>,
    /// When it ends, at most 366 days from now.
    #[schema(value_type = String, format = DateTime, example = "2027-01-31T12:00:00Z")]
    pub expires_at: Timestamp,
}

impl Decode for ReadTokenContent {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        object.read_only(&["id", "token", "made_by", "created_at", "revoked_at"]);
        let label = object.required("label");
        let scopes = object.distinct("scopes");
        let expires_at = object.required::<Timestamp>("expires_at");
        let complete = object.finish();
        complete.then_some(Self { label: label?, scopes, expires_at: expires_at? })
    }
}

/// A read token, without what it is made of.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReadToken {
    /// Its id.
    #[schema(example = "0198c0de-0000-7000-8000-000000000000")]
    pub id: Uuid,
    /// What is stated about it.
    #[serde(flatten)]
    pub content: ReadTokenContent,
    /// Who made it, as in the history of records.
    #[schema(example = "account:0198c0de-0000-7000-8000-000000000000")]
    pub made_by: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was withdrawn; null while it is good.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub revoked_at: Option<Timestamp>,
}

impl Eq for ReadToken {}

/// A read token just made, with the token itself, which is shown this once.
#[derive(Clone, Serialize, ToSchema)]
pub struct IssuedReadToken {
    /// The token; goes into `Authorization: Bearer …`. Keep it: it is not shown again.
    #[schema(example = "cst_Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE")]
    pub token: String,
    /// What is known about it.
    #[serde(flatten)]
    pub read_token: ReadToken,
}

impl fmt::Debug for IssuedReadToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IssuedReadToken").field(&self.read_token).finish()
    }
}
