//! Nodes divided into numbered groups.

use crate::number::id;

/// A division of the nodes, its groups numbered from 0 by descending size, and among groups
/// of one size by their smallest node. Equal divisions therefore compare equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    labels: Vec<u32>,
    sizes: Vec<u32>,
}

impl Partition {
    /// The division that puts nodes with the same label together, whatever the labels, which
    /// must be below the number of nodes. O(nodes + groups · log groups).
    pub(crate) fn from_labels(mut labels: Vec<u32>) -> Self {
        let bound = labels.len();
        let groups = number_by_first(&mut labels, bound);
        let mut sizes = vec![0_u32; groups];
        for &label in &labels {
            sizes[label as usize] += 1;
        }
        let mut order: Vec<u32> = (0..id(groups)).collect();
        order.sort_by_key(|&group| std::cmp::Reverse(sizes[group as usize]));
        let mut renamed = vec![0; groups];
        for (new, &old) in (0..).zip(&order) {
            renamed[old as usize] = new;
        }
        for label in &mut labels {
            *label = renamed[*label as usize];
        }
        let sizes = order.iter().map(|&group| sizes[group as usize]).collect();
        Self { labels, sizes }
    }

    /// The group of each node.
    #[must_use]
    pub fn labels(&self) -> &[u32] {
        &self.labels
    }

    /// The number of nodes in each group, descending.
    #[must_use]
    pub fn sizes(&self) -> &[u32] {
        &self.sizes
    }

    /// The number of groups.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sizes.len()
    }

    /// The edges of `graph`, which it divides, with both ends in a group. O(edges).
    #[must_use]
    pub fn edges_in(&self, graph: &crate::graph::Graph, group: u32) -> usize {
        let both = |&(a, b, _): &(u32, u32, u32)| {
            self.labels[a as usize] == group && self.labels[b as usize] == group
        };
        graph.edge_list().filter(both).count()
    }

    /// Whether there are no nodes, hence no groups.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sizes.is_empty()
    }
}

/// Renames labels, all below `bound`, to 0, 1, … in order of appearance, and says how many
/// there are.
pub(crate) fn number_by_first(labels: &mut [u32], bound: usize) -> usize {
    let mut renamed = vec![u32::MAX; bound];
    let mut groups = 0;
    for label in labels {
        let name = &mut renamed[*label as usize];
        if *name == u32::MAX {
            *name = groups;
            groups += 1;
        }
        *label = *name;
    }
    groups as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_numbered_by_size_then_smallest_node() {
        let partition = Partition::from_labels(vec![4, 2, 2, 0, 4, 1]);
        assert_eq!(partition.labels(), [0, 1, 1, 2, 0, 3]);
        assert_eq!(partition.sizes(), [2, 2, 1, 1]);
        assert_eq!(partition, Partition::from_labels(vec![1, 0, 0, 2, 1, 3]));
        assert!(Partition::from_labels(Vec::new()).is_empty());
    }
}
