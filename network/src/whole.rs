//! A whole network, frozen, and the measures of it, each computed once when first asked for.

use crate::frozen::Frozen;
use crate::graph::Graph;
use crate::graph::projection::Columns;
use crate::graph::weighting::Weighted;
use crate::measure::betweenness::{Pivots, betweenness};
use crate::measure::clustering::{Triangles, triangles};
use crate::measure::communities::{Communities, CommunityOptions, communities};
use crate::measure::components::components;
use crate::measure::constraint::constraint;
use crate::measure::cores::core_numbers;
use crate::measure::eigenvector::{EigenvectorOptions, eigenvector};
use crate::measure::external_internal::{CrossTies, external_internal};
use crate::measure::pagerank::{PageRankOptions, pagerank};
use crate::measure::partition::Partition;
use crate::measure::ranking::Ranking;
use crate::number::{id, real};
use crate::portrait::{Portraits, portraits};
use consortia_domain::network::{RankingMeasure, TieWeight};
use std::collections::{HashMap, VecDeque};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// What the draw of pivots depends on: always the same, so that answers repeat.
const SEED: u64 = 0;

/// From how many numbers of pivots the values of betweenness are kept, the latest asked for.
const KEPT: usize = 4;

/// A frozen network and what was computed of it. Threads that ask for the same measure wait
/// for the one that computes it.
#[derive(Debug)]
pub struct Whole {
    frozen: Frozen,
    min_shared: u32,
    weight: TieWeight,
    graph: OnceLock<Graph>,
    components: OnceLock<Partition>,
    cores: OnceLock<Vec<u32>>,
    triangles: OnceLock<Triangles>,
    communities: OnceLock<Communities>,
    portraits: OnceLock<Portraits>,
    values: Mutex<HashMap<RankingMeasure, VecDeque<(u32, Slot)>>>,
}

/// Where the values of one measure are put by whoever computes them.
type Slot = Arc<OnceLock<Arc<Values>>>;

/// A value for each organisation, and how it was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values {
    /// The value of each node; `None` where the measure is not defined.
    pub of_node: Vec<Option<f64>>,
    /// The standard error of each value, if it is an estimate.
    pub standard_errors: Option<Vec<f64>>,
    /// The values there are, greatest first.
    descending: Vec<f64>,
    /// From how many nodes shortest paths were counted.
    pub pivots: Option<usize>,
    /// Passes over the network, for what is found by iteration, and whether it converged.
    pub iteration: Option<(u32, bool)>,
}

impl Values {
    fn of(of_node: Vec<Option<f64>>) -> Self {
        let mut descending: Vec<f64> = of_node.iter().copied().flatten().collect();
        descending.sort_unstable_by(|a, b| b.total_cmp(a));
        Self { of_node, descending, ..Self::default() }
    }

    fn every(values: impl IntoIterator<Item = f64>) -> Self {
        Self::of(values.into_iter().map(Some).collect())
    }

    fn found(ranking: Ranking) -> Self {
        let iteration = Some((ranking.iterations, ranking.converged));
        Self { iteration, ..Self::every(ranking.values) }
    }

    /// The rank of a value: one more than there are greater ones. O(log nodes).
    #[must_use]
    pub fn rank(&self, value: f64) -> usize {
        self.descending.partition_point(|other| *other > value) + 1
    }

    /// How many nodes have no value.
    #[must_use]
    pub fn undefined(&self) -> usize {
        self.of_node.len() - self.descending.len()
    }
}

impl Whole {
    /// The network of a frozen copy, with ties from `min_shared` shared projects on. Nothing
    /// is computed yet.
    #[must_use]
    pub fn new(frozen: Frozen, min_shared: u32, weight: TieWeight) -> Self {
        Self {
            frozen,
            min_shared,
            weight,
            graph: OnceLock::new(),
            components: OnceLock::new(),
            cores: OnceLock::new(),
            triangles: OnceLock::new(),
            communities: OnceLock::new(),
            portraits: OnceLock::new(),
            values: Mutex::default(),
        }
    }

    /// The copy it is of.
    #[must_use]
    pub fn frozen(&self) -> &Frozen {
        &self.frozen
    }

    /// From how many shared projects on organisations are tied.
    #[must_use]
    pub fn min_shared(&self) -> u32 {
        self.min_shared
    }

    /// What the strength of a tie is.
    #[must_use]
    pub fn weight(&self) -> TieWeight {
        self.weight
    }

    /// The organisations and their ties.
    pub fn graph(&self) -> &Graph {
        self.graph.get_or_init(|| {
            let columns = match self.weight {
                TieWeight::Fractional => Columns::SharedAndFractional,
                TieWeight::Shared | TieWeight::None => Columns::Shared,
            };
            Graph::project(&self.frozen.bipartite, self.min_shared, columns)
        })
    }

    /// The ties with the strengths that were asked for.
    pub(crate) fn weighted(&self) -> Weighted<'_> {
        let graph = self.graph();
        match self.weight {
            TieWeight::None => graph.unweighted(),
            TieWeight::Shared => graph.by_shared(),
            TieWeight::Fractional => graph.by_fraction().unwrap_or_else(|| graph.by_shared()),
        }
    }

    /// Who reaches whom.
    pub fn components(&self) -> &Partition {
        self.components.get_or_init(|| components(self.graph()))
    }

    /// The core numbers.
    pub fn cores(&self) -> &[u32] {
        self.cores.get_or_init(|| core_numbers(self.graph()))
    }

    /// The triangles.
    pub fn triangles(&self) -> &Triangles {
        self.triangles.get_or_init(|| triangles(self.graph()))
    }

    /// The communities.
    pub fn communities(&self) -> &Communities {
        let options = CommunityOptions::default();
        self.communities.get_or_init(|| communities(self.weighted(), &options))
    }

    /// What the communities are made of.
    pub fn portraits(&self) -> &Portraits {
        self.portraits.get_or_init(|| portraits(self))
    }

    /// How many pivots there are when so many are asked for: those of betweenness, of which
    /// there are no more than organisations; 0 for other measures, which have none.
    #[must_use]
    pub fn pivots(&self, measure: RankingMeasure, asked: u32) -> u32 {
        let all = id(self.frozen.organisations.len());
        if measure == RankingMeasure::Betweenness { asked.min(all) } else { 0 }
    }

    /// The values of a measure; betweenness from so many `pivots`, which others ignore. Those
    /// of the latest few numbers of pivots are kept.
    pub fn values(&self, measure: RankingMeasure, pivots: u32) -> Arc<Values> {
        let pivots = self.pivots(measure, pivots);
        let slot = {
            let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
            let kept = values.entry(measure).or_default();
            let at = kept.iter().position(|(of, _)| *of == pivots);
            let slot =
                at.and_then(|at| kept.remove(at)).map_or_else(Slot::default, |(_, slot)| slot);
            kept.truncate(KEPT - 1);
            kept.push_front((pivots, slot.clone()));
            slot
        };
        slot.get_or_init(|| Arc::new(self.compute(measure, pivots))).clone()
    }

    fn compute(&self, measure: RankingMeasure, pivots: u32) -> Values {
        let graph = self.graph();
        let nodes = 0..id(graph.nodes());
        match measure {
            RankingMeasure::Degree => Values::every(nodes.map(|node| real(graph.degree(node)))),
            RankingMeasure::WeightedDegree => Values::every(self.weighted().strengths()),
            RankingMeasure::Core => Values::every(self.cores().iter().copied().map(f64::from)),
            RankingMeasure::Pagerank => {
                Values::found(pagerank(self.weighted(), &PageRankOptions::default()))
            }
            RankingMeasure::Eigenvector => {
                Values::found(eigenvector(self.weighted(), &EigenvectorOptions::default()))
            }
            RankingMeasure::Constraint => Values::of(constraint(self.weighted())),
            RankingMeasure::Clustering => Values::every(self.triangles().local()),
            RankingMeasure::ExternalInternal => {
                let index = |of: &Option<consortia_domain::country::Country>| {
                    of.map(|country| u16::try_from(country.index()).unwrap_or(u16::MAX))
                };
                let classes: Vec<Option<u16>> = self.frozen.countries.iter().map(index).collect();
                let ties = external_internal(graph, &classes).of_node;
                Values::of(ties.into_iter().map(CrossTies::index).collect())
            }
            RankingMeasure::Betweenness => {
                let pivots = Pivots::Sample { count: pivots as usize, seed: SEED };
                let found = betweenness(graph, pivots, NonZeroUsize::MIN);
                Values {
                    standard_errors: found.standard_errors,
                    pivots: Some(found.pivots),
                    ..Values::every(found.values)
                }
            }
        }
    }
}
