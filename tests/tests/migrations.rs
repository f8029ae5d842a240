//! Databases of every earlier version: filled, brought up to date, and served as they were.

use consortia_tests::integrity::assert_sound;
use consortia_tests::samples::{
    CALLS, ORGANISATIONS, PROGRAMMES, PROJECTS, organisation, organisation_with_pic, participation,
    path, project,
};
use consortia_tests::{Client, Engine, Place, Server, on_each_engine};
use serde_json::{Value, json};

/// A record, as it was answered with its history, and the migration it needs.
struct Kept {
    since: usize,
    at: String,
    told: Value,
}

/// What a server tells of the record at `at`; null when it is not known.
fn told(client: &Client, at: &str) -> Value {
    let record = client.get(at);
    if record.status == 404 {
        return Value::Null;
    }
    let history = client.get(&format!("{at}/revisions")).expect(200).json();
    let mut told = json!({"record": record.json(), "history": history["data"]});
    if at.starts_with(ORGANISATIONS) {
        let partners = client.get(&format!("{at}/partners"));
        told["partners"] = partners.expect(200).json()["data"].clone();
    }
    told
}

/// Something of every kind, in the order of the migrations that brought it.
fn fill(api: &Server) -> Vec<Kept> {
    let mut filled: Vec<(usize, String)> = Vec::new();
    let mut make = |since: usize, list: &str, body: Value| {
        let record = api.create(list, &body);
        let list = if list.ends_with("participations") { "/api/v1/participations" } else { list };
        filled.push((since, path(list, &record)));
        record
    };
    let a = make(1, ORGANISATIONS, organisation_with_pic("Fondazione Àlpha", "IT", "968823876"));
    let b = make(1, ORGANISATIONS, organisation("Beta", "BE"));
    let funder = make(1, ORGANISATIONS, organisation("Funder", "LU"));
    let programme = json!({"titles": {"en": "A programme"}, "funder_ids": [funder["id"]]});
    let programme = make(1, PROGRAMMES, programme);
    make(1, CALLS, json!({"titles": {"en": "A call"}, "programme_id": programme["id"]}));
    let tidy = make(1, PROJECTS, project("TIDY", "2019-01-01/2021-12"));
    for member in [&a, &b] {
        let seats = format!("{}/participations", path(PROJECTS, &tidy));
        make(1, &seats, participation(member, "participant"));
    }
    let gone = api.create(ORGANISATIONS, &organisation("Gone", "IT"));
    api.client().delete(&path(ORGANISATIONS, &gone), "*").expect(204);
    for (record, list) in [(&b, ORGANISATIONS), (&tidy, PROJECTS)] {
        let patch = json!({"homepage": "https://example.org/"});
        api.client().patch(&path(list, record), "*", &patch).expect(200);
    }
    let related = |kind: &str, to: &Value| json!({"kind": kind, "between": "organisations", "from_id": b["id"], "to_id": to["id"]});
    make(2, "/api/v1/relations", related("merged_into", &a));
    let untidy = json!({"acronym": "UNTIDY", "period": "[2014-01..2014-04]/", "aliases": ["U"]});
    make(3, PROJECTS, untidy);
    let source = make(4, "/api/v1/sources", json!({"title": "A page", "kind": "web_page"}));
    let mut stated = json!({
        "about_kind": "organisation", "about_id": a["id"], "field": "/founded",
        "value": "1991", "source_id": source["id"],
    });
    make(4, "/api/v1/statements", stated.clone());
    make(5, "/api/v1/agreements", json!({"party_ids": [a["id"], b["id"]]}));
    make(5, "/api/v1/relations", related("member_of", &funder));
    let claim = json!({
        "organisation_id": a["id"], "figures": {"partners": 1}, "source_id": source["id"],
    });
    let claim = make(6, "/api/v1/claims", claim);
    stated["about_kind"] = json!("claim");
    stated["about_id"] = claim["id"].clone();
    stated["field"] = json!("/wording");
    stated["value"] = json!("One");
    make(6, "/api/v1/statements", stated);
    let client = api.unrecorded();
    let keep = |(since, at): (usize, String)| Kept { since, told: told(&client, &at), at };
    filled.into_iter().map(keep).collect()
}

/// The rows of every table, but for the indexes of SQLite's search, whose shape may differ.
fn rows(place: &Place) -> Vec<(String, Vec<String>)> {
    let tables = match place.engine() {
        Engine::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search_index%' \
             AND name NOT LIKE 'search_trigrams%' AND name NOT LIKE 'sqlite%'"
        }
        Engine::Postgres => "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    };
    let rows = |table: String| {
        // When a migration was applied is no news.
        let what = if table.starts_with("__diesel") { "version" } else { "*" };
        let mut rows = place.query(&format!("SELECT {what} FROM \"{table}\""));
        rows.sort();
        (table, rows)
    };
    let mut all: Vec<_> = place.query(tables).into_iter().map(rows).collect();
    all.sort();
    all
}

/// Undoes the last `steps` migrations.
fn go_down(place: &Place, steps: usize) {
    for _ in 0..steps {
        place.run(&["migrate", "--revert"]);
    }
}

#[test]
fn a_database_of_every_earlier_version_is_brought_up_to_date_and_served() {
    on_each_engine(|engine| {
        let mut server = Server::start(Place::fresh(engine));
        let kept = fill(&server);
        server.stop();
        let applied = "SELECT count(*) FROM __diesel_schema_migrations";
        let newest: usize = server.place().query(applied)[0].parse().expect("a number");
        for version in (1..newest).rev() {
            go_down(server.place(), 1);
            let before = rows(server.place());
            server.restart();
            let client = server.unrecorded();
            for Kept { since, at, told: before } in &kept {
                if *since <= version {
                    assert_eq!(told(&client, at), *before, "{engine:?} from {version}: {at}");
                }
            }
            let alpha = format!("{ORGANISATIONS}?q=alpha");
            assert_eq!(client.get(&alpha).expect(200).total(), 1, "{engine:?} from {version}");
            server.create(ORGANISATIONS, &organisation("After", "IT"));
            let after = client.walk(&format!("{ORGANISATIONS}?q=after"));
            for record in &after {
                client.delete(&path(ORGANISATIONS, record), "*").expect(204);
            }
            server.stop();
            assert_sound(server.place());
            go_down(server.place(), newest - version);
            let now = rows(server.place());
            for ((table, before), (same, now)) in before.iter().zip(&now) {
                assert_eq!(table, same);
                let lost: Vec<_> = before.iter().filter(|row| !now.contains(row)).collect();
                assert!(lost.is_empty(), "{engine:?} to {version}: {table} lost {lost:?}");
            }
            assert_eq!(before.len(), now.len());
        }
    });
}
