//! How two organisations can be reached from each other.

use super::NetworkStated;
use crate::organisation::OrganisationRef;
use crate::project::ProjectRef;
use serde::Serialize;
use utoipa::ToSchema;

/// The shortest collaboration paths between two organisations.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PathAnswer {
    /// The network.
    #[serde(flatten)]
    pub network: NetworkStated,
    /// Where the path begins.
    pub from: OrganisationRef,
    /// Where it ends.
    pub to: OrganisationRef,
    /// Whether there is a path.
    #[schema(example = true)]
    pub connected: bool,
    /// The fewest steps there are; null when they are not connected, 0 from an organisation
    /// to itself.
    #[schema(example = 2)]
    pub steps: Option<u64>,
    /// Among the paths with the fewest steps: those whose weakest tie is strongest first, then
    /// by the ids along them. The first is the answer, the others are alternatives. Empty when
    /// they are not connected.
    pub paths: Vec<CollaborationPath>,
    /// Whether there are more paths with as few steps than `limit` lets through.
    #[schema(example = true)]
    pub more: bool,
}

/// One way.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CollaborationPath {
    /// The projects shared over its weakest tie; null without a tie.
    #[schema(example = 3)]
    pub weakest: Option<u64>,
    /// The steps, in order.
    pub steps: Vec<PathStep>,
}

/// From one organisation to a partner of it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PathStep {
    /// The one.
    pub from: OrganisationRef,
    /// Its partner.
    pub to: OrganisationRef,
    /// How many projects they share.
    #[schema(example = 3)]
    pub shared_projects: u64,
    /// These projects, at most twenty of them, the latest registered first.
    pub projects: Vec<ProjectRef>,
}
