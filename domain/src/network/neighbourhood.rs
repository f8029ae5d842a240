//! The surroundings of one organisation: what is asked of them and what is told.

use super::{NetworkFilter, up_to};
use crate::agreement::AgreementRef;
use crate::external_id::ExternalId;
use crate::filter::QueryReader;
use crate::id::OrganisationId;
use crate::organisation::OrganisationRef;
use crate::partner::UnnamedPartners;
use crate::scope::Scope;
use serde::Serialize;
use utoipa::ToSchema;

/// The most steps from the organisation asked about.
pub const MOST_DEPTH: u32 = 2;
/// Organisations that are given unless another number is asked for.
pub const DEFAULT_LIMIT: u32 = 100;
/// The most organisations that are given.
pub const MOST_LIMIT: u32 = 1000;

crate::vocabulary! {
    /// What organisations are told apart by.
    pub enum NodeGroup: "node_group" {
        Country = "country", "The country they are established in";
        Community = "community", "The community of the whole network they belong to";
    }
}

crate::vocabulary! {
    /// What two organisations of a network have in common.
    pub enum TieKind: "tie_kind" {
        Collaboration = "collaboration", "Shared projects";
        Agreement = "agreement", "Agreements";
    }
}

/// What is asked of an organisation's surroundings.
#[derive(Clone, Debug, PartialEq)]
pub struct NeighbourhoodFilter {
    /// Which network.
    pub network: NetworkFilter,
    /// Steps along ties: 1 for partners, 2 for their partners too.
    pub depth: u32,
    /// The most organisations to give.
    pub limit: u32,
    /// What organisations are told apart by.
    pub group: NodeGroup,
}

impl NeighbourhoodFilter {
    /// Reads the parameters of a network, `depth`, `limit` and `group`.
    pub fn read(query: &mut QueryReader<'_>) -> Self {
        let depth = up_to(query, "depth", 1, MOST_DEPTH);
        let limit = up_to(query, "limit", DEFAULT_LIMIT, MOST_LIMIT);
        let group = query.one("group").unwrap_or(NodeGroup::Country);
        Self { network: NetworkFilter::read(query), depth, limit, group }
    }
}

/// An organisation and those near it, as a network.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Neighbourhood {
    /// The organisation in the middle: the one asked about, or with `rollup=parent` the one it
    /// counts as.
    pub organisation: OrganisationRef,
    /// What was counted: the scope's parameters as given, nothing when everything was.
    pub scope: Scope,
    /// How many projects two organisations must share to be tied.
    #[schema(example = 1)]
    pub min_shared: u32,
    /// Steps along ties that were taken.
    #[schema(example = 1, minimum = 1, maximum = 2)]
    pub depth: u32,
    /// The last change of the registry that was counted.
    #[schema(example = 4711)]
    pub revision: i64,
    /// The last change of the registry that the communities are of; null when they were not
    /// asked for.
    pub communities_revision: Option<i64>,
    /// How many organisations are within reach, the one in the middle included.
    #[schema(example = 16)]
    pub within_reach: u64,
    /// How many of them are left out, those with the weakest ties, because of `limit`.
    #[schema(example = 0)]
    pub left_out: u64,
    /// How many there are at each distance, and how many of them are among the nodes.
    pub rings: Vec<Ring>,
    /// Organisations that are not within reach, and have an agreement with the one in the
    /// middle.
    pub by_agreement: ByAgreement,
    /// Partners of the one in the middle of which only the group is known, project by project;
    /// they are no nodes.
    pub unnamed: Vec<UnnamedPartners>,
    /// The one in the middle, then the nearest, those most strongly tied first; last those who
    /// are here only by agreement.
    pub nodes: Vec<NetworkNode>,
    /// Every tie between two of these: first those by shared projects, then those by
    /// agreements.
    pub ties: Vec<NetworkTie>,
}

/// The organisations at one distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Ring {
    /// Steps from the organisation asked about.
    #[schema(example = 1, minimum = 0, maximum = 2)]
    pub distance: u32,
    /// How many there are.
    #[schema(example = 15)]
    pub organisations: u64,
    /// How many of them are among the nodes.
    #[schema(example = 15)]
    pub shown: u64,
}

/// Organisations with which the one in the middle has agreements, and no projects that lead to
/// them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ByAgreement {
    /// How many there are.
    #[schema(example = 1)]
    pub organisations: u64,
    /// How many of them are among the nodes.
    #[schema(example = 1)]
    pub shown: u64,
}

/// An organisation of a network.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct NetworkNode {
    /// The organisation.
    pub organisation: OrganisationRef,
    /// Its identifiers in other registries, by which it is found there.
    pub external_ids: Vec<ExternalId>,
    /// Steps from the organisation asked about.
    #[schema(example = 1, minimum = 0, maximum = 2)]
    pub distance: u32,
    /// Whether no shared projects lead to it, and it is here by an agreement alone.
    #[schema(example = false)]
    pub by_agreement: bool,
    /// Projects of the scope it counts in.
    #[schema(example = 12)]
    pub projects: u64,
    /// Projects shared with those one step nearer, summed over them.
    #[schema(example = 2)]
    pub shared_projects: u64,
    /// The number of its community among those of the whole network; null unless `group` asks
    /// for communities, or when it is alone in its own.
    pub community: Option<u64>,
}

/// A tie of a network: by shared projects, or by agreements. Two organisations that have both
/// have two ties.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct NetworkTie {
    /// The one, which stands earlier among the nodes.
    pub source: OrganisationId,
    /// The other.
    pub target: OrganisationId,
    /// What they have in common.
    pub kind: TieKind,
    /// How many projects both are in; null for a tie by agreements, which says nothing of
    /// projects.
    #[schema(example = 2, minimum = 1)]
    pub shared_projects: Option<u64>,
    /// The sum over these of 1/(n−1), n the organisations in the project (Newman 2001); null
    /// for a tie by agreements.
    #[schema(example = 0.21)]
    pub fractional_weight: Option<f64>,
    /// The agreements both are parties to, oldest first; none for a tie by shared projects.
    pub agreements: Vec<AgreementRef>,
}

impl NetworkTie {
    /// A tie by projects that both are in.
    #[must_use]
    pub fn by_projects(ends: (OrganisationId, OrganisationId), shared: u64, weight: f64) -> Self {
        Self {
            source: ends.0,
            target: ends.1,
            kind: TieKind::Collaboration,
            shared_projects: Some(shared),
            fractional_weight: Some(weight),
            agreements: Vec::new(),
        }
    }

    /// A tie by agreements that both are parties to.
    #[must_use]
    pub fn by_agreements(
        ends: (OrganisationId, OrganisationId),
        agreements: Vec<AgreementRef>,
    ) -> Self {
        Self {
            source: ends.0,
            target: ends.1,
            kind: TieKind::Agreement,
            shared_projects: None,
            fractional_weight: None,
            agreements,
        }
    }
}

impl Neighbourhood {
    /// How many ties of a kind there are.
    #[must_use]
    pub fn ties_of(&self, kind: TieKind) -> usize {
        self.ties.iter().filter(|tie| tie.kind == kind).count()
    }
}
