//! Betweenness: how many shortest paths lead through a node.

mod single_source;

use crate::graph::Graph;
use crate::number::{id, real};
use crate::random::Random;
use single_source::Search;
use std::num::NonZeroUsize;

/// From which nodes shortest paths are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pivots {
    /// From every node: exact.
    All,
    /// From this many distinct nodes drawn with this seed (Brandes & Pich 2007): an estimate.
    /// Exact when there are no more nodes than that.
    Sample {
        /// The number of nodes drawn.
        count: usize,
        /// What the draw depends on: the same seed draws the same nodes.
        seed: u64,
    },
}

impl Pivots {
    /// The nodes meant, ascending, in a graph of so many nodes. O(nodes).
    #[must_use]
    pub fn draw(self, nodes: usize) -> Vec<u32> {
        match self {
            Self::All => (0..id(nodes)).collect(),
            Self::Sample { count, seed } => Random::new(seed).sample(nodes, count),
        }
    }
}

/// The betweenness of every node, or an estimate of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Betweenness {
    /// For each node, the sum over the pairs of other nodes (each pair once) of the share of
    /// their shortest paths that lead through it; scaled by nodes / pivots if sampled.
    pub values: Vec<f64>,
    /// The standard error of each value, from the spread between the pivots and corrected
    /// for drawing them without replacement: n · s · √((1 − k/n) / k) / 2. `None` if exact,
    /// and with a single pivot, which shows no spread.
    pub standard_errors: Option<Vec<f64>>,
    /// The number of nodes from which paths were counted.
    pub pivots: usize,
}

impl Betweenness {
    /// What a value is multiplied by to be a share of the pairs of other nodes, as networkx's
    /// `normalized=True` does for undirected graphs: 2 / ((n − 1)(n − 2)), and 1 with fewer
    /// than three nodes. Standard errors scale alike.
    #[must_use]
    pub fn normalisation(&self) -> f64 {
        match self.values.len() {
            0..3 => 1.0,
            nodes => 2.0 / (real(nodes - 1) * real(nodes - 2)),
        }
    }

    /// The values as shares of the pairs of other nodes.
    #[must_use]
    pub fn normalised(&self) -> Vec<f64> {
        let scale = self.normalisation();
        self.values.iter().map(|value| value * scale).collect()
    }
}

/// Unweighted betweenness (Freeman 1977) by Brandes's accumulation (2001, "A faster algorithm
/// for betweenness centrality"). O(nodes + edges) for each pivot, divided among `threads`;
/// some 50 bytes of memory for each node and thread besides. The number of threads does not
/// change the result in any bit.
#[must_use]
pub fn betweenness(graph: &Graph, pivots: Pivots, threads: NonZeroUsize) -> Betweenness {
    betweenness_from(graph, &pivots.draw(graph.nodes()), threads)
}

/// Betweenness from the given distinct nodes; exact if they are all of them. Numbers that are
/// not nodes are left out. See [`betweenness`].
#[must_use]
pub fn betweenness_from(graph: &Graph, pivots: &[u32], threads: NonZeroUsize) -> Betweenness {
    let nodes = graph.nodes();
    let pivots: Vec<u32> =
        pivots.iter().copied().filter(|&pivot| (pivot as usize) < nodes).collect();
    let exact = pivots.len() >= nodes;
    let sums = accumulate(graph, &pivots, threads.get());
    let (n, k) = (real(nodes), real(pivots.len()));
    let scale = if exact || pivots.is_empty() { 0.5 } else { 0.5 * n / k };
    let standard_errors = (!exact && pivots.len() > 1).then(|| {
        let error = |(&sum, &squares): (&f64, &f64)| {
            let variance = ((squares - sum * sum / k) / (k - 1.0)).max(0.0);
            0.5 * n * (variance * (1.0 - k / n) / k).sqrt()
        };
        sums.dependencies.iter().zip(&sums.squares).map(error).collect()
    });
    let values = sums.dependencies.iter().map(|sum| sum * scale).collect();
    Betweenness { values, standard_errors, pivots: pivots.len() }
}

/// For each node, the sum over sources of its dependency, and of the square of it.
#[derive(Clone, Debug)]
struct Sums {
    dependencies: Vec<f64>,
    squares: Vec<f64>,
}

impl Sums {
    fn new(nodes: usize) -> Self {
        Self { dependencies: vec![0.0; nodes], squares: vec![0.0; nodes] }
    }

    fn clear(&mut self) {
        self.dependencies.fill(0.0);
        self.squares.fill(0.0);
    }

    fn add(&mut self, other: &Self) {
        let add = |sums: &mut [f64], more: &[f64]| {
            for (sum, more) in sums.iter_mut().zip(more) {
                *sum += more;
            }
        };
        add(&mut self.dependencies, &other.dependencies);
        add(&mut self.squares, &other.squares);
    }
}

/// The sources one thread sums before the sum is added to the whole. Fixed, so that the
/// order of additions depends on the sources alone.
const BLOCK: usize = 16;

/// One thread's memory, used for block after block.
struct Worker {
    search: Search,
    sums: Sums,
}

impl Worker {
    fn new(nodes: usize) -> Self {
        Self { search: Search::new(nodes), sums: Sums::new(nodes) }
    }

    fn sum(&mut self, graph: &Graph, sources: &[u32]) {
        self.sums.clear();
        for &source in sources {
            self.search.add_dependencies(graph, source, &mut self.sums);
        }
    }
}

/// Sums the dependencies over the sources, block by block.
fn accumulate(graph: &Graph, sources: &[u32], threads: usize) -> Sums {
    let mut total = Sums::new(graph.nodes());
    let blocks: Vec<&[u32]> = sources.chunks(BLOCK).collect();
    let threads = threads.min(blocks.len()).max(1);
    let mut workers: Vec<Worker> = (0..threads).map(|_| Worker::new(graph.nodes())).collect();
    for round in blocks.chunks(threads) {
        std::thread::scope(|scope| {
            let mut pairs = workers.iter_mut().zip(round);
            let own = pairs.next();
            for (worker, block) in pairs {
                scope.spawn(|| worker.sum(graph, block));
            }
            if let Some((worker, block)) = own {
                worker.sum(graph, block);
            }
        });
        for (worker, _) in workers.iter().zip(round) {
            total.add(&worker.sums);
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_a_fork() {
        let graph = Graph::from_edges(6, &[(0, 1, 1), (1, 2, 1), (1, 3, 1), (2, 4, 1), (3, 4, 1)]);
        let exact = betweenness(&graph, Pivots::All, NonZeroUsize::MIN);
        assert_eq!(exact.values, [0.0, 3.5, 1.0, 1.0, 0.5, 0.0]);
        assert_eq!(exact.standard_errors, None);
        assert!((exact.normalised()[1] - 0.35).abs() < 1e-15);
    }

    #[test]
    fn tiny_networks_have_no_pairs() {
        for nodes in 0..3 {
            let none = betweenness(&Graph::from_edges(nodes, &[]), Pivots::All, NonZeroUsize::MIN);
            assert_eq!(none.normalised(), vec![0.0; nodes]);
        }
    }
}
