//! Who may do what: reads are open, writes need a token, its role decides which.

use consortia_tests::samples::{ORGANISATIONS, organisation};
use consortia_tests::{Engine, Place, Server, on_both_engines};
use serde_json::json;

#[test]
fn reads_are_open_and_writes_are_not() {
    on_both_engines(|api| {
        let made = api.client().post(ORGANISATIONS, &organisation("Open", "IT")).expect(201);
        let (at, tag) = (made.header("location").to_owned(), made.etag());
        let anyone = api.anonymous();
        for path in [ORGANISATIONS, &at, &format!("{at}/revisions"), "/api/v1/vocabularies"] {
            anyone.get(path).expect(200);
        }
        let body = organisation("Closed", "IT");
        for answer in [
            anyone.post(ORGANISATIONS, &body),
            anyone.put(&at, tag, &body),
            anyone.patch(&at, tag, &json!({})),
            anyone.delete(&at, tag),
            anyone.get("/api/v1/imports"),
        ] {
            let hint = answer.problem(401, "token_required")["detail"].to_string();
            assert!(hint.contains("--subject catalogue-import"), "a purpose, no name: {hint}");
            assert!(answer.header("www-authenticate").starts_with("Bearer"), "{}", answer.request);
        }
        assert_eq!(anyone.get(ORGANISATIONS).total(), 1);
    });
}

#[test]
fn each_role_may_do_what_those_before_it_may_and_more() {
    on_both_engines(|api| {
        for (role, create, delete, import) in
            [("editor", 201, 403, 403), ("staff", 201, 204, 403), ("admin", 201, 204, 200)]
        {
            let client = api.client().with_token(&api.token(role));
            let made = client.post(ORGANISATIONS, &organisation(role, "IT")).expect(create);
            let at = made.header("location");
            let changed = client.patch(at, made.etag(), &json!({"sme": true})).expect(200);
            let deleted = client.delete(at, changed.etag()).expect(delete);
            if delete == 403 {
                deleted.problem(403, "role_required");
            }
            let _ = client.get("/api/v1/imports").expect(import);
        }
    });
}

#[test]
fn tokens_that_are_not_ours_or_not_valid_are_refused() {
    on_both_engines(|api| {
        let good = api.token("editor");
        let parts: Vec<&str> = good.split('.').collect();
        assert_eq!(parts.len(), 3, "a JWT has three parts");
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
        let forged = format!("{none}.{}.", parts[1]);
        let mut signature = parts[2].to_owned();
        let last = if signature.starts_with('A') { "B" } else { "A" };
        signature.replace_range(0..1, last);
        let tampered = format!("{}.{}.{signature}", parts[0], parts[1]);
        let elsewhere = Server::start(Place::empty(Engine::Sqlite)).token("admin");
        let body = organisation("Closed", "IT");
        for token in [&forged, &tampered, &elsewhere, "x", "a.b.c", &"x".repeat(5000)] {
            let client = api.unrecorded().with_token(token);
            client.post(ORGANISATIONS, &body).problem(401, "invalid_token");
        }
        for header in ["Basic dXNlcjpwYXNz", "Bearer", good.as_str()] {
            let request = api.anonymous().unrecorded();
            let request = request.request("POST", ORGANISATIONS).header("Authorization", header);
            request.json(&body).send().problem(401, "token_required");
        }
        assert_eq!(api.get(ORGANISATIONS).total(), 0);
    });
}

#[test]
fn a_token_says_who_changed_a_record() {
    on_both_engines(|api| {
        let arguments = ["token", "--role", "editor", "--subject", "anna", "--expires", "30m"];
        let printed = api.place().run(&arguments);
        assert_eq!(printed.lines().count(), 1, "only the token is printed");
        let client = api.client().with_token(printed.trim());
        let made = client.post(ORGANISATIONS, &json!({})).expect(201);
        let history = client.get(&format!("{}/revisions", made.header("location"))).expect(200);
        assert_eq!(history.data()[0]["actor"], "user:anna");
    });
}

#[cfg(unix)]
#[test]
fn the_signing_key_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let api = Server::start(Place::empty(Engine::Sqlite));
    let keys: Vec<_> = std::fs::read_dir(api.place().folder())
        .expect("the data folder")
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().contains("key"))
        .collect();
    assert_eq!(keys.len(), 1);
    let mode = keys[0].metadata().expect("the key").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
