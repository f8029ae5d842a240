//! Several writers that know the same version of a record: one changes it, the others are told.

use consortia_tests::samples::{ORGANISATIONS, organisation, path};
use consortia_tests::{Answer, Client, Engine, Place, Server, on_each_engine};
use serde_json::json;
use std::sync::Barrier;
use std::thread;

const ROUNDS: u32 = 100;
/// The same at two servers.
const ROUNDS_OF_TWO: u32 = 20;
const WRITERS: u32 = 6;

/// What writer number `writer` does to the organisation at `at` as it was at `etag`: always
/// something new, since to change nothing succeeds and leaves the version.
fn change(client: &Client, at: &str, etag: &str, writer: u32, round: u32) -> Answer {
    let name = format!("By {writer} in round {round}");
    match writer % 2 {
        0 => client.patch(at, etag, &json!({"names": [{"value": name, "kind": "legal"}]})),
        _ => client.put(at, etag, &organisation(&name, "FR")),
    }
}

/// Writers who know one version of the organisation at `at` change it at the same moment, by way
/// of `clients`: one succeeds.
fn race(clients: &[&Client], at: &str, round: u32) {
    let etag = clients[0].get(at).expect(200).etag().to_owned();
    let together = Barrier::new(WRITERS as usize);
    let answers: Vec<Answer> = thread::scope(|scope| {
        let write = |writer: u32| {
            // Each of them is sent both kinds of changes.
            let client = clients[writer as usize / 2 % clients.len()];
            let (etag, together) = (&etag, &together);
            scope.spawn(move || {
                together.wait();
                change(client, at, etag, writer, round)
            })
        };
        let writers: Vec<_> = (0..WRITERS).map(write).collect();
        writers.into_iter().map(|writer| writer.join().expect("no panic")).collect()
    });
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|it| it.status == 200);
    assert_eq!(won.len(), 1, "in round {round}");
    for answer in lost {
        answer.problem(412, "stale_version");
    }
    for client in clients {
        let now = client.get(at).expect(200);
        assert_eq!((now.json(), now.etag()), (won[0].json(), won[0].etag()));
        assert_eq!(now.json()["version"], round + 1);
    }
}

#[test]
fn of_those_who_know_one_version_exactly_one_changes_it() {
    on_each_engine(|engine| {
        let api = Server::start(Place::fresh(engine));
        let at = path(ORGANISATIONS, &api.create(ORGANISATIONS, &organisation("Zero", "IT")));
        let client = api.unrecorded();
        (1..=ROUNDS).for_each(|round| race(&[&client], &at, round));
    });
}

#[test]
fn of_those_who_know_one_version_exactly_one_changes_it_at_either_of_two_servers() {
    let first = Server::start(Place::fresh(Engine::Postgres));
    let second = Server::start(Place::at(first.place().url()));
    let at = path(ORGANISATIONS, &first.create(ORGANISATIONS, &organisation("Zero", "IT")));
    let (one, other) = (first.unrecorded(), second.unrecorded());
    (1..=ROUNDS_OF_TWO).for_each(|round| race(&[&one, &other], &at, round));
}
