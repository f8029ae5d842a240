//! Countries and the projects their organisations share.

use crate::graph::Graph;
use crate::measure::eigenvector::{EigenvectorOptions, eigenvector};
use crate::number::id;
use crate::scope::Lens;
use consortia_domain::country::Country;

/// What is counted of a country.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CountryNode {
    /// Distinct organisations that take part in something.
    pub organisations: u64,
    /// Their participations.
    pub participations: u64,
    /// Projects they are in.
    pub projects: u64,
    /// Countries they share a project with.
    pub degree: u64,
    /// Sum of the weights of the country's ties.
    pub strength: u64,
    /// Eigenvector centrality, the largest value scaled to 1.
    pub eigenvector: f64,
}

/// The country network: with M the project × country counts of participations, the weight of
/// the tie between two countries is their entry of `MᵀM`.
#[derive(Clone, Debug, PartialEq)]
pub struct CountryNetwork {
    /// The countries that take part in something, by code. Then one more for unknown
    /// countries, which has no ties.
    pub countries: Vec<(Option<Country>, CountryNode)>,
    /// The ties as (place, place, weight), the first before the second, ascending.
    pub ties: Vec<(usize, usize, u64)>,
    /// Projects with participations of at least two known countries.
    pub international_projects: u64,
}

/// One project's participations by country: counts, and which are not 0.
struct Row {
    counts: Vec<u64>,
    met: Vec<usize>,
}

impl Lens<'_> {
    /// The network of the countries. O(participations + Σ countries² over the projects).
    #[must_use]
    pub fn countries(&self) -> CountryNetwork {
        let all = Country::ALL.len();
        let mut nodes = vec![CountryNode::default(); all + 1];
        let mut weights = vec![0_u64; all * all];
        let mut international_projects = 0;
        let mut row = Row { counts: vec![0; all + 1], met: Vec::new() };
        let network = self.network();
        for project in 0..id(network.project_numbers()) {
            if !self.admits_project(project) {
                continue;
            }
            self.count(project, &mut row);
            row.met.sort_unstable();
            for &country in &row.met {
                nodes[country].participations += row.counts[country];
                nodes[country].projects += 1;
            }
            let known = row.met.len() - usize::from(row.met.last() == Some(&all));
            international_projects += u64::from(known >= 2);
            for (place, &a) in row.met[..known].iter().enumerate() {
                for &b in &row.met[place + 1..known] {
                    weights[a * all + b] += row.counts[a] * row.counts[b];
                }
            }
            for country in row.met.drain(..) {
                row.counts[country] = 0;
            }
        }
        for node in self.that_take_part() {
            nodes[self.place(node)].organisations += 1;
        }
        finish(&nodes, &weights, international_projects)
    }

    /// Where the country of a node stands, the unknown last.
    fn place(&self, node: u32) -> usize {
        self.network().country(node).map_or(Country::ALL.len(), Country::index)
    }

    fn count(&self, project: u32, row: &mut Row) {
        let network = self.network();
        for &seat in network.seats_in(project) {
            if self.admits_seat(seat) {
                let place = self.place(self.counted_as(network.seats.organisation(seat)));
                if row.counts[place] == 0 {
                    row.met.push(place);
                }
                row.counts[place] += 1;
            }
        }
    }
}

fn finish(nodes: &[CountryNode], weights: &[u64], international_projects: u64) -> CountryNetwork {
    let all = Country::ALL.len();
    let kept: Vec<usize> =
        (0..nodes.len()).filter(|&place| nodes[place].participations > 0).collect();
    let mut countries: Vec<(Option<Country>, CountryNode)> = kept
        .iter()
        .map(|&place| (Country::ALL.get(place).copied(), nodes[place].clone()))
        .collect();
    let mut ties = Vec::new();
    for (a, &row) in kept.iter().enumerate() {
        for (b, &column) in kept.iter().enumerate().skip(a + 1) {
            let weight = if column < all { weights[row * all + column] } else { 0 };
            if weight > 0 {
                ties.push((a, b, weight));
                for end in [a, b] {
                    countries[end].1.degree += 1;
                    countries[end].1.strength += weight;
                }
            }
        }
    }
    // More than 2³² shared pairs of participations between two countries do not occur: all of
    // Horizon 2020 has some 20,000 between its most tied two.
    let edge = |&(a, b, weight): &(usize, usize, u64)| {
        (id(a), id(b), u32::try_from(weight).unwrap_or(u32::MAX))
    };
    let edges: Vec<(u32, u32, u32)> = ties.iter().map(edge).collect();
    let graph = Graph::from_edges(countries.len(), &edges);
    let central = eigenvector(graph.by_shared(), &EigenvectorOptions::default());
    for ((_, node), value) in countries.iter_mut().zip(central.values) {
        node.eigenvector = value;
    }
    CountryNetwork { countries, ties, international_projects }
}
