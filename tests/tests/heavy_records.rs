//! Records and drafts that hold much: so much and no more, on pages that end before they fill the
//! memory, and answers that nobody reads.

use consortia_tests::people::{ACCOUNTS, person};
use consortia_tests::samples::{PROJECTS, id, path, project};
use consortia_tests::{Answer, Engine, Place, Server, on_both_engines, on_each_engine};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

const DRAFTS: &str = "/api/v1/drafts";

/// A project of some 400 kB.
fn heavy(acronym: &str, letter: &str) -> Value {
    let text = letter.repeat(100_000);
    json!({
        "acronym": acronym, "period": "2020/2022",
        "abstract": {"en": text, "it": text, "fr": text, "de": text}
    })
}

/// The only fault that a refusal tells of.
fn fault(refused: &Answer) -> (String, String) {
    let problem = refused.problem(422, "invalid_body");
    let told = |field: &str| problem["errors"][0][field].as_str().expect("a text").to_owned();
    (told("code"), told("detail"))
}

#[test]
fn a_page_ends_where_its_records_hold_much() {
    on_both_engines(|api| {
        let letters = ["a", "b", "c"].iter().cycle().take(14);
        for (n, letter) in letters.enumerate() {
            api.create(PROJECTS, &heavy(&format!("HEAVY {n:02}"), letter));
            api.create(PROJECTS, &project(&format!("LIGHT {n:02}"), "2020/2022"));
        }
        for query in ["", "&sort=-label", "&sort=start_date,-label", "&q=heavy"] {
            let asked = format!("{PROJECTS}?limit=1000{query}");
            let (all, page) = (api.client().walk(&asked), api.get(&asked).expect(200));
            let ids: BTreeSet<&str> = all.iter().map(id).collect();
            let total = if query == "&q=heavy" { 14 } else { 28 };
            assert_eq!((all.len(), ids.len()), (total, total), "{query}: all, none twice");
            assert_eq!(page.total(), total as u64, "{query}");
            let (first, length) = (page.data().len(), page.bytes().len());
            assert!(first < total && length < 6_000_000, "{query}: {first}, {length} bytes");
            assert_eq!(all[..first], page.data()[..], "{query}");
        }
        for format in ["ndjson", "csv"] {
            let whole = api.get(&format!("{PROJECTS}?format={format}")).expect(200).text();
            for name in ["HEAVY 00", "HEAVY 13", "LIGHT 00", "LIGHT 13"] {
                assert!(whole.contains(name), "{format}: {name}");
            }
        }
        // What is light again leaves room for others.
        for record in api.client().walk(&format!("{PROJECTS}?limit=1000&q=heavy")) {
            let at = path(PROJECTS, &record);
            let etag = api.get(&at).etag().to_owned();
            api.client().patch(&at, &etag, &json!({"abstract": null})).expect(200);
        }
        assert_eq!(api.get(&format!("{PROJECTS}?limit=1000")).data().len(), 28);
    });
}

#[test]
fn a_record_holds_so_much_and_can_be_put_back_as_it_is_shown() {
    on_both_engines(|api| {
        let client = api.client();
        // Written out, each funding has its fields that are null.
        let funding = json!({"type_of_action": "RIA"});
        let many = |n: usize| json!({"acronym": "MANY", "fundings": vec![funding.clone(); n]});
        let refused = client.post(PROJECTS, &many(10_000));
        let (code, detail) = fault(&refused);
        assert_eq!(code, "too_large");
        assert!(detail.contains("Expected at most 500000; shorten"), "{detail}");
        assert_eq!(api.get(PROJECTS).total(), 0);
        let made = client.post(PROJECTS, &many(2_000)).expect(201);
        let at = path(PROJECTS, &made.json());
        let change = json!({"fundings": vec![funding.clone(); 9_000]});
        assert_eq!(fault(&client.patch(&at, made.etag(), &change)).0, "too_large");
        assert_eq!(fault(&client.put(&at, made.etag(), &many(9_000))).0, "too_large");
        let draft = json!({"kind": "project", "content": many(10_000)});
        let refused = client.post(DRAFTS, &draft);
        assert_eq!(fault(&refused).0, "too_large");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/content");

        let shown = api.get(&at);
        let mut content = shown.json();
        let bytes = content.to_string().len();
        assert!(bytes > 300_000, "{bytes}");
        for set_here in ["id", "label", "status", "version", "created_at", "updated_at"] {
            content.as_object_mut().expect("an object").remove(set_here);
        }
        content["acronym"] = json!("STILL MANY");
        client.put(&at, shown.etag(), &content).expect(200);
    });
}

#[test]
fn a_history_of_long_changes_is_told_in_short_pages() {
    on_both_engines(|api| {
        let made = api.create(PROJECTS, &heavy("LONG", "a"));
        let at = path(PROJECTS, &made);
        for letter in ["b", "c"].iter().cycle().take(15) {
            let etag = api.get(&at).etag().to_owned();
            api.client().put(&at, &etag, &heavy("LONG", letter)).expect(200);
        }
        let asked = format!("{at}/revisions?limit=1000");
        let first = api.get(&asked).expect(200);
        let (length, bytes) = (first.data().len(), first.bytes().len());
        assert!(length < 16 && bytes < 6_000_000, "{length} changes, {bytes} bytes");
        assert_eq!(first.total(), 16);
        let all = api.client().walk(&asked);
        let versions: Vec<_> = all.iter().map(|change| change["version"].as_u64()).collect();
        assert_eq!(versions, (1..=16).map(Some).collect::<Vec<_>>());
        for (version, letter) in [(1, "a"), (2, "b"), (13, "c"), (16, "b")] {
            let state = api.get(&format!("{at}/state?version={version}")).expect(200).json();
            let text = state["content"]["abstract"]["en"].as_str().expect("a text");
            assert!(text == letter.repeat(100_000), "version {version}");
        }
        let fault = api.get(&format!("{at}/state?version=17")).problem(400, "invalid_parameters");
        let detail = fault["errors"][0]["detail"].as_str().expect("a text");
        assert!(detail.contains("the versions 1 to 16"), "{detail}");
    });
}

#[test]
fn what_is_known_about_oneself_is_told_to_the_last_draft() {
    on_each_engine(|engine| {
        let api = Server::start(Place::fresh(engine));
        let anna = person(&api, "anna", "editor", &[]).unrecorded();
        let content = |letter: &str| json!({"kind": "project", "content": heavy("LONG", letter)});
        let mut made = Vec::new();
        for n in 0..4 {
            let draft = anna.post(DRAFTS, &content("a")).expect(201);
            let at = draft.header("location").to_owned();
            let mut etag = draft.etag().to_owned();
            for letter in ["b", "c"].iter().cycle().take(n * 3) {
                etag = anna.put(&at, &etag, &content(letter)).expect(200).etag().to_owned();
            }
            made.push(at);
        }
        let data = anna.get(&format!("{ACCOUNTS}/me/data")).expect(200).json();
        let told: Vec<_> = data["drafts"].as_array().expect("a list").iter().collect();
        assert_eq!(told.len(), 4, "{engine:?}");
        for (n, (draft, at)) in told.into_iter().zip(&made).enumerate() {
            assert!(at.ends_with(id(draft)), "the oldest first");
            let former = draft["former"].as_array().expect("a list");
            assert_eq!(former.len(), n * 3);
            let texts = former.iter().chain([draft]).map(|version| {
                let text = &version["content"]["abstract"]["de"].as_str().expect("a text")[..1];
                text.to_owned()
            });
            let expected: String =
                ["a"].iter().chain(["b", "c"].iter().cycle().take(n * 3)).copied().collect();
            assert_eq!(texts.collect::<String>(), expected);
        }
        let told: Value = serde_json::from_str(&api.place().run(&["user", "export", "anna"]))
            .expect("the command tells the same");
        assert_eq!(told, data, "{engine:?}");
    });
}

#[test]
fn answers_that_a_client_does_not_read_are_bounded() {
    let settings = [("CONSORTIA_TRUSTED_PROXIES", "127.0.0.1")];
    for engine in Engine::ALL {
        let api = Server::start_with(Place::fresh(engine), &settings);
        let token = api.token("admin");
        let anna = api.client().with_token(&token).unrecorded();
        for _ in 0..40 {
            let body = json!({"kind": "project", "content": heavy("LONG", "a")});
            anna.post(DRAFTS, &body).expect(201);
        }
        // As if they held nothing: a page has all of them, 16 MB, more than a socket takes. In 64
        // MiB a fourth finds room, and one more does not.
        let _ = api.place().query("UPDATE drafts SET bytes = 0");
        let ask = |client: &str| {
            let asked = anna.request("GET", &format!("{DRAFTS}?limit=1000"));
            asked.header("X-Forwarded-For", client).send()
        };
        let unread: Vec<TcpStream> = (0..4)
            .map(|_| {
                let address = api.base().strip_prefix("http://").expect("an address");
                let mut connection = TcpStream::connect(address).expect("a connection");
                let head = format!(
                    "GET {DRAFTS}?limit=1000 HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.1\r\n\
                     Authorization: Bearer {token}\r\n\r\n"
                );
                connection.write_all(head.as_bytes()).expect("it is sent");
                let mut status = [0; 12];
                connection.read_exact(&mut status).expect("the beginning");
                assert_eq!(&status, b"HTTP/1.1 200");
                connection
            })
            .collect();
        let refused = ask("203.0.113.1").problem(429, "too_many_at_once");
        let detail = refused["detail"].as_str().expect("a text");
        assert!(detail.contains("not read yet") && detail.contains("64 MiB"), "{detail}");
        drop(unread);
        let from = Instant::now();
        while ask("203.0.113.1").status != 200 {
            assert!(from.elapsed() < Duration::from_secs(20), "{engine:?}: they are kept for ever");
            thread::sleep(Duration::from_millis(50));
        }
    }
}

#[test]
fn what_is_stated_about_a_record_is_bounded_with_it() {
    on_both_engines(|api| {
        let statements = "/api/v1/statements";
        let client = api.client();
        let [first, second] =
            ["FIRST", "SECOND"].map(|it| api.create(PROJECTS, &project(it, "2020")));
        let about = |record: &Value, length: usize, value: &Value| {
            json!({
                "about_kind": "project", "about_id": record["id"], "field": "/keywords",
                "value": value, "basis": "computed", "quotation": "a".repeat(length)
            })
        };
        let long: Vec<_> = (0..1000).map(|n| format!("keyword {n}")).collect();
        let refused = client.post(statements, &about(&first, 1, &json!(long)));
        assert_eq!(fault(&refused).0, "too_long");
        assert_eq!(refused.json()["errors"][0]["pointer"], "/value");
        for record in [&first, &second] {
            let one = about(record, 100_000, &json!(["schools"]));
            let mut made = 0;
            let refused = loop {
                let answer = client.post(statements, &one);
                if answer.status != 201 {
                    break answer;
                }
                made += 1;
            };
            assert_eq!((fault(&refused).0.as_str(), made), ("too_large", 41), "4 MiB of 100 kB");
        }
        // Small ones count too, and what is there can still be changed.
        let known = api.get(&format!("{statements}?limit=1")).data().remove(0);
        let at = path(statements, &known);
        let etag = api.get(&at).etag().to_owned();
        client.patch(&at, &etag, &json!({"quotation": "short"})).expect(200);
        client.post(statements, &about(&first, 90_000, &json!(["schools"]))).expect(201);

        let asked = format!("{PROJECTS}?include=sources&sort=label");
        let page = api.get(&asked).expect(200);
        assert_eq!((page.data().len(), page.total()), (1, 2), "the second's find no room");
        let all = client.walk(&asked);
        assert_eq!(all.iter().map(id).collect::<Vec<_>>(), [id(&first), id(&second)]);
        assert_eq!(all[1]["sources"].as_array().map(Vec::len), Some(41));
        assert_eq!(api.get(&format!("{PROJECTS}?sort=label")).data().len(), 2);
    });
}
