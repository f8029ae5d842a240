//! The shape of a problem document, as the API reference shows it.

use consortia_domain::id::EntityKind;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An error answer (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// Address of the explanation of this kind of problem.
    #[schema(example = "/problems#stale_version")]
    pub r#type: String,
    /// What it is, in a few words that are the same every time.
    #[schema(example = "The record has changed meanwhile")]
    pub title: String,
    /// The HTTP status.
    #[schema(example = 412)]
    pub status: u16,
    /// What happened this time, and what to do.
    #[schema(example = "The record is at version 4, If-Match asked for 3. Read it again.")]
    pub detail: String,
    /// Stable name of the kind of problem; branch on this.
    #[schema(example = "stale_version")]
    pub code: String,
    /// Id of the request, the same as in `X-Request-Id`; quote it when asking for help.
    #[schema(example = "0198c0de-0000-7000-8000-000000000000")]
    pub request_id: String,
    /// Every fault found, when there are faults of single fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<ProblemError>,
    /// What stands in the way of a deletion, one entry for each kind of record (`in_use`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub referred_to_by: Vec<ProblemReferrers>,
}

/// The records of one kind that refer to the one to be deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemReferrers {
    /// Their kind, as in revisions.
    pub entity: EntityKind,
    /// How many there are.
    #[schema(example = 12, minimum = 1)]
    pub count: i64,
    /// The ids of the first of them in order of id: all, or five when there are more.
    #[schema(example = json!(["019a8c3e-a3c4-7d20-93b7-3e9f04c1d806"]), min_items = 1, max_items = 5)]
    pub ids: Vec<Uuid>,
    /// The list of all of them; null where there is none of just these.
    #[schema(example = "/api/v1/participations?organisation=019a8c3e-a3c4-7d20-93b7-3e9f04c1d806")]
    pub href: Option<String>,
}

/// One fault of a request. One of `pointer`, `parameter` and `header` says where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemError {
    /// Place in the body, a JSON Pointer (RFC 6901); empty for the whole body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/country", nullable = false)]
    pub pointer: Option<String>,
    /// Name of the query or path parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub parameter: Option<String>,
    /// Name of the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub header: Option<String>,
    /// Stable name of the kind of fault.
    #[schema(example = "unknown_country")]
    pub code: String,
    /// What is wrong, what was expected, and how to mend it.
    #[schema(example = "'XX' is not a country. Expected ISO 3166-1 alpha-2, such as IT.")]
    pub detail: String,
}
