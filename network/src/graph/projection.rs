//! From organisations in projects to organisations that share projects.

use crate::graph::Graph;
use crate::graph::bipartite::Bipartite;
use crate::number::{id, real};

/// Which weights a projected graph gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Columns {
    /// The number of shared projects only.
    #[default]
    Shared,
    /// Also the fractional weight of Newman 2001 ("Scientific collaboration networks. II"):
    /// the sum over the shared projects of 1 / (n − 1), n the organisations in the project.
    SharedAndFractional,
}

impl Graph {
    /// The network of organisations that share at least `min_shared` projects (0 means 1),
    /// weighted by how many. Every organisation is a node, whether it has partners or not.
    ///
    /// O(Σ n²) over the projects with their n organisations, with one counter for each
    /// organisation and no sorting.
    #[must_use]
    pub fn project(network: &Bipartite, min_shared: u32, columns: Columns) -> Self {
        match columns {
            Columns::Shared => project::<false>(network, min_shared),
            Columns::SharedAndFractional => project::<true>(network, min_shared),
        }
    }
}

/// Each node's neighbours with a smaller number, in the order they were met.
struct Lower {
    ends: Vec<usize>,
    targets: Vec<u32>,
    weights: Vec<u32>,
    fractional: Vec<f64>,
}

fn lower_half<const FRACTIONAL: bool>(network: &Bipartite, min_shared: u32) -> Lower {
    let nodes = network.organisation_count();
    let mut lower = Lower {
        ends: Vec::with_capacity(nodes),
        targets: Vec::new(),
        weights: Vec::new(),
        fractional: Vec::new(),
    };
    let mut shared = vec![0_u32; nodes];
    let mut fraction = vec![0.0_f64; if FRACTIONAL { nodes } else { 0 }];
    let mut met = vec![0_u32; nodes];
    for node in 0..id(nodes) {
        let mut count = 0;
        for &project in network.projects_of(node) {
            let members = network.organisations_of(project);
            let portion = if FRACTIONAL { 1.0 / real(members.len() - 1).max(1.0) } else { 0.0 };
            for &partner in members {
                if partner >= node {
                    break;
                }
                let counter = &mut shared[partner as usize];
                met[count] = partner;
                // Not a branch: whether a partner is new is hard to predict.
                count += usize::from(*counter == 0);
                *counter += 1;
                if FRACTIONAL {
                    fraction[partner as usize] += portion;
                }
            }
        }
        for &partner in &met[..count] {
            let weight = std::mem::take(&mut shared[partner as usize]);
            let portion =
                if FRACTIONAL { std::mem::take(&mut fraction[partner as usize]) } else { 0.0 };
            if weight >= min_shared {
                lower.targets.push(partner);
                lower.weights.push(weight);
                if FRACTIONAL {
                    lower.fractional.push(portion);
                }
            }
        }
        lower.ends.push(lower.targets.len());
    }
    lower
}

fn project<const FRACTIONAL: bool>(network: &Bipartite, min_shared: u32) -> Graph {
    let nodes = network.organisation_count();
    let lower = lower_half::<FRACTIONAL>(network, min_shared);

    let mut offsets = vec![0_usize; nodes + 1];
    let mut start = 0;
    for (node, &end) in lower.ends.iter().enumerate() {
        offsets[node + 1] += end - start;
        for &target in &lower.targets[start..end] {
            offsets[target as usize + 1] += 1;
        }
        start = end;
    }
    for node in 0..nodes {
        offsets[node + 1] += offsets[node];
    }

    // Visiting nodes in ascending order and writing each into the rows of its neighbours
    // leaves those rows sorted. Doing so with the lower half gives the upper half of every
    // row; doing so again with that gives the lower half, which fills the rest of the row.
    let entries = offsets[nodes];
    let mut targets = vec![0_u32; entries];
    let mut weights = vec![0_u32; entries];
    let mut fractional = vec![0.0_f64; if FRACTIONAL { entries } else { 0 }];
    let mut upper: Vec<usize> = Vec::with_capacity(nodes);
    let mut start = 0;
    for (node, &end) in lower.ends.iter().enumerate() {
        upper.push(offsets[node] + (end - start));
        start = end;
    }
    let mut next = upper.clone();
    let mut start = 0;
    for (node, &end) in lower.ends.iter().enumerate() {
        for place in start..end {
            let slot = &mut next[lower.targets[place] as usize];
            targets[*slot] = id(node);
            weights[*slot] = lower.weights[place];
            if FRACTIONAL {
                fractional[*slot] = lower.fractional[place];
            }
            *slot += 1;
        }
        start = end;
    }
    drop(lower);
    let mut next = offsets[..nodes].to_vec();
    for node in 0..nodes {
        for place in upper[node]..offsets[node + 1] {
            let slot = &mut next[targets[place] as usize];
            targets[*slot] = id(node);
            weights[*slot] = weights[place];
            if FRACTIONAL {
                fractional[*slot] = fractional[place];
            }
            *slot += 1;
        }
    }
    Graph::from_rows(offsets, targets, weights, FRACTIONAL.then_some(fractional))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Bipartite {
        // Project 0: organisations 0, 1, 3. Project 1: 0, 1. Project 2: 4 alone.
        Bipartite::from_pairs(5, 3, &[(3, 0), (1, 0), (0, 0), (1, 1), (0, 1), (4, 2)])
    }

    #[test]
    fn partners_are_weighted_by_the_projects_they_share() {
        let graph = Graph::project(&example(), 1, Columns::SharedAndFractional);
        assert_eq!(graph.nodes(), 5);
        assert_eq!(graph.edge_list().collect::<Vec<_>>(), [(0, 1, 2), (0, 3, 1), (1, 3, 1)]);
        assert_eq!(graph.neighbours(3), [0, 1]);
        assert_eq!(graph.degree(4), 0);
        assert_eq!(graph.weight(1, 0), Some(2));
        assert_eq!(graph.weight(2, 0), None);
        assert_eq!(graph.fractional_weights(1), Some([1.5, 0.5].as_slice()));
        assert!((graph.density() - 0.3).abs() < 1e-15);
    }

    #[test]
    fn a_threshold_leaves_weaker_ties_out() {
        let graph = Graph::project(&example(), 2, Columns::Shared);
        assert_eq!(graph.edge_list().collect::<Vec<_>>(), [(0, 1, 2)]);
        assert!(graph.by_fraction().is_none());
        assert_eq!(Graph::project(&example(), 0, Columns::Shared).edges(), 3);
    }
}
