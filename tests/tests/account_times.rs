//! How long what an account is opened by lasts. Time is not waited for: what the database has of
//! it is made as much older.

use chrono::{NaiveDateTime, TimeDelta, Utc};
use consortia_tests::people::{ACCOUNTS, PASSWORD, SESSIONS, account, administrator, log_in};
use consortia_tests::{Answer, Client, Place, Server, on_both_engines};
use serde_json::{Value, json};

/// How both engines write instants.
const WRITTEN: &str = "%Y-%m-%d %H:%M:%S%.f";
const LOCKED_FOR: TimeDelta = TimeDelta::minutes(15);
const IDLE: TimeDelta = TimeDelta::days(14);
const LONGEST: TimeDelta = TimeDelta::days(90);
/// More than a test takes.
const MOMENT: TimeDelta = TimeDelta::minutes(2);

/// Makes the times in `columns` of the only row of `table` older.
fn age(place: &Place, table: &str, columns: &[&str], by: TimeDelta) {
    for column in columns {
        let row = place.query(&format!("SELECT {column} FROM {table}"));
        assert_eq!(row.len(), 1, "the only row of {table}");
        let at = NaiveDateTime::parse_from_str(&row[0], WRITTEN).expect("an instant");
        let older = (at - by).format("%Y-%m-%d %H:%M:%S%.6f");
        let _ = place.query(&format!("UPDATE {table} SET {column} = '{older}'"));
    }
}

/// As if the session had begun, and been renewed, so much earlier.
fn age_session(api: &Server, by: TimeDelta) {
    age(api.place(), "sessions", &["started_at", "seen_at", "expires_at"], by);
}

fn fail(api: &Server, times: u32) {
    for _ in 0..times {
        log_in(api.client(), "anna", "not her words").problem(401, "invalid_credentials");
    }
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("no {field} in {value}"))
}

fn renew(client: &Client, opened: &Value) -> Answer {
    let body = json!({"refresh_token": opened["refresh_token"]});
    client.without_token().post(&format!("{SESSIONS}/renewals"), &body)
}

fn me(client: &Client, opened: &Value) -> Answer {
    client.with_token(text(opened, "access_token")).get(&format!("{ACCOUNTS}/me"))
}

/// How long until the session ends, if it is not renewed.
fn left(opened: &Value) -> TimeDelta {
    let end = text(opened, "refresh_expires_at").parse::<chrono::DateTime<Utc>>();
    end.expect("an instant") - Utc::now()
}

fn assert_about(found: TimeDelta, expected: TimeDelta) {
    assert!((found - expected).abs() < MOMENT, "{found} is not about {expected}");
}

#[test]
fn a_name_is_locked_for_fifteen_minutes() {
    on_both_engines(|api| {
        account(api, "anna", "editor", &[]);
        let pass = |time| age(api.place(), "login_failures", &["last_at"], time);
        fail(api, 10);
        pass(LOCKED_FOR - MOMENT);
        // To try meanwhile makes it no longer.
        log_in(api.client(), "anna", PASSWORD).problem(401, "invalid_credentials");
        pass(MOMENT);
        log_in(api.client(), "anna", PASSWORD).expect(201);
        // Failures further apart are not in a row.
        fail(api, 9);
        pass(LOCKED_FOR);
        fail(api, 1);
        log_in(api.client(), "anna", PASSWORD).expect(201);
    });
}

#[test]
fn an_administrator_opens_a_locked_account() {
    on_both_engines(|api| {
        let made = account(api, "anna", "editor", &[]);
        let listed = || api.place().run(&["user", "list"]);
        for _ in 0..10 {
            assert!(!listed().contains("locked"), "{}", listed());
            log_in(api.client(), "anna", "not her words").problem(401, "invalid_credentials");
        }
        assert!(listed().contains("editor anna, locked for some minutes"), "{}", listed());
        log_in(api.client(), "anna", PASSWORD).problem(401, "invalid_credentials");
        let unlock = || {
            let admin = administrator(api);
            admin.patch(made.header("location"), "*", &json!({"disabled": false})).expect(200);
        };
        unlock();
        assert!(!listed().contains("locked"), "{}", listed());
        log_in(api.client(), "anna", PASSWORD).expect(201);
        assert_eq!(api.log().matches("what=\"unlocked\"").count(), 1);
        for _ in 0..10 {
            log_in(api.client(), "anna", "not her words").problem(401, "invalid_credentials");
        }
        let at = format!("{}/password", made.header("location"));
        let replace = |password: &str| {
            let request = administrator(api);
            let request = request.request("PUT", &at);
            request.json(&json!({"password": password})).send()
        };
        replace("anna and more words").problem(422, "invalid_body");
        replace("quite other words").expect(204);
        log_in(api.client(), "anna", "quite other words").expect(201);
        assert!(!listed().contains("locked"), "{}", listed());
    });
}

#[test]
fn a_session_ends_after_fourteen_days_without_renewal() {
    on_both_engines(|api| {
        account(api, "anna", "editor", &[]);
        let opened = log_in(api.client(), "anna", PASSWORD).expect(201).json();
        assert_about(left(&opened), IDLE);
        age_session(api, IDLE - MOMENT);
        me(api.client(), &opened).expect(200);
        let renewed = renew(api.client(), &opened).expect(201).json();
        assert_about(left(&renewed), IDLE);
        age_session(api, IDLE);
        me(api.client(), &renewed).problem(401, "invalid_token");
        renew(api.client(), &renewed).problem(401, "invalid_token");
    });
}

#[test]
fn a_session_ends_after_ninety_days_however_often_it_is_renewed() {
    on_both_engines(|api| {
        account(api, "anna", "editor", &[]);
        let mut opened = log_in(api.client(), "anna", PASSWORD).expect(201).json();
        let step = TimeDelta::days(10);
        for days in [10, 20, 30, 40, 50, 60, 70, 80] {
            age_session(api, step);
            opened = renew(api.client(), &opened).expect(201).json();
            assert_about(left(&opened), IDLE.min(LONGEST - TimeDelta::days(days)));
        }
        age_session(api, step - MOMENT);
        opened = renew(api.client(), &opened).expect(201).json();
        me(api.client(), &opened).expect(200);
        age_session(api, MOMENT);
        me(api.client(), &opened).problem(401, "invalid_token");
        renew(api.client(), &opened).problem(401, "invalid_token");
    });
}
