//! Addresses in records are kept and shown; what they lead to is never fetched.

use consortia_tests::people::administrator;
use consortia_tests::samples::{CALLS, ORGANISATIONS, PROGRAMMES, PROJECTS, id, path};
use consortia_tests::{Place, Server, on_each_engine};
use serde_json::{Value, json};
use std::fs;
use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// Records of every kind that has an address, all of them `url`, and a statement of one.
fn with_addresses(api: &Server, url: &str) -> Vec<(String, Value, &'static str)> {
    let ours = api.create(
        ORGANISATIONS,
        &json!({"names": [{"value": "Ours", "kind": "legal"}], "country": "IT", "homepage": url}),
    );
    let theirs = api.create(
        ORGANISATIONS,
        &json!({"names": [{"value": "Theirs", "kind": "legal"}], "homepage": url}),
    );
    let led = json!({
        "acronym": "LED", "period": "2020", "homepage": url,
        "activities": [{"kind": "activity", "titles": {"en": "Courses"}, "url": url}]
    });
    let led = api.create(PROJECTS, &led);
    for organisation in [&ours, &theirs] {
        let seat = json!({"organisation_id": organisation["id"], "role": "participant"});
        api.create(&format!("{}/participations", path(PROJECTS, &led)), &seat);
    }
    let programme = json!({"level": "programme", "titles": {"en": "Fund"}, "homepage": url});
    let programme = api.create(PROGRAMMES, &programme);
    let call = api.create(CALLS, &json!({"identifier": "CALL-1", "homepage": url}));
    let source = api.create("/api/v1/sources", &json!({"title": "A page", "url": url}));
    let agreement = json!({
        "titles": {"en": "Together"}, "party_ids": [ours["id"], theirs["id"]], "url": url
    });
    let agreement = api.create("/api/v1/agreements", &agreement);
    let statement = json!({
        "about_kind": "organisation", "about_id": ours["id"], "field": "/homepage",
        "value": url, "source_id": source["id"]
    });
    let statement = api.create("/api/v1/statements", &statement);
    vec![
        (path(ORGANISATIONS, &ours), ours, "homepage"),
        (path(PROJECTS, &led), led, "homepage"),
        (path(PROGRAMMES, &programme), programme, "homepage"),
        (path(CALLS, &call), call, "homepage"),
        (path("/api/v1/sources", &source), source, "url"),
        (path("/api/v1/agreements", &agreement), agreement, "url"),
        (path("/api/v1/statements", &statement), statement, "value"),
    ]
}

/// Everything that can be read of these records, in every format there is.
fn read_everything(api: &Server, records: &[(String, Value, &str)]) -> usize {
    let admin = administrator(api).unrecorded();
    let document = api.get("/openapi.json").expect(200).json();
    let mut asked = 0;
    for (address, operations) in document["paths"].as_object().expect("paths") {
        if operations["get"].is_null() {
            continue;
        }
        let collection = address.split('/').take(4).collect::<Vec<_>>().join("/");
        let own = records.iter().find(|(at, ..)| at.starts_with(&collection));
        let own = own.map_or("x", |(_, record, _)| id(record));
        let at = address.replace("{id}", own).replace("{n}", "1").replace("{name}", "role");
        let at = at.replace("{check}", "same_name");
        for format in ["json", "ndjson", "csv", "svg", "png", "graphml", "gexf", "dot", "cytoscape"]
        {
            let answer = admin.get(&format!("{at}?format={format}"));
            asked += usize::from(answer.status == 200);
        }
        asked += usize::from(admin.get(&at).status == 200);
    }
    asked
}

#[test]
fn no_address_in_a_record_is_asked() {
    on_each_engine(|engine| {
        let api = &Server::start(Place::fresh(engine));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("an option");
        let there = listener.local_addr().expect("an address");
        let url = format!("http://{there}/page");
        let records = with_addresses(api, &url);
        for (at, _, field) in &records {
            let kept = api.client().unrecorded().get(at).expect(200);
            assert_eq!(kept.json()[*field], url, "{at}");
            let change = json!({*field: format!("{url}?changed")});
            let changed = api.client().unrecorded().patch(at, kept.etag(), &change).expect(200);
            assert_eq!(changed.json()[*field], format!("{url}?changed"), "{at}");
        }
        let asked = read_everything(api, &records);
        assert!(asked > 100, "{asked} answers");
        // As files, and back from them: on the machine and over HTTP.
        let folder = api.place().folder();
        for (form, name) in [("bundle", "all.ndjson"), ("workbook", "all.xlsx")] {
            let file = folder.join(name);
            let file = file.to_str().expect("UTF-8");
            api.place().run(&["export", form, file]);
            api.place().run(&["import", form, file]);
        }
        let lines = fs::read(folder.join("all.ndjson")).expect("a bundle");
        let lines = String::from_utf8_lossy(&lines).replace("?changed", "?imported");
        assert!(lines.matches(&url).count() >= records.len() + 2, "{lines}");
        let admin = administrator(api).unrecorded();
        let begun = admin.request("POST", "/api/v1/imports?name=all.ndjson");
        let begun = begun.body("application/x-ndjson", lines).send().expect(202);
        while admin.get(begun.header("location")).expect(200).json()["status"] == "running" {
            thread::sleep(Duration::from_millis(100));
        }
        let (at, _, field) = &records[0];
        let imported = admin.get(at).expect(200).json();
        assert_eq!(imported[*field], format!("{url}?imported"));
        let nobody = listener.accept().expect_err("somebody came");
        assert_eq!(nobody.kind(), ErrorKind::WouldBlock);
        // Whoever comes is seen.
        let _came = TcpStream::connect(there).expect("it listens");
        thread::sleep(Duration::from_millis(100));
        assert!(listener.accept().is_ok(), "somebody came, and was not seen");
    });
}
