//! What a record was: its former states, going back to one, and the log that tells.

use consortia_tests::integrity::assert_logged;
use consortia_tests::samples::{ORGANISATIONS, PROJECTS, organisation, path, project};
use consortia_tests::{Engine, Place, Server, h2020, on_both_engines};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
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

/// Every kind of record, those that others refer to last: its list, its name in a bundle, the
/// fields that the server computes from what it was told, and one that may be told anew.
const KINDS: [(&str, &str, &[&str], &str); 10] = [
    ("statements", "statement", &["about", "source", "preferred"], "note"),
    ("claims", "claim", &["label", "organisation", "source", "sources"], "note"),
    ("agreements", "agreement", &["label", "parties", "in_language", "sources"], "note"),
    ("relations", "relation", &["reads", "reads_back", "from", "to", "sources"], "note"),
    ("participations", "participation", &["organisation", "project", "sources"], "order"),
    ("projects", "project", &["label", "status", "in_language", "sources"], "homepage"),
    ("calls", "call", &["label", "programme", "in_language", "sources"], "homepage"),
    ("programmes", "programme", &["label", "in_language", "sources"], "homepage"),
    ("organisations", "organisation", &["label", "sources"], "homepage"),
    ("sources", "source", &["label"], "note"),
];

/// What every record has beside its content.
const STAMP: [&str; 4] = ["id", "version", "created_at", "updated_at"];

/// What an edition says in the field of [`KINDS`].
fn said(field: &str, edition: u64) -> Value {
    match field {
        "order" => json!(edition),
        "homepage" => json!(format!("https://example.org/{edition}")),
        _ => json!(format!("Edition {edition}")),
    }
}

/// Records that no other refers to.
const SPARE: &str = r##"
{"entity": "organisation", "id": "#spare/organisation", "names": [{"value": "Spare", "kind": "legal"}]}
{"entity": "call", "id": "#spare/call", "programme_id": "ERASMUS+", "titles": {"en": "Spare"}}
{"entity": "source", "id": "#spare/source", "title": "Spare", "kind": "web_page"}
"##;

/// The catalogue as of another edition: every other line says something new.
fn second_edition(catalogue: &str) -> String {
    let edited = |(n, line): (usize, &str)| {
        let mut record: Value = serde_json::from_str(line).expect("a line of JSON");
        let kind = KINDS.iter().find(|(_, entity, ..)| record["entity"] == *entity);
        if let Some((.., field)) = kind.filter(|_| n % 2 == 0) {
            record[field] = said(field, 2);
        }
        format!("{record}\n")
    };
    catalogue.lines().enumerate().map(edited).collect()
}

/// That the log of a record, played from its start, gives it as it is, and nothing it has not:
/// the fields of the content are those of the record that are not `computed`.
fn assert_played(played: &Value, record: &Value, computed: &[&str]) {
    let told = |fields: &Value| fields.as_object().expect("an object").clone();
    let (mut told, content) = (told(record), told(&played["content"]));
    for field in STAMP.iter().chain(computed) {
        told.remove(*field);
    }
    assert_eq!(Value::Object(content), Value::Object(told), "{record:#}");
    assert_eq!(played["version"], record["version"]);
}

#[test]
fn the_log_played_from_its_start_gives_every_record_as_it_is() {
    on_both_engines(|api| {
        let client = api.client();
        let catalogue = h2020::catalogue(api.place());
        let file = catalogue.to_str().expect("UTF-8");
        api.place().run(&["import", "bundle", file]);
        let second = second_edition(&fs::read_to_string(&catalogue).expect("the catalogue"));
        fs::write(&catalogue, second + SPARE).expect("the second edition");
        api.place().run(&["import", "bundle", file]);
        let mut changed = 0;
        let mut deleted = Vec::new();
        for (kind, _, computed, field) in KINDS {
            let list = format!("/api/v1/{kind}");
            let records = api.unrecorded().walk(&format!("{list}?limit=1000"));
            for record in records.iter().step_by(3) {
                let (at, patch) = (path(&list, record), json!({field: said(field, 3)}));
                client.patch(&at, "*", &patch).expect(200);
                changed += 1;
            }
            // One of each kind that nothing refers to any more.
            let gone = records.iter().find_map(|record| {
                let at = path(&list, record);
                let before = api.get(&at).expect(200).json();
                (client.delete(&at, "*").status == 204).then_some((at, before, computed))
            });
            deleted.push(gone.unwrap_or_else(|| panic!("something refers to all {kind}")));
        }
        let mut versions = BTreeMap::<u64, u64>::new();
        for (kind, _, computed, _) in KINDS {
            let list = format!("/api/v1/{kind}");
            for record in api.unrecorded().walk(&format!("{list}?limit=1000")) {
                assert_played(&state(api, &path(&list, &record), ""), &record, computed);
                *versions.entry(record["version"].as_u64().expect("a number")).or_default() += 1;
            }
        }
        for (at, before, computed) in deleted {
            let last = state(api, &at, "");
            let version = before["version"].as_u64().expect("a number");
            assert_eq!((&last["content"], &last["version"]), (&Value::Null, &json!(version + 1)));
            assert_played(&state(api, &at, &format!("?version={version}")), &before, computed);
        }
        assert_logged(api.place());
        let compared: u64 = versions.values().sum();
        println!("{:?}: {compared} records by version: {versions:?}", api.engine());
        assert!(compared > 180 && changed > 60 && versions[&2] > 40 && versions[&3] > 20);
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
