//! The network in a few figures.

use crate::graph::Graph;
use crate::number::id;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// An edge and its weight, the smaller node first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The end with the smaller number.
    pub a: u32,
    /// The other end.
    pub b: u32,
    /// The number of shared projects.
    pub weight: u32,
}

/// The nodes in the innermost core.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LargestCore {
    /// The largest core number.
    pub k: u32,
    /// How many nodes have it.
    pub nodes: usize,
}

/// What a network looks like as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The number of nodes.
    pub nodes: usize,
    /// The number of edges.
    pub edges: usize,
    /// The number of nodes without a tie.
    pub isolates: usize,
    /// The share of the possible edges that exist.
    pub density: f64,
    /// How many nodes have each degree that occurs, as (degree, nodes), ascending.
    pub degrees: Vec<(u32, u32)>,
    /// The innermost core.
    pub largest_core: LargestCore,
    /// The edges of greatest weight, descending; ties by `a`, then `b`.
    pub strongest: Vec<Edge>,
}

/// Describes a network whose nodes have these core numbers, with its `strongest` edges of
/// greatest weight. O(nodes + edges · log strongest).
#[must_use]
pub fn summary(graph: &Graph, cores: &[u32], strongest: usize) -> Summary {
    let degrees = degree_distribution(graph);
    let isolates =
        degrees.first().map_or(0, |&(degree, nodes)| if degree == 0 { nodes } else { 0 });
    let k = cores.iter().copied().max().unwrap_or(0);
    let largest_core = LargestCore { k, nodes: cores.iter().filter(|&&core| core == k).count() };
    Summary {
        nodes: graph.nodes(),
        edges: graph.edges(),
        isolates: isolates as usize,
        density: graph.density(),
        degrees,
        largest_core,
        strongest: strongest_edges(graph, strongest),
    }
}

fn degree_distribution(graph: &Graph) -> Vec<(u32, u32)> {
    let mut counts: Vec<u32> = Vec::new();
    for node in 0..id(graph.nodes()) {
        let degree = graph.degree(node);
        if degree >= counts.len() {
            counts.resize(degree + 1, 0);
        }
        counts[degree] += 1;
    }
    (0..).zip(counts).filter(|&(_, nodes)| nodes > 0).collect()
}

/// Keeps the best so far in a heap whose top is the least of them.
fn strongest_edges(graph: &Graph, count: usize) -> Vec<Edge> {
    let mut kept: BinaryHeap<(Reverse<u32>, u32, u32)> = BinaryHeap::new();
    if count == 0 {
        return Vec::new();
    }
    for (a, b, weight) in graph.edge_list() {
        let candidate = (Reverse(weight), a, b);
        if kept.len() < count {
            kept.push(candidate);
        } else if let Some(mut least) = kept.peek_mut()
            && candidate < *least
        {
            *least = candidate;
        }
    }
    let edge = |(Reverse(weight), a, b)| Edge { a, b, weight };
    kept.into_sorted_vec().into_iter().map(edge).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::cores::core_numbers;

    fn summary(graph: &Graph, strongest: usize) -> Summary {
        super::summary(graph, &core_numbers(graph), strongest)
    }

    #[test]
    fn a_small_network() {
        let edges = [(0, 1, 2), (0, 2, 5), (1, 2, 2), (2, 3, 2)];
        let found = summary(&Graph::from_edges(6, &edges), 3);
        assert_eq!((found.nodes, found.edges, found.isolates), (6, 4, 2));
        assert_eq!(found.degrees, [(0, 2), (1, 1), (2, 2), (3, 1)]);
        assert_eq!(found.largest_core, LargestCore { k: 2, nodes: 3 });
        let strongest: Vec<_> =
            found.strongest.iter().map(|edge| (edge.a, edge.b, edge.weight)).collect();
        assert_eq!(strongest, [(0, 2, 5), (0, 1, 2), (1, 2, 2)]);
    }

    #[test]
    fn an_empty_network() {
        let found = summary(&Graph::from_edges(0, &[]), 3);
        assert_eq!((found.nodes, found.isolates, found.largest_core.nodes), (0, 0, 0));
        assert!(found.degrees.is_empty() && found.strongest.is_empty());
    }
}
