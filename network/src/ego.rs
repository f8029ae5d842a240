//! One organisation and those around it.
//!
//! What a scope says of projects (programme, dates, status) holds for the organisation and its
//! partners alike. What it says of participations (role, country, type) chooses among the
//! others: the organisation asked about is always there.

use crate::scope::Lens;
use crate::scratch::Scratch;
use crate::sums::Sums;
use chrono::{Datelike, NaiveDate};
use consortia_domain::money::Currency;
use consortia_domain::role::Role;
use std::cell::RefCell;

/// A set of roles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles(u32);

impl Roles {
    fn insert(&mut self, role: Option<Role>) {
        if let Some(role) = role {
            self.0 |= 1 << role as u32;
        }
    }

    /// The roles, in the order of the vocabulary.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.iter().copied().filter(move |role| self.0 & (1 << *role as u32) != 0)
    }
}

/// A tie between an organisation and one of its partners.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tie {
    /// The partner's node.
    pub partner: u32,
    /// Projects both are in, each once.
    pub shared: u32,
    /// Sum over these projects of 1/(n−1), n the organisations in the project (Newman 2001).
    pub fractional: f64,
    /// The roles of the partner in these projects.
    pub partner_roles: Roles,
    /// The organisation's own roles in them.
    pub own_roles: Roles,
    /// The first day a shared project may have started on.
    pub first: Option<NaiveDate>,
    /// The last day a shared project may end on.
    pub last: Option<NaiveDate>,
    /// What the partner gets of the EC in these projects.
    pub ec_contribution: Sums,
}

/// One participation of an organisation asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnParticipation {
    /// In which project.
    pub project: u32,
    /// In which role.
    pub role: Option<Role>,
    /// What it gets of the EC, in the smallest unit of the currency.
    pub ec_contribution: Option<(Currency, i64)>,
}

impl Tie {
    /// The year the first shared project starts in, at the earliest.
    #[must_use]
    pub fn first_year(&self) -> Option<i32> {
        self.first.map(|day| day.year())
    }

    /// The year the last shared project ends in, at the latest.
    #[must_use]
    pub fn last_year(&self) -> Option<i32> {
        self.last.map(|day| day.year())
    }
}

/// An organisation's projects and partners in a scope.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ego {
    /// The organisation's node.
    pub node: u32,
    /// Its projects, in the order of their numbers.
    pub projects: Vec<u32>,
    /// Its partners, in the order of their nodes.
    pub ties: Vec<Tie>,
    /// Partners counted once for every project: `Σ (n_p − 1)`.
    pub places: u64,
}

impl Ego {
    /// Sum of the shared projects over all partners.
    #[must_use]
    pub fn collaborations(&self) -> u64 {
        self.ties.iter().map(|tie| u64::from(tie.shared)).sum()
    }

    /// 1 − partners / places: how many of those met in projects were met before. `None`
    /// without partners.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    pub fn repeat_partner_rate(&self) -> Option<f64> {
        (self.places > 0).then(|| 1.0 - self.ties.len() as f64 / self.places as f64)
    }
}

thread_local! {
    static TIES: RefCell<Scratch<Tie>> = RefCell::default();
}

impl Lens<'_> {
    /// The projects of the organisation that `node` counts as, each once, ascending.
    /// O(its participations); with `rollup`, of all that belong to it.
    #[must_use]
    pub fn projects_of(&self, node: u32) -> Vec<u32> {
        self.projects_among(node, |_| true)
    }

    /// Those of [`Lens::projects_of`] that have partners of which only the group is known.
    /// O(participations of the organisation) where any project has such, else O(1).
    #[must_use]
    pub fn projects_with_unnamed_partners(&self, node: u32) -> Vec<u32> {
        let unnamed = self.network().unnamed_partners();
        if unnamed.is_empty() {
            return Vec::new();
        }
        self.projects_among(self.counted_as(node), |project| unnamed.contains(&project))
    }

    /// Those of [`Lens::projects_of`] that are `wanted`.
    fn projects_among(&self, node: u32, wanted: impl Fn(u32) -> bool) -> Vec<u32> {
        let network = self.network();
        let mut projects: Vec<u32> = self
            .members(node)
            .flat_map(|member| network.seats_of(member))
            .map(|seat| network.seats.project(*seat))
            .filter(|project| wanted(*project) && self.admits_project(*project))
            .collect();
        projects.sort_unstable();
        projects.dedup();
        projects
    }

    /// The distinct organisations that count in a project, in the order of their first
    /// participation. O(its participations).
    #[must_use]
    pub fn organisations_in(&self, project: u32) -> Vec<u32> {
        let network = self.network();
        let mut found = Vec::new();
        for seat in network.seats_in(project) {
            if self.admits_seat(*seat) {
                let organisation = self.counted_as(network.seats.organisation(*seat));
                // Consortia are small; the few large ones are caught by the scratch elsewhere.
                if !found.contains(&organisation) {
                    found.push(organisation);
                }
            }
        }
        found
    }

    /// The partners of an organisation and its ties to them.
    /// O(participations in its projects).
    #[must_use]
    pub fn ego(&self, node: u32) -> Ego {
        let node = self.counted_as(node);
        let network = self.network();
        let mut ego = Ego { node, projects: self.projects_of(node), ..Ego::default() };
        TIES.with_borrow_mut(|scratch| {
            scratch.reset(network.organisation_nodes());
            let mut beside = Vec::new();
            for project in &ego.projects {
                scratch.begin_round();
                beside.clear();
                let mut own_roles = Roles::default();
                for seat in network.seats_in(*project) {
                    let organisation = self.counted_as(network.seats.organisation(*seat));
                    let role = network.seats.role(*seat);
                    if organisation == node {
                        own_roles.insert(role);
                    } else if self.admits_seat(*seat) {
                        let is_new = scratch.is_new(organisation);
                        let tie = scratch.entry(organisation, |tie| tie.shared == 0);
                        tie.partner_roles.insert(role);
                        tie.ec_contribution.add(network.seats.ec_contribution(*seat));
                        if is_new {
                            beside.push(organisation);
                            tie.shared += 1;
                        }
                    }
                }
                ego.places += beside.len() as u64;
                let period = network.project_at(*project).period;
                let others = f64::from(u32::try_from(beside.len()).unwrap_or(u32::MAX));
                for organisation in &beside {
                    let tie = scratch.entry(*organisation, |_| false);
                    tie.fractional += 1.0 / others;
                    tie.own_roles.0 |= own_roles.0;
                    tie.first = earliest(tie.first, period.earliest_start());
                    tie.last = tie.last.max(period.latest_end());
                }
            }
            let mut partners = scratch.touched().to_vec();
            partners.sort_unstable();
            ego.ties = partners
                .into_iter()
                .map(|partner| Tie { partner, ..scratch.take(partner) })
                .collect();
        });
        ego
    }

    /// What of an organisation's partners is new: whose first project in the scope, by the
    /// earliest possible start, is one they share with it. The share among the partners whose
    /// first project is known; `None` when there are none. O(participations of the partners).
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    pub fn newcomer_share(&self, ego: &Ego) -> Option<f64> {
        let network = self.network();
        let starts = |project: &u32| network.project_at(*project).period.earliest_start();
        let (mut newcomers, mut known) = (0_u64, 0_u64);
        for tie in &ego.ties {
            let first = self.projects_of(tie.partner).iter().filter_map(starts).min();
            let (Some(first), Some(shared)) = (first, tie.first) else { continue };
            known += 1;
            newcomers += u64::from(shared <= first);
        }
        (known > 0).then(|| newcomers as f64 / known as f64)
    }

    /// The participations of the organisation that `node` counts as, in projects of the scope.
    /// O(its participations).
    pub fn own_participations(&self, node: u32) -> impl Iterator<Item = OwnParticipation> {
        let network = self.network();
        let seats = self.members(self.counted_as(node)).flat_map(|of| network.seats_of(of));
        let admitted = seats.filter(|seat| self.admits_project(network.seats.project(**seat)));
        admitted.map(|seat| OwnParticipation {
            project: network.seats.project(*seat),
            role: network.seats.role(*seat),
            ec_contribution: network.seats.ec_contribution(*seat),
        })
    }
}

/// The earlier of two days, of which either may be unknown.
fn earliest(a: Option<NaiveDate>, b: Option<NaiveDate>) -> Option<NaiveDate> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (known, None) | (None, known) => known,
    }
}
