//! The history of a record: one revision for each change ever made.

use crate::id::EntityKind;
use crate::record::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

crate::vocabulary! {
    /// What a change did to a record.
    pub enum RevisionAction: "revision_action" {
        Created = "created", "Created";
        Updated = "updated", "Updated";
        Deleted = "deleted", "Deleted";
    }
}

/// One change of one record.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Revision {
    /// Its place among all changes of the registry; grows with time.
    #[schema(example = 4711)]
    pub seq: i64,
    /// What kind of record changed.
    pub entity: EntityKind,
    /// Which record changed.
    pub record_id: Uuid,
    /// The version the change led to.
    #[schema(example = 2)]
    pub version: u32,
    /// What it did.
    pub action: RevisionAction,
    /// Who did it: `user:<name>` for people, `import:<source>` for imports.
    #[schema(example = "user:anna")]
    pub actor: String,
    /// When.
    #[schema(value_type = String, format = DateTime, example = "2026-01-31T12:00:00Z")]
    pub at: Timestamp,
    /// What changed, as a JSON Merge Patch (RFC 7396) of the version before; the whole content
    /// for a new record, null for a deleted one.
    #[schema(value_type = Option<Object>)]
    pub change: Option<serde_json::Value>,
}
