//! What every record carries beside its content.

use crate::decode::Decode;
use crate::id::EntityKind;
use chrono::{DateTime, SubsecRound, Utc};
use serde::Serialize;
use uuid::Uuid;

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

/// A record of the registry: what was stated, under an id, with a history.
pub trait Record: Serialize + Send + 'static {
    /// What a writer may state about it.
    type Content: Decode + Serialize + Clone + PartialEq + Send + 'static;
    /// What kind of record it is.
    const KIND: EntityKind;

    /// Its id.
    fn id(&self) -> Uuid;

    /// What was stated about it.
    fn content(&self) -> &Self::Content;

    /// Where it stands in its history.
    fn stamp(&self) -> &Stamp;
}

macro_rules! records {
    ($($module:ident: $name:ident, $content:ident;)+) => {$(
        impl Record for crate::$module::$name {
            type Content = crate::$module::$content;
            const KIND: EntityKind = EntityKind::$name;

            fn id(&self) -> Uuid {
                self.id.into()
            }

            fn content(&self) -> &Self::Content {
                &self.content
            }

            fn stamp(&self) -> &Stamp {
                &self.stamp
            }
        }
    )+};
}

records! {
    organisation: Organisation, OrganisationContent;
    programme: Programme, ProgrammeContent;
    call: Call, CallContent;
    project: Project, ProjectContent;
    participation: Participation, ParticipationContent;
    relation: Relation, RelationContent;
    agreement: Agreement, AgreementContent;
}
