//! What is erased is gone: from every answer, and from every byte of the database's files.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use chrono::{TimeDelta, Utc};
use consortia_tests::files::held;
use consortia_tests::people::{ACCOUNTS, PASSWORD, SESSIONS, account, administrator, log_in};
use consortia_tests::place::sqlite_file;
use consortia_tests::raw::{connect, read_to_close};
use consortia_tests::samples::{ORGANISATIONS, organisation, path};
use consortia_tests::{Client, Engine, Place, Server, on_each_engine};
use memchr::memmem;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const DRAFTS: &str = "/api/v1/drafts";
const READ_TOKENS: &str = "/api/v1/read-tokens";

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("no {field} in {value}"))
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    memmem::find(bytes, needle).is_some()
}

/// What is known of somebody and must not be found any more.
pub(crate) struct Known {
    client: Client,
    pub(crate) at: String,
    login: String,
    pub(crate) needles: Vec<Vec<u8>>,
}

impl Known {
    /// An account that was used in every way that leaves something behind; all of it tells the
    /// name, but hashes.
    pub(crate) fn somebody(api: &Server, name: &str) -> Self {
        let client = api.unrecorded();
        let (first, login) = (format!("{name}.old"), format!("{name}@example.org"));
        let made = account(api, &first, "editor", &[]);
        let at = made.header("location").to_owned();
        let admin = administrator(api).unrecorded();
        admin.patch(&at, made.etag(), &json!({"name": login})).expect(200);
        log_in(&client, &login, "not the password").problem(401, "invalid_credentials");
        let opened = log_in(&client, &login, PASSWORD).expect(201).json();
        log_in(&client, &login, "not the password").problem(401, "invalid_credentials");
        let refresh = text(&opened, "refresh_token").to_owned();
        let renewed = json!({"refresh_token": refresh});
        let renewed = client.without_token().post(&format!("{SESSIONS}/renewals"), &renewed);
        let renewed = renewed.expect(201).json();
        let client = client.with_token(text(&renewed, "access_token"));
        let token = json!({
            "label": format!("Dashboard of {name}"), "scopes": [],
            "expires_at": (Utc::now() + TimeDelta::hours(1)).to_rfc3339()
        });
        let token = client.post(READ_TOKENS, &token).expect(201).json();
        for n in 0..20 {
            draft(&client, name, n);
        }
        let known =
            place_query(api, &format!("SELECT password_hash FROM accounts WHERE name = '{login}'"));
        let mut needles = vec![name.as_bytes().to_vec(), known.into_bytes()];
        let secrets = [refresh.as_str(), text(&renewed, "refresh_token"), text(&token, "token")];
        let hashes = secrets.map(|secret| Sha256::digest(secret.as_bytes()).to_vec());
        // Made with a secret of the server, so seen only where it is kept.
        let latest = "SELECT name_hash FROM login_failures ORDER BY last_at DESC LIMIT 1";
        let of_name = bytes(&place_query(api, latest));
        for hash in hashes.into_iter().chain([of_name]) {
            let hex = format!("{hash:02x?}").replace(|c: char| !c.is_ascii_hexdigit(), "");
            needles.extend([
                hex.into_bytes(),
                STANDARD_NO_PAD.encode(&hash).into_bytes(),
                URL_SAFE_NO_PAD.encode(&hash).into_bytes(),
                hash,
            ]);
        }
        Self { client, at, login, needles }
    }

    /// Which of it is found where.
    fn found(&self, place: &Place) -> Vec<(usize, PathBuf)> {
        held(place, &self.needles)
    }
}

/// Drafts something that tells a name, changes it, and throws every third away.
fn draft(client: &Client, name: &str, n: usize) {
    let content = |what: &str| {
        json!({"kind": "project", "content": {
            "acronym": format!("{what}{n}"), "titles": {"en": format!("{what} of {name} {n} ").repeat(12)}
        }})
    };
    let key = format!("{name}-{n}");
    let request = client.request("POST", DRAFTS).header("Idempotency-Key", &key);
    let made = request.json(&content("First")).send().expect(201);
    let at = made.header("location").to_owned();
    let now = client.put(&at, made.etag(), &content("Second")).expect(200);
    if n.is_multiple_of(3) {
        client.delete(&at, now.etag()).expect(204);
    }
}

fn place_query(api: &Server, sql: &str) -> String {
    api.place().query(sql).first().cloned().unwrap_or_default()
}

/// The bytes that either engine shows as hexadecimal digits, in its own manner.
fn bytes(shown: &str) -> Vec<u8> {
    let digits: Vec<u8> = shown.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    digits.chunks(2).map(|pair| byte(pair).expect("a byte")).collect()
}

/// Others at work while `done` is not set: drafts that come and go, records, reads.
fn work(api: &Server, name: &str, done: &AtomicBool) {
    let client = api.unrecorded();
    let mut n = 0;
    while !done.load(Ordering::Relaxed) {
        draft(&client, name, n);
        client.post(ORGANISATIONS, &organisation(&format!("{name} {n}"), "IT")).expect(201);
        client.get(DRAFTS).expect(200);
        thread::sleep(Duration::from_millis(20));
        n += 1;
    }
}

#[test]
fn no_byte_of_an_erased_person_is_left() {
    on_each_engine(|engine| {
        let api = Server::start_with(Place::fresh(engine), &[("CONSORTIA_LOG", "trace")]);
        let done = AtomicBool::new(false);
        let (others, ended) = thread::scope(|scope| {
            let workers = ["Alfa", "Bravo"].map(|name| {
                let (api, done) = (&api, &done);
                scope.spawn(move || work(api, name, done))
            });
            let erased = ["ockenfels", "vanderquill"].map(|name| Known::somebody(&api, name));
            // The planner, as after an import, notes values it has seen.
            let _ = api.place().query("ANALYZE");
            for known in &erased {
                let found = known.found(api.place());
                for needle in [0, 1, 5, 9, 13, 17] {
                    let found = found.iter().any(|(n, _)| *n == needle);
                    assert!(found, "{engine:?}: {} has no needle {needle}", known.login);
                }
            }
            let [one, other] = erased;
            let admin = administrator(&api).unrecorded();
            let told = admin.delete(&one.at, "*").expect(200).json();
            let beyond = match engine {
                Engine::Sqlite => json!(["backups", "disk"]),
                Engine::Postgres => json!(["write_ahead_log", "backups", "disk"]),
            };
            assert_eq!(told["remains_in"], beyond, "{engine:?}");
            let told = api.place().run(&["user", "erase", &other.login]);
            assert!(told.contains("Backups") && !told.contains("files of the database"), "{told}");
            for known in [&one, &other] {
                assert_eq!(known.found(api.place()), [], "{engine:?}: {}", known.login);
                let log = api.log();
                let told = known.needles.iter().find(|needle| holds(log.as_bytes(), needle));
                assert!(told.is_none(), "{engine:?}: the log tells of {}", known.login);
            }
            done.store(true, Ordering::Relaxed);
            let ended = workers.map(|worker| worker.join().is_ok());
            (one, ended)
        });
        assert_eq!(ended, [true, true], "{engine:?}: others could not work");
        others.client.get(&format!("{ACCOUNTS}/me")).problem(401, "invalid_token");
        // What others keep was written anew, none of it lost.
        let client = api.unrecorded();
        let drafts = client.walk(DRAFTS);
        assert!(drafts.len() > 10, "{} drafts", drafts.len());
        client.get(&path(DRAFTS, &drafts[0])).expect(200);
    });
}

#[test]
fn while_somebody_reads_what_was_erased_this_is_said_and_made_good_later() {
    on_each_engine(|engine| {
        let mut api = Server::start(Place::fresh(engine));
        let known = Known::somebody(&api, "ockenfels");
        let told = thread::scope(|scope| {
            let place = api.place();
            let reader = scope.spawn(move || read_for_long(place));
            thread::sleep(Duration::from_secs(1));
            let admin = administrator(&api).unrecorded();
            let told = admin.delete(&known.at, "*").expect(200).json();
            reader.join().expect("it reads to the end");
            told
        });
        assert_eq!(told["remains_in"][0], "database", "{engine:?}: {told}");
        let log = api.log();
        for expected in ["was put off", "tries again", "somebody still reads"] {
            assert!(log.contains(expected), "{engine:?}: {expected} in {log}");
        }
        assert!(!log.contains("The database is not available"), "{engine:?}: {log}");
        assert!(!known.found(api.place()).is_empty(), "{engine:?}: it was wiped all the same");
        // As every hour.
        api.stop();
        api.restart();
        let begun = Instant::now();
        while place_query(&api, "SELECT count(*) FROM erasures") != "0" {
            assert!(begun.elapsed() < Duration::from_mins(1), "{engine:?}: it is never wiped");
            thread::sleep(Duration::from_millis(200));
        }
        assert_eq!(known.found(api.place()), [], "{engine:?}");
    });
}

#[test]
fn what_arrives_after_the_erasure_is_refused() {
    on_each_engine(|engine| {
        let api = Server::start(Place::fresh(engine));
        let made = account(&api, "late", "editor", &[]);
        let opened = log_in(api.client(), "late", PASSWORD).expect(201).json();
        let body = json!({"kind": "organisation", "content": organisation("Late", "IT")});
        let body = body.to_string();
        let (begun, rest) = body.split_at(20);
        let head = format!(
            "POST {DRAFTS} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: application/json\r\nAuthorization: Bearer {}\r\n\
             Idempotency-Key: late\r\nContent-Length: {}\r\n\r\n{begun}",
            text(&opened, "access_token"),
            body.len()
        );
        let mut late = connect(api.base());
        late.write_all(head.as_bytes()).expect("sent");
        thread::sleep(Duration::from_millis(500));
        administrator(&api).delete(made.header("location"), "*").expect(200);
        late.write_all(rest.as_bytes()).expect("sent");
        let answer = read_to_close(&mut late);
        assert!(answer.starts_with("HTTP/1.1 401"), "{engine:?}: {answer}");
        assert!(answer.contains("www-authenticate: Bearer"), "{engine:?}: {answer}");
        for table in ["drafts", "idempotency_keys"] {
            assert_eq!(place_query(&api, &format!("SELECT count(*) FROM {table}")), "0");
        }
    });
}

/// Holds a snapshot for longer than an erasure waits.
fn read_for_long(place: &Place) {
    let long = Duration::from_secs(20);
    if place.engine() == Engine::Postgres {
        let sql = format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM programmes; \
             SELECT pg_sleep({}); COMMIT",
            long.as_secs()
        );
        let _ = place.query(&sql);
        return;
    }
    let file = rusqlite::Connection::open(sqlite_file(place.folder())).expect("the file opens");
    let count = "BEGIN; SELECT count(*) FROM programmes";
    file.execute_batch(count).expect("a snapshot");
    thread::sleep(long);
}
