//! Several writers that know the same version of a record: one changes it, the others are told.

use consortia_tests::samples::{ORGANISATIONS, organisation, path};
use consortia_tests::{Answer, Client, Place, Server, on_each_engine};
use serde_json::json;
use std::sync::Barrier;
use std::thread;

const ROUNDS: u32 = 100;
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

#[test]
fn of_those_who_know_one_version_exactly_one_changes_it() {
    on_each_engine(|engine| {
        let api = Server::start(Place::fresh(engine));
        let at = path(ORGANISATIONS, &api.create(ORGANISATIONS, &organisation("Zero", "IT")));
        let client = api.unrecorded();
        for round in 1..=ROUNDS {
            let etag = client.get(&at).expect(200).etag().to_owned();
            let together = Barrier::new(WRITERS as usize);
            let answers: Vec<Answer> = thread::scope(|scope| {
                let write = |writer| {
                    let (client, at, etag, together) = (&client, &at, &etag, &together);
                    scope.spawn(move || {
                        together.wait();
                        change(client, at, etag, writer, round)
                    })
                };
                let writers: Vec<_> = (0..WRITERS).map(write).collect();
                writers.into_iter().map(|writer| writer.join().expect("no panic")).collect()
            });
            let (won, lost): (Vec<_>, Vec<_>) =
                answers.into_iter().partition(|answer| answer.status == 200);
            assert_eq!(won.len(), 1, "{engine:?} in round {round}");
            for answer in lost {
                answer.problem(412, "stale_version");
            }
            let now = client.get(&at).expect(200);
            assert_eq!((now.json(), now.etag()), (won[0].json(), won[0].etag()));
            assert_eq!(now.json()["version"], round + 1);
        }
    });
}
