//! What is kept of secrets, and no longer than they last.

use chrono::{TimeDelta, Utc};
use consortia_tests::files::held;
use consortia_tests::people::{ACCOUNTS, PASSWORD, SESSIONS, account, log_in};
use consortia_tests::samples::ORGANISATIONS;
use consortia_tests::{Client, Place, Server, on_both_engines, on_each_engine};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

const READ_TOKENS: &str = "/api/v1/read-tokens";

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("no {field} in {value}"))
}

/// A read token of whoever opened this session.
fn read_token(client: &Client, opened: &Value) -> String {
    let until = (Utc::now() + TimeDelta::hours(1)).to_rfc3339();
    let wanted = json!({"label": "Hall", "scopes": [], "expires_at": until});
    let holder = client.with_token(text(opened, "access_token"));
    text(&holder.post(READ_TOKENS, &wanted).expect(201).json(), "token").to_owned()
}

#[test]
fn a_read_token_is_refused_once_it_has_expired() {
    on_both_engines(|api| {
        account(api, "anna", "editor", &[]);
        let opened = log_in(api.client(), "anna", PASSWORD).expect(201).json();
        let hall = api.client().with_token(&read_token(api.client(), &opened));
        hall.get(ORGANISATIONS).expect(200);
        // It was good until the moment at which it was made.
        let _ = api.place().query("UPDATE read_tokens SET expires_at = created_at");
        hall.get(ORGANISATIONS).problem(401, "invalid_token");
        hall.get(ACCOUNTS).problem(401, "invalid_token");
    });
}

#[test]
fn no_token_is_in_the_files_of_the_database() {
    on_each_engine(|engine| {
        let api = Server::start(Place::fresh(engine));
        let client = api.unrecorded();
        account(&api, "anna", "editor", &[]);
        let opened = log_in(&client, "anna", PASSWORD).expect(201).json();
        let refresh = text(&opened, "refresh_token").to_owned();
        let first = json!({"refresh_token": refresh});
        let renewed = client.without_token().post(&format!("{SESSIONS}/renewals"), &first);
        let renewed = renewed.expect(201).json();
        let read = read_token(&client, &renewed);
        client.with_token(&read).get(ORGANISATIONS).expect(200);
        let secrets = [
            read.as_str(),
            &refresh,
            text(&renewed, "refresh_token"),
            text(&opened, "access_token"),
            text(&renewed, "access_token"),
            PASSWORD,
        ];
        // What they are known by again is found, so they would be.
        let hashes = secrets[..3].iter().map(|secret| Sha256::digest(secret).to_vec());
        let needles = secrets.iter().map(|secret| secret.as_bytes().to_vec()).chain(hashes);
        let needles: Vec<_> = needles.collect();
        let found = held(api.place(), &needles);
        let found: BTreeSet<usize> = found.into_iter().map(|(needle, _)| needle).collect();
        assert_eq!(found, BTreeSet::from([6, 7, 8]), "{engine:?}: only their hashes are");
    });
}

#[test]
fn passwords_are_kept_by_argon2id_as_strong_as_owasp_recommends() {
    on_each_engine(|engine| {
        let api = Server::start(Place::fresh(engine));
        // Over HTTP, replaced by its holder, on the machine.
        account(&api, "anna", "editor", &[]);
        account(&api, "bice", "editor", &[]);
        let opened = log_in(api.client(), "bice", PASSWORD).expect(201).json();
        let words = json!({"current_password": PASSWORD, "password": "quite other words"});
        let bice = api.client().with_token(text(&opened, "access_token"));
        bice.request("PUT", &format!("{ACCOUNTS}/me/password")).json(&words).send().expect(204);
        let add = ["user", "add", "carla", "--role", "editor"];
        api.place().run_with(&add, "words from the machine\n");
        let kept = api.place().query("SELECT password_hash FROM accounts");
        assert_eq!(kept.len(), 3, "{engine:?}");
        for hash in &kept {
            let strong = hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$");
            assert!(strong, "{engine:?}: {hash}");
        }
        assert_eq!(kept.iter().collect::<BTreeSet<_>>().len(), 3, "each has a salt of its own");
    });
}
