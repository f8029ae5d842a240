//! Contact persons: for those who may change a record, and nobody else; forgotten by their address.

use consortia_tests::files::held;
use consortia_tests::people::{administrator, person};
use consortia_tests::samples::{ORGANISATIONS, PROJECTS, id, organisation, path, project};
use consortia_tests::unzip::unpacked;
use consortia_tests::{Client, Place, Server, on_both_engines, on_each_engine};
use serde_json::{Value, json};
use std::fs;

const CONTACTS: &str = "/api/v1/contacts";
/// A word that is in contacts only.
const SECRET: &str = "quennerstedt";
/// And a number.
const TELEPHONE: &str = "+46 18 4711 0815";

fn contact(role: &str) -> Value {
    json!({
        "name": format!("Dr {SECRET}"), "email": format!("{SECRET}@Example.org"),
        "telephone": TELEPHONE, "role": role, "language": "sv"
    })
}

/// An organisation and a project of whoever acts for it, with that person's client.
fn own(api: &Server) -> (Client, Value, Value) {
    let ours = api.create(ORGANISATIONS, &organisation("Ours", "SE"));
    let led = api.create(PROJECTS, &project("LED", "2020"));
    let seat = json!({"organisation_id": ours["id"], "role": "coordinator"});
    api.create(&format!("{}/participations", path(PROJECTS, &led)), &seat);
    (person(api, "anna", "editor", &[&ours]), ours, led)
}

#[test]
fn contacts_are_added_changed_and_removed_by_whose_the_record_is() {
    on_both_engines(|api| {
        let (anna, ours, led) = own(api);
        let stranger = person(api, "bice", "editor", &[]);
        for of in [path(ORGANISATIONS, &ours), path(PROJECTS, &led)] {
            let list = format!("{of}/contacts");
            let made = anna.post(&list, &contact("Secretary")).expect(201);
            let at = made.header("location").to_owned();
            assert_eq!(made.json()["email"], format!("{SECRET}@example.org"));
            assert_eq!(made.json()["of_id"], of.rsplit('/').next().unwrap_or_default());
            for client in [&anna, api.client(), &administrator(api)] {
                let told = client.get(&list).expect(200).json();
                assert_eq!(told["data"], json!([made.json()]));
                assert!(told["meta"]["licence"].is_null(), "people are under no licence");
                client.get(&at).expect(200);
            }
            // Else a spreadsheet would take the number for a sum.
            let table = anna.get(&format!("{list}?format=csv")).expect(200).text();
            assert!(table.contains(",'+46 18 4711 0815,"), "{table}");
            for place in [&list, &at] {
                api.anonymous().get(place).problem(401, "token_required");
            }
            stranger.get(&list).problem(403, "not_yours");
            stranger.post(&list, &contact("Spy")).problem(403, "not_yours");
            let change = json!({"role": null});
            let noted = api.place().query("SELECT count(*) FROM erasures");
            let changed = anna.patch(&at, made.etag(), &change).expect(200);
            assert_ne!(api.place().query("SELECT count(*) FROM erasures"), noted, "to be wiped");
            assert!(changed.json()["role"].is_null());
            anna.patch(&at, made.etag(), &change).problem(412, "stale_version");
            anna.delete(&at, changed.etag()).expect(204);
            anna.get(&at).problem(404, "not_found");
        }
        let wrong = json!({"name": " ", "email": "nobody", "language": "1", "phone": "1"});
        let list = format!("{}/contacts", path(ORGANISATIONS, &ours));
        let told = anna.post(&list, &wrong).problem(422, "invalid_body");
        let errors = told["errors"].as_array().into_iter().flatten();
        let mut found: Vec<_> = errors.filter_map(|error| error["pointer"].as_str()).collect();
        found.sort_unstable();
        assert_eq!(found, ["/email", "/language", "/name", "/phone"]);
        for _ in 0..50 {
            anna.post(&list, &json!({"name": "One of many"})).expect(201);
        }
        anna.post(&list, &json!({"name": "One too many"})).problem(422, "invalid_body");
    });
}

#[test]
fn who_may_not_see_a_contact_does_not_learn_that_it_is_there() {
    on_both_engines(|api| {
        let (anna, ours, _) = own(api);
        let stranger = person(api, "bice", "editor", &[]);
        let list = format!("{}/contacts", path(ORGANISATIONS, &ours));
        let made = anna.post(&list, &contact("Secretary")).expect(201);
        let there = made.header("location");
        let none = format!("{CONTACTS}/0198c0de-0000-7000-8000-000000000000");
        // The same of both, but for the id that was asked for.
        let told = |at: &str| {
            let change = json!({"role": null});
            [
                stranger.get(at),
                stranger.patch(at, made.etag(), &change),
                stranger.patch(at, "*", &json!({"name": ""})),
                stranger.delete(at, made.etag()),
                stranger.delete(at, "\"999-0000000000000000\""),
            ]
            .map(|answer| {
                let problem = answer.problem(404, "not_found");
                let id = at.rsplit('/').next().unwrap_or_default();
                problem["detail"].as_str().unwrap_or_default().replace(id, "ID")
            })
        };
        assert_eq!(told(there), told(&none));
        anna.get(there).expect(200);
    });
}

#[test]
fn nothing_but_its_address_shows_a_contact() {
    on_both_engines(|api| {
        let (anna, ours, led) = own(api);
        for of in [path(ORGANISATIONS, &ours), path(PROJECTS, &led)] {
            anna.post(&format!("{of}/contacts"), &contact("Secretary")).expect(201);
        }
        let admin = administrator(api).unrecorded();
        let document = api.get("/openapi.json").expect(200).json();
        let mut asked = 0;
        for (address, operations) in document["paths"].as_object().expect("paths") {
            if operations.get("get").is_none() || address.contains("contacts") {
                continue;
            }
            let of = if address.starts_with(PROJECTS) { &led } else { &ours };
            let answer = admin.get(&address.replace("{id}", id(of)).replace("{n}", "1"));
            let shown = unpacked(answer.bytes()).to_lowercase();
            assert!(!shown.contains(SECRET), "{address}");
            asked += 1;
        }
        assert!(asked > 60, "{asked} addresses");
        let bundle = api.place().run(&["export", "bundle"]).to_lowercase();
        assert!(bundle.contains("ours") && !bundle.contains(SECRET));
        let workbook = api.place().folder().join("all.xlsx");
        api.place().run(&["export", "workbook", workbook.to_str().expect("UTF-8")]);
        let workbook = unpacked(&fs::read(&workbook).expect("a workbook")).to_lowercase();
        assert!(workbook.contains("ours") && !workbook.contains(SECRET));
        assert!(!api.log().to_lowercase().contains(SECRET), "{}", api.log());
        let found = admin.get(&format!("{ORGANISATIONS}?q={SECRET}")).expect(200);
        assert_eq!(found.total(), 0);
    });
}

#[test]
fn a_person_is_given_and_forgotten_by_their_address() {
    on_each_engine(|engine| {
        let api = &Server::start_with(Place::fresh(engine), &[("CONSORTIA_LOG", "trace")]);
        let (anna, ours, led) = own(api);
        for of in [path(ORGANISATIONS, &ours), path(PROJECTS, &led)] {
            let list = format!("{of}/contacts");
            // So that the answer is kept, too.
            let made = anna.request("POST", &list).header("Idempotency-Key", &list);
            let made = made.json(&contact("Was never changed")).send().expect(201);
            anna.patch(made.header("location"), made.etag(), &json!({"role": "S"})).expect(200);
            anna.post(&list, &json!({"name": "Another", "email": "b@example.org"})).expect(201);
        }
        let address = format!("{}@EXAMPLE.org", SECRET.to_uppercase());
        let known = api.place().run(&["contact", "export", &address]);
        let known: Value = serde_json::from_str(&known).expect("JSON");
        assert_eq!(known.as_array().map(Vec::len), Some(2), "{known}");
        let _ = api.place().query("ANALYZE");
        let known = [SECRET, TELEPHONE].map(str::as_bytes);
        for needle in 0..known.len() {
            let found = held(api.place(), &known).iter().any(|(n, _)| *n == needle);
            assert!(found, "it is in the files");
        }
        let erase = |address: &str| {
            let output = api.place().fed(&["contact", "erase", address], "");
            assert!(output.status.success());
            let told = String::from_utf8_lossy(&output.stdout).into_owned();
            String::from_utf8_lossy(&output.stderr).into_owned() + &told
        };
        let said = erase(&address);
        assert!(said.contains("Erased 2 contacts.") && said.contains("may still lie"), "{said}");
        let said = erase(&address);
        assert!(said.contains("Erased 0 contacts.") && !said.contains("may still lie"), "{said}");
        assert_eq!(held(api.place(), &known), []);
        assert_eq!(api.place().run(&["contact", "export", &address]).trim(), "[]");
        let list = format!("{}/contacts", path(PROJECTS, &led));
        let left = anna.get(&list).data();
        assert_eq!((left.len(), &left[0]["name"]), (1, &json!("Another")));
        anna.post(&list, &json!({"name": "One", "email": "one@example.org"})).expect(201);
        let said = erase("one@example.org");
        assert!(said.contains("Erased 1 contact."), "{said}");
        let log = api.log().to_lowercase();
        for known in [SECRET, TELEPHONE, "b@example.org", "one@example.org"] {
            assert!(!log.contains(known), "{engine:?}: the log tells of {known}");
        }
    });
}

#[test]
fn contacts_go_with_their_record() {
    on_both_engines(|api| {
        let (anna, ours, led) = own(api);
        let at = path(PROJECTS, &led);
        let made = anna.post(&format!("{at}/contacts"), &contact("Secretary")).expect(201);
        let kept = anna.post(&format!("{}/contacts", path(ORGANISATIONS, &ours)), &contact("S"));
        let tag = anna.get(&at).expect(200).etag().to_owned();
        let reason = json!({"reason": "Registered by mistake"});
        let withdrawal = anna.request("POST", &format!("{at}/withdrawal"));
        withdrawal.header("If-Match", &tag).json(&reason).send().expect(204);
        let staff = api.client();
        staff.get(made.header("location")).problem(404, "not_found");
        staff.get(&format!("{at}/contacts")).problem(410, "gone");
        staff.get(&path(CONTACTS, &kept.expect(201).json())).expect(200);
        let at = path(ORGANISATIONS, &ours);
        staff.delete(&at, staff.get(&at).expect(200).etag()).expect(204);
        assert_eq!(api.place().query("SELECT count(*) FROM contacts"), ["0"]);
    });
}
