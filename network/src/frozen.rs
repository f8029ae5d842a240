//! A copy of the network in a scope, frozen: what whole-network measures are computed from.

use crate::graph::bipartite::Bipartite;
use crate::number::id;
use crate::scope::Lens;
use consortia_domain::country::Country;
use consortia_domain::id::{OrganisationId, ProjectId};
use std::collections::HashMap;

/// Who takes part in what in a scope, as it was at one revision.
///
/// Organisations and projects are numbered in the order of their ids, so that every copy of
/// the same registry is the same, on whatever server and after whatever history. Only what
/// takes part in something is in it. About 60 bytes an organisation, 24 a project and 8 a
/// participation.
#[derive(Clone, Debug)]
pub struct Frozen {
    /// The last revision of the registry that it knows of.
    pub revision: i64,
    /// The organisation of each node.
    pub organisations: Vec<OrganisationId>,
    /// The node of each organisation in the live network.
    pub live_nodes: Vec<u32>,
    /// The node of each organisation that counts as another one, a unit of it.
    pub units: HashMap<OrganisationId, u32>,
    /// Where each organisation is established.
    pub countries: Vec<Option<Country>>,
    /// The project of each project number.
    pub projects: Vec<ProjectId>,
    /// Who is in what.
    pub bipartite: Bipartite,
    /// Participations counted, those of one organisation in one project each.
    pub participations: usize,
}

impl Lens<'_> {
    /// The nodes that count as taking part in something, ascending. O(participations).
    pub(crate) fn that_take_part(&self) -> impl Iterator<Item = u32> {
        let network = self.network();
        let mut takes_part = vec![false; network.organisation_nodes()];
        for project in (0..id(network.project_numbers())).filter(|&of| self.admits_project(of)) {
            for &seat in network.seats_in(project) {
                if self.admits_seat(seat) {
                    let node = self.counted_as(network.seats.organisation(seat));
                    takes_part[node as usize] = true;
                }
            }
        }
        (0..).zip(takes_part).filter(|&(_, takes_part)| takes_part).map(|(node, _)| node)
    }

    /// Copies what counts in the scope.
    /// O(participations + organisations · log organisations + projects · log projects).
    #[must_use]
    pub fn freeze(&self) -> Frozen {
        let network = self.network();
        let mut pairs: Vec<(u32, u32)> = Vec::with_capacity(network.participations());
        let mut live_projects = Vec::new();
        for project in 0..id(network.project_numbers()) {
            if !self.admits_project(project) {
                continue;
            }
            let before = pairs.len();
            for &seat in network.seats_in(project) {
                if self.admits_seat(seat) {
                    pairs.push((self.counted_as(network.seats.organisation(seat)), project));
                }
            }
            if pairs.len() > before {
                live_projects.push(project);
            }
        }
        let participations = pairs.len();
        live_projects.sort_unstable_by_key(|&project| network.project_id(project));
        let mut live_nodes: Vec<u32> = self.that_take_part().collect();
        live_nodes.sort_unstable_by_key(|&node| network.organisation_id(node));
        let nodes = places(&live_nodes, network.organisation_nodes());
        let numbers = places(&live_projects, network.project_numbers());
        for (organisation, project) in &mut pairs {
            *organisation = nodes[*organisation as usize];
            *project = numbers[*project as usize];
        }
        let all = 0..id(network.organisation_nodes());
        let units = all.filter_map(|node| {
            let top = self.counted_as(node);
            let place = nodes[top as usize];
            (top != node && place != u32::MAX).then(|| (network.organisation_id(node), place))
        });
        Frozen {
            revision: network.revision(),
            units: units.collect(),
            organisations: live_nodes.iter().map(|&node| network.organisation_id(node)).collect(),
            countries: live_nodes.iter().map(|&node| network.country(node)).collect(),
            projects: live_projects.iter().map(|&of| network.project_id(of)).collect(),
            bipartite: Bipartite::from_pairs(live_nodes.len(), live_projects.len(), &pairs),
            live_nodes,
            participations,
        }
    }
}

/// Where each of `bound` numbers stands in `order`.
fn places(order: &[u32], bound: usize) -> Vec<u32> {
    let mut places = vec![u32::MAX; bound];
    for (place, &number) in (0..).zip(order) {
        places[number as usize] = place;
    }
    places
}

impl Frozen {
    /// The node of an organisation, or of what it counts as, if that takes part in anything.
    /// O(log organisations).
    #[must_use]
    pub fn node(&self, organisation: OrganisationId) -> Option<u32> {
        let own = self.organisations.binary_search(&organisation).ok().map(id);
        own.or_else(|| self.units.get(&organisation).copied())
    }

    /// Pairs of organisations in one project, summed over the projects: what projecting the
    /// network costs, and a bound of its edges. O(projects).
    #[must_use]
    pub fn pairs(&self) -> u64 {
        let in_project = |project| self.bipartite.organisations_of(project).len() as u64;
        (0..id(self.bipartite.project_count()))
            .map(in_project)
            .map(|members| members * members.saturating_sub(1) / 2)
            .sum()
    }

    /// The projects that both of two nodes are in, ascending.
    /// O(projects of the one + projects of the other).
    #[must_use]
    pub fn shared_projects(&self, a: u32, b: u32) -> Vec<u32> {
        let (mut of_a, mut of_b) = (self.bipartite.projects_of(a), self.bipartite.projects_of(b));
        let mut shared = Vec::new();
        while let (Some((first, rest_a)), Some((second, rest_b))) =
            (of_a.split_first(), of_b.split_first())
        {
            if first == second {
                shared.push(*first);
            }
            if first <= second {
                of_a = rest_a;
            }
            if second <= first {
                of_b = rest_b;
            }
        }
        shared
    }
}
