//! Repeating a POST: the same key and body give the first answer, never a second record.

use consortia_tests::samples::{ORGANISATIONS, organisation};
use consortia_tests::{Answer, Client, Engine, Place, Server, on_both_engines};
use serde_json::{Value, json};
use std::thread;

fn post(client: &Client, key: &str, body: &Value) -> Answer {
    client.request("POST", ORGANISATIONS).header("Idempotency-Key", key).json(body).send()
}

#[test]
fn the_same_key_and_body_answer_the_first_result() {
    on_both_engines(|api| {
        let body = organisation("Once", "IT");
        let first = post(api.client(), "key-1", &body).expect(201);
        let again = post(api.client(), "key-1", &body).expect(201);
        assert_eq!(again.json(), first.json());
        assert_eq!(again.header("location"), first.header("location"));
        assert_eq!(again.etag(), first.etag());
        assert_eq!(api.get(ORGANISATIONS).total(), 1);
        post(api.client(), "key-2", &body).expect(201);
        assert_eq!(api.get(ORGANISATIONS).total(), 2);
    });
}

#[test]
fn the_same_key_with_another_body_is_refused() {
    on_both_engines(|api| {
        post(api.client(), "key", &organisation("Once", "IT")).expect(201);
        post(api.client(), "key", &organisation("Other", "IT"))
            .problem(422, "idempotency_mismatch");
        // The same JSON written differently is the same body.
        let request = api.client().request("POST", ORGANISATIONS).header("Idempotency-Key", "key");
        let text = r#" { "names":[{"value":"Once","kind":"legal"}],  "country" : "IT" } "#;
        request.body("application/json", text).send().expect(201);
        assert_eq!(api.get(ORGANISATIONS).total(), 1);
    });
}

#[test]
fn a_refused_request_does_not_use_up_its_key() {
    on_both_engines(|api| {
        post(api.client(), "key", &json!({"country": "XX"})).problem(422, "invalid_body");
        post(api.client(), "key", &json!({"country": "IT"})).expect(201);
    });
}

#[test]
fn keys_belong_to_the_one_who_used_them() {
    on_both_engines(|api| {
        post(api.client(), "key", &organisation("Mine", "IT")).expect(201);
        let other = api.client().with_token(&api.token("editor"));
        post(&other, "key", &organisation("Theirs", "IT")).expect(201);
        assert_eq!(api.get(ORGANISATIONS).total(), 2);
    });
}

#[test]
fn a_key_outlives_the_server() {
    for engine in Engine::ALL {
        let mut api = Server::start(Place::fresh(engine));
        let body = organisation("Once", "IT");
        let first = post(api.client(), "key", &body).expect(201);
        api.kill();
        api.restart();
        let again = post(api.client(), "key", &body).expect(201);
        assert_eq!(again.json()["id"], first.json()["id"]);
        assert_eq!(api.get(ORGANISATIONS).total(), 1);
    }
}

#[test]
fn simultaneous_repeats_make_one_record() {
    for engine in Engine::ALL {
        let api = Server::start(Place::fresh(engine));
        let client = api.unrecorded();
        let body = organisation("Once", "IT");
        let ids: Vec<String> = thread::scope(|scope| {
            let send = || {
                let answer = post(&client, "key", &body);
                // A repeat that comes while the first is still at work may be told to wait.
                (answer.status == 201).then(|| answer.json()["id"].to_string())
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(send)).collect();
            threads.into_iter().filter_map(|thread| thread.join().expect("no panic")).collect()
        });
        assert!(!ids.is_empty());
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        assert_eq!(api.get(ORGANISATIONS).total(), 1);
    }
}
