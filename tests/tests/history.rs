//! What a record was: its former states, going back to one, and the log that tells.

use consortia_tests::samples::{ORGANISATIONS, PROJECTS, id, organisation, path, project};
use consortia_tests::{Engine, Place, Server, h2020, on_both_engines};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

fn state(api: &Server, at: &str, query: &str) -> Value {
    api.get(&format!("{at}/state{query}")).expect(200).json()
}

#[test]
fn a_record_is_shown_as_it_was_and_becomes_it_again() {
    on_both_engines(|api| {
        let client = api.client();
        let made = api.create(PROJECTS, &project("FIRST", "2020/2022"));
        let at = path(PROJECTS, &made);
        let first = api.get(&at).etag().to_owned();
        let change = json!({"acronym": "SECOND", "homepage": "https://example.org"});
        let second = client.patch(&at, &first, &change).expect(200);
        let now = second.json();

        let (before, after) = (state(api, &at, "?version=1"), state(api, &at, ""));
        assert_eq!(before["content"]["acronym"], "FIRST");
        assert_eq!(before["until"], after["since"]);
        assert_eq!((&after["version"], &after["until"]), (&json!(2), &Value::Null));
        assert_eq!(after["content"]["homepage"], "https://example.org");
        for (instant, version) in
            [(&made["created_at"], 1), (&now["updated_at"], 2), (&json!("2199-12-31"), 2)]
        {
            let instant = instant.as_str().expect("an instant");
            assert_eq!(state(api, &at, &format!("?as_of={instant}"))["version"], version);
        }
        for (query, fault) in [
            ("?as_of=2001-01-01", "as_of not_yet"),
            ("?as_of=yesterday", "as_of invalid_instant"),
            ("?version=3", "version no_such_version"),
            ("?version=x", "version not_a_number"),
            ("?version=1&as_of=2026-01-01", "version contradicting_parameters"),
        ] {
            let problem = api.get(&format!("{at}/state{query}")).problem(400, "invalid_parameters");
            let found = &problem["errors"][0];
            assert_eq!(format!("{} {}", found["parameter"], found["code"]).replace('"', ""), fault);
        }

        let back = format!("{at}/revisions");
        let restore = |etag: &str, body: &Value| {
            let request = client.request("POST", &back).header("If-Match", etag);
            request.body("application/json", body.to_string()).send()
        };
        restore(&first, &json!({"version": 1})).problem(412, "stale_version");
        let problem = restore(second.etag(), &json!({"version": 9})).problem(422, "invalid_body");
        assert_eq!(problem["errors"][0]["code"], "no_such_version");
        let restored = restore(second.etag(), &json!({"version": 1})).expect(200).json();
        assert_eq!((&restored["acronym"], &restored["version"]), (&json!("FIRST"), &json!(3)));
        assert_eq!(restored["homepage"], Value::Null);
        assert_eq!(state(api, &at, "")["content"], before["content"]);

        // What is gone can still be looked at, and no longer be changed.
        let etag = api.get(&at).etag().to_owned();
        client.delete(&at, &etag).expect(204);
        assert_eq!(state(api, &at, "?version=2")["content"]["acronym"], "SECOND");
        let last = state(api, &at, "");
        assert_eq!((&last["version"], &last["content"]), (&json!(4), &Value::Null));
        restore(&etag, &json!({"version": 1})).expect(410);
        let nobody = format!("{PROJECTS}/0198c0de-0000-7000-8000-000000000001/state");
        api.get(&nobody).problem(404, "not_found");
    });
}

#[test]
fn what_was_is_gone_through_while_others_write() {
    for engine in Engine::ALL {
        let api = Server::start(Place::fresh(engine));
        let made = api.post(PROJECTS, &project("ONE", "2020")).expect(201);
        let back = format!("{}/revisions", made.header("location"));
        let others_write = AtomicBool::new(true);
        thread::scope(|scope| {
            scope.spawn(|| {
                api.place().hold_writes(Duration::from_secs(4));
                others_write.store(false, Ordering::Release);
            });
            thread::sleep(Duration::from_secs(1));
            let request = api.client().request("POST", &back).header("If-Match", made.etag());
            let answer = request.json(&json!({"version": u32::MAX})).send();
            let told_meanwhile = others_write.load(Ordering::Acquire);
            let problem = answer.problem(422, "invalid_body");
            assert_eq!(problem["errors"][0]["code"], "no_such_version", "{problem}");
            assert!(told_meanwhile, "{engine:?}: it waited for the writer");
        });
    }
}

#[test]
fn a_version_that_refers_to_what_is_gone_is_not_restored() {
    on_both_engines(|api| {
        let client = api.client();
        let whole = api.create(ORGANISATIONS, &organisation("Whole", "IT"));
        let mut body = organisation("Part", "IT");
        body["parent_id"] = whole["id"].clone();
        let part = api.create(ORGANISATIONS, &body);
        let at = path(ORGANISATIONS, &part);
        let alone = json!({"parent_id": null});
        let etag = client.patch(&at, api.get(&at).etag(), &alone).expect(200).etag().to_owned();
        let above = path(ORGANISATIONS, &whole);
        client.delete(&above, api.get(&above).etag()).expect(204);
        let request = client.request("POST", &format!("{at}/revisions")).header("If-Match", &etag);
        let answer = request.body("application/json", r#"{"version": 1}"#).send();
        let problem = answer.problem(422, "invalid_body");
        assert_eq!(problem["errors"][0]["pointer"], "/parent_id");
        assert_eq!(api.get(&at).json()["version"], 2);
    });
}

#[test]
fn the_log_played_from_its_start_gives_every_record_as_it_is() {
    on_both_engines(|api| {
        let catalogue = h2020::catalogue(api.place());
        api.place().run(&["import", "bundle", catalogue.to_str().expect("UTF-8")]);
        let mut records = 0;
        for kind in [
            "organisations",
            "programmes",
            "calls",
            "projects",
            "participations",
            "relations",
            "agreements",
            "sources",
            "claims",
            "statements",
        ] {
            let list = format!("/api/v1/{kind}");
            for record in api.unrecorded().walk(&format!("{list}?limit=1000")) {
                let played = state(api, &format!("{list}/{}", id(&record)), "");
                let content = played["content"].as_object().expect("a content");
                assert!(!content.is_empty(), "{played}");
                for (field, stated) in content {
                    assert_eq!(&record[field], stated, "{kind} {}: {field}", id(&record));
                }
                assert_eq!(played["version"], record["version"]);
                records += 1;
            }
        }
        assert!(records > 190, "only {records} records");
    });
}

#[test]
fn a_seat_stays_in_its_project_when_it_goes_back() {
    on_both_engines(|api| {
        let client = api.client();
        let made = api.create(PROJECTS, &project("P", "2020/2022"));
        let of = api.create(ORGANISATIONS, &organisation("A", "IT"));
        let seats = format!("{}/participations", path(PROJECTS, &made));
        let body = json!({"organisation_id": of["id"], "role": "participant"});
        let seat = api.create(&seats, &body);
        let at = path("/api/v1/participations", &seat);
        let led = json!({"role": "coordinator"});
        let etag = client.patch(&at, api.get(&at).etag(), &led).expect(200).etag().to_owned();
        let request = client.request("POST", &format!("{at}/revisions")).header("If-Match", &etag);
        let back = request.body("application/json", r#"{"version": 1}"#).send().expect(200).json();
        assert_eq!((&back["role"], &back["project_id"]), (&json!("participant"), &made["id"]));
        assert_eq!(state(api, &at, "?version=2")["content"]["project_id"], made["id"]);
    });
}
