//! A small registry as plain tables that changes at random, and the plainest way to ask it.

use chrono::NaiveDate;
use consortia_domain::country::Country;
use consortia_domain::facts::{Fact, OrganisationFacts, ParticipationFacts, ProjectFacts};
use consortia_domain::filter::{Condition, Conditions, Range};
use consortia_domain::id::{OrganisationId, ParticipationId, ProgrammeId, ProjectId};
use consortia_domain::money::{Currency, Money};
use consortia_domain::role::Role;
use consortia_network::Scope;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Numbers that look random and are the same in every run (xorshift64*, Vigna 2016).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % limit
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).expect("small")]
    }
}

pub(crate) fn id(kind: u64, number: u64) -> Uuid {
    Uuid::from_u64_pair(kind, number)
}

/// The registry as plain tables.
#[derive(Default)]
pub(crate) struct Tables {
    pub(crate) organisations: BTreeMap<Uuid, OrganisationFacts>,
    pub(crate) projects: BTreeMap<Uuid, ProjectFacts>,
    pub(crate) participations: BTreeMap<Uuid, ParticipationFacts>,
}

pub(crate) const ORGANISATIONS: u64 = 12;
const PROJECTS: u64 = 9;
const COUNTRIES: [&str; 4] = ["IT", "FR", "DE", "RS"];
const ROLES: [Role; 3] = [Role::Coordinator, Role::Participant, Role::ThirdParty];

impl Tables {
    /// Something happens to some record.
    pub(crate) fn change(&mut self, dice: &mut Dice) -> Fact {
        let number = dice.below(ORGANISATIONS);
        let organisation = OrganisationId::from(id(1, number));
        let project = ProjectId::from(id(2, dice.below(PROJECTS)));
        match dice.below(10) {
            0 | 1 => {
                let mut facts = OrganisationFacts::of(organisation);
                if dice.below(4) > 0 {
                    facts.country = Some(dice.one_of(&COUNTRIES).parse().expect("a country"));
                }
                // Only to a lower number, so that there are no loops.
                if number > 0 && dice.below(3) == 0 {
                    facts.parent = Some(id(1, dice.below(number)).into());
                }
                self.organisations.insert(organisation.into(), facts.clone());
                Fact::Organisation(facts)
            }
            2 | 3 => {
                let mut facts = ProjectFacts::of(project);
                let periods = ["2015/2017", "2018-02/..", "/2016-06-30", "2019-01-01/2019-12-31"];
                facts.period = dice.one_of(&periods).parse().expect("a period");
                facts.programmes =
                    (0..dice.below(3)).map(|_| ProgrammeId::from(id(4, dice.below(3)))).collect();
                facts.unnamed_partners = dice.below(3) == 0;
                self.projects.insert(project.into(), facts.clone());
                Fact::Project(facts)
            }
            4 if !self.participations.is_empty() => {
                let all: Vec<Uuid> = self.participations.keys().copied().collect();
                let gone = dice.one_of(&all);
                self.participations.remove(&gone);
                Fact::ParticipationGone(gone.into())
            }
            _ => {
                // A small range of ids, so that some participations change their sides.
                let facts = ParticipationFacts {
                    id: ParticipationId::from(id(3, dice.below(40))),
                    project,
                    organisation,
                    role: (dice.below(5) > 0).then(|| dice.one_of(&ROLES)),
                    ec_contribution: (dice.below(3) > 0).then(|| {
                        let minor = i64::try_from(dice.below(1000)).expect("small");
                        Money::from_minor(minor, Currency::EUR).expect("an amount")
                    }),
                };
                self.participations.insert(facts.id.into(), facts);
                Fact::Participation(facts)
            }
        }
    }

    pub(crate) fn country(&self, organisation: Uuid) -> Option<Country> {
        self.organisations.get(&organisation).and_then(|facts| facts.country)
    }

    /// Whether a project has partners of which only the group is known.
    pub(crate) fn unnamed(&self, project: Uuid) -> bool {
        self.projects.get(&project).is_some_and(|facts| facts.unnamed_partners)
    }

    pub(crate) fn top(&self, organisation: Uuid, scope: &Scope) -> Uuid {
        let mut top = organisation;
        while let Some(parent) =
            self.organisations.get(&top).and_then(|facts| facts.parent).filter(|_| scope.rollup)
        {
            top = parent.into();
        }
        top
    }

    pub(crate) fn project_counts(&self, project: Uuid, scope: &Scope) -> bool {
        let facts = self.projects.get(&project).cloned();
        let facts = facts.unwrap_or_else(|| ProjectFacts::of(project.into()));
        let programmes: BTreeSet<Uuid> = facts.programmes.iter().map(|id| (*id).into()).collect();
        let programme = scope.programme.iter().all(|condition| {
            let any = condition.values.iter().any(|wanted| programmes.contains(wanted));
            (any || (condition.unknown && programmes.is_empty())) != condition.negated
        });
        let active = match (scope.active.from, scope.active.to) {
            (None, None) => true,
            (from, to) => facts
                .period
                .possibly_overlaps(from.unwrap_or(NaiveDate::MIN), to.unwrap_or(NaiveDate::MAX)),
        };
        let start = scope
            .start
            .from
            .is_none_or(|from| facts.period.latest_start().is_some_and(|latest| latest >= from));
        programme && active && start
    }

    pub(crate) fn counts(&self, participation: &ParticipationFacts, scope: &Scope) -> bool {
        let role = scope.role.iter().all(|condition| {
            let known = participation.role.is_some_and(|role| condition.values.contains(&role));
            let unknown = condition.unknown && participation.role.is_none();
            (known || unknown) != condition.negated
        });
        let country = self.country(participation.organisation.into());
        let country = scope.country.iter().all(|condition| {
            let known = country.is_some_and(|country| condition.values.contains(&country));
            (known || (condition.unknown && country.is_none())) != condition.negated
        });
        role && country
    }

    /// The projects of an organisation, each with the partners in it.
    pub(crate) fn partners(&self, own: Uuid, scope: &Scope) -> BTreeMap<Uuid, BTreeSet<Uuid>> {
        let own = self.top(own, scope);
        let mut found: BTreeMap<Uuid, BTreeSet<Uuid>> = BTreeMap::new();
        for mine in self.participations.values() {
            let project = Uuid::from(mine.project);
            if self.top(mine.organisation.into(), scope) != own
                || !self.project_counts(project, scope)
            {
                continue;
            }
            let partners = found.entry(project).or_default();
            for other in self.participations.values() {
                let partner = self.top(other.organisation.into(), scope);
                if other.project == mine.project && partner != own && self.counts(other, scope) {
                    partners.insert(partner);
                }
            }
        }
        found
    }
}

fn is<T>(value: T) -> Conditions<T> {
    Conditions::is(value)
}

fn not<T>(value: T) -> Conditions<T> {
    Conditions(vec![Condition { negated: true, values: vec![value], unknown: false }])
}

pub(crate) fn scopes() -> Vec<Scope> {
    let day = |text: &str| text.parse::<NaiveDate>().ok();
    let italy: Country = "IT".parse().expect("a country");
    vec![
        Scope::default(),
        Scope { rollup: true, ..Scope::default() },
        Scope { programme: is(id(4, 1)), ..Scope::default() },
        Scope { programme: not(id(4, 1)), ..Scope::default() },
        Scope { role: is(Role::Coordinator), ..Scope::default() },
        Scope { role: not(Role::Coordinator), rollup: true, ..Scope::default() },
        Scope { country: is(italy), ..Scope::default() },
        Scope {
            country: Conditions(vec![Condition { negated: false, values: vec![], unknown: true }]),
            ..Scope::default()
        },
        Scope {
            active: Range { from: day("2016-07-01"), to: day("2017-06-30") },
            ..Scope::default()
        },
        Scope { start: Range { from: day("2018-01-01"), to: None }, ..Scope::default() },
    ]
}
