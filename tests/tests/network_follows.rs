//! The network in memory beside counting the registry's own lists, through random changes,
//! after a restart, and on a second server of the same database.

use consortia_tests::samples::{
    ORGANISATIONS, PROJECTS, id, organisation, participation, path, project,
};
use consortia_tests::{Client, Engine, Place, Server};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const PARTICIPATIONS: &str = "/api/v1/participations";

/// Numbers that look random and are the same in every run (xorshift64*, Vigna 2016).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % limit as u64;
        usize::try_from(drawn).expect("below the limit")
    }
}

/// Who shares how many projects with whom, as the list of participations has it.
fn counted(client: &Client) -> BTreeMap<String, BTreeMap<String, u64>> {
    let answer = client.get(&format!("{PARTICIPATIONS}?limit=1000&fields=project,organisation"));
    let mut members: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in answer.expect(200).data() {
        let project = id(&row["project"]).to_owned();
        members.entry(project).or_default().insert(id(&row["organisation"]).to_owned());
    }
    let mut shared: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for group in members.values() {
        for a in group {
            for b in group.iter().filter(|b| *b != a) {
                *shared.entry(a.clone()).or_default().entry(b.clone()).or_default() += 1;
            }
        }
    }
    shared
}

/// The same as the network has it.
fn asked(client: &Client, organisations: &[Value]) -> BTreeMap<String, BTreeMap<String, u64>> {
    let mut shared = BTreeMap::new();
    for organisation in organisations {
        let at = format!("{}/partners?limit=1000", path(ORGANISATIONS, organisation));
        let partners: BTreeMap<String, u64> = client
            .get(&at)
            .expect(200)
            .data()
            .iter()
            .map(|row| {
                let count = row["shared_projects"].as_u64().expect("a count");
                (id(&row["organisation"]).to_owned(), count)
            })
            .collect();
        if !partners.is_empty() {
            shared.insert(id(organisation).to_owned(), partners);
        }
    }
    shared
}

/// Something happens to some participation.
fn change(api: &Server, dice: &mut Dice, organisations: &[Value], projects: &mut Vec<Value>) {
    let client = api.unrecorded();
    let anybody = &organisations[dice.below(organisations.len())];
    let all = client.get(&format!("{PARTICIPATIONS}?limit=1000&fields=id")).expect(200).data();
    let some = |dice: &mut Dice| all.get(dice.below(all.len().max(1))).cloned();
    match dice.below(10) {
        0 => {
            if let Some(gone) = some(dice) {
                client.delete(&path(PARTICIPATIONS, &gone), "*").expect(204);
            }
        }
        1 | 2 => {
            if let Some(moved) = some(dice) {
                let to = json!({"organisation_id": id(anybody)});
                client.patch(&path(PARTICIPATIONS, &moved), "*", &to).expect(200);
            }
        }
        3 if projects.len() > 2 => {
            let gone = projects.swap_remove(dice.below(projects.len()));
            client.delete(&path(PROJECTS, &gone), "*").expect(204);
        }
        4 => projects.push(client.post(PROJECTS, &project("NEXT", "2015/2016")).expect(201).json()),
        _ => {
            let at = path(PROJECTS, &projects[dice.below(projects.len())]);
            let content = participation(anybody, "participant");
            client.post(&format!("{at}/participations"), &content).expect(201);
        }
    }
}

#[test]
fn random_changes_are_counted_as_the_lists_have_them() {
    for engine in Engine::ALL {
        let mut api = Server::start(Place::fresh(engine));
        let mut dice = Dice(7);
        let organisations: Vec<Value> = (0..8)
            .map(|n| api.create(ORGANISATIONS, &organisation(&format!("O{n}"), "IT")))
            .collect();
        let mut projects: Vec<Value> =
            (0..4).map(|n| api.create(PROJECTS, &project(&format!("P{n}"), "2015/2016"))).collect();
        for round in 0..40 {
            for _ in 0..5 {
                change(&api, &mut dice, &organisations, &mut projects);
            }
            let client = api.unrecorded();
            assert_eq!(asked(&client, &organisations), counted(&client), "round {round}");
        }
        let before = asked(&api.unrecorded(), &organisations);
        let summary =
            |api: &Server| api.unrecorded().get("/api/v1/network/summary").expect(200).json();
        let whole = summary(&api);
        api.kill();
        api.restart();
        assert_eq!(asked(&api.unrecorded(), &organisations), before);
        assert_eq!(summary(&api), whole);
    }
}

#[test]
fn a_second_server_of_the_database_knows_at_once() {
    let first = Server::start(Place::fresh(Engine::Postgres));
    let second = Server::start(Place::at(first.place().url()));
    let organisations: Vec<Value> = (0..5)
        .map(|n| first.create(ORGANISATIONS, &organisation(&format!("O{n}"), "IT")))
        .collect();
    let mut projects = vec![first.create(PROJECTS, &project("P", "2015/2016"))];
    let mut dice = Dice(11);
    for round in 0..15 {
        for _ in 0..3 {
            change(&first, &mut dice, &organisations, &mut projects);
        }
        let expected = counted(&first.unrecorded());
        assert_eq!(asked(&second.anonymous(), &organisations), expected, "round {round}");
    }
}
