//! The network beside the plainest way to compute the same, on random registries that grow,
//! change and shrink.

mod neighbourhood;
mod registry;

use chrono::NaiveDate;
use consortia_domain::country::Country;
use consortia_domain::facts::{Fact, ParticipationFacts};
use consortia_domain::id::OrganisationId;
use consortia_network::{Lens, Network, Scope, compare};
use registry::{Dice, ORGANISATIONS, Tables, id, scopes};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

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
            let unnamed: Vec<Uuid> = lens
                .projects_with_unnamed_partners(node)
                .into_iter()
                .map(|project| network.project_id(project).into())
                .collect();
            let expected_unnamed = expected.keys().filter(|project| tables.unnamed(**project));
            assert_eq!(
                unnamed.iter().copied().collect::<BTreeSet<_>>(),
                expected_unnamed.copied().collect(),
                "{scope:?}"
            );
            assert!(unnamed.len() <= ego.projects.len());
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
