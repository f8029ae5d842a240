//! Refinement: communities taken apart and put together again from inside, so that what is
//! badly connected falls apart.

use super::level::{Level, Members, Towards};
use crate::graph::weighting::Weight;
use crate::number::id;
use crate::random::Random;

/// How far below the best a merger may be and still be likely, in units of a tie's weight:
/// θ of Traag, Waltman & van Eck 2019, as in their implementation.
const RANDOMNESS: f64 = 0.01;

/// The exponent below which nothing is ever chosen: e⁻⁴⁰ is below what 53 bits can draw.
const UNLIKELY: f64 = -40.0;

/// Groups within communities.
pub(super) struct Refined {
    /// The group of each node, numbered from 0 in the order of their first node.
    pub(super) labels: Vec<u32>,
    pub(super) groups: usize,
}

struct Refinement<'l, W: Weight> {
    level: &'l Level<'l, W>,
    communities: &'l [u32],
    scale: f64,
    /// The group of each node; in the beginning each has its own.
    labels: Vec<u32>,
    size_of: Vec<u32>,
    strength_of: Vec<f64>,
    /// The weight of a group's ties to the rest of its community.
    outward: Vec<f64>,
    towards: Towards,
}

/// Divides every community of `communities` further: nodes that are still alone merge with a
/// group of their community where that raises modularity, only well-connected ones with
/// well-connected ones, at random with a strong preference for the best.
pub(super) fn refine<W: Weight>(
    level: &Level<'_, W>,
    communities: &[u32],
    resolution: f64,
    random: &mut Random,
) -> Refined {
    let nodes = level.nodes();
    let mut refinement = Refinement {
        level,
        communities,
        scale: if level.total > 0.0 { resolution / level.total } else { 0.0 },
        labels: (0..id(nodes)).collect(),
        size_of: vec![1; nodes],
        strength_of: level.strengths.clone(),
        outward: vec![0.0; nodes],
        towards: Towards::new(nodes),
    };
    for node in 0..id(nodes) {
        let own = communities[node as usize];
        let within = level.ties(node).filter(|&(other, _)| communities[other as usize] == own);
        refinement.outward[node as usize] = within.map(|(_, weight)| weight).sum();
    }
    let members = Members::of(communities, nodes);
    let mut order = Vec::new();
    for community in 0..id(nodes) {
        let inside = members.of_group(community);
        if inside.len() < 2 {
            continue;
        }
        let strength = inside.iter().map(|&node| level.strengths[node as usize]).sum();
        order.clear();
        order.extend_from_slice(inside);
        random.shuffle(&mut order);
        for &node in &order {
            refinement.merge(node, strength, random);
        }
    }
    let mut labels = refinement.labels;
    let groups = crate::measure::partition::number_by_first(&mut labels, nodes);
    Refined { labels, groups }
}

impl<W: Weight> Refinement<'_, W> {
    /// Whether a group's ties to the rest of its community, of `strength` in all, are at least
    /// what is expected.
    fn is_well_connected(&self, label: u32, strength: f64) -> bool {
        let own = self.strength_of[label as usize];
        self.outward[label as usize] >= self.scale * own * (strength - own)
    }

    /// Merges a node that is alone with a group of its community, if any is worth it.
    fn merge(&mut self, node: u32, strength: f64, random: &mut Random) {
        let own = self.labels[node as usize];
        if self.size_of[own as usize] > 1 || !self.is_well_connected(own, strength) {
            return;
        }
        let community = self.communities[node as usize];
        for (neighbour, weight) in self.level.ties(node) {
            if self.communities[neighbour as usize] == community {
                self.towards.add(self.labels[neighbour as usize], weight);
            }
        }
        if let Some(chosen) = self.choose(own, strength, random) {
            let between = self.towards.weight(chosen);
            let (own, group) = (own as usize, chosen as usize);
            self.labels[node as usize] = chosen;
            self.size_of[group] += 1;
            self.size_of[own] = 0;
            self.strength_of[group] += self.strength_of[own];
            self.strength_of[own] = 0.0;
            self.outward[group] += self.outward[own] - 2.0 * between;
        }
        self.towards.clear();
    }

    /// The group to merge with: e^(gain / θ) times as likely the more it gains.
    fn choose(&self, own: u32, strength: f64, random: &mut Random) -> Option<u32> {
        let node_strength = self.strength_of[own as usize];
        let gain = |label: u32| {
            let expected = node_strength * self.scale * self.strength_of[label as usize];
            self.towards.weight(label) - expected
        };
        let candidates = || {
            let met = self.towards.met().iter().copied();
            met.filter(|&label| label != own && self.is_well_connected(label, strength))
                .map(|label| (label, gain(label)))
                .filter(|&(_, gain)| gain >= 0.0)
        };
        let best = candidates().map(|(_, gain)| gain).fold(f64::NEG_INFINITY, f64::max);
        let likelihood = |gain: f64| {
            let exponent = (gain - best) / RANDOMNESS;
            if exponent < UNLIKELY { 0.0 } else { exponent.exp() }
        };
        let total: f64 = candidates().map(|(_, gain)| likelihood(gain)).sum();
        let mut left = random.unit() * total;
        let mut chosen = None;
        for (label, gain) in candidates() {
            let likelihood = likelihood(gain);
            if likelihood == 0.0 {
                continue;
            }
            chosen = Some(label);
            left -= likelihood;
            if left <= 0.0 {
                break;
            }
        }
        chosen
    }
}
