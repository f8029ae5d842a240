//! Counting the shortest paths from one node, and what each node contributes to them.

use super::Sums;
use crate::graph::Graph;
use crate::graph::gather::sum;
use crate::number::id;

/// The level of nodes not reached.
const UNREACHED: u32 = u32::MAX;

/// The memory one search after the other uses.
///
/// Each step between two levels can be made from either side: from the nodes of one level
/// towards the other ("push"), or by asking each node of the other level what its neighbours
/// have ("pull"; the idea of Beamer, Asanović & Patterson 2012). The side with fewer ties is
/// taken. In a network with hubs most ties belong to the middle level, whose own rows are
/// then never read.
pub(super) struct Search {
    level: Vec<u32>,
    /// The number of shortest paths from the source.
    paths: Vec<f64>,
    /// Brandes's dependency: the sum over targets of the share of paths through the node.
    dependency: Vec<f64>,
    /// What pulling reads: the values of one level's nodes, 0 for all others.
    shown: Vec<f64>,
    /// The nodes reached, by level.
    order: Vec<u32>,
    /// Where each level begins in `order`.
    starts: Vec<usize>,
}

impl Search {
    pub(super) fn new(nodes: usize) -> Self {
        Self {
            level: vec![UNREACHED; nodes],
            paths: vec![0.0; nodes],
            dependency: vec![0.0; nodes],
            shown: vec![0.0; nodes],
            order: Vec::with_capacity(nodes),
            starts: Vec::new(),
        }
    }

    /// Adds every node's dependency in the paths from `source` to the sums.
    pub(super) fn add_dependencies(&mut self, graph: &Graph, source: u32, sums: &mut Sums) {
        self.count_paths(graph, source);
        self.accumulate(graph);
        let beyond_source = self.starts.get(1).copied().unwrap_or(self.order.len());
        for &node in &self.order[beyond_source..] {
            let node = node as usize;
            let dependency = self.dependency[node];
            sums.dependencies[node] += dependency;
            sums.squares[node] += dependency * dependency;
        }
    }

    fn level_nodes(&self, level: usize) -> std::ops::Range<usize> {
        let end = self.starts.get(level + 1).copied().unwrap_or(self.order.len());
        self.starts[level]..end
    }

    fn ties(&self, graph: &Graph, level: usize) -> usize {
        self.order[self.level_nodes(level)].iter().map(|&node| graph.degree(node)).sum()
    }

    fn count_paths(&mut self, graph: &Graph, source: u32) {
        self.level.fill(UNREACHED);
        self.order.clear();
        self.starts.clear();
        self.level[source as usize] = 0;
        self.paths[source as usize] = 1.0;
        self.order.push(source);
        self.starts.push(0);
        let mut unreached_ties = graph.targets().len() - graph.degree(source);
        let mut ties = graph.degree(source);
        for level in 0.. {
            let found = self.order.len();
            if ties <= unreached_ties {
                self.push_paths(graph, level);
            } else {
                self.pull_paths(graph, level);
            }
            if self.order.len() == found {
                return;
            }
            self.starts.push(found);
            ties = self.ties(graph, level + 1);
            unreached_ties -= ties;
        }
    }

    fn push_paths(&mut self, graph: &Graph, level: usize) {
        let next_level = id(level) + 1;
        for place in self.level_nodes(level) {
            let node = self.order[place];
            let paths = self.paths[node as usize];
            for &neighbour in graph.neighbours(node) {
                let neighbour_level = &mut self.level[neighbour as usize];
                if *neighbour_level == UNREACHED {
                    *neighbour_level = next_level;
                    self.paths[neighbour as usize] = paths;
                    self.order.push(neighbour);
                } else if *neighbour_level == next_level {
                    self.paths[neighbour as usize] += paths;
                }
            }
        }
    }

    fn pull_paths(&mut self, graph: &Graph, level: usize) {
        let here = self.level_nodes(level);
        for &node in &self.order[here.clone()] {
            self.shown[node as usize] = self.paths[node as usize];
        }
        for node in 0..id(self.level.len()) {
            if self.level[node as usize] == UNREACHED {
                let paths = sum(graph.neighbours(node), &self.shown);
                if paths > 0.0 {
                    self.level[node as usize] = id(level) + 1;
                    self.paths[node as usize] = paths;
                    self.order.push(node);
                }
            }
        }
        for &node in &self.order[here] {
            self.shown[node as usize] = 0.0;
        }
    }

    /// From the farthest level to the first: dependency(v) = paths(v) · Σ over successors w
    /// of (1 + dependency(w)) / paths(w).
    fn accumulate(&mut self, graph: &Graph) {
        for &node in &self.order {
            self.dependency[node as usize] = 0.0;
        }
        let mut farther_ties = self.ties(graph, self.starts.len() - 1);
        for level in (1..self.starts.len() - 1).rev() {
            let here = self.level_nodes(level);
            let farther = self.level_nodes(level + 1);
            let ties = self.ties(graph, level);
            if farther_ties < ties {
                self.push_dependencies(graph, level);
            } else {
                self.pull_dependencies(graph, level);
            }
            debug_assert!(here.end == farther.start);
            for &node in &self.order[here] {
                self.dependency[node as usize] *= self.paths[node as usize];
            }
            farther_ties = ties;
        }
    }

    fn portion(&self, node: u32) -> f64 {
        (1.0 + self.dependency[node as usize]) / self.paths[node as usize]
    }

    fn push_dependencies(&mut self, graph: &Graph, level: usize) {
        let here = id(level);
        for place in self.level_nodes(level + 1) {
            let node = self.order[place];
            let portion = self.portion(node);
            for &neighbour in graph.neighbours(node) {
                if self.level[neighbour as usize] == here {
                    self.dependency[neighbour as usize] += portion;
                }
            }
        }
    }

    fn pull_dependencies(&mut self, graph: &Graph, level: usize) {
        let farther = self.level_nodes(level + 1);
        for &node in &self.order[farther.clone()] {
            self.shown[node as usize] = self.portion(node);
        }
        for &node in &self.order[self.level_nodes(level)] {
            self.dependency[node as usize] = sum(graph.neighbours(node), &self.shown);
        }
        for &node in &self.order[farther] {
            self.shown[node as usize] = 0.0;
        }
    }
}
