//! Typed identifiers: time-ordered UUIDs (version 7, RFC 9562), one type per entity.

use crate::error::Invalid;
use crate::external_id::ExternalId;
use crate::text::shown;
use uuid::Uuid;

crate::vocabulary! {
    /// The kinds of records the registry keeps.
    pub enum EntityKind: "entity_kind" {
        Organisation = "organisation", "Organisation";
        Programme = "programme", "Funding programme";
        Call = "call", "Call";
        Project = "project", "Project";
        Participation = "participation", "Participation";
        Relation = "relation", "Relation";
        Agreement = "agreement", "Agreement";
        Source = "source", "Source";
        Statement = "statement", "Statement";
        Claim = "claim", "Claim";
    }
}

/// An identifier of one kind of record.
pub trait RecordId: Copy + From<Uuid> + Into<Uuid> + std::fmt::Display {
    /// The kind of record it identifies.
    const KIND: EntityKind;
}

impl EntityKind {
    /// One of the kind, as sentences name it: "an organisation".
    #[must_use]
    pub fn with_article(self) -> String {
        let kind = self.label().to_lowercase();
        let article = if kind.starts_with(['a', 'o']) { "an" } else { "a" };
        format!("{article} {kind}")
    }
}

fn parse_uuid(text: &str, kind: EntityKind) -> Result<Uuid, Invalid> {
    Uuid::try_parse(text).map_err(|_| {
        let detail = format!(
            "'{text}' is not the id of {}. Expected a UUID such as \
             0198c0de-0000-7000-8000-000000000000.",
            kind.with_article()
        );
        Invalid::new("invalid_id", detail)
    })
}

macro_rules! record_id {
    ($($(#[doc = $doc:literal])+ $name:ident: $kind:ident;)+) => {$(
        $(#[doc = $doc])+
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord,
            serde::Serialize, utoipa::ToSchema,
        )]
        #[serde(transparent)]
        #[schema(value_type = String, format = Uuid, example = "0198c0de-0000-7000-8000-000000000000")]
        pub struct $name(Uuid);

        impl $name {
            /// A new identifier, later in order than those made before it in this process.
            #[must_use]
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl RecordId for $name {
            const KIND: EntityKind = EntityKind::$kind;
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                parse_uuid(text, EntityKind::$kind).map(Self)
            }
        }

        $crate::decode_from_str!($name);
    )+};
}

record_id! {
    /// Identifies an organisation.
    OrganisationId: Organisation;
    /// Identifies a funding programme.
    ProgrammeId: Programme;
    /// Identifies a call.
    CallId: Call;
    /// Identifies a project.
    ProjectId: Project;
    /// Identifies a participation.
    ParticipationId: Participation;
    /// Identifies a relation.
    RelationId: Relation;
    /// Identifies an agreement.
    AgreementId: Agreement;
    /// Identifies a source.
    SourceId: Source;
    /// Identifies a statement.
    StatementId: Statement;
    /// Identifies a claim.
    ClaimId: Claim;
}

/// The id of a record of whichever kind, where another field tells the kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnyId(pub Uuid);

impl std::str::FromStr for AnyId {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Uuid::try_parse(text).map(Self).map_err(|_| {
            let detail = format!(
                "{} is not the id of a record. Expected a UUID such as \
                 0198c0de-0000-7000-8000-000000000000.",
                shown(text)
            );
            Invalid::new("invalid_id", detail)
        })
    }
}

crate::decode_from_str!(AnyId);

/// What a path or a filter may name a record by: our id, or an external one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RecordRef {
    /// Our own id.
    Id(Uuid),
    /// An identifier of another scheme, such as `pic:968823876`.
    External(ExternalId),
}

impl std::str::FromStr for RecordRef {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if let Ok(id) = Uuid::try_parse(text) {
            return Ok(Self::Id(id));
        }
        if text.contains(':') {
            return text.parse().map(Self::External);
        }
        let detail = format!(
            "'{text}' is neither an id nor scheme:value. Expected a UUID or an external \
             identifier such as pic:968823876 or cordis:101004635."
        );
        Err(Invalid::new("invalid_id", detail))
    }
}

impl std::fmt::Display for RecordRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::External(id) => id.fmt(f),
        }
    }
}

impl<I: RecordId> From<I> for RecordRef {
    fn from(id: I) -> Self {
        Self::Id(id.into())
    }
}
