//! What communities are made of.

use crate::number::id;
use crate::whole::Whole;

/// The communities of a network, described.
#[derive(Clone, Debug, PartialEq)]
pub struct Portraits {
    /// Each community, in the order of the division.
    pub communities: Vec<Portrait>,
    /// For each node, the strength of its ties within its community.
    pub strength_within: Vec<f64>,
    /// For each node, its partners within its community.
    pub partners_within: Vec<u32>,
}

/// One community.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Portrait {
    /// Its members, those most strongly tied within it first, then by id.
    pub members: Vec<u32>,
    /// Ties between its members.
    pub ties_within: u64,
    /// Ties of its members to others.
    pub ties_outward: u64,
    /// Projects in which at least two of its members are together, ascending.
    pub projects: Vec<u32>,
}

/// Describes the communities of a network.
/// O(ties + participations + nodes · log nodes).
pub(crate) fn portraits(whole: &Whole) -> Portraits {
    let labels = whole.communities().partition.labels();
    let mut communities = vec![Portrait::default(); whole.communities().partition.len()];
    let mut strength_within = vec![0.0; labels.len()];
    let mut partners_within = vec![0_u32; labels.len()];
    for node in 0..id(labels.len()) {
        let own = labels[node as usize];
        let community = &mut communities[own as usize];
        community.members.push(node);
        for (partner, strength) in whole.weighted().ties(node) {
            if labels[partner as usize] == own {
                strength_within[node as usize] += strength;
                partners_within[node as usize] += 1;
                // Each is met at both ends.
                community.ties_within += u64::from(node < partner);
            } else {
                community.ties_outward += 1;
            }
        }
    }
    for community in &mut communities {
        // Stable: equals stay in the order of their ids.
        let strength = |node: u32| strength_within[node as usize];
        community.members.sort_by(|a, b| strength(*b).total_cmp(&strength(*a)));
    }
    let bipartite = &whole.frozen().bipartite;
    let mut met = Vec::new();
    for project in 0..id(bipartite.project_count()) {
        met.clear();
        met.extend(bipartite.organisations_of(project).iter().map(|of| labels[*of as usize]));
        met.sort_unstable();
        let mut last = None;
        for pair in met.windows(2) {
            if pair[0] == pair[1] && last != Some(pair[0]) {
                last = Some(pair[0]);
                communities[pair[0] as usize].projects.push(project);
            }
        }
    }
    Portraits { communities, strength_within, partners_within }
}
