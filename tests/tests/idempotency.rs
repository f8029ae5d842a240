//! Repeating a POST: the same key and body give the first answer, never a second record.

use consortia_tests::samples::{ORGANISATIONS, organisation};
use consortia_tests::{Answer, Client, Engine, Place, Server, on_both_engines, on_each_engine};
use serde_json::{Value, json};
use std::thread;
use std::time::Duration;

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

const REPEATS: usize = 20;

/// The same request by many at once, to one server or several; gives those answered.
fn repeat(clients: &[Client], key: &str, body: &Value) -> Vec<Answer> {
    thread::scope(|scope| {
        let send = |client: &Client| {
            let client = client.clone();
            let request = move || {
                let request = client.request("POST", ORGANISATIONS).header("Idempotency-Key", key);
                request.json(body).try_send()
            };
            scope.spawn(request)
        };
        let threads: Vec<_> = clients.iter().cycle().take(REPEATS).map(send).collect();
        threads.into_iter().filter_map(|thread| thread.join().expect("no panic")).collect()
    })
}

/// That those not told to wait were given one answer, of which one says that it was made now.
fn assert_one(answers: &[Answer]) -> Vec<Answer> {
    let (waits, given): (Vec<_>, _) = answers.iter().cloned().partition(|it| it.status == 409);
    for wait in waits {
        wait.problem(409, "idempotency_in_flight");
        assert_eq!(wait.header("retry-after"), "1");
    }
    let first = given.first().expect("an answer");
    for answer in &given {
        let answer = answer.clone().expect(201);
        assert_eq!((answer.json(), answer.etag()), (first.json(), first.etag()));
    }
    let made = given.iter().filter(|it| it.maybe_header("idempotent-replayed").is_none());
    assert!(made.count() <= 1);
    given
}

#[test]
fn simultaneous_repeats_make_one_record() {
    on_each_engine(|engine| {
        let mut api = Server::start(Place::fresh(engine));
        let body = organisation("Once", "IT");
        let answers = repeat(&[api.unrecorded()], "key", &body);
        assert_eq!(answers.len(), REPEATS);
        let given = assert_one(&answers);
        api.kill();
        api.restart();
        let again = assert_one(&repeat(&[api.unrecorded()], "key", &body));
        assert!(again.iter().all(|it| it.maybe_header("idempotent-replayed").is_some()));
        assert_eq!(again[0].json(), given[0].json());
        assert_eq!(api.get(ORGANISATIONS).total(), 1);
        post(api.client(), "key", &organisation("Other", "IT"))
            .problem(422, "idempotency_mismatch");
    });
}

#[test]
fn a_repeat_while_the_first_is_at_work_is_told_to_come_back() {
    on_each_engine(|engine| {
        let api = Server::start(Place::fresh(engine));
        let body = organisation("Once", "IT");
        let answers = thread::scope(|scope| {
            scope.spawn(|| api.place().hold_writes(Duration::from_secs(2)));
            thread::sleep(Duration::from_millis(500));
            // Nobody else is kept waiting by a key that is not theirs.
            let other = scope.spawn(|| {
                let client = api.client().with_token(&api.token("editor"));
                post(&client, "key", &body)
            });
            let answers = repeat(&[api.unrecorded()], "key", &body);
            other.join().expect("no panic").expect(201);
            answers
        });
        assert_eq!(answers.len(), REPEATS);
        assert_eq!(assert_one(&answers).len(), 1, "{engine:?}");
        let later = post(api.client(), "key", &body).expect(201);
        assert_eq!(later.json(), assert_one(&answers)[0].json());
        assert_eq!(api.get(ORGANISATIONS).total(), 2);
    });
}

#[test]
fn repeats_at_two_servers_make_one_record() {
    let first = Server::start(Place::fresh(Engine::Postgres));
    let second = Server::start(Place::at(first.place().url()));
    let clients = [first.unrecorded(), second.unrecorded()];
    for round in 0..10 {
        let answers = repeat(&clients, &format!("key-{round}"), &organisation("Once", "IT"));
        assert_eq!(answers.len(), REPEATS);
        assert_one(&answers);
        assert_eq!(first.get(ORGANISATIONS).total(), round + 1);
    }
}

#[test]
fn repeats_cut_off_by_a_kill_make_one_record() {
    on_each_engine(|engine| {
        let mut api = Server::start(Place::fresh(engine));
        for round in 0..10 {
            let key = format!("key-{round}");
            let body = organisation(&format!("Number {round}"), "IT");
            let client = api.unrecorded();
            let cut_off = thread::scope(|scope| {
                let repeats = scope.spawn(|| repeat(&[client], &key, &body));
                thread::sleep(Duration::from_millis(round));
                api.kill();
                repeats.join().expect("no panic")
            });
            api.restart();
            let mut answers = repeat(&[api.unrecorded()], &key, &body);
            assert_eq!(answers.len(), REPEATS);
            answers.extend(cut_off);
            assert_one(&answers);
            assert_eq!(api.get(ORGANISATIONS).total(), round + 1, "{engine:?}");
        }
    });
}
