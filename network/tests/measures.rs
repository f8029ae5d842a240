//! The measures of a whole network beside the plainest way to compute the same, on random
//! networks.

use consortia_network::graph::Graph;
use consortia_network::graph::bipartite::Bipartite;
use consortia_network::graph::projection::Columns;
use consortia_network::measure::betweenness::{Pivots, betweenness, betweenness_from};
use consortia_network::measure::clustering::triangles;
use consortia_network::measure::communities::{CommunityOptions, communities, modularity};
use consortia_network::measure::components::components;
use consortia_network::measure::constraint::constraint;
use consortia_network::measure::cores::core_numbers;
use consortia_network::measure::eigenvector::{EigenvectorOptions, eigenvector};
use consortia_network::measure::pagerank::{PageRankOptions, pagerank};
use consortia_network::measure::widest_path::widest_paths;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;

/// Numbers that look random and are the same in every run (xorshift64*, Vigna 2016).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % u64::from(limit);
        u32::try_from(drawn).expect("below a u32")
    }
}

/// Who is in what, as plain pairs: up to 24 organisations, some in nothing.
struct Example {
    organisations: u32,
    members: Vec<BTreeSet<u32>>,
    bipartite: Bipartite,
}

impl Example {
    fn random(seed: u64) -> Self {
        let mut dice = Dice(seed + 1);
        let organisations = 1 + dice.below(24);
        let projects = dice.below(20);
        let mut pairs = Vec::new();
        let mut members = vec![BTreeSet::new(); projects as usize];
        for project in 0..projects {
            for _ in 0..=dice.below(4) {
                let organisation = dice.below(organisations);
                pairs.push((organisation, project));
                members[project as usize].insert(organisation);
            }
        }
        let bipartite = Bipartite::from_pairs(organisations as usize, projects as usize, &pairs);
        Self { organisations, members, bipartite }
    }

    fn graph(&self) -> Graph {
        Graph::project(&self.bipartite, 1, Columns::SharedAndFractional)
    }

    fn shared(&self, a: u32, b: u32) -> u32 {
        let both = self.members.iter().filter(|of| a != b && of.contains(&a) && of.contains(&b));
        u32::try_from(both.count()).expect("few")
    }

    fn nodes(&self) -> std::ops::Range<u32> {
        0..self.organisations
    }

    /// The weights as a matrix.
    fn matrix(&self) -> Vec<Vec<f64>> {
        let row = |a| self.nodes().map(|b| f64::from(self.shared(a, b))).collect();
        self.nodes().map(row).collect()
    }
}

fn examples() -> impl Iterator<Item = Example> {
    (0..120).map(Example::random)
}

fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("few"))
}

fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-9 * expected.abs().max(1.0)
}

fn all_close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found_one, expected_one) in found.iter().zip(expected) {
        assert!(close(*found_one, *expected_one), "{found:?} is not {expected:?}");
    }
}

#[test]
fn ties_are_shared_projects() {
    for example in examples() {
        for threshold in 0..3 {
            let graph = Graph::project(&example.bipartite, threshold, Columns::SharedAndFractional);
            for a in example.nodes() {
                let partners: Vec<u32> =
                    example.nodes().filter(|&b| example.shared(a, b) >= threshold.max(1)).collect();
                assert_eq!(graph.neighbours(a), partners);
                let weights: Vec<u32> = partners.iter().map(|&b| example.shared(a, b)).collect();
                assert_eq!(graph.weights(a), weights);
                let fraction = |&b: &u32| {
                    let both =
                        example.members.iter().filter(|of| of.contains(&a) && of.contains(&b));
                    both.map(|of| 1.0 / (real(of.len()) - 1.0)).sum::<f64>()
                };
                let fractions: Vec<f64> = partners.iter().map(fraction).collect();
                all_close(graph.fractional_weights(a).expect("asked for"), &fractions);
            }
        }
    }
}

#[test]
fn cores_are_what_peeling_leaves() {
    for example in examples() {
        let mut expected = vec![0; example.organisations as usize];
        for k in 1..=example.organisations {
            let mut left: BTreeSet<u32> = example.nodes().collect();
            loop {
                let degree = |a: u32| left.iter().filter(|&&b| example.shared(a, b) > 0).count();
                let gone: Vec<u32> =
                    left.iter().copied().filter(|&a| degree(a) < k as usize).collect();
                if gone.is_empty() {
                    break;
                }
                left.retain(|node| !gone.contains(node));
            }
            for node in left {
                expected[node as usize] = k;
            }
        }
        assert_eq!(core_numbers(&example.graph()), expected);
    }
}

/// Steps between all nodes, and the number of shortest ways: Floyd & Warshall by levels.
fn distances(example: &Example) -> Vec<Vec<Option<(u32, f64)>>> {
    let from = |start: u32| {
        let mut found = vec![None; example.organisations as usize];
        found[start as usize] = Some((0, 1.0));
        for step in 1..=example.organisations {
            let before = found.clone();
            for a in example.nodes().filter(|&a| before[a as usize].is_none()) {
                let ways = example.nodes().filter(|&b| example.shared(a, b) > 0);
                let ways: f64 = ways
                    .filter_map(|b| before[b as usize])
                    .filter(|&(steps, _)| steps + 1 == step)
                    .map(|(_, ways)| ways)
                    .sum();
                if ways > 0.0 {
                    found[a as usize] = Some((step, ways));
                }
            }
        }
        found
    };
    example.nodes().map(from).collect()
}

#[test]
fn components_are_who_can_be_reached() {
    for example in examples() {
        let found = components(&example.graph());
        for (a, row) in distances(&example).iter().enumerate() {
            for (b, distance) in row.iter().enumerate() {
                assert_eq!(found.labels()[a] == found.labels()[b], distance.is_some());
            }
        }
        assert!(found.sizes().windows(2).all(|pair| pair[0] >= pair[1]));
    }
}

#[test]
fn betweenness_is_the_share_of_shortest_ways_through() {
    for example in examples() {
        let distances = distances(&example);
        let graph = example.graph();
        let through = |node: usize, from: usize, to: usize| {
            let (whole, ways) = distances[from][to]?;
            let (before, ways_before) = distances[from][node]?;
            let (after, ways_after) = distances[node][to]?;
            let apart = node != from && node != to && before + after == whole;
            Some(if apart { ways_before * ways_after / ways } else { 0.0 })
        };
        let of = |node: usize| {
            let n = distances.len();
            let pairs = (0..n).flat_map(|from| (from + 1..n).map(move |to| (from, to)));
            pairs.filter_map(|(from, to)| through(node, from, to)).sum::<f64>()
        };
        let expected: Vec<f64> = (0..distances.len()).map(of).collect();
        let exact = betweenness(&graph, Pivots::All, NonZeroUsize::MIN);
        all_close(&exact.values, &expected);
        // The number of threads changes nothing, and all nodes drawn are all nodes.
        let many = NonZeroUsize::new(3).expect("3");
        assert_eq!(betweenness(&graph, Pivots::All, many), exact);
        let all = Pivots::Sample { count: graph.nodes(), seed: 5 };
        assert_eq!(betweenness(&graph, all, many), exact);
        // Estimates from single pivots average to the exact values.
        let mut sum = vec![0.0; graph.nodes()];
        for pivot in example.nodes() {
            let estimate = betweenness_from(&graph, &[pivot], many);
            for (sum, value) in sum.iter_mut().zip(estimate.values) {
                *sum += value / real(graph.nodes());
            }
        }
        all_close(&sum, &expected);
    }
}

#[test]
fn pagerank_is_where_the_walk_ends() {
    for example in examples() {
        let matrix = example.matrix();
        let n = matrix.len();
        let strengths: Vec<f64> = matrix.iter().map(|row| row.iter().sum()).collect();
        let mut ranks = vec![1.0 / real(n); n];
        for _ in 0..300 {
            let lost: f64 = (0..n).filter(|&a| strengths[a] == 0.0).map(|a| ranks[a]).sum();
            let next = |b: usize| {
                let arriving = |a: usize| match strengths[a] {
                    0.0 => 0.0,
                    strength => ranks[a] * matrix[a][b] / strength,
                };
                let followed = (0..n).map(arriving).sum::<f64>() + lost / real(n);
                0.85 * followed + 0.15 / real(n)
            };
            ranks = (0..n).map(next).collect();
        }
        let found = pagerank(example.graph().by_shared(), &PageRankOptions::default());
        assert!(found.converged);
        all_close(&found.values, &ranks);
    }
}

#[test]
fn eigenvector_is_one() {
    for example in examples() {
        let graph = example.graph();
        let found = eigenvector(graph.by_shared(), &EigenvectorOptions::default());
        let largest = found.values.iter().copied().fold(0.0, f64::max);
        if graph.edges() == 0 {
            assert!(found.values.iter().all(|&value| value == 0.0));
            continue;
        }
        assert!(found.converged && close(largest, 1.0));
        let matrix = example.matrix();
        let product = |row: &Vec<f64>| {
            row.iter().zip(&found.values).map(|(weight, value)| weight * value).sum::<f64>()
        };
        let products: Vec<f64> = matrix.iter().map(product).collect();
        let eigenvalue = products.iter().copied().fold(0.0, f64::max);
        for (value, product) in found.values.iter().zip(products) {
            assert!((product - eigenvalue * value).abs() < 1e-8 * eigenvalue);
        }
        // No other has a larger eigenvalue: none exceeds it on any start (Collatz & Wielandt).
        let mut any = vec![1.0; matrix.len()];
        for _ in 0..200 {
            let next: Vec<f64> = matrix
                .iter()
                .zip(&any)
                .map(|(row, own)| own + row.iter().zip(&any).map(|(w, v)| w * v).sum::<f64>())
                .collect();
            let most = next.iter().copied().fold(0.0, f64::max);
            any = next.iter().map(|value| value / most).collect();
        }
        let reached = matrix
            .iter()
            .map(|row| row.iter().zip(&any).map(|(w, v)| w * v).sum::<f64>())
            .fold(0.0, f64::max);
        assert!((reached - eigenvalue).abs() < 1e-6 * eigenvalue, "{reached} {eigenvalue}");
    }
}

#[test]
fn constraint_is_burts_formula() {
    for example in examples() {
        let matrix = example.matrix();
        let n = matrix.len();
        let p = |i: usize, j: usize| matrix[i][j] / matrix[i].iter().sum::<f64>();
        let of = |i: usize| {
            let partners: Vec<usize> = (0..n).filter(|&j| matrix[i][j] > 0.0).collect();
            let over = |&j: &usize| {
                let indirect: f64 =
                    partners.iter().filter(|&&q| q != j).map(|&q| p(i, q) * p(q, j)).sum();
                (p(i, j) + indirect).powi(2)
            };
            (!partners.is_empty()).then(|| partners.iter().map(over).sum::<f64>())
        };
        let graph = example.graph();
        for (i, found) in constraint(graph.by_shared()).into_iter().enumerate() {
            match (found, of(i)) {
                (Some(found), Some(expected)) => assert!(close(found, expected)),
                (found, expected) => assert_eq!(found, expected),
            }
        }
    }
}

#[test]
fn clustering_is_the_share_of_closed_pairs() {
    for example in examples() {
        let tied = |a: u32, b: u32| example.shared(a, b) > 0;
        let found = triangles(&example.graph());
        let (mut closed_in_all, mut pairs_in_all) = (0.0, 0.0);
        let mut expected = Vec::new();
        for node in example.nodes() {
            let partners: Vec<u32> = example.nodes().filter(|&b| tied(node, b)).collect();
            let pairs = partners
                .iter()
                .enumerate()
                .flat_map(|(place, &a)| partners[..place].iter().map(move |&b| (a, b)));
            let closed = real(pairs.clone().filter(|&(a, b)| tied(a, b)).count());
            let pairs = real(pairs.count());
            expected.push(if pairs > 0.0 { closed / pairs } else { 0.0 });
            closed_in_all += closed;
            pairs_in_all += pairs;
        }
        all_close(&found.local(), &expected);
        assert_eq!(found.transitivity().is_some(), pairs_in_all > 0.0);
        let transitivity = found.transitivity().unwrap_or(0.0);
        assert!(close(transitivity, closed_in_all / f64::max(pairs_in_all, 1.0)));
    }
}

#[test]
fn paths_are_the_widest_of_the_shortest_in_order() {
    for (seed, example) in (0..).zip(examples()) {
        let mut dice = Dice(seed + 99);
        let (from, to) = (dice.below(example.organisations), dice.below(example.organisations));
        // Every way without a repetition, by plain recursion.
        let mut ways = vec![vec![from]];
        let mut expected: Vec<(usize, std::cmp::Reverse<u32>, Vec<u32>)> = Vec::new();
        let steps = distances(&example)[from as usize][to as usize].map(|(steps, _)| steps);
        while let (Some(way), Some(steps)) = (ways.pop(), steps) {
            let last = *way.last().expect("never empty");
            if last == to && way.len() == steps as usize + 1 {
                let narrowest = way.windows(2).map(|pair| example.shared(pair[0], pair[1])).min();
                expected.push((way.len(), std::cmp::Reverse(narrowest.unwrap_or(0)), way));
            } else if way.len() <= steps as usize {
                let next = example.nodes().filter(|&b| example.shared(last, b) > 0);
                for node in next.filter(|node| !way.contains(node)) {
                    ways.push([way.as_slice(), &[node]].concat());
                }
            }
        }
        expected.sort();
        for count in [1, 3, 1000] {
            let found = widest_paths(&example.graph(), from, to, count, |node| node);
            let found: Vec<_> = found.into_iter().map(|path| path.nodes).collect();
            let wanted: Vec<_> =
                expected.iter().take(count).map(|(_, _, way)| way.clone()).collect();
            assert_eq!(found, wanted);
        }
    }
}

#[test]
fn communities_are_connected_and_nobody_would_rather_move() {
    for example in examples() {
        let graph = example.graph();
        let options = CommunityOptions { rounds: 50, ..CommunityOptions::default() };
        let found = communities(graph.by_shared(), &options);
        assert_eq!(communities(graph.by_shared(), &options), found, "it repeats");
        let labels = found.partition.labels();
        let matrix = example.matrix();
        let total: f64 = matrix.iter().flatten().sum();
        let quality = |labels: &[u32]| {
            let strength = |a: usize| matrix[a].iter().sum::<f64>();
            let mut sum = 0.0;
            for a in 0..matrix.len() {
                for b in 0..matrix.len() {
                    if labels[a] == labels[b] && total > 0.0 {
                        sum += matrix[a][b] / total - strength(a) * strength(b) / total / total;
                    }
                }
            }
            sum
        };
        let own = quality(labels);
        assert!(close(found.modularity, own), "{} is not {own}", found.modularity);
        assert!(close(modularity(graph.by_shared(), &found.partition, 1.0), own));
        for node in 0..labels.len() {
            for label in 0..=u32::try_from(found.partition.len()).expect("few") {
                let mut moved = labels.to_vec();
                moved[node] = label;
                assert!(quality(&moved) <= own + 1e-12, "node {node} to {label}");
            }
        }
        // Connected: spreading from one member within the community reaches all of it.
        for label in 0..u32::try_from(found.partition.len()).expect("few") {
            let members: Vec<u32> =
                example.nodes().filter(|&node| labels[node as usize] == label).collect();
            let mut reached = vec![members[0]];
            let mut next = 0;
            while next < reached.len() {
                let node = reached[next];
                next += 1;
                for &other in &members {
                    if example.shared(node, other) > 0 && !reached.contains(&other) {
                        reached.push(other);
                    }
                }
            }
            assert_eq!(reached.len(), members.len(), "community {label} falls apart");
        }
    }
}
