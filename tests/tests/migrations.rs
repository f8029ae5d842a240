//! Databases of every earlier version: filled, brought up to date, and served as they were.

use chrono::{TimeDelta, Utc};
use consortia_tests::integrity::assert_sound;
use consortia_tests::people::{ACCOUNTS, PASSWORD, account, administrator, log_in};
use consortia_tests::samples::{
    CALLS, ORGANISATIONS, PROGRAMMES, PROJECTS, column, id, organisation, organisation_with_pic,
    participation, path, project,
};
use consortia_tests::{Client, Engine, Place, Server, on_each_engine};
use serde_json::{Value, json};

/// A record, as it was answered with its history, and the migration it needs.
struct Kept {
    since: usize,
    at: String,
    told: Value,
}

const DRAFTS: &str = "/api/v1/drafts";
const CONTACTS: &str = "/api/v1/contacts";
/// The lists of what has no history that can be asked for.
const UNLOGGED: [&str; 3] = [DRAFTS, CONTACTS, ACCOUNTS];

/// What a server tells of the record at `at`; null when it is not known.
fn told(client: &Client, at: &str) -> Value {
    let record = client.get(at);
    if record.status == 404 {
        return Value::Null;
    }
    if UNLOGGED.iter().any(|list| at.starts_with(list)) {
        return record.json();
    }
    let history = client.get(&format!("{at}/revisions")).expect(200).json();
    let mut told = json!({"record": record.json(), "history": history["data"]});
    if at.starts_with(ORGANISATIONS) {
        let partners = client.get(&format!("{at}/partners"));
        told["partners"] = partners.expect(200).json()["data"].clone();
    }
    told
}

/// A key that a request was sent with, and what it asked for.
const KEY: &str = "asked-before";

fn ask_again(client: &Client) -> Value {
    let request = client.request("POST", ORGANISATIONS).header("Idempotency-Key", KEY);
    request.json(&organisation("Once", "IT")).send().expect(201).json()
}

/// What an account leaves beside itself.
struct Holder {
    /// A client of a session.
    session: Client,
    /// A client of a token that only reads.
    reader: Client,
}

/// A text so long that a record with it is heavy, but not twice as long as it has to be.
fn long(letter: &str) -> String {
    letter.repeat(10_000)
}

/// Something of every kind of record, in the order of the migrations that brought it.
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
    make(6, "/api/v1/statements", stated.clone());
    let heavy = json!({"acronym": "HEAVY", "abstract": {"en": long("a")}});
    let heavy = make(1, PROJECTS, heavy);
    let patch = json!({"abstract": {"en": long("b")}});
    api.client().patch(&path(PROJECTS, &heavy), "*", &patch).expect(200);
    stated["note"] = json!("c".repeat(1_500));
    make(6, "/api/v1/statements", stated);
    ask_again(api.client());
    fill_apart(api, &a, &mut filled);
    let client = administrator(api).unrecorded();
    let keep = |(since, at): (usize, String)| Kept { since, told: told(&client, &at), at };
    filled.into_iter().map(keep).collect()
}

/// The same of what is no record, for somebody who acts for `of`.
fn fill_apart(api: &Server, of: &Value, filled: &mut Vec<(usize, String)>) {
    let anna = account(api, "anna", "editor", &[of]).json();
    filled.push((8, path(ACCOUNTS, &anna)));
    log_in(api.client(), "nobody", "words that open nothing").expect(401);
    let anna = open(api);
    let prepare = |kind: &str, content: Value| {
        let draft = json!({"kind": kind, "content": content});
        path(DRAFTS, &anna.post(DRAFTS, &draft).expect(201).json())
    };
    let changed = prepare("project", json!({"acronym": "DRAFT", "abstract": {"en": long("d")}}));
    let other = json!({"acronym": "DRAFT", "abstract": {"en": long("e")}});
    anna.put(&changed, "*", &json!({"kind": "project", "content": other})).expect(200);
    filled.extend([(9, changed), (9, prepare("organisation", organisation("Prepared", "IT")))]);
    // It is its maker's too, whoever publishes it.
    let source = prepare("source", json!({"title": "Published", "kind": "web_page"}));
    let publication = api.client().request("POST", &format!("{source}/publication"));
    publication.header("If-Match", "*").send().expect(201);
    let person = json!({"name": "Dr Somebody", "email": "somebody@example.org"});
    let contacts = format!("{}/contacts", path(ORGANISATIONS, of));
    filled.push((11, path(CONTACTS, &api.create(&contacts, &person))));
}

/// A client of a session of the account that was made.
fn open(api: &Server) -> Client {
    let opened = log_in(api.client(), "anna", PASSWORD).expect(201).json();
    api.unrecorded().with_token(opened["access_token"].as_str().expect("a token"))
}

impl Holder {
    fn new(api: &Server) -> Self {
        let session = open(api);
        let in_an_hour = (Utc::now() + TimeDelta::hours(1)).to_rfc3339();
        let token = json!({
            "label": "Hall", "scopes": ["published"], "expires_at": in_an_hour
        });
        let token = session.post("/api/v1/read-tokens", &token).expect(201).json();
        let reader = session.with_token(token["token"].as_str().expect("a token"));
        Self { session, reader }
    }

    /// That both are as good as when they were made.
    fn assert_let_in(&self, api: &Server) {
        let own = self.session.at(api.base()).get(&format!("{ACCOUNTS}/me")).expect(200).json();
        assert_eq!(own["name"], "anna");
        self.reader.at(api.base()).get(PROJECTS).expect(200);
    }
}

/// Numbers of bytes, each of which is so many or somewhat more: on PostgreSQL JSON is written
/// with spaces.
fn assert_bytes(place: &Place, query: &str, expected: &[usize]) {
    let found = place.query(query);
    let bytes: Vec<usize> = found.iter().map(|row| row.parse().expect("a number")).collect();
    let near = |(found, expected): (&usize, &usize)| (*expected..expected + 700).contains(found);
    let alike = bytes.len() == expected.len() && bytes.iter().zip(expected).all(near);
    assert!(alike, "{:?}: {query}\ngives {bytes:?}, not {expected:?}", place.engine());
}

/// What the migrations from `version` on made of rows that were there.
fn assert_measured(place: &Place, version: usize) {
    if version >= 9 {
        // All that each was: one of them twice as much.
        let drafts = "SELECT bytes FROM drafts ORDER BY bytes DESC";
        assert_bytes(place, drafts, &[20_000, 0]);
    }
    let heavy = |table: &str| {
        format!("SELECT bytes FROM heavy_records JOIN {table} ON id = record_id ORDER BY bytes")
    };
    assert_bytes(place, &heavy("projects"), &[20_000]);
    if version >= 6 {
        assert_bytes(place, &heavy("statements"), &[1_500]);
    }
    let others = "SELECT count(*) FROM heavy_records";
    let expected = if version >= 6 { "2" } else { "1" };
    assert_eq!(place.query(others), [expected], "nothing else is heavy");
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

/// What is left without those that tell of the record `id`, which came and went.
fn without(rows: Vec<(String, Vec<String>)>, id: &str) -> Vec<(String, Vec<String>)> {
    let bytes: Vec<_> = id.replace('-', "").into_bytes();
    let hex: Vec<_> = bytes.chunks(2).map(|pair| String::from_utf8_lossy(pair)).collect();
    let tells = |row: &String| row.contains(id) || row.contains(&hex.join(", "));
    let left = |(table, rows): (String, Vec<String>)| {
        (table, rows.into_iter().filter(|row| !tells(row)).collect())
    };
    rows.into_iter().map(left).collect()
}

/// Registers something that can then be searched for, and deletes it; gives its id.
fn come_and_go(server: &Server) -> String {
    let after = server.create(ORGANISATIONS, &organisation("After", "IT"));
    let found = server.unrecorded().walk(&format!("{ORGANISATIONS}?q=after"));
    assert_eq!(column(&found, "id"), [id(&after)], "{:?}", server.engine());
    server.client().delete(&path(ORGANISATIONS, &after), "*").expect(204);
    id(&after).to_owned()
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
        let holder = Holder::new(&server);
        let asked = ask_again(server.client());
        let admin = administrator(&server).unrecorded();
        // Words are learnt for good.
        come_and_go(&server);
        server.stop();
        let applied = "SELECT count(*) FROM __diesel_schema_migrations";
        let newest: usize = server.place().query(applied)[0].parse().expect("a number");
        for version in (1..newest).rev() {
            go_down(server.place(), 1);
            let before = rows(server.place());
            server.restart();
            let client = admin.at(server.base());
            assert_measured(server.place(), version);
            assert_eq!(ask_again(&server.unrecorded()), asked, "{engine:?} from {version}");
            if version >= 8 {
                holder.assert_let_in(&server);
            }
            for Kept { since, at, told: before } in &kept {
                if *since <= version {
                    assert_eq!(told(&client, at), *before, "{engine:?} from {version}: {at}");
                }
            }
            let alpha = format!("{ORGANISATIONS}?q=alpha");
            assert_eq!(client.get(&alpha).expect(200).total(), 1, "{engine:?} from {version}");
            let after = come_and_go(&server);
            server.stop();
            assert_sound(server.place());
            go_down(server.place(), newest - version);
            let now = without(rows(server.place()), &after);
            for ((table, before), (same, now)) in before.iter().zip(&now) {
                assert_eq!(table, same);
                assert_eq!(now, before, "{engine:?} to {version}: {table}");
            }
            assert_eq!(before.len(), now.len());
        }
    });
}
