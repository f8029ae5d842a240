//! The network beside the plainest way to compute the same, on random registries that grow,
//! change and shrink.

use chrono::NaiveDate;
use consortia_domain::country::Country;
use consortia_domain::facts::{Fact, OrganisationFacts, ParticipationFacts, ProjectFacts};
use consortia_domain::filter::{Condition, Conditions, Range};
use consortia_domain::id::{OrganisationId, ParticipationId, ProgrammeId, ProjectId};
use consortia_domain::money::{Currency, Money};
use consortia_domain::role::Role;
use consortia_network::{Lens, Network, Scope, compare};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Numbers that look random and are the same in every run (xorshift64*, Vigna 2016).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % limit
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).expect("small")]
    }
}

fn id(kind: u64, number: u64) -> Uuid {
    Uuid::from_u64_pair(kind, number)
}

/// The registry as plain tables.
#[derive(Default)]
struct Tables {
    organisations: BTreeMap<Uuid, OrganisationFacts>,
    projects: BTreeMap<Uuid, ProjectFacts>,
    participations: BTreeMap<Uuid, ParticipationFacts>,
}

const ORGANISATIONS: u64 = 12;
const PROJECTS: u64 = 9;
const COUNTRIES: [&str; 4] = ["IT", "FR", "DE", "RS"];
const ROLES: [Role; 3] = [Role::Coordinator, Role::Participant, Role::ThirdParty];

impl Tables {
    /// Something happens to some record.
    fn change(&mut self, dice: &mut Dice) -> Fact {
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

    fn country(&self, organisation: Uuid) -> Option<Country> {
        self.organisations.get(&organisation).and_then(|facts| facts.country)
    }

    fn top(&self, organisation: Uuid, scope: &Scope) -> Uuid {
        let mut top = organisation;
        while let Some(parent) =
            self.organisations.get(&top).and_then(|facts| facts.parent).filter(|_| scope.rollup)
        {
            top = parent.into();
        }
        top
    }

    fn project_counts(&self, project: Uuid, scope: &Scope) -> bool {
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

    fn counts(&self, participation: &ParticipationFacts, scope: &Scope) -> bool {
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
    fn partners(&self, own: Uuid, scope: &Scope) -> BTreeMap<Uuid, BTreeSet<Uuid>> {
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

fn scopes() -> Vec<Scope> {
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

fn agree(network: &Network, tables: &Tables) {
    let today = NaiveDate::from_ymd_opt(2020, 1, 1).expect("a day");
    for scope in scopes() {
        let lens = Lens::new(network, &scope, today);
        for number in 0..ORGANISATIONS {
            let own = id(1, number);
            let expected = tables.partners(own, &scope);
            let Some(node) = network.organisation(own.into()) else {
                assert!(expected.is_empty());
                continue;
            };
            let ego = lens.ego(node);
            let projects: BTreeSet<Uuid> =
                ego.projects.iter().map(|project| network.project_id(*project).into()).collect();
            assert_eq!(projects, expected.keys().copied().collect(), "{scope:?}");
            let mut shared: BTreeMap<Uuid, (u32, f64)> = BTreeMap::new();
            for partners in expected.values() {
                for partner in partners {
                    let tie = shared.entry(*partner).or_default();
                    tie.0 += 1;
                    tie.1 += 1.0 / f64::from(u32::try_from(partners.len()).expect("small"));
                }
            }
            assert_eq!(ego.ties.len(), shared.len(), "{scope:?}");
            for tie in &ego.ties {
                let partner = Uuid::from(network.organisation_id(tie.partner));
                let (count, weight) = shared[&partner];
                assert_eq!(tie.shared, count, "{scope:?}");
                assert!((tie.fractional - weight).abs() < 1e-12);
            }
            let places: usize = expected.values().map(BTreeSet::len).sum();
            assert_eq!(ego.places, places as u64);
            assert_eq!(ego.collaborations(), places as u64);
        }
        cohorts_agree(&lens, tables, &scope);
    }
}

/// Each cohort holds whom it must, and each member stands where counting says.
fn cohorts_agree(lens: &Lens<'_>, tables: &Tables, scope: &Scope) {
    let network = lens.network();
    for projects in 1..=3 {
        let cohort = lens.cohort(projects);
        let members: BTreeSet<Uuid> =
            cohort.iter().map(|member| network.organisation_id(member.node).into()).collect();
        let expected: BTreeSet<Uuid> = (0..ORGANISATIONS)
            .map(|number| id(1, number))
            .filter(|own| network.organisation((*own).into()).is_some())
            .filter(|own| tables.top(*own, scope) == *own)
            .filter(|own| tables.partners(*own, scope).len() == projects)
            .filter(|own| {
                let country = tables.country(*own);
                scope.country.iter().all(|condition| {
                    let known = country.is_some_and(|of| condition.values.contains(&of));
                    (known || (condition.unknown && country.is_none())) != condition.negated
                })
            })
            .collect();
        assert_eq!(members, expected, "{scope:?}");
        for member in &cohort {
            let own = network.organisation_id(member.node).into();
            let partners: BTreeSet<Uuid> =
                tables.partners(own, scope).into_values().flatten().collect();
            let mut counts: BTreeMap<Country, u32> = BTreeMap::new();
            for country in partners.iter().filter_map(|partner| tables.country(*partner)) {
                *counts.entry(country).or_default() += 1;
            }
            assert_eq!(member.partners as usize, partners.len());
            assert_eq!(member.countries as usize, counts.len());
            let known = f64::from(counts.values().sum::<u32>());
            let squares: f64 =
                counts.values().map(|count| (f64::from(*count) / known).powi(2)).sum();
            assert_eq!(member.blau.is_some(), known > 0.0);
            assert!(member.blau.is_none_or(|blau| (blau - (1.0 - squares)).abs() < 1e-12));
        }
        let partners: Vec<f64> = cohort.iter().map(|member| f64::from(member.partners)).collect();
        for own in &partners {
            let below = partners.iter().filter(|other| *other < own).count();
            let not_above = partners.iter().filter(|other| *other <= own).count();
            let found = compare(Some(*own), partners.clone()).and_then(|found| found.percentile);
            let half = |count: usize| f64::from(u32::try_from(count).expect("small")) / 2.0;
            let all = 2.0 * half(partners.len());
            let rank = (half(below) + half(not_above)) / all;
            assert!(found.is_some_and(|found| (found - rank).abs() < 1e-12));
        }
    }
}

#[test]
fn a_network_kept_current_equals_counting_the_tables() {
    for seed in 1..=12 {
        let (mut dice, mut tables, mut network) = (Dice(seed), Tables::default(), Network::new());
        for revision in 1..=240 {
            network.apply([tables.change(&mut dice)], revision);
            if revision % 40 == 0 {
                assert_eq!(network.participations(), tables.participations.len());
                agree(&network, &tables);
            }
        }
    }
}

#[test]
fn a_network_kept_current_equals_one_loaded_afresh() {
    let (mut dice, mut tables, mut kept) = (Dice(99), Tables::default(), Network::new());
    for revision in 1..=500 {
        kept.apply([tables.change(&mut dice)], revision);
    }
    let mut fresh = Network::new();
    let organisations = tables.organisations.values().cloned().map(Fact::Organisation);
    let projects = tables.projects.values().cloned().map(Fact::Project);
    let participations = tables.participations.values().copied().map(Fact::Participation);
    fresh.apply(organisations.chain(projects).chain(participations), 500);
    assert_eq!((fresh.revision(), fresh.participations()), (500, kept.participations()));
    agree(&fresh, &tables);
    agree(&kept, &tables);
}

#[test]
fn a_deleted_organisation_is_in_no_answer() {
    let (mut network, own) = (Network::new(), OrganisationId::from(id(1, 1)));
    let facts = |number: u64, organisation: u64| {
        Fact::Participation(ParticipationFacts {
            id: id(3, number).into(),
            project: id(2, 1).into(),
            organisation: id(1, organisation).into(),
            role: None,
            ec_contribution: None,
        })
    };
    network.apply([facts(1, 1), facts(2, 2)], 1);
    let scope = Scope::default();
    let partners = |network: &Network| {
        let lens = Lens::new(network, &scope, NaiveDate::MIN);
        lens.ego(network.organisation(own).expect("a node")).ties.len()
    };
    assert_eq!(partners(&network), 1);
    network.apply(
        [Fact::ParticipationGone(id(3, 2).into()), Fact::OrganisationGone(id(1, 2).into())],
        2,
    );
    assert_eq!(partners(&network), 0);
}
