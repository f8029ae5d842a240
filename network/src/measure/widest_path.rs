//! How two organisations are connected: the shortest way over the strongest ties.

use crate::graph::Graph;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A way from one node to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The nodes along it, both ends included.
    pub nodes: Vec<u32>,
    /// The smallest weight of its ties; `None` if it has none, being from a node to itself.
    pub narrowest: Option<u32>,
}

/// The best `count` ways between two nodes, best first; fewer if there are fewer, none if
/// the nodes are not connected or do not exist.
///
/// A way is better the larger the smallest weight along it, then by the ranks of its nodes,
/// compared from `from` on (lexicographically smallest first). Only ways with the fewest
/// possible steps are given. `rank` must give different nodes different ranks: the order in
/// which the caller's identifiers sort.
///
/// O(nodes + edges) for the search; then O(steps · degree · log) for each way.
#[must_use]
pub fn widest_paths(
    graph: &Graph,
    from: u32,
    to: u32,
    count: usize,
    rank: impl Fn(u32) -> u32,
) -> Vec<Path> {
    if from.max(to) as usize >= graph.nodes() || count == 0 {
        return Vec::new();
    }
    if from == to {
        return vec![Path { nodes: vec![from], narrowest: None }];
    }
    match Field::towards(graph, from, to) {
        Some(field) => field.best_ways(from, to, count, rank),
        None => Vec::new(),
    }
}

/// Marks a node the target's search has not reached.
const UNREACHED: u32 = u32::MAX;

/// For each node near enough, the steps to the target, and how wide the widest of the ways
/// with so many steps is.
struct Field<'g> {
    graph: &'g Graph,
    steps: Vec<u32>,
    width: Vec<u32>,
}

/// A way begun, not yet at the target. The greatest is the one to go on with: that with the
/// widest possible rest, then the one whose ranks so far sort first. Both are known exactly,
/// so ways arrive at the target in order of preference.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Begun {
    width: u32,
    ranks: Reverse<Vec<u32>>,
    nodes: Vec<u32>,
    width_so_far: u32,
}

impl<'g> Field<'g> {
    /// Breadth-first from `to` until the level of `from` is complete. Every node's width is
    /// final when its level is: it comes from the level before.
    fn towards(graph: &'g Graph, from: u32, to: u32) -> Option<Self> {
        let mut field =
            Self { graph, steps: vec![UNREACHED; graph.nodes()], width: vec![0; graph.nodes()] };
        field.steps[to as usize] = 0;
        field.width[to as usize] = u32::MAX;
        let mut level = vec![to];
        let mut steps = 0;
        while field.steps[from as usize] == UNREACHED && !level.is_empty() {
            steps += 1;
            let mut next = Vec::new();
            for &node in &level {
                let width = field.width[node as usize];
                for (&neighbour, &weight) in graph.neighbours(node).iter().zip(graph.weights(node))
                {
                    let known = &mut field.steps[neighbour as usize];
                    if *known == UNREACHED {
                        *known = steps;
                        next.push(neighbour);
                    }
                    if *known == steps {
                        let widest = &mut field.width[neighbour as usize];
                        *widest = (*widest).max(weight.min(width));
                    }
                }
            }
            level = next;
        }
        (field.steps[from as usize] != UNREACHED).then_some(field)
    }

    fn best_ways(&self, from: u32, to: u32, count: usize, rank: impl Fn(u32) -> u32) -> Vec<Path> {
        let mut ways = Vec::new();
        let mut begun = BinaryHeap::from([Begun {
            width: self.width[from as usize],
            ranks: Reverse(Vec::new()),
            nodes: vec![from],
            width_so_far: u32::MAX,
        }]);
        while let Some(way) = begun.pop() {
            let Some(&last) = way.nodes.last() else { continue };
            if last == to {
                ways.push(Path { nodes: way.nodes, narrowest: Some(way.width) });
                if ways.len() == count {
                    break;
                }
                continue;
            }
            let left = self.steps[last as usize];
            let ties = self.graph.neighbours(last).iter().zip(self.graph.weights(last));
            for (&next, &weight) in ties.filter(|&(&next, _)| self.steps[next as usize] == left - 1)
            {
                let width_so_far = way.width_so_far.min(weight);
                let mut nodes = way.nodes.clone();
                nodes.push(next);
                let mut ranks = way.ranks.0.clone();
                ranks.push(rank(next));
                begun.push(Begun {
                    width: width_so_far.min(self.width[next as usize]),
                    ranks: Reverse(ranks),
                    nodes,
                    width_so_far,
                });
            }
        }
        ways
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Graph {
        // From 0 to 5 over 1 and 2 (width 2), 1 and 3 (width 2), or 4 and 3 (width 3).
        let edges = [
            (0, 1, 2),
            (1, 2, 4),
            (2, 5, 3),
            (1, 3, 2),
            (3, 5, 9),
            (0, 4, 3),
            (4, 3, 3),
            (0, 6, 9),
            (6, 7, 9),
            (7, 8, 9),
            (8, 5, 9),
        ];
        Graph::from_edges(10, &edges)
    }

    #[test]
    fn the_widest_of_the_shortest_comes_first() {
        let ways = widest_paths(&example(), 0, 5, 9, |node| node);
        let found: Vec<_> = ways.iter().map(|way| (way.nodes.clone(), way.narrowest)).collect();
        let expected =
            [(vec![0, 4, 3, 5], Some(3)), (vec![0, 1, 2, 5], Some(2)), (vec![0, 1, 3, 5], Some(2))];
        assert_eq!(found, expected);
        let other_order = widest_paths(&example(), 0, 5, 2, |node| 100 - node);
        assert_eq!(other_order[1].nodes, [0, 1, 3, 5]);
        assert_eq!(other_order.len(), 2);
    }

    #[test]
    fn no_way_and_no_distance() {
        assert!(widest_paths(&example(), 0, 9, 1, |node| node).is_empty());
        assert!(widest_paths(&example(), 0, 10, 1, |node| node).is_empty());
        assert!(widest_paths(&example(), 0, 5, 0, |node| node).is_empty());
        let itself = widest_paths(&example(), 3, 3, 5, |node| node);
        assert_eq!(itself, [Path { nodes: vec![3], narrowest: None }]);
    }
}
