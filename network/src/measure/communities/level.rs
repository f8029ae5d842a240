//! One level of the search: the network itself, or one whose nodes are groups of it.

use crate::graph::Graph;
use crate::graph::weighting::{Weight, strengths};
use crate::number::id;
use std::borrow::Cow;

/// A weighted network whose nodes may stand for many. Ties within a node are left out: they
/// stay within whatever community it is in. Its strength counts them.
pub(super) struct Level<'g, W: Clone> {
    offsets: Cow<'g, [usize]>,
    targets: Cow<'g, [u32]>,
    weights: Cow<'g, [W]>,
    pub(super) strengths: Vec<f64>,
    /// The sum of all strengths.
    pub(super) total: f64,
}

impl<'g, W: Weight> Level<'g, W> {
    pub(super) fn of(graph: &'g Graph, weights: &'g [W]) -> Self {
        let strengths = strengths(graph, weights);
        Self {
            offsets: graph.offsets().into(),
            targets: graph.targets().into(),
            weights: weights.into(),
            total: strengths.iter().sum(),
            strengths,
        }
    }

    pub(super) fn nodes(&self) -> usize {
        self.strengths.len()
    }

    #[inline]
    pub(super) fn ties(&self, node: u32) -> impl Iterator<Item = (u32, f64)> {
        let row = self.offsets[node as usize]..self.offsets[node as usize + 1];
        let targets = self.targets[row.clone()].iter().copied();
        targets.zip(self.weights[row].iter().map(|weight| weight.value()))
    }

    /// The modularity of the division into the groups of `labels`, which are below the number
    /// of nodes; 0 without ties. Ties within nodes are not counted, so of a network of groups
    /// it is too low, by the same for every division.
    pub(super) fn quality(&self, labels: &[u32], resolution: f64) -> f64 {
        if self.total == 0.0 {
            return 0.0;
        }
        let mut within = 0.0;
        let mut strength_of = vec![0.0; self.nodes()];
        for (node, &label) in (0..).zip(labels) {
            strength_of[label as usize] += self.strengths[node as usize];
            for (neighbour, weight) in self.ties(node) {
                // Not a branch: it is as hard to predict as the communities are to find.
                within += f64::from(u8::from(labels[neighbour as usize] == label)) * weight;
            }
        }
        let expected: f64 =
            strength_of.iter().map(|strength| (strength / self.total).powi(2)).sum();
        within / self.total - resolution * expected
    }

    /// The network of `groups` groups, `labels` telling the group of each node.
    pub(super) fn aggregated(&self, labels: &[u32], groups: usize) -> Level<'static, f64> {
        let members = Members::of(labels, groups);
        let mut strengths = vec![0.0; groups];
        let mut offsets = Vec::with_capacity(groups + 1);
        let mut targets = Vec::new();
        let mut weights = Vec::new();
        offsets.push(0);
        let mut towards = Towards::new(groups);
        for group in 0..id(groups) {
            for &node in members.of_group(group) {
                strengths[group as usize] += self.strengths[node as usize];
                for (neighbour, weight) in self.ties(node) {
                    towards.add(labels[neighbour as usize], weight);
                }
            }
            for &other in towards.met() {
                if other != group {
                    targets.push(other);
                    weights.push(towards.weight(other));
                }
            }
            towards.clear();
            offsets.push(targets.len());
        }
        Level {
            offsets: offsets.into(),
            targets: targets.into(),
            weights: weights.into(),
            strengths,
            total: self.total,
        }
    }
}

/// The nodes of each group, ascending.
pub(super) struct Members {
    starts: Vec<usize>,
    nodes: Vec<u32>,
}

impl Members {
    pub(super) fn of(labels: &[u32], groups: usize) -> Self {
        let mut starts = vec![0; groups + 1];
        for &label in labels {
            starts[label as usize + 1] += 1;
        }
        for group in 0..groups {
            starts[group + 1] += starts[group];
        }
        let mut next = starts.clone();
        let mut nodes = vec![0; labels.len()];
        for (node, &label) in (0..).zip(labels) {
            nodes[next[label as usize]] = node;
            next[label as usize] += 1;
        }
        Self { starts, nodes }
    }

    pub(super) fn of_group(&self, group: u32) -> &[u32] {
        &self.nodes[self.starts[group as usize]..self.starts[group as usize + 1]]
    }
}

/// How much weight leads towards each group: one counter a group, and which were used.
pub(super) struct Towards {
    weights: Vec<f64>,
    /// The groups met, and room for one more than there are.
    met: Vec<u32>,
    count: usize,
}

impl Towards {
    pub(super) fn new(groups: usize) -> Self {
        Self { weights: vec![0.0; groups], met: vec![0; groups + 1], count: 0 }
    }

    /// Weights are above 0, so a counter at 0 was not used yet.
    #[inline]
    pub(super) fn add(&mut self, group: u32, weight: f64) {
        let counter = &mut self.weights[group as usize];
        self.met[self.count] = group;
        // Not a branch: whether a group is new is hard to predict.
        self.count += usize::from(*counter == 0.0);
        *counter += weight;
    }

    #[inline]
    pub(super) fn weight(&self, group: u32) -> f64 {
        self.weights[group as usize]
    }

    /// The groups met, in the order they were.
    pub(super) fn met(&self) -> &[u32] {
        &self.met[..self.count]
    }

    pub(super) fn clear(&mut self) {
        for group in &self.met[..self.count] {
            self.weights[*group as usize] = 0.0;
        }
        self.count = 0;
    }
}
