//! The security log: every kind of event, every refused write, and no secret.

use crate::tokens::issuers;
use chrono::{TimeDelta, Utc};
use consortia_tests::people::{ACCOUNTS, PASSWORD, SESSIONS, account, administrator, log_in};
use consortia_tests::program::repository;
use consortia_tests::provider::{Key, Provider};
use consortia_tests::samples::{ORGANISATIONS, organisation, path};
use consortia_tests::{Client, Place, Server, on_each_engine};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("no {field} in {value}"))
}

/// The names of all events that the program has, as its source writes them.
fn kinds() -> BTreeSet<String> {
    let folder = repository().join("api/src/auth");
    let files = ["login.rs", "security_log.rs", "issuers.rs"].map(|name| folder.join(name));
    let sources = files.map(|file| fs::read_to_string(file).expect("a source"));
    let events = sources.iter().flat_map(|source| source.split("security_event!(").skip(1));
    let names = events.filter_map(|event| event.trim_start().strip_prefix('"'));
    names.filter_map(|event| event.split('"').next()).map(str::to_owned).collect()
}

/// What `consortia` with these arguments notes on its standard error.
fn on_the_machine(api: &Server, arguments: &[&str]) -> String {
    let output = api.place().fed(arguments, "");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {told}");
    told
}

/// All that the holder of `token` does that is noted, but for opening and leaving; gives the value
/// of the read token they made.
fn by_its_holder(client: &Client, token: &str) -> String {
    let anna = client.with_token(token);
    let until = (Utc::now() + TimeDelta::hours(1)).to_rfc3339();
    let wanted = json!({"label": "Hall", "scopes": [], "expires_at": until});
    let read_token = anna.post("/api/v1/read-tokens", &wanted).expect(201).json();
    client.with_token(text(&read_token, "token")).get(ORGANISATIONS).expect(200);
    anna.request("DELETE", &path("/api/v1/read-tokens", &read_token)).send().expect(204);
    let own = anna.post(ORGANISATIONS, &organisation("Anna's", "IT")).expect(201);
    let contact = json!({"name": "Ada Rossi", "email": "ada@example.org"});
    let contacts = format!("{}/contacts", own.header("location"));
    let made = anna.post(&contacts, &contact).expect(201);
    anna.post(&contacts, &contact).expect(201);
    let at = made.header("location");
    let changed = anna.patch(at, made.etag(), &json!({"role": "Chair"})).expect(200);
    anna.delete(at, changed.etag()).expect(204);
    let words = |current: &str| {
        let words = json!({"current_password": current, "password": "quite other words"});
        anna.request("PUT", &format!("{ACCOUNTS}/me/password")).json(&words).send()
    };
    words("hunter2 hunter2").problem(401, "invalid_credentials");
    words(PASSWORD).expect(204);
    text(&read_token, "token").to_owned()
}

/// Sends `secret` in every place where it does not belong; what comes of it does not matter.
fn misplaced(client: &Client, secret: &str) {
    let client = client.without_token();
    for query in ["access_token=", "token=", "password=", "q=%00&Authorization=Bearer%20", ""] {
        for at in [ORGANISATIONS, ACCOUNTS, SESSIONS, "/nowhere"] {
            let _ = client.get(&format!("{at}?{query}{secret}"));
        }
    }
    let long = format!("{ORGANISATIONS}?token={}{secret}", "x".repeat(1000));
    let _ = client.get(&long);
    for (name, value) in [
        ("Authorization", secret.to_owned()),
        ("Authorization", format!("Basic {secret}")),
        ("Authorization", format!("bearer   {secret} {secret}")),
        ("Authorization", format!("Bearer {secret}x")),
        ("Proxy-Authorization", format!("Bearer {secret}")),
        ("Cookie", format!("token={secret}")),
        ("X-Api-Key", secret.to_owned()),
        ("If-None-Match", secret.to_owned()),
        ("Referer", format!("http://localhost/?token={secret}")),
        ("X-Forwarded-For", secret.to_owned()),
        ("traceparent", secret.to_owned()),
    ] {
        let _ = client.request("GET", ORGANISATIONS).header(&name.to_lowercase(), &value).send();
    }
    for body in [
        format!("{{\"name\": \"anna\", \"password\": \"{secret}\""),
        format!("{{\"name\": \"anna\", \"{secret}\": 1, \"password\": [\"{secret}\"]}}"),
        format!("name=anna&password={secret}"),
        format!("\"{secret}\""),
    ] {
        for at in [SESSIONS, &format!("{SESSIONS}/renewals")] {
            let _ = client.request("POST", at).body("application/json", body.as_str()).send();
        }
    }
}

/// What is refused, and noted by its code, method and path.
fn refused(api: &Server, client: &Client, token: &str) {
    let staffs = client.post(ORGANISATIONS, &organisation("Staff's", "IT")).expect(201);
    let anna = client.with_token(token);
    let foreign = anna.patch(staffs.header("location"), staffs.etag(), &json!({"sme": true}));
    foreign.problem(403, "not_yours");
    api.unrecorded().without_token().post(ORGANISATIONS, &json!({})).problem(401, "token_required");
    anna.get(ACCOUNTS).problem(403, "role_required");
    client.with_token("forged.and.bad").get(ACCOUNTS).problem(401, "invalid_token");
}

/// What administrators do to accounts.
fn by_administrators(api: &Server, anna: &str, bice: &str) {
    let admin = administrator(api).unrecorded();
    let replaced = json!({"password": "words of an administrator"});
    admin.request("PUT", &format!("{bice}/password")).json(&replaced).send().expect(204);
    let seen = admin.get(anna).expect(200);
    admin.patch(anna, seen.etag(), &json!({"role": "staff", "disabled": true})).expect(200);
    admin.delete(bice, "*").expect(200);
}

/// What commands do and say.
fn by_commands(api: &Server) -> String {
    let old_key = api.place().run(&["key", "list"]);
    let old_key = old_key.split_whitespace().next().expect("a key");
    let said = [
        on_the_machine(api, &["key", "rotate"]),
        on_the_machine(api, &["key", "retire", old_key]),
        on_the_machine(api, &["token", "--role", "staff", "--subject", "import"]),
        on_the_machine(api, &["contact", "erase", "ada@example.org"]),
    ];
    said.concat()
}

/// Where a token of either kind is written, whoever made it.
fn looks_like_a_token(line: &str) -> bool {
    let signed = line.match_indices("eyJ").any(|(at, _)| {
        let rest = line[at..].chars();
        rest.take_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).count() > 30
    });
    signed || ["cst_", "crt_"].iter().any(|prefix| line.contains(prefix))
}

#[test]
fn the_security_log_tells_what_happened_and_no_secret() {
    on_each_engine(|engine| {
        // However little is logged otherwise, and however much.
        for level in ["error", "trace"] {
            let (place, key) = (Place::fresh(engine), Key::ed25519("one", 1));
            let provider = Provider::start(&[&key]);
            let file = issuers(&place, &provider.url, "algorithms = [\"EdDSA\"]");
            let file = file.to_str().expect("UTF-8");
            let settings = [("CONSORTIA_LOG", level), ("CONSORTIA_ISSUERS_FILE", file)];
            let api = Server::start_with(place, &settings);
            let outside = key.sign(&provider.claims("Outside-Person", "registry-editor"));
            told(&api, outside);
        }
    });
}

/// Does everything that is noted, and looks for it in the log, and for what must not be there.
fn told(api: &Server, outside: String) {
    let client = api.unrecorded();
    let anna = account(api, "anna", "editor", &[]).json();
    let opened = log_in(&client, "anna", PASSWORD).expect(201).json();
    let token = text(&opened, "access_token");
    log_in(&client, "anna", "hunter2 hunter2").problem(401, "invalid_credentials");
    log_in(&client, "My Password Instead", "x").problem(401, "invalid_credentials");
    let bice = account(api, "bice", "editor", &[]).json();
    for _ in 0..10 {
        log_in(&client, "bice", "x").problem(401, "invalid_credentials");
    }
    client.with_token(&outside).get(&format!("{ACCOUNTS}/me")).expect(200);
    refused(api, &client, token);
    let read_token = by_its_holder(&client, token);
    let first = json!({"refresh_token": text(&opened, "refresh_token")});
    let renewals = format!("{SESSIONS}/renewals");
    let renewed = client.without_token().post(&renewals, &first).expect(201).json();
    let mut secrets = vec![outside, api.token("staff"), read_token];
    for session in [&opened, &renewed] {
        let tokens = ["access_token", "refresh_token"].map(|kind| text(session, kind));
        secrets.extend(tokens.map(str::to_owned));
    }
    client.without_token().post(&renewals, &first).problem(401, "invalid_token");
    let left = log_in(&client, "anna", "quite other words").expect(201).json();
    let left = client.with_token(text(&left, "access_token"));
    left.request("DELETE", &format!("{SESSIONS}/current")).send().expect(204);
    by_administrators(api, &path(ACCOUNTS, &anna), &path(ACCOUNTS, &bice));
    let served = api.log();
    for line in served.lines().filter(is_security) {
        assert!(line.contains("address=127.0.0.1"), "nobody knows where from: {line}");
    }
    let log = served + &by_commands(api);
    has_every_event(&log, text(&anna, "id"), text(&bice, "id"));
    for secret in secrets.iter().map(String::as_str).chain(["hunter2-hunter2"]) {
        misplaced(&client, secret);
    }
    let log = log + &api.log();
    let given = [
        PASSWORD,
        "hunter2",
        "My Password",
        "my password",
        "forged",
        "other words",
        "Rossi",
        "Outside-Person",
        "of an administrator",
        "PRIVATE KEY",
    ];
    for line in log.lines() {
        assert!(!looks_like_a_token(line), "a token is in {line}");
        for secret in secrets.iter().map(String::as_str).chain(given) {
            assert!(!line.contains(secret), "'{secret}' is in {line}");
        }
    }
}

fn is_security(line: &&str) -> bool {
    line.contains("log=\"security\"")
}

/// Every kind of event, and what is told of it.
fn has_every_event(log: &str, id: &str, bice: &str) {
    let of_anna = format!("account={id} failures=1 locked=false");
    let of_bice = format!("account={bice}");
    let events = [
        ("account", "what=\"created\""),
        ("account", "role=\"staff\" shut=true"),
        ("account", "what=\"password_replaced\""),
        ("account", "what=\"erased\""),
        ("opened", id),
        ("renewed", id),
        ("refresh_token_reused", id),
        ("left", id),
        ("password_not_changed", id),
        ("password_changed", id),
        ("read_token", "what=\"made\""),
        ("read_token", "what=\"withdrawn\""),
        ("contact", "what=\"added\""),
        ("contact", "what=\"changed\""),
        ("contact", "what=\"removed\""),
        ("contact", "what=\"erased\" records=1"),
        ("key", "what=\"rotated\""),
        ("key", "what=\"retired\""),
        ("token_made", "subject=\"import\" role=\"staff\""),
        ("came_from_outside", "role=\"editor\""),
        ("not_opened", of_anna.as_str()),
        ("not_opened", of_bice.as_str()),
        ("locked", of_bice.as_str()),
        ("refused", "code=\"role_required\""),
        ("refused", "code=\"invalid_token\""),
        ("refused", "code=\"token_required\" method=\"POST\" path=\"/api/v1/organisations\""),
        ("refused", "code=\"not_yours\""),
    ];
    for (event, more) in events {
        let told = |line: &str| line.contains(&format!("event=\"{event}\"")) && line.contains(more);
        assert!(log.lines().filter(is_security).any(told), "{event} {more} is not in\n{log}");
    }
    let looked_for: BTreeSet<_> = events.iter().map(|(event, _)| (*event).to_owned()).collect();
    assert_eq!(looked_for, kinds(), "every kind that the program has");
    assert_eq!((looked_for.len(), events.len()), (15, 27), "kinds, and what of them");
    let foreign = |line: &&str| line.contains("not_yours") && line.contains("\"PATCH\"");
    assert_eq!(log.lines().filter(foreign).count(), 1, "by whom, and what\n{log}");
    let nobody = |line: &&str| line.contains("\"not_opened\"") && !line.contains("account=");
    assert_eq!(log.lines().filter(nobody).count(), 1, "one name is nobody's\n{log}");
}
