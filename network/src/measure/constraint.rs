//! Burt's constraint: how much of a node's ties go to nodes tied to each other.

use crate::graph::Graph;
use crate::graph::gather::dot;
use crate::graph::weighting::{Weight, Weighted, strengths, with_weights};
use crate::number::id;

/// The constraint of every node (Burt 1992, *Structural Holes*): the sum over its neighbours
/// j of `(p_ij + Σ_q p_iq · p_qj)²`, where `p_ij` is the share of i's strength that goes to j;
/// `None` for a node without ties. As in networkx, j runs over the neighbours of i only.
/// O(Σ over nodes of degree²) in all.
#[must_use]
pub fn constraint(weighted: Weighted<'_>) -> Vec<Option<f64>> {
    with_weights!(weighted, |graph, weights| {
        let strengths = strengths(graph, weights);
        let mut shares = vec![0.0; graph.nodes()];
        (0..id(graph.nodes()))
            .map(|node| {
                of_node(graph, weights, node, &mut shares, |other| strengths[other as usize])
            })
            .collect()
    })
}

/// The constraint of one node, as [`constraint`]; `None` also if there is no such node.
/// O(nodes + Σ over its neighbours of their degree).
#[must_use]
pub fn constraint_of(weighted: Weighted<'_>, node: u32) -> Option<f64> {
    if node as usize >= weighted.graph().nodes() {
        return None;
    }
    with_weights!(weighted, |graph, weights| {
        let mut shares = vec![0.0; graph.nodes()];
        of_node(graph, weights, node, &mut shares, |other| {
            row(graph, weights, other).1.iter().map(|weight| weight.value()).sum()
        })
    })
}

fn row<'g, W>(graph: &'g Graph, weights: &'g [W], node: u32) -> (&'g [u32], &'g [W]) {
    let row = graph.offsets()[node as usize]..graph.offsets()[node as usize + 1];
    (&graph.targets()[row.clone()], &weights[row])
}

/// `shares` is 0 everywhere before and after. In between it holds `p_iq / strength(q)` for the
/// neighbours q of i, so that a row of weights times it is `Σ_q p_iq · p_qj`, found without
/// asking which neighbours j and i have in common.
fn of_node<W: Weight>(
    graph: &Graph,
    weights: &[W],
    node: u32,
    shares: &mut [f64],
    strength: impl Fn(u32) -> f64,
) -> Option<f64> {
    let (neighbours, ties) = row(graph, weights, node);
    if neighbours.is_empty() {
        return None;
    }
    let own = strength(node);
    for (&neighbour, tie) in neighbours.iter().zip(ties) {
        shares[neighbour as usize] = tie.value() / own / strength(neighbour);
    }
    let mut total = 0.0;
    for (&neighbour, tie) in neighbours.iter().zip(ties) {
        let (targets, their_ties) = row(graph, weights, neighbour);
        let invested = tie.value() / own + dot(targets, their_ties, shares);
        total += invested * invested;
    }
    for &neighbour in neighbours {
        shares[neighbour as usize] = 0.0;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_triangle_with_a_tail() {
        let graph = Graph::from_edges(5, &[(0, 1, 1), (0, 2, 1), (1, 2, 1), (2, 3, 1)]);
        let found = constraint(graph.by_shared());
        // Node 0: towards 1: 1/2 + 1/2 · 1/3; towards 2: 1/2 + 1/2 · 1/2.
        let expected = (2.0_f64 / 3.0).powi(2) + 0.75_f64.powi(2);
        assert!(found[0].is_some_and(|value| (value - expected).abs() < 1e-14));
        // Node 3 has one tie, which takes all it has.
        assert_eq!(found[3], Some(1.0));
        assert_eq!(found[4], None);
        for node in 0..5 {
            assert_eq!(constraint_of(graph.by_shared(), node), found[node as usize]);
        }
        assert_eq!(constraint_of(graph.by_shared(), 5), None);
    }
}
