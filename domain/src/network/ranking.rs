//! Organisations by their position in the network.

use super::{MOST_COUNTED, NetworkFilter, NetworkStated, up_to};
use crate::filter::{Filter, QueryReader};
use crate::organisation::OrganisationRef;
use serde::Serialize;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

crate::vocabulary! {
    /// What organisations are ranked by.
    pub enum RankingMeasure: "ranking_measure" {
        Degree = "degree", "Partners";
        WeightedDegree = "weighted_degree", "Sum of the strengths of its ties";
        Core = "core", "Core number: the largest k for which it belongs to a group whose members have k partners each within the group (Batagelj & Zaversnik 2003)";
        Pagerank = "pagerank", "PageRank, damping 0.85 (Brin & Page 1998)";
        Eigenvector = "eigenvector", "Eigenvector centrality, the largest scaled to 1 (Bonacich 1972)";
        Betweenness = "betweenness", "Betweenness: the pairs of others whose shortest paths lead through it (Brandes 2001)";
        Constraint = "constraint", "Constraint: how much its partners are tied to each other (Burt 1992); low for those who bridge";
        ExternalInternal = "external_internal", "E–I index by country, −1 all ties at home to 1 all abroad (Krackhardt & Stern 1988)";
        Clustering = "clustering", "Clustering coefficient: the share of pairs of its partners that are partners (Watts & Strogatz 1998)";
    }
}

/// One organisation's place.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Ranked {
    /// 1 for the greatest value; equal values have the same rank. Null without a value.
    #[schema(example = 1, minimum = 1)]
    pub rank: Option<u64>,
    /// The organisation.
    pub organisation: OrganisationRef,
    /// The value; null where the measure is not defined, as constraint without a tie.
    #[schema(example = 4099.0)]
    pub value: Option<f64>,
    /// The standard error of a value estimated from sampled pivots; null when it is exact.
    pub standard_error: Option<f64>,
}

/// What was ranked, and how.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RankingSummary {
    /// The measure.
    pub by: RankingMeasure,
    /// The network.
    #[serde(flatten)]
    pub network: NetworkStated,
    /// Pairs of organisations that are tied.
    #[schema(example = 796_679)]
    pub ties: u64,
    /// Organisations for which the measure is not defined; they come last.
    #[schema(example = 0)]
    pub undefined: u64,
    /// From how many organisations shortest paths were counted, for betweenness: all of them
    /// make it exact, fewer an estimate.
    pub pivots: Option<u64>,
    /// Passes over the network, for measures found by iteration.
    pub passes: Option<u32>,
    /// Whether the iteration reached its tolerance.
    pub converged: Option<bool>,
}

/// What a ranking is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct RankingFilter {
    /// The network.
    pub network: NetworkFilter,
    /// The measure.
    pub by: RankingMeasure,
    /// From how many organisations betweenness is sampled.
    pub pivots: u32,
}

/// Pivots that betweenness is sampled from unless something else is asked for.
pub const DEFAULT_PIVOTS: u32 = 256;

impl Default for RankingFilter {
    fn default() -> Self {
        let by = RankingMeasure::Degree;
        Self { network: NetworkFilter::default(), by, pivots: DEFAULT_PIVOTS }
    }
}

/// The parameters of a ranking besides those of the network.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters and is never made")]
struct Described {
    /// What to rank by.
    #[param(default = "degree")]
    by: Option<RankingMeasure>,
    /// From how many organisations, drawn always alike, betweenness is sampled; as many as
    /// there are make it exact.
    #[param(minimum = 1, default = 256, example = 256)]
    pivots: Option<u32>,
}

impl IntoParams for RankingFilter {
    fn into_params(given_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut own = Described::into_params(&given_in);
        own.extend(NetworkFilter::parameters(given_in));
        own
    }
}

impl Filter for RankingFilter {
    /// Without `sort`, the greatest value comes first.
    const SORTS: &'static [&'static str] = &["value"];

    fn read(query: &mut QueryReader<'_>) -> Self {
        Self {
            network: NetworkFilter::read(query),
            by: query.one("by").unwrap_or(RankingMeasure::Degree),
            pivots: up_to(query, "pivots", DEFAULT_PIVOTS, MOST_COUNTED),
        }
    }
}
