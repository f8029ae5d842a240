//! The one-mode network: organisations, and a tie between two that share a project.

pub mod bipartite;
pub(crate) mod gather;
pub mod projection;
pub mod weighting;

use crate::number::real;
use weighting::{Column, Weighted};

/// An undirected graph without self-loops, frozen and compact (compressed sparse rows).
///
/// Nodes are numbered from 0. Every edge is stored at both of its ends, and the neighbours
/// of a node are in ascending order. Memory: 16 bytes for each edge (32 with the fractional
/// weights) and 8 for each node.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    offsets: Vec<usize>,
    targets: Vec<u32>,
    weights: Vec<u32>,
    fractional: Option<Vec<f64>>,
}

impl Graph {
    /// A graph from rows that satisfy what the type promises.
    pub(crate) fn from_rows(
        offsets: Vec<usize>,
        targets: Vec<u32>,
        weights: Vec<u32>,
        fractional: Option<Vec<f64>>,
    ) -> Self {
        debug_assert_eq!(offsets.last(), Some(&targets.len()));
        debug_assert_eq!(weights.len(), targets.len());
        Self { offsets, targets, weights, fractional }
    }

    /// The graph of these edges `(a, b, weight)`, each given in one direction. Weights of
    /// repeated edges add up; self-loops and edges of weight 0 are left out. There are at
    /// least `nodes` nodes, and as many more as the largest number in an edge requires.
    /// O(nodes + edges · log edges): meant for small graphs.
    #[must_use]
    pub fn from_edges(nodes: usize, edges: &[(u32, u32, u32)]) -> Self {
        let nodes = edges.iter().fold(nodes, |nodes, &(a, b, _)| nodes.max(a.max(b) as usize + 1));
        let mut both: Vec<(u32, u32, u32)> = edges
            .iter()
            .filter(|&&(a, b, weight)| a != b && weight > 0)
            .flat_map(|&(a, b, weight)| [(a, b, weight), (b, a, weight)])
            .collect();
        both.sort_unstable();
        both.dedup_by(|later, kept| {
            let same = (later.0, later.1) == (kept.0, kept.1);
            if same {
                kept.2 = kept.2.saturating_add(later.2);
            }
            same
        });
        let mut offsets = vec![0; nodes + 1];
        for &(node, _, _) in &both {
            offsets[node as usize + 1] += 1;
        }
        for node in 0..nodes {
            offsets[node + 1] += offsets[node];
        }
        let targets = both.iter().map(|&(_, target, _)| target).collect();
        let weights = both.iter().map(|&(_, _, weight)| weight).collect();
        Self::from_rows(offsets, targets, weights, None)
    }

    /// The number of nodes, those without a tie included.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.offsets.len() - 1
    }

    /// The number of edges, each counted once.
    #[must_use]
    pub fn edges(&self) -> usize {
        self.targets.len() / 2
    }

    /// The share of the possible edges that exist; 0 with fewer than two nodes.
    #[must_use]
    pub fn density(&self) -> f64 {
        match self.nodes() {
            0 | 1 => 0.0,
            nodes => real(self.targets.len()) / (real(nodes) * real(nodes - 1)),
        }
    }

    /// The neighbours a node has on average; `None` without nodes.
    #[must_use]
    pub fn mean_degree(&self) -> Option<f64> {
        (self.nodes() > 0).then(|| real(self.targets.len()) / real(self.nodes()))
    }

    /// The number of neighbours of a node. O(1).
    ///
    /// # Panics
    /// If there is no such node, as do the other methods that take one.
    #[must_use]
    #[inline]
    pub fn degree(&self, node: u32) -> usize {
        let node = node as usize;
        self.offsets[node + 1] - self.offsets[node]
    }

    /// The neighbours of a node, ascending. O(1).
    #[must_use]
    #[inline]
    pub fn neighbours(&self, node: u32) -> &[u32] {
        let node = node as usize;
        &self.targets[self.offsets[node]..self.offsets[node + 1]]
    }

    /// The weights of a node's ties (shared projects), in the order of its neighbours. O(1).
    #[must_use]
    #[inline]
    pub fn weights(&self, node: u32) -> &[u32] {
        let node = node as usize;
        &self.weights[self.offsets[node]..self.offsets[node + 1]]
    }

    /// The fractional weights of a node's ties (Newman 2001), in the order of its
    /// neighbours; `None` unless the graph was made with them. O(1).
    #[must_use]
    pub fn fractional_weights(&self, node: u32) -> Option<&[f64]> {
        let node = node as usize;
        let column = self.fractional.as_ref()?;
        Some(&column[self.offsets[node]..self.offsets[node + 1]])
    }

    /// The weight of the edge between two nodes; `None` without one. O(log degree).
    #[must_use]
    pub fn weight(&self, a: u32, b: u32) -> Option<u32> {
        let place = self.neighbours(a).binary_search(&b).ok()?;
        Some(self.weights(a)[place])
    }

    /// Every edge once as `(a, b, weight)` with a < b, ascending.
    pub fn edge_list(&self) -> impl Iterator<Item = (u32, u32, u32)> {
        self.offsets.windows(2).zip(0..).flat_map(move |(row, node)| {
            let targets = &self.targets[row[0]..row[1]];
            let upper = row[0] + targets.partition_point(|&target| target < node);
            (upper..row[1]).map(move |place| (node, self.targets[place], self.weights[place]))
        })
    }

    /// The graph with every tie of weight 1.
    #[must_use]
    pub fn unweighted(&self) -> Weighted<'_> {
        Weighted { graph: self, column: Column::Ones }
    }

    /// The graph with its ties weighted by the number of shared projects.
    #[must_use]
    pub fn by_shared(&self) -> Weighted<'_> {
        Weighted { graph: self, column: Column::Shared(&self.weights) }
    }

    /// The graph with its ties weighted by Newman's sum over the shared projects of
    /// 1 / (n − 1); `None` unless the graph was made with those weights.
    #[must_use]
    pub fn by_fraction(&self) -> Option<Weighted<'_>> {
        let column = self.fractional.as_deref()?;
        Some(Weighted { graph: self, column: Column::Fractional(column) })
    }

    pub(crate) fn offsets(&self) -> &[usize] {
        &self.offsets
    }

    pub(crate) fn targets(&self) -> &[u32] {
        &self.targets
    }
}
