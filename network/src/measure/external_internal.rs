//! Whether ties lead out of a node's own class or stay in it.

use crate::graph::Graph;
use crate::number::{id, real_sum};

/// Ties by whether they cross between classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CrossTies {
    /// Ties to another class.
    pub external: u64,
    /// Ties within the class.
    pub internal: u64,
    /// Ties with an end whose class is not known; they are not in the index.
    pub unknown: u64,
}

impl CrossTies {
    /// The E–I index (E − I) / (E + I) (Krackhardt & Stern 1988): −1 if every tie stays in
    /// its class, 1 if every tie leaves it; `None` without a tie between known classes.
    #[must_use]
    pub fn index(self) -> Option<f64> {
        let (external, internal) = (real_sum(self.external), real_sum(self.internal));
        let known = external + internal;
        (known > 0.0).then(|| (external - internal) / known)
    }

    fn count(&mut self, own: Option<u16>, other: Option<u16>) {
        match (own, other) {
            (Some(own), Some(other)) if own == other => self.internal += 1,
            (Some(_), Some(_)) => self.external += 1,
            _ => self.unknown += 1,
        }
    }
}

/// The ties of each node, and those of the network, each edge once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalInternal {
    /// The ties of each node.
    pub of_node: Vec<CrossTies>,
    /// The ties of the network.
    pub whole: CrossTies,
}

/// Counts ties (not their weights) within and between classes, such as countries. A node
/// beyond the end of `classes` has no known class. O(nodes + edges).
#[must_use]
pub fn external_internal(graph: &Graph, classes: &[Option<u16>]) -> ExternalInternal {
    let class = |node: u32| classes.get(node as usize).copied().flatten();
    let mut of_node = Vec::with_capacity(graph.nodes());
    let mut whole = CrossTies::default();
    for node in 0..id(graph.nodes()) {
        let own = class(node);
        let mut ties = CrossTies::default();
        for &neighbour in graph.neighbours(node) {
            ties.count(own, class(neighbour));
        }
        whole.external += ties.external;
        whole.internal += ties.internal;
        whole.unknown += ties.unknown;
        of_node.push(ties);
    }
    whole.external /= 2;
    whole.internal /= 2;
    whole.unknown /= 2;
    ExternalInternal { of_node, whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_to_unknown_classes_are_counted_apart() {
        let graph = Graph::from_edges(5, &[(0, 1, 9), (0, 2, 1), (0, 3, 1), (1, 2, 1)]);
        let counted = external_internal(&graph, &[Some(1), Some(1), Some(2), None]);
        assert_eq!(counted.of_node[0], CrossTies { external: 1, internal: 1, unknown: 1 });
        assert_eq!(counted.of_node[0].index(), Some(0.0));
        assert_eq!(counted.of_node[3], CrossTies { external: 0, internal: 0, unknown: 1 });
        assert_eq!(counted.of_node[3].index(), None);
        assert_eq!(counted.whole, CrossTies { external: 2, internal: 1, unknown: 1 });
        assert_eq!(counted.whole.index(), Some(1.0 / 3.0));
    }
}
