//! How deep in the dense middle of the network a node is.

use crate::graph::Graph;
use crate::number::id;

/// The core number of each node: the largest k such that the node belongs to a set of nodes
/// each with at least k neighbours in the set. O(nodes + edges), by removing nodes in order
/// of degree (Batagelj & Zaversnik 2003, "An O(m) algorithm for cores decomposition").
#[must_use]
pub fn core_numbers(graph: &Graph) -> Vec<u32> {
    let nodes = graph.nodes();
    let mut cores: Vec<u32> = (0..id(nodes)).map(|node| id(graph.degree(node))).collect();
    let largest = cores.iter().copied().max().unwrap_or(0) as usize;

    // The nodes by remaining degree; `starts[d]` is where those of degree d begin.
    let mut starts = vec![0_u32; largest + 2];
    for &degree in &cores {
        starts[degree as usize + 1] += 1;
    }
    for degree in 0..=largest {
        starts[degree + 1] += starts[degree];
    }
    let mut next = starts.clone();
    let mut order = vec![0_u32; nodes];
    let mut places = vec![0_u32; nodes];
    for node in 0..id(nodes) {
        let place = &mut next[cores[node as usize] as usize];
        order[*place as usize] = node;
        places[node as usize] = *place;
        *place += 1;
    }

    for place in 0..nodes {
        let node = order[place];
        let core = cores[node as usize];
        for &neighbour in graph.neighbours(node) {
            let degree = cores[neighbour as usize];
            if degree <= core {
                continue;
            }
            // The neighbour changes places with the first of its degree, which then begins
            // one place later.
            let first = &mut starts[degree as usize];
            let other = order[*first as usize];
            let from = places[neighbour as usize];
            order[from as usize] = other;
            places[other as usize] = from;
            order[*first as usize] = neighbour;
            places[neighbour as usize] = *first;
            *first += 1;
            cores[neighbour as usize] = degree - 1;
        }
    }
    cores
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clique_with_a_tail() {
        let clique = [(0, 1, 1), (0, 2, 1), (0, 3, 1), (1, 2, 1), (1, 3, 1), (2, 3, 1)];
        let tail = [(3, 4, 1), (4, 5, 1), (4, 6, 1), (5, 6, 1)];
        let graph = Graph::from_edges(8, &[clique.as_slice(), &tail].concat());
        assert_eq!(core_numbers(&graph), [3, 3, 3, 3, 2, 2, 2, 0]);
        assert!(core_numbers(&Graph::from_edges(0, &[])).is_empty());
    }
}
