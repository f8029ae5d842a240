//! In which relations projects, or organisations, may stand to one another.

use crate::id::EntityKind;

crate::vocabulary! {
    /// The kinds of relations: what one project is to another, or one organisation to another.
    /// Some exist between projects only, some between organisations only.
    pub enum RelationKind: "relation_kind" {
        Continues = "continues", "Continues";
        StemsFrom = "stems_from", "Stems from";
        PartOf = "part_of", "Part of";
        FundedUnder = "funded_under", "Funded under";
        PlannedFollowUp = "planned_follow_up", "Planned follow-up of";
        OutputOf = "output_of", "Output of";
        RenamedTo = "renamed_to", "Renamed to";
        MergedInto = "merged_into", "Merged into";
        SucceededBy = "succeeded_by", "Succeeded by";
        MemberOf = "member_of", "Member of";
    }
}

crate::vocabulary! {
    /// What a relation is between.
    pub enum RelationBetween: "relation_between" {
        Projects = "projects", "Projects";
        Organisations = "organisations", "Organisations";
    }
}

impl RelationBetween {
    /// The kind of the records.
    #[must_use]
    pub const fn record_kind(self) -> EntityKind {
        match self {
            Self::Projects => EntityKind::Project,
            Self::Organisations => EntityKind::Organisation,
        }
    }
}

impl RelationKind {
    /// Whether records of this sort may stand in this relation.
    #[must_use]
    pub const fn exists_between(self, between: RelationBetween) -> bool {
        match self {
            Self::Continues
            | Self::StemsFrom
            | Self::FundedUnder
            | Self::PlannedFollowUp
            | Self::OutputOf => matches!(between, RelationBetween::Projects),
            Self::PartOf => true,
            Self::RenamedTo | Self::MergedInto | Self::SucceededBy | Self::MemberOf => {
                matches!(between, RelationBetween::Organisations)
            }
        }
    }

    /// Whether no record may stand in this relation to itself through others: what pays for a
    /// project is not paid for by it. Names may come back and networks be members of one another,
    /// so relations between organisations may go round, except for parts.
    #[must_use]
    pub const fn is_acyclic(self) -> bool {
        match self {
            Self::Continues
            | Self::StemsFrom
            | Self::PartOf
            | Self::FundedUnder
            | Self::PlannedFollowUp
            | Self::OutputOf => true,
            Self::RenamedTo | Self::MergedInto | Self::SucceededBy | Self::MemberOf => false,
        }
    }

    /// How it reads from the record it is from to the one it is to: "SUPPORT ME stems from
    /// DIME".
    #[must_use]
    pub const fn reads(self) -> &'static str {
        match self {
            Self::Continues => "continues",
            Self::StemsFrom => "stems from",
            Self::PartOf => "part of",
            Self::FundedUnder => "funded under",
            Self::PlannedFollowUp => "planned follow-up of",
            Self::OutputOf => "output of",
            Self::RenamedTo => "renamed to",
            Self::MergedInto => "merged into",
            Self::SucceededBy => "succeeded by",
            Self::MemberOf => "member of",
        }
    }

    /// How it reads the other way: "DIME led to SUPPORT ME".
    #[must_use]
    pub const fn reads_back(self) -> &'static str {
        match self {
            Self::Continues => "continued by",
            Self::StemsFrom => "led to",
            Self::PartOf => "includes",
            Self::FundedUnder => "funds",
            Self::PlannedFollowUp => "has as planned follow-up",
            Self::OutputOf => "has as output",
            Self::RenamedTo => "formerly",
            Self::MergedInto => "took in",
            Self::SucceededBy => "successor of",
            Self::MemberOf => "has as member",
        }
    }
}
