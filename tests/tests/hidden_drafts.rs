//! Drafts leave no trace in what is counted, drawn or exported.

use crate::drafts::{DRAFTS, SECRET, draft, prepared, registered};
use chrono::{TimeDelta, Utc};
use consortia_tests::people::{ACCOUNTS, PASSWORD, account, administrator, log_in, person};
use consortia_tests::samples::{PROJECTS, id, organisation, path};
use consortia_tests::unzip::unpacked;
use consortia_tests::{Place, Server, on_each_engine, raw};
use serde_json::{Value, json};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// What tells how much there is, without a word of any record.
fn counts(api: &Server) -> Vec<Value> {
    let admin = administrator(api).unrecorded();
    let told = ["network/summary", "themes?vocabulary=euroscivoc", "quality"].map(|at| {
        let mut told = admin.get(&format!("/api/v1/{at}")).expect(200).json();
        // When, not how many.
        told["meta"] = Value::Null;
        told
    });
    let lists = ["organisations", "projects", "participations", "sources"];
    let totals = lists.map(|list| json!(admin.get(&format!("/api/v1/{list}")).total()));
    told.into_iter().chain(totals).collect()
}

#[test]
fn no_format_export_or_count_tells_of_a_draft() {
    on_each_engine(|engine| {
        let api = Server::start(Place::fresh(engine));
        let own = registered(&api, "Ours");
        let themed = json!({
            "acronym": "PUBLIC", "period": "2020",
            "themes": [{"vocabulary": "euroscivoc", "code": "/29/97", "label": "politics"}]
        });
        let public = api.create(PROJECTS, &themed);
        let seat = json!({"organisation_id": own["id"], "role": "coordinator"});
        api.create(&format!("{}/participations", path(PROJECTS, &public)), &seat);
        let anna = person(&api, "anna", "editor", &[&own]);
        let before = counts(&api);
        let (led, _) = prepared(&anna, &own);
        let mut hidden = themed.clone();
        hidden["acronym"] = json!(SECRET);
        draft(&anna, "project", &hidden);
        draft(&anna, "organisation", &organisation(SECRET, "FR"));
        assert_eq!(counts(&api), before, "{engine:?}");

        let admin = administrator(&api).unrecorded();
        let document = api.get("/openapi.json").expect(200).json();
        let mut shown = 0;
        for (template, operations) in document["paths"].as_object().expect("paths") {
            let get = &operations["get"];
            let parameters = get["parameters"].as_array().into_iter().flatten();
            let formats = parameters.filter(|parameter| parameter["name"] == "format").count();
            if formats == 0 || template.starts_with(DRAFTS) {
                continue;
            }
            for (named, format) in [&led, &own, &public].iter().flat_map(|named| {
                let formats = ["ndjson", "csv", "svg", "graphml", "gexf", "dot", "cytoscape"];
                formats.map(|format| (named, format))
            }) {
                let at = template.replace("{id}", id(named)).replace("{n}", "1");
                let at = at.replace("{check}", "same_name");
                let answer = admin.get(&format!("{at}?format={format}"));
                assert!(!unpacked(answer.bytes()).contains(SECRET), "{engine:?}: {at}: {format}");
                shown += usize::from(answer.status == 200);
            }
        }
        assert!(shown > 50, "{shown} answers were looked at");
        for (form, name) in [("bundle", "all.ndjson"), ("workbook", "all.xlsx")] {
            let file = api.place().folder().join(name);
            api.place().run(&["export", form, file.to_str().expect("UTF-8")]);
            let held = unpacked(&fs::read(&file).expect("a file"));
            assert!(held.contains("PUBLIC") && !held.contains(SECRET), "{engine:?}: {name}");
        }
    });
}

/// Asks for all drafts, and reads the beginning.
fn begin_reading(api: &Server, token: &str) -> TcpStream {
    let mut stream = raw::connect(api.base());
    let head = format!(
        "GET {DRAFTS}?format=ndjson HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
         Authorization: Bearer {token}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).expect("it is sent");
    let mut begun = [0; 12];
    stream.read_exact(&mut begun).expect("the beginning");
    assert_eq!(&begun, b"HTTP/1.1 200");
    stream
}

#[test]
fn a_list_breaks_off_once_its_reader_is_shut_out() {
    on_each_engine(|engine| {
        let api = Server::start(Place::fresh(engine));
        let own = registered(&api, "Ours");
        let bob = person(&api, "bob", "editor", &[&own]).unrecorded();
        let text = "w ".repeat(50_000);
        let long = json!({
            "kind": "project",
            "content": {"acronym": "LONG", "abstract": {"en": text, "it": text, "fr": text}}
        });
        // More than sockets take.
        for _ in 0..60 {
            bob.post(DRAFTS, &long).expect(201);
        }
        let session = |name: &str| {
            let opened = log_in(api.client(), name, PASSWORD).expect(201).json();
            opened["access_token"].as_str().expect("a token").to_owned()
        };
        let expires_at = (Utc::now() + TimeDelta::days(1)).to_rfc3339();
        let body = json!({"label": "all", "scopes": ["drafts"], "expires_at": expires_at});
        let made = bob.post("/api/v1/read-tokens", &body).expect(201).json();
        let read_token = made["token"].as_str().expect("a token");
        let eve = account(&api, "eve", "editor", &[&own]).json();
        let eves = begin_reading(&api, &session("eve"));
        let [bobs, read] = [&session("bob"), read_token].map(|token| begin_reading(&api, token));
        let mut whole = begin_reading(&api, &api.token("staff"));

        let admin = administrator(&api).unrecorded();
        let nobodys = json!({"organisations": []});
        admin.patch(&path(ACCOUNTS, &eve), "*", &nobodys).expect(200);
        must_end_early(eves);
        let bob = bob.get(&format!("{ACCOUNTS}/me")).expect(200).json();
        admin.patch(&path(ACCOUNTS, &bob), "*", &json!({"disabled": true})).expect(200);
        must_end_early(bobs);
        must_end_early(read);
        let told = raw::read_to_close(&mut whole);
        assert!(told.ends_with("0\r\n\r\n"), "who may read it reads all of it");
        assert_eq!(told.matches("\"acronym\":\"LONG\"").count(), 60);
    });
}

fn must_end_early(mut stream: TcpStream) {
    let told = raw::read_to_close(&mut stream);
    assert!(!told.ends_with("0\r\n\r\n"), "{} bytes and the end", told.len());
}
