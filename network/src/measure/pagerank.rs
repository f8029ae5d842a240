//! `PageRank`: where a walk along ties, restarting now and then, is found how often.

use crate::graph::Graph;
use crate::graph::gather::dot;
use crate::graph::weighting::{Weight, Weighted, strengths, with_weights};
use crate::measure::components::components;
use crate::measure::ranking::Ranking;

/// How `PageRank` is computed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PageRankOptions {
    /// The probability of following a tie rather than starting anew, from 0 to below 1.
    pub damping: f64,
    /// The largest error of any node's value, relative to the value.
    pub tolerance: f64,
    /// The most passes over the network.
    pub max_iterations: u32,
}

impl Default for PageRankOptions {
    /// Damping 0.85, an error of at most 10⁻¹⁰, 1000 passes.
    fn default() -> Self {
        Self { damping: 0.85, tolerance: 1e-10, max_iterations: 1000 }
    }
}

/// The `PageRank` of each node (Brin & Page 1998), summing to 1: a tie is followed with
/// probability proportional to its weight, a restart leads to any node alike, and a node
/// without ties restarts always. O(nodes + edges) a pass.
///
/// The fixed point is the same as that of the power iteration of networkx, but found by
/// Gauss–Seidel sweeps over x = D⁻¹(d·A·x + 1), D the strengths: mass that restarts only
/// scales the solution, so nodes without ties need no iteration at all. One sweep shrinks
/// the largest error at least by the factor d, which bounds the error left by d/(1 − d)
/// times the largest change, and that bound is what ends the iteration.
#[must_use]
pub fn pagerank(weighted: Weighted<'_>, options: &PageRankOptions) -> Ranking {
    with_weights!(weighted, |graph, weights| sweep(graph, weights, options))
}

fn sweep<W: Weight>(graph: &Graph, weights: &[W], options: &PageRankOptions) -> Ranking {
    let damping = options.damping;
    let strengths = strengths(graph, weights);
    let mut walkers = starting_point(graph, &strengths, damping);
    let mut iterations = 0;
    let mut converged = false;
    while !converged && iterations < options.max_iterations {
        let mut change = 0.0_f64;
        let mut smallest = f64::INFINITY;
        for (node, row) in graph.offsets().windows(2).enumerate() {
            if row[0] == row[1] {
                continue;
            }
            let row = row[0]..row[1];
            let arriving = dot(&graph.targets()[row.clone()], &weights[row], &walkers);
            let value = (damping * arriving + 1.0) / strengths[node];
            change = change.max((value - walkers[node]).abs());
            smallest = smallest.min(value);
            walkers[node] = value;
        }
        iterations += 1;
        converged = graph.edges() == 0
            || change * damping <= options.tolerance * (1.0 - damping) * smallest;
    }

    let mut values = walkers;
    for (value, &strength) in values.iter_mut().zip(&strengths) {
        *value = if strength > 0.0 { *value * strength } else { 1.0 };
    }
    let total: f64 = values.iter().sum();
    for value in &mut values {
        *value /= total;
    }
    Ranking { values, iterations, converged }
}

/// Proportional to strength within each component, and right in the sum over each: what is
/// left to find is only how a component differs inside.
fn starting_point(graph: &Graph, strengths: &[f64], damping: f64) -> Vec<f64> {
    let parts = components(graph);
    let mut strength_of = vec![0.0; parts.len()];
    for (&label, strength) in parts.labels().iter().zip(strengths) {
        strength_of[label as usize] += strength;
    }
    let start: Vec<f64> = strength_of
        .iter()
        .zip(parts.sizes())
        .map(
            |(&strength, &size)| {
                if strength > 0.0 { f64::from(size) / ((1.0 - damping) * strength) } else { 0.0 }
            },
        )
        .collect();
    parts.labels().iter().map(|&label| start[label as usize]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_and_a_node_without_ties() {
        let graph = Graph::from_edges(5, &[(0, 1, 1), (0, 2, 2), (0, 3, 1)]);
        let ranks = pagerank(graph.by_shared(), &PageRankOptions::default());
        assert!(ranks.converged);
        // Solved by hand in units of the restart: hub h = 1 + 0.85 · (a + b + c),
        // a = c = 1 + 0.85 · h / 4, b = 1 + 0.85 · h / 2, isolate 1.
        let hub = (1.0 + 0.85 * 3.0) / (1.0 - 0.85 * 0.85);
        let leaf = 1.0 + 0.85 * hub / 4.0;
        let partner = 1.0 + 0.85 * hub / 2.0;
        let total = hub + 2.0 * leaf + partner + 1.0;
        let expected = [hub, leaf, partner, leaf, 1.0].map(|value| value / total);
        for (found, expected) in ranks.values.iter().zip(expected) {
            assert!((found / expected - 1.0).abs() < 1e-10);
        }
    }

    #[test]
    fn without_ties_all_nodes_are_alike() {
        let ranks = pagerank(Graph::from_edges(4, &[]).by_shared(), &PageRankOptions::default());
        assert_eq!(ranks.values, [0.25; 4]);
        assert!(ranks.converged);
        let empty = pagerank(Graph::from_edges(0, &[]).by_shared(), &PageRankOptions::default());
        assert!(empty.values.is_empty());
    }
}
