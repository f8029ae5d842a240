//! Triangles: whether a node's neighbours are tied to each other.

use crate::graph::Graph;
use crate::number::{id, real};

/// How many triangles there are, and how many there could be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Triangles {
    /// The number of triangles each node is in.
    pub of_node: Vec<u64>,
    degrees: Vec<u32>,
}

/// Counts triangles. O(edges^1.5): each edge is directed towards the end of higher degree,
/// which leaves no node with more than √(2 · edges) successors, and a triangle is found once,
/// at its lowest node (Latapy 2008, "Main-memory triangle computations").
#[must_use]
pub fn triangles(graph: &Graph) -> Triangles {
    let nodes = graph.nodes();
    let degrees: Vec<u32> = (0..id(nodes)).map(|node| id(graph.degree(node))).collect();
    let rank = |node: u32| (degrees[node as usize], node);

    let mut offsets = Vec::with_capacity(nodes + 1);
    let mut successors: Vec<u32> = Vec::with_capacity(graph.edges());
    offsets.push(0);
    for node in 0..id(nodes) {
        let own = rank(node);
        successors.extend(graph.neighbours(node).iter().filter(|&&other| rank(other) > own));
        offsets.push(successors.len());
    }
    let row = |node: u32| &successors[offsets[node as usize]..offsets[node as usize + 1]];

    let mut of_node = vec![0_u64; nodes];
    let mut is_successor = vec![0_u8; nodes];
    for node in 0..id(nodes) {
        for &second in row(node) {
            is_successor[second as usize] = 1;
        }
        let mut own = 0;
        for &second in row(node) {
            let mut closed = 0;
            for &third in row(second) {
                let triangle = u64::from(is_successor[third as usize]);
                of_node[third as usize] += triangle;
                closed += triangle;
            }
            of_node[second as usize] += closed;
            own += closed;
        }
        of_node[node as usize] += own;
        for &second in row(node) {
            is_successor[second as usize] = 0;
        }
    }
    Triangles { of_node, degrees }
}

/// The pairs of neighbours of a node of this degree.
fn pairs(degree: u32) -> u64 {
    let degree = u64::from(degree);
    degree * degree.saturating_sub(1) / 2
}

impl Triangles {
    /// The number of triangles in the network.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.of_node.iter().sum::<u64>() / 3
    }

    /// The local clustering coefficient of each node (Watts & Strogatz 1998): the share of
    /// the pairs of its neighbours that are tied; 0 with fewer than two neighbours, as in
    /// networkx.
    #[must_use]
    pub fn local(&self) -> Vec<f64> {
        let share = |(&closed, &degree): (&u64, &u32)| ratio(closed, pairs(degree));
        self.of_node.iter().zip(&self.degrees).map(share).collect()
    }

    /// The mean of the local coefficients over all nodes; 0 without nodes.
    #[must_use]
    pub fn average(&self) -> f64 {
        match self.of_node.len() {
            0 => 0.0,
            nodes => self.local().iter().sum::<f64>() / real(nodes),
        }
    }

    /// Transitivity (Newman, Watts & Strogatz 2002): the share of paths of two ties whose
    /// ends are tied; `None` without such paths.
    #[must_use]
    pub fn transitivity(&self) -> Option<f64> {
        let paths = self.degrees.iter().map(|&degree| pairs(degree)).sum();
        (paths > 0).then(|| ratio(self.of_node.iter().sum(), paths))
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    let as_real = |count: u64| crate::number::real_sum(count);
    if whole == 0 { 0.0 } else { as_real(part) / as_real(whole) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_triangle_with_a_tail() {
        let graph = Graph::from_edges(5, &[(0, 1, 1), (0, 2, 1), (1, 2, 1), (2, 3, 1)]);
        let counted = triangles(&graph);
        assert_eq!(counted.of_node, [1, 1, 1, 0, 0]);
        assert_eq!(counted.total(), 1);
        let third = 1.0 / 3.0;
        assert_eq!(counted.local(), [1.0, 1.0, third, 0.0, 0.0]);
        assert!((counted.average() - (2.0 + third) / 5.0).abs() < 1e-15);
        assert_eq!(counted.transitivity(), Some(0.6));
    }

    #[test]
    fn nothing_to_count() {
        let none = triangles(&Graph::from_edges(0, &[]));
        assert_eq!((none.total(), none.average(), none.transitivity()), (0, 0.0, None));
    }
}
