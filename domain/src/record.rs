//! What every record carries beside its content.

use chrono::{DateTime, SubsecRound, Utc};

/// An instant in UTC, exact to the microsecond (what both databases can keep).
pub type Timestamp = DateTime<Utc>;

/// The present instant, cut to the microsecond.
#[must_use]
pub fn now() -> Timestamp {
    Utc::now().trunc_subsecs(6)
}

/// Where a record stands in its own history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Stamp {
    /// Counts the changes of this record from 1; also its `ETag`.
    #[schema(minimum = 1, example = 1)]
    pub version: u32,
    /// When the record was first registered.
    #[schema(value_type = String, format = DateTime, example = "2026-01-31T12:00:00Z")]
    pub created_at: Timestamp,
    /// When the record last changed.
    #[schema(value_type = String, format = DateTime, example = "2026-01-31T12:00:00Z")]
    pub updated_at: Timestamp,
}
