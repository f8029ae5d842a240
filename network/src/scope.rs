//! Scopes: which participations count.

use crate::network::{Network, Project};
use chrono::NaiveDate;
use consortia_domain::country::Country;
use consortia_domain::filter::{Condition, Conditions, Range};
use consortia_domain::organisation_type::OrganisationType;
use consortia_domain::project::ProjectStatus;
use consortia_domain::role::Role;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Which participations count. The default lets everything through: every role, unfunded
/// participants included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Programmes the project is paid from, those below them listed too.
    pub programme: Conditions<Uuid>,
    /// Days in which the project certainly or possibly ran.
    pub active: Range<NaiveDate>,
    /// Days in which the project may have started.
    pub start: Range<NaiveDate>,
    /// Where the project stands.
    pub status: Conditions<ProjectStatus>,
    /// In which role somebody takes part.
    pub role: Conditions<Role>,
    /// Where the organisation is established.
    pub country: Conditions<Country>,
    /// The organisation's type.
    pub organisation_type: Conditions<OrganisationType>,
    /// Whether an organisation counts as its topmost parent.
    pub rollup: bool,
}

/// A scope made ready for one state of a network: a filter over it, not a copy.
pub struct Lens<'a> {
    network: &'a Network,
    scope: &'a Scope,
    today: NaiveDate,
    /// By set of programmes: whether it is in the scope.
    programmes: Vec<bool>,
    /// By role, the unknown last.
    roles: Vec<bool>,
    /// By country, the unknown last.
    countries: Vec<bool>,
    /// By type, the unknown last.
    types: Vec<bool>,
    /// With `rollup`, by topmost parent: all that count as it, itself among them. Without an
    /// entry, an organisation stands for itself alone.
    units: HashMap<u32, Vec<u32>>,
}

impl<'a> Lens<'a> {
    /// Makes `scope` ready. Statuses that are not stated are derived as of `today`.
    /// O(sets of programmes); with `rollup` also O(organisations).
    #[must_use]
    pub fn new(network: &'a Network, scope: &'a Scope, today: NaiveDate) -> Self {
        let mut lens = Self {
            network,
            scope,
            today,
            programmes: programmes(network, &scope.programme),
            roles: table(Role::ALL, &scope.role),
            countries: table(Country::ALL, &scope.country),
            types: table(OrganisationType::ALL, &scope.organisation_type),
            units: HashMap::new(),
        };
        if scope.rollup {
            for node in 0..crate::number::id(network.organisation_nodes()) {
                let top = lens.counted_as(node);
                if top != node {
                    lens.units.entry(top).or_insert_with(|| vec![top]).push(node);
                }
            }
        }
        lens
    }

    /// The network looked at.
    #[must_use]
    pub fn network(&self) -> &'a Network {
        self.network
    }

    /// The scope looked through.
    #[must_use]
    pub fn scope(&self) -> &'a Scope {
        self.scope
    }

    /// Whether participations in `project` may count. O(1).
    #[must_use]
    pub fn admits_project(&self, project: u32) -> bool {
        let of = self.network.project_at(project);
        self.programmes[of.programmes as usize]
            && in_time(self.scope, of)
            && (self.scope.status.is_empty() || {
                let status = self.network.status(project, self.today);
                let known: &[ProjectStatus] = status.as_slice();
                self.scope.status.iter().all(|condition| passes(condition, known))
            })
    }

    /// Whether a participation counts, in a project that is admitted. O(1).
    pub(crate) fn admits_seat(&self, seat: u32) -> bool {
        let role = self.network.seats.role(seat);
        let place = role.map_or(Role::ALL.len(), |role| role as usize);
        self.roles[place] && self.admits_organisation(self.network.seats.organisation(seat))
    }

    /// Whether an organisation's participations may count. O(1).
    #[must_use]
    pub fn admits_organisation(&self, node: u32) -> bool {
        let organisation = self.network.organisation_at(node);
        let country = organisation.country.map_or(Country::ALL.len(), Country::index);
        let r#type = organisation.r#type.map_or(OrganisationType::ALL.len(), |of| of as usize);
        self.countries[country] && self.types[r#type]
    }

    /// The organisations that count as `node`: itself, or all whose topmost parent it is; none
    /// when it counts as another. O(1).
    pub fn members(&self, node: u32) -> impl Iterator<Item = u32> {
        let units = self.units.get(&node).map(Vec::as_slice).unwrap_or_default();
        let alone = units.is_empty() && self.counted_as(node) == node;
        alone.then_some(node).into_iter().chain(units.iter().copied())
    }

    /// The organisation that `node` counts as: itself, or its topmost parent.
    #[must_use]
    pub fn counted_as(&self, node: u32) -> u32 {
        if !self.scope.rollup {
            return node;
        }
        let mut top = node;
        // The registry refuses loops; this ends all the same.
        for _ in 0..64 {
            match self.network.organisation_at(top).parent() {
                Some(parent) => top = parent,
                None => break,
            }
        }
        top
    }
}

fn in_time(scope: &Scope, project: &Project) -> bool {
    let (active, start) = (scope.active, scope.start);
    if active.from.is_some() || active.to.is_some() {
        let from = active.from.unwrap_or(NaiveDate::MIN);
        let to = active.to.unwrap_or(NaiveDate::MAX);
        if !project.period.possibly_overlaps(from, to) {
            return false;
        }
    }
    let begins_late_enough = start
        .from
        .is_none_or(|from| project.period.latest_start().is_some_and(|latest| latest >= from));
    let begins_early_enough = start
        .to
        .is_none_or(|to| project.period.earliest_start().is_some_and(|earliest| earliest <= to));
    begins_late_enough && begins_early_enough
}

/// Whether something known to have `values` satisfies a condition.
fn passes<T: PartialEq>(condition: &Condition<T>, values: &[T]) -> bool {
    let any = values.iter().any(|value| condition.values.contains(value));
    (any || (condition.unknown && values.is_empty())) != condition.negated
}

/// For each of `all` and, last, for an unknown one, whether it satisfies every condition.
fn table<T: PartialEq + Copy>(all: &[T], conditions: &Conditions<T>) -> Vec<bool> {
    let satisfies = |known: &[T]| conditions.iter().all(|condition| passes(condition, known));
    all.iter().map(|value| satisfies(&[*value])).chain([satisfies(&[])]).collect()
}

fn programmes(network: &Network, conditions: &Conditions<Uuid>) -> Vec<bool> {
    let wanted: Vec<(HashSet<Uuid>, bool, bool)> = conditions
        .iter()
        .map(|of| (of.values.iter().copied().collect(), of.unknown, of.negated))
        .collect();
    let admitted = |set: &std::sync::Arc<[Uuid]>| {
        wanted.iter().all(|(values, unknown, negated)| {
            let any = set.iter().any(|programme| values.contains(programme));
            (any || (*unknown && set.is_empty())) != *negated
        })
    };
    network.programme_sets().iter().map(admitted).collect()
}
