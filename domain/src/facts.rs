//! What the partner network is told of records.

use crate::country::Country;
use crate::id::{OrganisationId, ParticipationId, ProgrammeId, ProjectId};
use crate::money::Money;
use crate::organisation_type::{OrganisationType, Sector};
use crate::period::Period;
use crate::place::Nuts;
use crate::project::ProjectStatus;
use crate::role::Role;

/// What counts of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationFacts {
    /// Which organisation.
    pub id: OrganisationId,
    /// Its label, folded for sorting.
    pub label_key: String,
    /// Where it is established.
    pub country: Option<Country>,
    /// Its region.
    pub nuts: Option<Nuts>,
    /// Its type.
    pub r#type: Option<OrganisationType>,
    /// Its sector.
    pub sector: Option<Sector>,
    /// What it is a part of.
    pub parent: Option<OrganisationId>,
}

impl OrganisationFacts {
    /// An organisation of which nothing is known.
    #[must_use]
    pub fn of(id: OrganisationId) -> Self {
        Self {
            id,
            label_key: String::new(),
            country: None,
            nuts: None,
            r#type: None,
            sector: None,
            parent: None,
        }
    }
}

/// What counts of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectFacts {
    /// Which project.
    pub id: ProjectId,
    /// When it runs.
    pub period: Period,
    /// Where it stands, if somebody said so.
    pub stated_status: Option<ProjectStatus>,
    /// The programmes it is paid from, in any order.
    pub programmes: Vec<ProgrammeId>,
    /// Whether it has partners of which only the group is known.
    pub unnamed_partners: bool,
}

impl ProjectFacts {
    /// A project of which nothing is known.
    #[must_use]
    pub fn of(id: ProjectId) -> Self {
        Self {
            id,
            period: Period::default(),
            stated_status: None,
            programmes: Vec::new(),
            unnamed_partners: false,
        }
    }
}

/// What counts of a participation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParticipationFacts {
    /// Which participation.
    pub id: ParticipationId,
    /// In which project.
    pub project: ProjectId,
    /// Of which organisation.
    pub organisation: OrganisationId,
    /// In which role.
    pub role: Option<Role>,
    /// What it gets of the EC; null is unknown, 0 is nothing.
    pub ec_contribution: Option<Money>,
}

/// How a record is now, as far as the partner network wants to know.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// An organisation is so now.
    Organisation(OrganisationFacts),
    /// A project is so now.
    Project(ProjectFacts),
    /// A participation is so now.
    Participation(ParticipationFacts),
    /// An organisation was deleted.
    OrganisationGone(OrganisationId),
    /// A project was deleted.
    ProjectGone(ProjectId),
    /// A participation was deleted.
    ParticipationGone(ParticipationId),
}
