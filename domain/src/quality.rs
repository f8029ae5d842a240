//! What in the registry is missing or looks wrong: a list for those who look after it.

use crate::id::EntityKind;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

crate::vocabulary! {
    /// What is looked for among the records. Nothing found is wrong for certain.
    pub enum QualityCheck: "quality_check" {
        NoCoordinator = "no_coordinator", "Projects with participants of which none leads";
        SeveralCoordinators = "several_coordinators", "Projects that more than one organisation leads";
        NoParticipant = "no_participant", "Projects of whose partners nothing is said, by name or as a group";
        NoTitle = "no_title", "Projects without title and acronym";
        NoDates = "no_dates", "Projects of which neither start nor end is known";
        EndsBeforeProject = "ends_before_project", "Participations that end before their project starts, or start after it ends";
        ContributionAboveCost = "contribution_above_cost", "Participations whose EC contribution is above their total cost";
        RepeatedParticipation = "repeated_participation", "Participations of an organisation that is already in the project, in the same role and maybe at the same time";
        FundingAboveCost = "funding_above_cost", "Projects with a funding above their total cost";
        SharesAboveWhole = "shares_above_whole", "Projects whose fundings are said to cover more than 100 % of their cost";
        SameTitle = "same_title", "Projects with the same label or titles as another, unless each has an identifier of the same scheme";
        NoName = "no_name", "Organisations without a name";
        SameName = "same_name", "Organisations with the same label as another in the same country";
        NoCountry = "no_country", "Organisations without a country that are in some project";
        CountryNamibia = "country_namibia", "Organisations in Namibia, whose code NA is also written for 'not available'";
        ShiftedRow = "shifted_row", "Organisations whose city is a number: the cells of their row may have been shifted";
    }
}

impl QualityCheck {
    /// The kind of records it looks at.
    #[must_use]
    pub const fn entity(self) -> EntityKind {
        match self {
            Self::NoCoordinator
            | Self::SeveralCoordinators
            | Self::NoParticipant
            | Self::NoTitle
            | Self::NoDates
            | Self::FundingAboveCost
            | Self::SharesAboveWhole
            | Self::SameTitle => EntityKind::Project,
            Self::EndsBeforeProject | Self::ContributionAboveCost | Self::RepeatedParticipation => {
                EntityKind::Participation
            }
            Self::NoName
            | Self::SameName
            | Self::NoCountry
            | Self::CountryNamibia
            | Self::ShiftedRow => EntityKind::Organisation,
        }
    }
}

/// How much one check finds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct QualityCount {
    /// What is looked for.
    pub check: QualityCheck,
    /// The same in words.
    #[schema(example = "Projects with participants of which none leads")]
    pub label: &'static str,
    /// The kind of records looked at.
    pub entity: EntityKind,
    /// How many were found.
    #[schema(example = 3)]
    pub count: u64,
    /// Where they are listed.
    #[schema(example = "/api/v1/quality/no_coordinator")]
    pub href: String,
}

/// Everything to be looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct QualitySummary {
    /// Each check, in the order of the vocabulary.
    pub checks: Vec<QualityCount>,
}

/// A record that a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct QualityFinding {
    /// What kind of record it is.
    pub entity: EntityKind,
    /// Its id.
    pub id: Uuid,
    /// What to show for it.
    #[schema(example = "SPRING")]
    pub label: String,
    /// Where it is read, and with a token changed.
    #[schema(example = "/api/v1/projects/019a8c3e-91b2-7a04-8c6f-52d3f1a7be02")]
    pub href: String,
}
