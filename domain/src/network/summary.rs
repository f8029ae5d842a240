//! The whole network in a few figures.

use super::NetworkStated;
use crate::organisation::OrganisationRef;
use serde::Serialize;
use utoipa::ToSchema;

/// What the network looks like as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct NetworkSummary {
    /// The network.
    #[serde(flatten)]
    pub network: NetworkStated,
    /// Pairs of organisations that are tied.
    #[schema(example = 796_679)]
    pub ties: u64,
    /// Organisations without a tie.
    #[schema(example = 4_400)]
    pub isolates: u64,
    /// Groups of organisations that reach each other; an isolate is one.
    #[schema(example = 4_417)]
    pub components: u64,
    /// The largest of them.
    pub giant_component: ComponentSize,
    /// The innermost core.
    pub largest_core: CoreSize,
    /// The share of possible ties that exist; null with fewer than two organisations.
    #[schema(example = 0.0012)]
    pub density: Option<f64>,
    /// The mean clustering coefficient (Watts & Strogatz 1998), 0 for an organisation with
    /// fewer than two partners; null without organisations.
    #[schema(example = 0.75)]
    pub clustering: Option<f64>,
    /// The share of paths of two ties whose ends are tied (Newman, Watts & Strogatz 2002);
    /// null without such paths.
    #[schema(example = 0.1)]
    pub transitivity: Option<f64>,
    /// The partners an organisation has on average; null without organisations.
    #[schema(example = 44.4)]
    pub mean_degree: Option<f64>,
    /// How many organisations have so many partners, ascending; degrees that nobody has are
    /// left out.
    pub degrees: Vec<DegreeCount>,
    /// The strongest ties, most shared projects first.
    pub strongest_ties: Vec<StrongTie>,
}

/// A connected part of the network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ComponentSize {
    /// Organisations in it.
    #[schema(example = 31_000)]
    pub organisations: u64,
    /// Ties in it.
    #[schema(example = 796_000)]
    pub ties: u64,
}

/// The innermost core: each of its members has at least k partners within it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct CoreSize {
    /// The k.
    #[schema(example = 180)]
    pub k: u64,
    /// Its members.
    #[schema(example = 250)]
    pub organisations: u64,
}

/// How many organisations have so many partners.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DegreeCount {
    /// Partners.
    #[schema(example = 15)]
    pub partners: u64,
    /// Organisations that have so many.
    #[schema(example = 480)]
    pub organisations: u64,
}

/// Two organisations that share many projects.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StrongTie {
    /// The two, in the order of their ids.
    pub organisations: [OrganisationRef; 2],
    /// Projects both are in.
    #[schema(example = 251)]
    pub shared_projects: u64,
}
