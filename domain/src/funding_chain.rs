//! Funding chains: through whom a project's money comes, and whom it pays for in turn.

use crate::call::CallRef;
use crate::funding::Funding;
use crate::id::ProjectId;
use crate::money::MoneySum;
use crate::organisation::OrganisationRef;
use crate::percent::Percent;
use crate::programme::ProgrammeRef;
use crate::project::ProjectRef;
use serde::Serialize;
use utoipa::ToSchema;

/// Where a project's money comes from, and where it goes.
///
/// A project that is funded under another is paid out of its money: "funder → programme →
/// project in between → project". Amounts are added up at the ends of the chain only, since the
/// money of a project in between is that of those it pays for.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FundingChain {
    /// The project asked about.
    pub project: ProjectRef,
    /// Who pays for it directly.
    pub fundings: Vec<FundingSource>,
    /// The projects it is funded under, and those these are funded under, nearest first.
    pub through: Vec<FundingLink>,
    /// The projects funded under it, and those funded under these, nearest first.
    pub pays_for: Vec<FundingLink>,
    /// Its own fundings, added up.
    pub own: MoneySum,
    /// The fundings of the projects at the ends of the chain below it, added up; its own where
    /// it pays for no other.
    pub leaves: MoneySum,
    /// The shares of its cost that its fundings are said to cover, added up; null when none is
    /// stated, or when they come to more than the whole.
    pub share: Option<Percent>,
    /// Whether the chain goes on beyond what is shown.
    pub more: bool,
}

/// A project in a funding chain.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FundingLink {
    /// The project.
    pub project: ProjectRef,
    /// The project next to it in the chain, on the way to the one asked about.
    pub next: ProjectId,
    /// How many steps it is away from the one asked about.
    #[schema(example = 1, minimum = 1)]
    pub steps: u32,
    /// Who pays for it directly.
    pub fundings: Vec<FundingSource>,
    /// Its own fundings, added up.
    pub own: MoneySum,
}

/// One source of a project's money, with names for what it refers to.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FundingSource {
    /// The funding.
    #[serde(flatten)]
    pub funding: Funding,
    /// Who pays: the organisation the funding names, else those its programme or the nearest
    /// one above it names.
    pub funders: Vec<OrganisationRef>,
    /// The programme and those above it, nearest first.
    pub programmes: Vec<ProgrammeRef>,
    /// The call.
    pub call: Option<CallRef>,
}
