//! People who use a server: accounts opened over HTTP, and what they then send.

use crate::client::{Answer, Client};
use crate::server::Server;
use serde_json::{Value, json};

/// A password that is good enough.
pub const PASSWORD: &str = "a few words nobody knows";

/// The path of accounts.
pub const ACCOUNTS: &str = "/api/v1/accounts";
/// The path of sessions.
pub const SESSIONS: &str = "/api/v1/sessions";

/// A client that may do what administrators may.
#[must_use]
pub fn administrator(api: &Server) -> Client {
    api.client().with_token(&api.token("admin"))
}

/// Creates an account with [`PASSWORD`]; gives it as answered.
///
/// # Panics
/// When it cannot be created.
#[expect(clippy::must_use_candidate, reason = "as often for its effect")]
pub fn account(api: &Server, name: &str, role: &str, organisations: &[&Value]) -> Answer {
    let organisations: Vec<_> = organisations.iter().map(|it| &it["id"]).collect();
    let body = json!({
        "name": name, "role": role, "organisations": organisations, "password": PASSWORD
    });
    administrator(api).post(ACCOUNTS, &body).expect(201)
}

/// Tries to open an account.
#[must_use]
pub fn log_in(client: &Client, name: &str, password: &str) -> Answer {
    client.without_token().post(SESSIONS, &json!({"name": name, "password": password}))
}

/// A client of somebody who has just opened an account made for them.
///
/// # Panics
/// When it cannot be made or opened.
#[must_use]
pub fn person(api: &Server, name: &str, role: &str, organisations: &[&Value]) -> Client {
    account(api, name, role, organisations);
    let opened = log_in(api.client(), name, PASSWORD).expect(201).json();
    api.client().with_token(opened["access_token"].as_str().expect("a token"))
}
