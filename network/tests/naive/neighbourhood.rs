//! The surroundings of organisations beside the plainest way to find them, on random
//! registries.

use crate::registry::{Dice, ORGANISATIONS, Tables, id, scopes};
use chrono::NaiveDate;
use consortia_network::{Lens, Neighbour, Neighbourhood, Network, Reach, Scope};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Who counts in which project when somebody is asked about, by project.
fn projects(tables: &Tables, own: Uuid, scope: &Scope) -> BTreeMap<Uuid, BTreeSet<Uuid>> {
    let mut found: BTreeMap<Uuid, BTreeSet<Uuid>> = BTreeMap::new();
    for seat in tables.participations.values() {
        let organisation = tables.top(seat.organisation.into(), scope);
        let counts = organisation == own || tables.counts(seat, scope);
        if counts && tables.project_counts(seat.project.into(), scope) {
            found.entry(seat.project.into()).or_default().insert(organisation);
        }
    }
    found
}

/// The projects two are in, and what these add to their fractional weight.
fn shared(projects: &BTreeMap<Uuid, BTreeSet<Uuid>>, a: Uuid, b: Uuid) -> (u32, f64) {
    let both = projects.values().filter(|members| members.contains(&a) && members.contains(&b));
    both.fold((0, 0.0), |(count, weight), members| {
        let others = f64::from(u32::try_from(members.len() - 1).expect("small"));
        (count + 1, weight + 1.0 / others)
    })
}

/// The distance of everybody within reach.
fn distances(
    projects: &BTreeMap<Uuid, BTreeSet<Uuid>>,
    own: Uuid,
    reach: Reach,
) -> BTreeMap<Uuid, u32> {
    let everybody: BTreeSet<Uuid> = projects.values().flatten().copied().collect();
    let mut found = BTreeMap::from([(own, 0)]);
    for distance in 1..=reach.depth {
        let inner: Vec<Uuid> =
            found.iter().filter(|(_, at)| **at == distance - 1).map(|(of, _)| *of).collect();
        for other in &everybody {
            let tied = |of: &Uuid| shared(projects, *of, *other).0 >= reach.min_shared;
            if !found.contains_key(other) && inner.iter().any(tied) {
                found.insert(*other, distance);
            }
        }
    }
    found
}

fn agrees(lens: &Lens<'_>, tables: &Tables, own: Uuid, reach: Reach) {
    let (network, scope) = (lens.network(), lens.scope());
    let Some(node) = network.organisation(own.into()) else { return };
    let own = tables.top(own, scope);
    let projects = projects(tables, own, scope);
    let found = lens.neighbourhood(node, reach, &[]).expect("near enough");
    let ids: Vec<Uuid> =
        found.members.iter().map(|of| network.organisation_id(of.node).into()).collect();
    let distances = distances(&projects, own, reach);
    assert_eq!(found.rings.len(), reach.depth as usize + 1);
    for (distance, ring) in (0..).zip(&found.rings) {
        assert_eq!(*ring, distances.values().filter(|at| **at == distance).count());
    }
    assert_eq!(ids.len(), distances.len().min(reach.limit));
    for (of, id) in found.members.iter().zip(&ids) {
        assert_eq!(distances.get(id), Some(&of.distance));
        let inner = distances.iter().filter(|(_, at)| **at + 1 == of.distance);
        let strengths = inner.map(|(other, _)| shared(&projects, *other, *id).0);
        let strength: u32 = strengths.filter(|count| *count >= reach.min_shared).sum();
        assert_eq!(of.strength, strength, "{scope:?}");
        let own_projects = projects.values().filter(|members| members.contains(id)).count();
        assert_eq!(of.projects as usize, own_projects, "{scope:?}");
    }
    in_order(&found);
    let mut links = found.links.iter();
    for (a, id) in (0..).zip(&ids) {
        for (b, other) in (0..).zip(&ids).skip(a as usize + 1) {
            let (count, weight) = shared(&projects, *id, *other);
            if count >= reach.min_shared {
                let link = links.next().expect("a link");
                assert_eq!((link.ends, link.shared), ((a, b), count), "{scope:?}");
                assert!((link.fractional - weight).abs() < 1e-12);
            }
        }
    }
    assert_eq!(links.next(), None);
}

/// The nearest come first, and of these the most strongly tied.
fn in_order(found: &Neighbourhood) {
    let key = |n: usize| (found.members[n].distance, u32::MAX - found.members[n].strength);
    assert!((1..found.members.len()).all(|n| key(n - 1) <= key(n)));
}

/// Those beside the one in the middle change nothing of the others but who is left out.
fn stands_beside(lens: &Lens<'_>, own: u32, reach: Reach, beside: &[u32]) {
    let found = lens.neighbourhood(own, reach, beside).expect("near enough");
    let whole = lens.neighbourhood(own, Reach { limit: 999, ..reach }, &[]).expect("near enough");
    assert_eq!(found.rings, whole.rings);
    let within: BTreeMap<u32, &Neighbour> = whole.members.iter().map(|of| (of.node, of)).collect();
    let middle = whole.members[0].node;
    let beside: BTreeSet<u32> = beside.iter().map(|node| lens.counted_as(*node)).collect();
    let apart = beside.iter().filter(|node| !within.contains_key(node)).count();
    assert_eq!(found.apart, apart);
    assert_eq!(found.members.len(), (within.len() + apart).min(reach.limit));
    assert_eq!(found.members[0].node, middle);
    for of in &found.members {
        if let Some(known) = within.get(&of.node) {
            assert_eq!((of.distance, of.strength), (known.distance, known.strength));
        } else {
            assert!(beside.contains(&of.node));
            assert_eq!((of.distance, of.strength), (1, 0));
        }
    }
    // A quarter of the limit is theirs, and whoever gave way was the last of the others.
    let wanted = beside.iter().filter(|node| **node != middle).count();
    let shown = found.members[1..].iter().filter(|of| beside.contains(&of.node)).count();
    assert!(shown >= wanted.min(reach.limit / 4), "{found:?}");
    let others = |members: &[Neighbour]| -> Vec<u32> {
        let others = members.iter().filter(|of| !beside.contains(&of.node));
        others.map(|of| of.node).collect()
    };
    let (kept, all) = (others(&found.members), others(&whole.members));
    assert_eq!(kept, all[..kept.len()]);
}

#[test]
fn surroundings_are_what_counting_the_tables_finds() {
    let today = NaiveDate::from_ymd_opt(2020, 1, 1).expect("a day");
    for seed in 1..=6 {
        let (mut dice, mut tables, mut network) = (Dice(seed), Tables::default(), Network::new());
        for revision in 1..=200 {
            network.apply([tables.change(&mut dice)], revision);
            if revision % 50 != 0 {
                continue;
            }
            for scope in scopes() {
                let lens = Lens::new(&network, &scope, today);
                for number in 0..ORGANISATIONS {
                    for (depth, min_shared, limit) in
                        [(1, 1, 99), (2, 1, 99), (2, 2, 99), (2, 1, 4)]
                    {
                        let reach = Reach { depth, min_shared, limit };
                        agrees(&lens, &tables, id(1, number), reach);
                        let beside: Vec<u32> = [id(1, (number + 3) % ORGANISATIONS), id(1, number)]
                            .into_iter()
                            .filter_map(|other| network.organisation(other.into()))
                            .collect();
                        if let Some(own) = network.organisation(id(1, number).into()) {
                            stands_beside(&lens, own, reach, &beside);
                        }
                    }
                }
            }
        }
    }
}
