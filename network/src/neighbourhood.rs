//! The surroundings of one organisation: who is near it, and who of them is tied to whom.

use crate::number::id;
use crate::scope::Lens;
use crate::scratch::Scratch;
use std::cmp::Reverse;
use std::collections::HashSet;

/// How far to look around an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Steps along ties: 1 for partners, 2 for their partners too.
    pub depth: u32,
    /// How many projects two organisations must share to be tied.
    pub min_shared: u32,
    /// The most organisations to give, the one in the middle included.
    pub limit: usize,
}

/// An organisation and those near it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Neighbourhood {
    /// The one in the middle, then the nearest, those most strongly tied first; last those who
    /// are not within reach and stand beside it.
    pub members: Vec<Neighbour>,
    /// The ties between members, by their places.
    pub links: Vec<Link>,
    /// How many organisations are at each distance, those beyond the limit included, from 0 on.
    pub rings: Vec<usize>,
    /// How many stand beside the one in the middle and are not within reach, those beyond the
    /// limit included.
    pub apart: usize,
}

/// One organisation of a neighbourhood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// Its node.
    pub node: u32,
    /// Steps from the one in the middle; 1 for those beside it.
    pub distance: u32,
    /// Projects shared with those one step nearer, summed over them; 0 for those beside it.
    pub strength: u32,
    /// Projects of the scope it counts in.
    pub projects: u32,
}

/// A tie between two members.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    /// The places of the two among the members, the lower first.
    pub ends: (u32, u32),
    /// Projects both are in.
    pub shared: u32,
    /// Sum over these of 1/(n−1), n the organisations in the project (Newman 2001).
    pub fractional: f64,
}

/// Too much would have to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooFar {
    /// Participations that are in the way, as far as they were counted.
    pub participations: usize,
}

/// The most participations looked at to find who is near, about a second's worth.
pub const MOST_LOOKED_AT: usize = 50_000_000;

impl Lens<'_> {
    /// The surroundings of the organisation that `own` counts as, which is always in them; of
    /// the others, those whose participations count in the scope. `beside` are to be among them
    /// whether or not they share projects.
    ///
    /// Members are in the order of distance, then of strength, label and id, so that a limit
    /// keeps the closest; its last quarter is rather for `beside`, who keep their own order where
    /// they are not within reach. O(participations in the projects of all that are nearer than `depth`
    /// and of all members, and the pairs of members within projects).
    ///
    /// # Errors
    /// When more than [`MOST_LOOKED_AT`] participations are in the way.
    pub fn neighbourhood(
        &self,
        own: u32,
        reach: Reach,
        beside: &[u32],
    ) -> Result<Neighbourhood, TooFar> {
        let own = self.counted_as(own);
        let mut members = vec![Neighbour { node: own, distance: 0, strength: 0, projects: 0 }];
        let mut found = vec![false; self.network().organisation_nodes()];
        found[own as usize] = true;
        let mut inner = vec![own];
        let mut rings = vec![1];
        let mut looked_at = 0;
        for distance in 1..=reach.depth {
            let strengths = self.tied_to(own, &inner, reach.min_shared, &mut looked_at)?;
            let mut ring: Vec<Neighbour> = strengths
                .into_iter()
                .filter(|(node, _)| !std::mem::replace(&mut found[*node as usize], true))
                .map(|(node, strength)| Neighbour { node, distance, strength, projects: 0 })
                .collect();
            let network = self.network();
            ring.sort_unstable_by(|a, b| {
                let label = |of: &Neighbour| network.label_key(of.node);
                let id = |of: &Neighbour| network.organisation_id(of.node);
                let by_label = || label(a).cmp(label(b)).then_with(|| id(a).cmp(&id(b)));
                Reverse(a.strength).cmp(&Reverse(b.strength)).then_with(by_label)
            });
            rings.push(ring.len());
            inner = ring.iter().map(|of| of.node).collect();
            members.extend(ring);
        }
        let beside: Vec<u32> = beside.iter().map(|node| self.counted_as(*node)).collect();
        let within_reach = members.len();
        for &node in &beside {
            if !std::mem::replace(&mut found[node as usize], true) {
                members.push(Neighbour { node, distance: 1, strength: 0, projects: 0 });
            }
        }
        let apart = members.len() - within_reach;
        keep(&mut members, &beside.into_iter().collect(), reach.limit.max(1));
        let links = self.links_between(&mut members, reach.min_shared);
        Ok(Neighbourhood { members, links, rings, apart })
    }

    /// The organisations tied to one of `inner` by at least `min_shared` projects, in the order
    /// of their nodes, with the projects shared summed over these.
    fn tied_to(
        &self,
        own: u32,
        inner: &[u32],
        min_shared: u32,
        looked_at: &mut usize,
    ) -> Result<Vec<(u32, u32)>, TooFar> {
        let network = self.network();
        let nodes = network.organisation_nodes();
        let (mut strengths, mut shared) = (Scratch::<u32>::default(), Scratch::<u32>::default());
        strengths.reset(nodes);
        for &node in inner {
            shared.reset(nodes);
            for project in self.projects_of(node) {
                *looked_at += network.seats_in(project).len();
                let together = self.together_in(project, own);
                if together.contains(&node) {
                    for &other in together.iter().filter(|other| **other != node) {
                        *shared.entry(other, |count| *count == 0) += 1;
                    }
                }
            }
            if *looked_at > MOST_LOOKED_AT {
                return Err(TooFar { participations: *looked_at });
            }
            for &other in shared.touched() {
                let count = *shared.get(other);
                if count >= min_shared {
                    *strengths.entry(other, |sum| *sum == 0) += count;
                }
            }
        }
        let mut found: Vec<(u32, u32)> =
            strengths.touched().iter().map(|&node| (node, *strengths.get(node))).collect();
        found.sort_unstable();
        Ok(found)
    }

    /// The distinct organisations that count in a project, `own` among them whenever it takes
    /// part, ascending.
    fn together_in(&self, project: u32, own: u32) -> Vec<u32> {
        let network = self.network();
        let counted = |&seat: &u32| {
            let organisation = self.counted_as(network.seats.organisation(seat));
            (organisation == own || self.admits_seat(seat)).then_some(organisation)
        };
        let mut together: Vec<u32> = network.seats_in(project).iter().filter_map(counted).collect();
        together.sort_unstable();
        together.dedup();
        together
    }

    /// The ties between members, in the order of their ends; says in members how many projects
    /// each counts in. Memory grows with the square of the members.
    fn links_between(&self, members: &mut [Neighbour], min_shared: u32) -> Vec<Link> {
        let Some(own) = members.first().map(|of| of.node) else { return Vec::new() };
        let mut places = vec![u32::MAX; self.network().organisation_nodes()];
        let mut projects = Vec::new();
        for (place, of) in members.iter().enumerate() {
            places[of.node as usize] = id(place);
            projects.extend(self.projects_of(of.node));
        }
        projects.sort_unstable();
        projects.dedup();
        let count = members.len();
        // A square, of which the half above the diagonal is used: members are few.
        let mut ties = vec![(0_u32, 0.0_f64); count * count];
        let mut here: Vec<usize> = Vec::new();
        for project in projects {
            let together = self.together_in(project, own);
            let others = f64::from(id(together.len()).saturating_sub(1));
            here.clear();
            let found = together.iter().map(|&node| places[node as usize]);
            here.extend(found.filter(|place| *place != u32::MAX).map(|place| place as usize));
            here.sort_unstable();
            for (n, &a) in here.iter().enumerate() {
                members[a].projects += 1;
                for &b in &here[n + 1..] {
                    let (shared, fractional) = &mut ties[a * count + b];
                    *shared += 1;
                    *fractional += 1.0 / others;
                }
            }
        }
        let strong =
            ties.iter().enumerate().filter(|(_, (shared, _))| *shared >= min_shared.max(1));
        let link = |(place, &(shared, fractional)): (usize, &(u32, f64))| Link {
            ends: (id(place / count), id(place % count)),
            shared,
            fractional,
        };
        strong.map(link).collect()
    }
}

/// Leaves `limit` members: the first of them, and for the last quarter rather those of
/// `preferred` that come behind. Keeps their order.
fn keep(members: &mut Vec<Neighbour>, preferred: &HashSet<u32>, limit: usize) {
    let room = limit / 4;
    let first = (limit - room).min(members.len());
    let behind = |n: &usize| preferred.contains(&members[*n].node);
    let rather: Vec<usize> = (first..members.len()).filter(behind).take(room).collect();
    let mut kept = vec![false; members.len()];
    kept[..first].fill(true);
    for &n in &rather {
        kept[n] = true;
    }
    let others = kept.iter_mut().filter(|kept| !**kept);
    others.take(limit - first - rather.len()).for_each(|kept| *kept = true);
    let mut kept = kept.into_iter();
    members.retain(|_| kept.next().unwrap_or_default());
}
