//! Which nodes can reach each other.

use crate::graph::Graph;
use crate::measure::partition::Partition;
use crate::number::id;

/// The connected components; a node without a tie is one of its own. O(nodes + edges), by
/// breadth-first search.
#[must_use]
pub fn components(graph: &Graph) -> Partition {
    Partition::from_labels(labels_within(graph, |_, _| true))
}

/// A label for each node, shared by the nodes that reach each other along ties for which
/// `follow` holds.
pub(crate) fn labels_within(graph: &Graph, follow: impl Fn(u32, u32) -> bool) -> Vec<u32> {
    let mut labels = vec![u32::MAX; graph.nodes()];
    let mut reached: Vec<u32> = Vec::with_capacity(graph.nodes());
    let mut groups = 0;
    for start in 0..id(graph.nodes()) {
        if labels[start as usize] != u32::MAX {
            continue;
        }
        labels[start as usize] = groups;
        let mut next = reached.len();
        reached.push(start);
        while let Some(&node) = reached.get(next) {
            next += 1;
            for &neighbour in graph.neighbours(node) {
                if labels[neighbour as usize] == u32::MAX && follow(node, neighbour) {
                    labels[neighbour as usize] = groups;
                    reached.push(neighbour);
                }
            }
        }
        groups += 1;
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_numbered_by_size() {
        let graph = Graph::from_edges(7, &[(0, 1, 1), (2, 3, 1), (3, 5, 1)]);
        let parts = components(&graph);
        assert_eq!(parts.labels(), [1, 1, 0, 0, 2, 0, 3]);
        assert_eq!(parts.sizes(), [3, 2, 1, 1]);
    }
}
