//! Accounts: opened, kept open, shut, erased; and the tokens that come of them.

use chrono::{TimeDelta, Utc};
use consortia_tests::people::{
    ACCOUNTS, PASSWORD, SESSIONS, account, administrator, log_in, person,
};
use consortia_tests::samples::{ORGANISATIONS, organisation};
use consortia_tests::{Answer, Client, Engine, Place, Server, on_both_engines};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::thread;

const READ_TOKENS: &str = "/api/v1/read-tokens";

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("no {field} in {value}"))
}

fn renew(client: &Client, token: &str) -> Answer {
    let body = json!({"refresh_token": token});
    client.without_token().post(&format!("{SESSIONS}/renewals"), &body)
}

fn me(client: &Client, access_token: &str) -> Answer {
    client.with_token(access_token).get(&format!("{ACCOUNTS}/me"))
}

#[test]
fn an_account_is_opened_kept_open_and_left() {
    on_both_engines(|api| {
        let made = account(api, "anna", "editor", &[]).json();
        assert!(made["password"].is_null(), "{made}");
        let first = log_in(api.client(), "Anna", PASSWORD).expect(201);
        assert_eq!(first.header("cache-control"), "no-store");
        let first = first.json();
        let own = me(api.client(), text(&first, "access_token")).expect(200).json();
        assert_eq!(own["id"], made["id"]);
        let next = renew(api.client(), text(&first, "refresh_token")).expect(201).json();
        let token = text(&next, "access_token");
        let anna = api.client().with_token(token);
        let record = anna.post(ORGANISATIONS, &organisation("Anna's", "IT")).expect(201);
        let history = anna.get(&format!("{}/revisions", record.header("location"))).data();
        assert_eq!(text(&history[0], "actor"), format!("account:{}", text(&made, "id")));
        let left = anna.request("DELETE", &format!("{SESSIONS}/current")).send();
        left.expect(204);
        me(api.client(), token).problem(401, "invalid_token");
        renew(api.client(), text(&next, "refresh_token")).problem(401, "invalid_token");
    });
}

#[test]
fn a_refresh_token_that_comes_twice_ends_its_session() {
    on_both_engines(|api| {
        account(api, "anna", "editor", &[]);
        let first = log_in(api.client(), "anna", PASSWORD).expect(201).json();
        let other = log_in(api.client(), "anna", PASSWORD).expect(201).json();
        let next = renew(api.client(), text(&first, "refresh_token")).expect(201).json();
        renew(api.client(), text(&first, "refresh_token")).problem(401, "invalid_token");
        renew(api.client(), text(&next, "refresh_token")).problem(401, "invalid_token");
        me(api.client(), text(&next, "access_token")).problem(401, "invalid_token");
        me(api.client(), text(&other, "access_token")).expect(200);
    });
}

#[test]
fn of_twenty_who_renew_with_one_token_at_most_one_does() {
    for engine in Engine::ALL {
        let api = Server::start(Place::fresh(engine));
        account(&api, "anna", "editor", &[]);
        let client = api.unrecorded();
        let first = log_in(&client, "anna", PASSWORD).expect(201).json();
        let token = text(&first, "refresh_token");
        let renewed: Vec<u16> = thread::scope(|scope| {
            let renewals = (0..20).map(|_| scope.spawn(|| renew(&client, token).status));
            let renewals: Vec<_> = renewals.collect();
            renewals.into_iter().map(|one| one.join().expect("no panic")).collect()
        });
        assert_eq!(renewed.iter().filter(|status| **status == 201).count(), 1, "{renewed:?}");
        assert_eq!(renewed.iter().filter(|status| **status == 401).count(), 19, "{renewed:?}");
    }
}

#[test]
fn nobody_learns_whether_there_is_an_account() {
    on_both_engines(|api| {
        account(api, "anna", "editor", &[]);
        let shown = |answer: &Answer| {
            let mut body = answer.json();
            body["request_id"] = Value::Null;
            let headers = answer.headers.iter().map(|(name, _)| name.clone());
            (answer.status, body, headers.collect::<BTreeSet<_>>())
        };
        // The tenth failure locks the name, whether there is such an account or not.
        for _ in 0..11 {
            let wrong = log_in(api.client(), "anna", "not her words at all");
            let unknown = log_in(api.client(), "nobody", "not her words at all");
            wrong.problem(401, "invalid_credentials");
            assert_eq!(shown(&wrong), shown(&unknown));
        }
        let locked = log_in(api.client(), "anna", PASSWORD);
        assert_eq!(shown(&locked), shown(&log_in(api.client(), "nobody", PASSWORD)));
        let refused = api.log();
        assert!(refused.contains("event=\"locked\""), "{refused}");
        let opened = || api.place().fed(&["user", "set", "anna", "--open"], "").stderr;
        let told = String::from_utf8(opened()).expect("UTF-8");
        assert!(told.contains("anna (failures to open it are forgotten)"), "{told}");
        let told = String::from_utf8(opened()).expect("UTF-8");
        assert!(told.contains("anna (nothing changed)"), "{told}");
        log_in(api.client(), "anna", PASSWORD).expect(201);
    });
}

#[test]
fn a_failure_is_forgiven_by_opening() {
    on_both_engines(|api| {
        account(api, "anna", "editor", &[]);
        for _ in 0..2 {
            for _ in 0..9 {
                log_in(api.client(), "anna", "not her words").problem(401, "invalid_credentials");
            }
            log_in(api.client(), "anna", PASSWORD).expect(201);
        }
    });
}

#[test]
fn rights_change_with_the_account_at_once() {
    on_both_engines(|api| {
        let admin = administrator(api);
        let anna = person(api, "anna", "editor", &[]);
        let record = api.post(ORGANISATIONS, &organisation("Staff's", "IT")).expect(201);
        let at = record.header("location").to_owned();
        let change = |client: &Client| {
            client.patch(&at, api.get(&at).expect(200).etag(), &json!({"sme": true}))
        };
        change(&anna).problem(403, "not_yours");
        let own = format!("{ACCOUNTS}/{}", text(&anna.get(&format!("{ACCOUNTS}/me")).json(), "id"));
        let set = |change: &Value| {
            let tag = admin.get(&own).expect(200).etag().to_owned();
            admin.patch(&own, &tag, change).expect(200)
        };
        set(&json!({"organisations": [record.json()["id"]]}));
        change(&anna).expect(200);
        set(&json!({"role": "staff", "organisations": []}));
        change(&anna).expect(200);
        set(&json!({"disabled": true}));
        change(&anna).problem(401, "invalid_token");
        log_in(api.client(), "anna", PASSWORD).problem(401, "invalid_credentials");
        set(&json!({"disabled": false}));
        log_in(api.client(), "anna", PASSWORD).expect(201);
        change(&anna).problem(401, "invalid_token");
    });
}

#[test]
fn nobody_raises_their_own_rights() {
    on_both_engines(|api| {
        let anna = person(api, "anna", "editor", &[]);
        let own = anna.get(&format!("{ACCOUNTS}/me")).expect(200);
        let at = format!("{ACCOUNTS}/{}", text(&own.json(), "id"));
        anna.patch(&at, own.etag(), &json!({"role": "admin"})).problem(403, "role_required");
        let new = json!({"name": "eve", "role": "admin", "password": PASSWORD});
        anna.post(ACCOUNTS, &new).problem(403, "role_required");
        let much = json!({
            "label": "All", "scopes": ["quality", "imports"], "expires_at": "2999-01-01T00:00:00Z"
        });
        let refused = anna.post(READ_TOKENS, &much).problem(422, "invalid_body");
        let codes = refused["errors"].as_array().into_iter().flatten();
        let codes: Vec<_> = codes.map(|error| text(error, "code")).collect();
        assert_eq!(codes, ["beyond_your_rights", "beyond_your_rights", "too_late"]);
    });
}

#[test]
fn accounts_say_all_that_is_wrong_with_them() {
    on_both_engines(|api| {
        account(api, "anna", "editor", &[]);
        let admin = administrator(api);
        let body = json!({
            "name": "no blanks", "role": "king", "organisations": "x", "password": "short",
            "version": 1, "owner": "me"
        });
        let refused = admin.post(ACCOUNTS, &body).problem(422, "invalid_body");
        let found = refused["errors"].as_array().into_iter().flatten();
        let mut found: Vec<_> = found.map(|error| text(error, "pointer")).collect();
        found.sort_unstable();
        let all = ["/name", "/organisations", "/owner", "/password", "/role", "/version"];
        assert_eq!(found, all);
        let twice = json!({"name": "ANNA", "role": "editor", "password": PASSWORD});
        let refused = admin.post(ACCOUNTS, &twice).problem(422, "invalid_body");
        assert_eq!(text(&refused["errors"][0], "code"), "taken");
        let nowhere = json!({
            "name": "eve", "role": "editor", "password": PASSWORD,
            "organisations": ["0198c0de-0000-7000-8000-000000000000"]
        });
        let refused = admin.post(ACCOUNTS, &nowhere).problem(422, "invalid_body");
        assert_eq!(text(&refused["errors"][0], "code"), "dangling_reference");
        let named = json!({"name": "margherita", "role": "editor", "password": "margherita1990"});
        let refused = admin.post(ACCOUNTS, &named).problem(422, "invalid_body");
        assert_eq!(text(&refused["errors"][0], "code"), "weak_password");
    });
}

#[test]
fn passwords_are_replaced() {
    on_both_engines(|api| {
        let anna = person(api, "anna", "editor", &[]);
        let other = log_in(api.client(), "anna", PASSWORD).expect(201).json();
        let own = format!("{ACCOUNTS}/me/password");
        let put = |current: &str, new: &str| {
            let body = json!({"current_password": current, "password": new});
            anna.request("PUT", &own).json(&body).send()
        };
        put("not her words", "quite other words").problem(401, "invalid_credentials");
        put(PASSWORD, "anna's own words").problem(422, "invalid_body");
        put(PASSWORD, "quite other words").expect(204);
        anna.get(&format!("{ACCOUNTS}/me")).expect(200);
        me(api.client(), text(&other, "access_token")).problem(401, "invalid_token");
        log_in(api.client(), "anna", PASSWORD).problem(401, "invalid_credentials");
        log_in(api.client(), "anna", "quite other words").expect(201);
        api.place().run_with(&["user", "password", "anna"], "words from the machine\n");
        anna.get(&format!("{ACCOUNTS}/me")).problem(401, "invalid_token");
        log_in(api.client(), "anna", "words from the machine").expect(201);
    });
}

#[test]
fn read_tokens_read_what_they_were_made_for() {
    on_both_engines(|api| {
        let staff = person(api, "bice", "staff", &[]);
        let made = staff.post(
            READ_TOKENS,
            &json!({"label": "Hall", "scopes": ["quality"], "expires_at": in_an_hour()}),
        );
        let made = made.expect(201).json();
        let listed = staff.get(READ_TOKENS).expect(200).json();
        assert_eq!(listed["data"][0]["id"], made["id"]);
        assert!(listed["data"][0]["token"].is_null(), "{listed}");
        let hall = api.client().with_token(text(&made, "token"));
        hall.get("/api/v1/quality").expect(200);
        hall.get(ORGANISATIONS).expect(200);
        hall.get("/api/v1/imports").problem(403, "role_required");
        hall.get(READ_TOKENS).problem(403, "role_required");
        hall.post(ORGANISATIONS, &organisation("No", "IT")).problem(403, "role_required");
        let at = format!("{READ_TOKENS}/{}", text(&made, "id"));
        let other = person(api, "carla", "editor", &[]);
        other.request("DELETE", &at).send().problem(404, "not_found");
        staff.request("DELETE", &at).send().expect(204);
        hall.get("/api/v1/quality").problem(401, "invalid_token");
        hall.get(ORGANISATIONS).problem(401, "invalid_token");
    });
}

fn in_an_hour() -> String {
    (Utc::now() + TimeDelta::hours(1)).to_rfc3339()
}

#[test]
fn a_read_token_reads_no_more_than_its_maker_may() {
    on_both_engines(|api| {
        let staff = person(api, "bice", "staff", &[]);
        let wanted = json!({"label": "Hall", "scopes": ["quality"], "expires_at": in_an_hour()});
        let made = staff.post(READ_TOKENS, &wanted).expect(201).json();
        let hall = api.client().with_token(text(&made, "token"));
        hall.get("/api/v1/quality").expect(200);
        api.place().run(&["user", "set", "bice", "--role", "editor"]);
        hall.get("/api/v1/quality").problem(403, "role_required");
        api.client().post(READ_TOKENS, &wanted).problem(403, "role_required");
    });
}

#[test]
fn what_an_account_gave_away_does_not_outlive_its_being_shut() {
    on_both_engines(|api| {
        let anna = person(api, "anna", "editor", &[]);
        let id = text(&anna.get(&format!("{ACCOUNTS}/me")).json(), "id").to_owned();
        let (admin, at) = (administrator(api), format!("{ACCOUNTS}/{id}"));
        let disable = |shut: bool| {
            let tag = admin.get(&at).expect(200).etag().to_owned();
            admin.patch(&at, &tag, &json!({"disabled": shut})).expect(200);
        };
        let on_the_machine = |shut| {
            api.place().run(&["user", "set", "anna", if shut { "--shut" } else { "--open" }]);
        };
        for shut in [&disable as &dyn Fn(bool), &on_the_machine] {
            let opened = log_in(api.client(), "anna", PASSWORD).expect(201).json();
            let hall = hall(api, &opened);
            shut(true);
            hall.get(ORGANISATIONS).problem(401, "invalid_token");
            shut(false);
            hall.get(ORGANISATIONS).problem(401, "invalid_token");
            me(api.client(), text(&opened, "access_token")).problem(401, "invalid_token");
            renew(api.client(), text(&opened, "refresh_token")).problem(401, "invalid_token");
            let opened = log_in(api.client(), "anna", PASSWORD).expect(201).json();
            let listed = api.client().with_token(text(&opened, "access_token")).get(READ_TOKENS);
            let listed = listed.data();
            assert!(listed.iter().all(|token| !token["revoked_at"].is_null()), "{listed:?}");
        }
    });
}

#[test]
fn who_has_their_password_replaced_makes_new_read_tokens() {
    on_both_engines(|api| {
        let made = account(api, "anna", "editor", &[]);
        let at = format!("{}/password", made.header("location"));
        let replace = |password: &str| {
            let admin = administrator(api);
            admin.request("PUT", &at).json(&json!({"password": password})).send().expect(204);
        };
        let on_the_machine = |password: &str| {
            api.place().run_with(&["user", "password", "anna"], &format!("{password}\n"));
        };
        let mut present = PASSWORD;
        let both: [&dyn Fn(&str); 2] = [&replace, &on_the_machine];
        for (replace, next) in both.into_iter().zip(["quite other words", "machine-made words"]) {
            let opened = log_in(api.client(), "anna", present).expect(201).json();
            let hall = hall(api, &opened);
            replace(next);
            hall.get(ORGANISATIONS).problem(401, "invalid_token");
            present = next;
        }
        let opened = log_in(api.client(), "anna", present).expect(201).json();
        let (hall, anna) = (hall(api, &opened), text(&opened, "access_token"));
        let own = json!({"current_password": present, "password": "words of her own"});
        let anna = api.client().with_token(anna);
        anna.request("PUT", &format!("{ACCOUNTS}/me/password")).json(&own).send().expect(204);
        hall.get(ORGANISATIONS).expect(200);
    });
}

/// Who reads with a read token that was made in the session `opened`.
fn hall(api: &Server, opened: &Value) -> Client {
    let wanted = json!({"label": "Hall", "scopes": [], "expires_at": in_an_hour()});
    let holder = api.client().with_token(text(opened, "access_token"));
    let made = holder.post(READ_TOKENS, &wanted).expect(201).json();
    let hall = api.client().with_token(text(&made, "token"));
    hall.get(ORGANISATIONS).expect(200);
    hall
}

#[test]
fn an_account_has_so_many_read_tokens_and_no_more() {
    on_both_engines(|api| {
        let anna = person(api, "anna", "editor", &[]);
        let wanted = json!({"label": "Hall", "scopes": [], "expires_at": in_an_hour()});
        let made: Vec<Value> =
            (0..100).map(|_| anna.post(READ_TOKENS, &wanted).expect(201).json()).collect();
        let refused = anna.post(READ_TOKENS, &wanted).problem(422, "invalid_body");
        assert_eq!(text(&refused["errors"][0], "code"), "too_many");
        anna.request("DELETE", &format!("{READ_TOKENS}/{}", text(&made[0], "id")))
            .send()
            .expect(204);
        anna.post(READ_TOKENS, &wanted).expect(201);
    });
}

#[cfg(unix)]
#[test]
fn an_erased_account_is_forgotten() {
    on_both_engines(|api| {
        let anna = person(api, "anna", "editor", &[]);
        let record = anna.post(ORGANISATIONS, &organisation("Kept", "IT")).expect(201);
        let prepared = |acronym: &str| json!({"kind": "project", "content": {"acronym": acronym}});
        let draft = anna.request("POST", "/api/v1/drafts").header("Idempotency-Key", "once");
        let draft = draft.json(&prepared("FIRST")).send().expect(201);
        anna.put(draft.header("location"), draft.etag(), &prepared("SECOND")).expect(200);
        let data = anna.get(&format!("{ACCOUNTS}/me/data")).expect(200).json();
        assert_eq!((text(&data["account"], "name"), &data["changes"]), ("anna", &json!(1)));
        assert_eq!(text(&data["drafts"][0], "label"), "SECOND");
        assert_eq!(text(&data["drafts"][0]["former"][0]["content"], "acronym"), "FIRST");
        assert_eq!(data["kept_answers"], 1);
        let exported = api.place().run(&["user", "export", "anna"]);
        let exported: Value = serde_json::from_str(&exported).expect("JSON");
        assert_eq!(exported, data);
        api.place().run(&["user", "erase", "anna"]);
        anna.get(&format!("{ACCOUNTS}/me")).problem(401, "invalid_token");
        assert!(!api.place().run(&["user", "list"]).contains("anna"));
        api.get(draft.header("location")).problem(404, "not_found");
        let history = api.get(&format!("{}/revisions", record.header("location"))).data();
        let actor = format!("account:{}", text(&data["account"], "id"));
        assert_eq!(text(&history[0], "actor"), actor);
    });
}
