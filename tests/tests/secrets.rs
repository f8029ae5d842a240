//! Keys that are replaced, files and logs that tell no secret.

use chrono::{TimeDelta, Utc};
use consortia_tests::people::{ACCOUNTS, PASSWORD, SESSIONS, account, administrator, log_in};
use consortia_tests::raw::connect;
use consortia_tests::samples::{ORGANISATIONS, organisation, path};
use consortia_tests::{Answer, Client, Engine, Place, Server};
use serde_json::{Value, json};
use socket2::SockRef;
use std::io::Write as _;
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
        api.place().run(&["key", "rotate"]);
        // Made by the new key, in another process.
        let made = api.token("staff");
        let taken = until(|| me(&client, &made).status != 401);
        assert!(taken, "{engine:?}: the new key is not known");
        me(&client, before).expect(200);
        let after = log_in(&client, "anna", PASSWORD).expect(201).json();
        let header = |token: &str| token.split('.').next().unwrap_or_default().to_owned();
        assert_ne!(header(text(&after, "access_token")), header(before), "it signs anew");
        api.place().run(&["key", "retire", &old_key]);
        assert!(until(|| me(&client, before).status == 401), "{engine:?}: retired, but good");
        me(&client, text(&after, "access_token")).expect(200);
    }
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

/// Makes a read token, adds a contact and changes the password, as the holder of `token` may.
fn do_all_that_is_noted(client: &Client, token: &str) {
    let anna = client.with_token(token);
    let until = (Utc::now() + TimeDelta::hours(1)).to_rfc3339();
    let wanted = json!({"label": "Hall", "scopes": [], "expires_at": until});
    anna.post("/api/v1/read-tokens", &wanted).expect(201);
    let own = anna.post(ORGANISATIONS, &organisation("Anna's", "IT")).expect(201);
    let contact = json!({"name": "Ada Rossi", "email": "ada@example.org"});
    anna.post(&format!("{}/contacts", own.header("location")), &contact).expect(201);
    let words = json!({"current_password": PASSWORD, "password": "quite other words"});
    anna.request("PUT", &format!("{ACCOUNTS}/me/password")).json(&words).send().expect(204);
}

#[test]
fn the_security_log_tells_what_happened_and_no_secret() {
    for engine in Engine::ALL {
        // However little is logged otherwise.
        let api = Server::start_with(Place::fresh(engine), &[("CONSORTIA_LOG", "error")]);
        let client = api.unrecorded();
        let anna = account(&api, "anna", "editor", &[]).json();
        let opened = log_in(&client, "anna", PASSWORD).expect(201).json();
        let token = text(&opened, "access_token");
        log_in(&client, "anna", "hunter2 hunter2").problem(401, "invalid_credentials");
        log_in(&client, "My Password Instead", "x").problem(401, "invalid_credentials");
        let bice = account(&api, "bice", "editor", &[]).json();
        for _ in 0..10 {
            log_in(&client, "bice", "x").problem(401, "invalid_credentials");
        }
        client.with_token(token).get(ACCOUNTS).problem(403, "role_required");
        client.with_token("forged.and.bad").get(ACCOUNTS).problem(401, "invalid_token");
        do_all_that_is_noted(&client, token);
        let first = json!({"refresh_token": text(&opened, "refresh_token")});
        let renewals = format!("{SESSIONS}/renewals");
        let renewed = client.without_token().post(&renewals, &first).expect(201).json();
        client.without_token().post(&renewals, &first).problem(401, "invalid_token");
        let (admin, anna_path) = (administrator(&api), path(ACCOUNTS, &anna));
        let seen = admin.get(&anna_path).expect(200);
        admin
            .patch(&anna_path, seen.etag(), &json!({"role": "staff", "disabled": true}))
            .expect(200);
        let log = api.log();
        let (id, bice) = (text(&anna, "id"), text(&bice, "id"));
        let of_anna = format!("account={id} failures=1 locked=false");
        let of_bice = format!("account={bice}");
        for (event, more) in [
            ("account", "what=\"created\""),
            ("account", "role=\"staff\" shut=true"),
            ("opened", id),
            ("renewed", id),
            ("refresh_token_reused", id),
            ("password_changed", id),
            ("read_token", "what=\"made\""),
            ("contact", "what=\"added\""),
            ("not_opened", of_anna.as_str()),
            ("not_opened", of_bice.as_str()),
            ("locked", of_bice.as_str()),
            ("refused", "code=\"role_required\""),
            ("refused", "code=\"invalid_token\""),
        ] {
            let told =
                |line: &str| line.contains(&format!("event=\"{event}\"")) && line.contains(more);
            assert!(log.lines().any(told), "{event} {more} is not in\n{log}");
        }
        let nobody = |line: &&str| line.contains("\"not_opened\"") && !line.contains("account=");
        assert_eq!(log.lines().filter(nobody).count(), 1, "one name is nobody's\n{log}");
        for line in log.lines().filter(|line| line.contains("log=\"security\"")) {
            assert!(line.contains("address=127.0.0.1"), "nobody knows where from: {line}");
        }
        let tokens = [token, text(&opened, "refresh_token"), text(&renewed, "access_token")];
        let given =
            [PASSWORD, "hunter2", "My Password", "my password", "forged", "other words", "Rossi"];
        for secret in tokens.into_iter().chain(given) {
            assert!(!log.contains(secret), "'{secret}' is in\n{log}");
        }
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
