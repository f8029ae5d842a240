//! Eigenvector centrality: being tied to nodes that are themselves central.

use crate::graph::Graph;
use crate::graph::gather::dot;
use crate::graph::weighting::{Weight, Weighted, with_weights};
use crate::measure::components::components;
use crate::measure::ranking::Ranking;

/// How eigenvector centrality is computed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EigenvectorOptions {
    /// The largest change of a value in the last pass, relative to the value; and the value,
    /// relative to the largest, below which another component's nodes count as 0.
    pub tolerance: f64,
    /// The most passes over the network.
    pub max_iterations: u32,
}

impl Default for EigenvectorOptions {
    /// A change of at most 10⁻¹², 10,000 passes.
    fn default() -> Self {
        Self { tolerance: 1e-12, max_iterations: 10_000 }
    }
}

/// Eigenvector centrality (Bonacich 1972), the largest value scaled to 1: the eigenvector of
/// the weighted adjacency matrix A for its largest eigenvalue. O(nodes + edges) a pass.
///
/// Found by power iteration with A + I from equal values, as networkx does: the shift makes
/// it converge where A alone would alternate (in bipartite graphs). Where the network is not
/// connected, the component with the largest eigenvalue, in practice the giant one, keeps
/// its values and the others' go to 0. Without any tie every value is 0.
#[must_use]
pub fn eigenvector(weighted: Weighted<'_>, options: &EigenvectorOptions) -> Ranking {
    with_weights!(weighted, |graph, weights| iterate(graph, weights, options))
}

fn iterate<W: Weight>(graph: &Graph, weights: &[W], options: &EigenvectorOptions) -> Ranking {
    if graph.edges() == 0 {
        return Ranking { values: vec![0.0; graph.nodes()], iterations: 0, converged: true };
    }
    let mut values = vec![1.0; graph.nodes()];
    let mut next = values.clone();
    let mut iterations = 0;
    let mut converged = false;
    while !converged && iterations < options.max_iterations {
        for (node, row) in graph.offsets().windows(2).enumerate() {
            let row = row[0]..row[1];
            next[node] = values[node] + dot(&graph.targets()[row.clone()], &weights[row], &values);
        }
        let scale = next.iter().copied().fold(0.0, f64::max).recip();
        converged = true;
        for (value, &old) in next.iter_mut().zip(&values) {
            *value *= scale;
            // Values this small are on their way to 0, or far below what anyone compares.
            let counted = value.max(options.tolerance);
            converged &= (*value - old).abs() <= options.tolerance * counted;
        }
        std::mem::swap(&mut values, &mut next);
        iterations += 1;
    }
    silence_other_components(graph, &mut values, options.tolerance);
    Ranking { values, iterations, converged }
}

/// Sets to 0 what another component than that of the largest value has left.
fn silence_other_components(graph: &Graph, values: &mut [f64], tolerance: f64) {
    let parts = components(graph);
    let mut largest = vec![0.0_f64; parts.len()];
    for (&label, &value) in parts.labels().iter().zip(values.iter()) {
        largest[label as usize] = largest[label as usize].max(value);
    }
    for (&label, value) in parts.labels().iter().zip(values) {
        if largest[label as usize] <= tolerance {
            *value = 0.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-10, "{found} is not {expected}");
        }
    }

    #[test]
    fn a_star_is_bipartite_and_converges() {
        let graph = Graph::from_edges(6, &[(0, 1, 1), (0, 2, 1), (0, 3, 1), (0, 4, 1)]);
        let ranks = eigenvector(graph.by_shared(), &EigenvectorOptions::default());
        assert!(ranks.converged);
        close(&ranks.values, &[1.0, 0.5, 0.5, 0.5, 0.5, 0.0]);
    }

    #[test]
    fn weights_count_and_the_weaker_component_is_silent() {
        let graph = Graph::from_edges(0, &[(0, 1, 3), (1, 2, 4), (3, 4, 1)]);
        let ranks = eigenvector(graph.by_shared(), &EigenvectorOptions::default());
        close(&ranks.values, &[0.6, 1.0, 0.8, 0.0, 0.0]);
        let none =
            eigenvector(Graph::from_edges(2, &[]).by_shared(), &EigenvectorOptions::default());
        assert_eq!(none.values, [0.0, 0.0]);
    }
}
