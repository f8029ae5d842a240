//! Keys that are replaced, files and logs that tell no secret.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use consortia_tests::people::{ACCOUNTS, PASSWORD, account, administrator, log_in};
use consortia_tests::raw::connect;
use consortia_tests::samples::path;
use consortia_tests::{Answer, Client, Engine, Place, Server};
use serde_json::{Value, json};
use socket2::SockRef;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("no {field} in {value}"))
}

fn me(client: &Client, access_token: &str) -> Answer {
    client.with_token(access_token).get(&format!("{ACCOUNTS}/me"))
}

#[test]
fn keys_replaced_at_once_are_all_kept() {
    let api = Server::start(Place::fresh(Engine::Sqlite));
    let announced: Vec<String> = thread::scope(|scope| {
        let rotations = (0..6).map(|_| scope.spawn(|| api.place().run(&["key", "rotate"])));
        let rotations: Vec<_> = rotations.collect();
        rotations.into_iter().map(|one| one.join().expect("no panic")).collect()
    });
    let listed = api.place().run(&["key", "list"]);
    assert_eq!(listed.lines().count(), 7, "{listed}");
    for key in announced {
        let id = key.split_whitespace().next().expect("a key");
        assert!(listed.contains(id), "{id} is not in\n{listed}");
    }
}

#[test]
fn the_database_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let api = Server::start(Place::empty(Engine::Sqlite));
    account(&api, "anna", "editor", &[]);
    for entry in std::fs::read_dir(api.place().folder()).expect("the data folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.contains(".db") && !name.contains(".lock") {
            let mode = entry.metadata().expect("a file").permissions().mode();
            assert_eq!(mode & 0o077, 0, "{name}: {mode:o}");
        }
    }
}

#[test]
fn no_level_of_the_log_shows_a_hash() {
    for engine in Engine::ALL {
        let api = Server::start_with(Place::fresh(engine), &[("CONSORTIA_LOG", "trace")]);
        let client = api.unrecorded();
        account(&api, "anna", "editor", &[]);
        log_in(&client, "anna", PASSWORD).expect(201);
        let numbers =
            "$argon2id".bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ");
        let log = api.log();
        for secret in ["$argon2id", numbers.as_str(), PASSWORD] {
            assert!(!log.contains(secret), "{engine:?}: '{secret}' is in the log");
        }
    }
}

#[test]
fn keys_are_replaced_without_stopping() {
    for engine in Engine::ALL {
        let api = Server::start(Place::fresh(engine));
        let client = api.unrecorded();
        account(&api, "anna", "editor", &[]);
        let before = log_in(&client, "anna", PASSWORD).expect(201).json();
        let before = text(&before, "access_token");
        let old_key = api.place().run(&["key", "list"]);
        let old_key = old_key.split_whitespace().next().expect("a key").to_owned();
        let [both_good, old_retired] = [const { AtomicBool::new(false) }; 2];
        let after = thread::scope(|scope| {
            let reader = scope.spawn(|| statuses(&client.with_token(before), &both_good));
            api.place().run(&["key", "rotate"]);
            // Made by the new key, in another process: good at once, though of no account.
            let made = api.token("staff");
            me(&client, &made).problem(403, "role_required");
            me(&client, before).expect(200);
            let after = log_in(&client, "anna", PASSWORD).expect(201).json();
            let after = text(&after, "access_token").to_owned();
            let header = |token: &str| token.split('.').next().unwrap_or_default().to_owned();
            assert_ne!(header(&after), header(before), "it signs anew");
            both_good.store(true, Ordering::Relaxed);
            let met = reader.join().expect("no panic");
            assert_eq!(met, BTreeSet::from([200]), "{engine:?}: while it was replaced");
            after
        });
        thread::scope(|scope| {
            let reader = scope.spawn(|| statuses(&client.with_token(&after), &old_retired));
            api.place().run(&["key", "retire", &old_key]);
            assert!(until(|| me(&client, before).status == 401), "{engine:?}: retired, but good");
            old_retired.store(true, Ordering::Relaxed);
            let met = reader.join().expect("no panic");
            assert_eq!(met, BTreeSet::from([200]), "{engine:?}: while the old one was retired");
        });
    }
}

#[test]
fn keys_that_cannot_be_read_are_told_of_now_and_then_whatever_strangers_send() {
    let api = Server::start(Place::fresh(Engine::Sqlite));
    let former = api.place().folder().join("former-keys");
    fs::create_dir_all(&former).expect("a folder");
    fs::write(former.join("half.pem"), "half a key").expect("a file");
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let header = part(&json!({"alg": "EdDSA", "kid": "made up"}));
    let made_up = format!("{header}.{}.{}", part(&json!({"iss": "consortia"})), "A".repeat(86));
    let client = api.unrecorded();
    let unread = || api.log().matches("the signing keys stay as they were").count();
    assert!(until(|| me(&client, &made_up).status == 401 && unread() > 0), "it is not told");
    let (from, before) = (Instant::now(), unread());
    for _ in 0..200 {
        me(&client, &made_up).problem(401, "invalid_token");
    }
    let most = usize::try_from(from.elapsed().as_secs()).expect("not long") + 2;
    assert!(unread() - before <= most, "{} times", unread() - before);
    fs::remove_file(former.join("half.pem")).expect("removed");
    api.place().run(&["key", "rotate"]);
    let made = api.token("staff");
    assert!(until(|| me(&client, &made).status == 403), "they are not read again");
}

/// How all is answered that `client` asks, again and again, until it is `done`; for a minute at
/// most.
fn statuses(client: &Client, done: &AtomicBool) -> BTreeSet<u16> {
    let from = Instant::now();
    let mut met = BTreeSet::new();
    while !done.load(Ordering::Relaxed) && from.elapsed() < Duration::from_mins(1) {
        met.insert(client.get(&format!("{ACCOUNTS}/me")).status);
    }
    met
}

/// Whether `held` comes true within a few seconds.
fn until(held: impl Fn() -> bool) -> bool {
    let from = Instant::now();
    while from.elapsed() < Duration::from_secs(5) {
        if held() {
            return true;
        }
        thread::sleep(Duration::from_millis(100));
    }
    false
}

#[test]
fn names_that_failed_are_kept_by_a_secret_that_is_not_in_the_database() {
    for engine in Engine::ALL {
        let api = Server::start(Place::fresh(engine));
        let client = api.unrecorded();
        let kept = || {
            log_in(&client, "nobody", "not their words").problem(401, "invalid_credentials");
            api.place().query("SELECT count(*) FROM login_failures").concat()
        };
        assert_eq!([kept(), kept()], ["1", "1"], "{engine:?}: one name");
        // Of the name alone, the hash would be what it was.
        api.place().run(&["key", "rotate"]);
        assert!(until(|| kept() == "2"), "{engine:?}: the signing key has no part in it");
    }
}

#[test]
fn what_was_changed_is_logged_though_its_client_went_away() {
    for engine in Engine::ALL {
        let api = Server::start(Place::fresh(engine));
        let anna = account(&api, "anna", "editor", &[]).json();
        let (admin, anna_path) = (administrator(&api), path(ACCOUNTS, &anna));
        let body = json!({"role": "staff"}).to_string();
        let request = format!(
            "PATCH {anna_path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nIf-Match: *\r\nContent-Length: {}\r\n\r\n{body}",
            api.token("admin"),
            body.len(),
        );
        thread::scope(|scope| {
            scope.spawn(|| api.place().hold_writes(Duration::from_secs(2)));
            thread::sleep(Duration::from_millis(500));
            let mut stream = connect(api.base());
            stream.write_all(request.as_bytes()).expect("sent");
            thread::sleep(Duration::from_millis(500));
            // With no time to linger it resets the connection.
            SockRef::from(&stream).set_linger(Some(Duration::ZERO)).expect("an option");
        });
        assert!(until(|| admin.get(&anna_path).json()["role"] == "staff"), "{engine:?}: lost");
        let told = |line: &str| line.contains("\"account\"") && line.contains("what=\"changed\"");
        assert!(until(|| api.log().lines().any(told)), "{engine:?}\n{}", api.log());
        let gone = |line: &str| line.contains("PATCH") && line.contains("its client went away");
        assert!(api.log().lines().any(gone), "{engine:?}\n{}", api.log());
    }
}
