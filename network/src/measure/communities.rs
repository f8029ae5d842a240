//! Communities: groups of organisations that work with each other more than with the rest.

mod level;
mod local_moving;
mod refinement;

use crate::graph::weighting::{Weight, Weighted, with_weights};
use crate::measure::partition::Partition;
use crate::random::Random;
use level::Level;

/// How communities are looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CommunityOptions {
    /// What the expected weight within a community is multiplied by: the larger, the more and
    /// the smaller the communities (Reichardt & Bornholdt 2006).
    pub resolution: f64,
    /// What the order of moves depends on: the same seed gives the same communities.
    pub seed: u64,
    /// How many orders of moves are tried in the first round; the best of what they find is
    /// gone on with. How good a division gets is settled there more than in later rounds.
    pub starts: u32,
    /// The most rounds, each starting from what the last one found. A round that improves
    /// nothing is the last.
    pub rounds: u32,
}

impl Default for CommunityOptions {
    /// Modularity as Newman & Girvan 2004 define it, seed 0, three starts, three rounds.
    fn default() -> Self {
        Self { resolution: 1.0, seed: 0, starts: 3, rounds: 3 }
    }
}

/// A division of the network into communities.
#[derive(Clone, Debug, PartialEq)]
pub struct Communities {
    /// The community of each node. A node without ties is a community of its own.
    pub partition: Partition,
    /// How much more weight lies within the communities than ties at random would put there.
    pub modularity: f64,
    /// The rounds it took.
    pub rounds: u32,
}

/// The communities of the Leiden algorithm (Traag, Waltman & van Eck 2019, "From Louvain to
/// Leiden: guaranteeing well-connected communities") for modularity: local moving, refinement,
/// aggregation, again and again. Every community is connected.
/// O(edges) a pass; the number of passes is small in practice, but not bounded by theory.
#[must_use]
pub fn communities(weighted: Weighted<'_>, options: &CommunityOptions) -> Communities {
    let labels =
        with_weights!(weighted, |graph, weights| search(&Level::of(graph, weights), options));
    let (labels, rounds) = labels;
    let partition = Partition::from_labels(labels);
    let modularity = modularity(weighted, &partition, options.resolution);
    Communities { partition, modularity, rounds }
}

fn search<W: Weight>(whole: &Level<'_, W>, options: &CommunityOptions) -> (Vec<u32>, u32) {
    let first = |start: u32| {
        let mut random = Random::new(options.seed.wrapping_add(start.into()));
        let mut labels: Vec<u32> = (0..crate::number::id(whole.nodes())).collect();
        let moved = round(whole, &mut labels, options.resolution, &mut random);
        (whole.quality(&labels, options.resolution), labels, moved, random)
    };
    let mut best = first(0);
    for found in (1..options.starts).map(first) {
        if found.0 > best.0 {
            best = found;
        }
    }
    let (_, mut labels, mut moved, mut random) = best;
    let mut rounds = 1;
    while moved && rounds < options.rounds {
        moved = round(whole, &mut labels, options.resolution, &mut random);
        rounds += 1;
    }
    (labels, rounds)
}

/// Improves `labels`: moves nodes, refines, and goes on with the network of what was refined
/// until nothing moves. Says whether anything did.
fn round<W: Weight>(
    level: &Level<'_, W>,
    labels: &mut [u32],
    resolution: f64,
    random: &mut Random,
) -> bool {
    let moved = local_moving::improve(level, labels, resolution, random);
    let refined = refinement::refine(level, labels, resolution, random);
    if refined.groups == level.nodes() {
        return moved;
    }
    let above = level.aggregated(&refined.labels, refined.groups);
    // Each refined group lies within one community: where it starts from.
    let mut labels_above = vec![0; refined.groups];
    for (&group, &label) in refined.labels.iter().zip(labels.iter()) {
        labels_above[group as usize] = label;
    }
    crate::measure::partition::number_by_first(&mut labels_above, level.nodes());
    let moved_above = round(&above, &mut labels_above, resolution, random);
    for (&group, label) in refined.labels.iter().zip(labels) {
        *label = labels_above[group as usize];
    }
    moved || moved_above
}

/// The modularity of a division (Newman & Girvan 2004; weights as in Newman 2004): the share
/// of the weight within groups, less `resolution` times what ties at random between nodes of
/// the same strengths would put there. 0 without ties. O(nodes + edges).
#[must_use]
pub fn modularity(weighted: Weighted<'_>, partition: &Partition, resolution: f64) -> f64 {
    let labels = partition.labels();
    with_weights!(weighted, |graph, weights| Level::of(graph, weights).quality(labels, resolution))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Graph;

    /// Two cliques of five with one tie between them, and a node without ties.
    fn barbell() -> Graph {
        let clique = |first: u32| {
            (first..first + 5).flat_map(move |a| (a + 1..first + 5).map(move |b| (a, b, 1)))
        };
        let edges: Vec<_> = clique(0).chain(clique(5)).chain([(4, 5, 1)]).collect();
        Graph::from_edges(11, &edges)
    }

    #[test]
    fn cliques_are_communities() {
        let graph = barbell();
        let found = communities(graph.by_shared(), &CommunityOptions::default());
        assert_eq!(found.partition.labels(), [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2]);
        // 20 of 21 edges lie within; each clique has half of the strength.
        assert!((found.modularity - (20.0 / 21.0 - 0.5)).abs() < 1e-15);
    }

    #[test]
    fn networks_without_ties_have_only_single_nodes() {
        for nodes in [0, 3] {
            let graph = Graph::from_edges(nodes, &[]);
            let found = communities(graph.unweighted(), &CommunityOptions::default());
            assert_eq!((found.partition.len(), found.modularity), (nodes, 0.0));
        }
    }

    #[test]
    fn a_high_resolution_leaves_nodes_alone() {
        let graph = barbell();
        let options = CommunityOptions { resolution: 100.0, ..CommunityOptions::default() };
        assert_eq!(communities(graph.by_shared(), &options).partition.len(), 11);
    }
}
