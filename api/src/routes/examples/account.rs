//! Examples of accounts, sessions and read tokens.

use super::{ISMU, merge, private_list, stamp};
use serde_json::{Value, json};

const ANNA: &str = "019a8c3e-b001-7a10-8d2e-6b1c9f0e5d07";
const TOKEN: &str = "019a8c3e-b7d2-7f31-9a40-0c2d8e6f1b08";

pub(crate) fn account() -> Value {
    let mut account = json!({
        "id": ANNA,
        "issuer": null,
        "name": "anna",
        "role": "editor",
        "organisations": [ISMU],
        "disabled": false
    });
    merge(&mut account, stamp());
    account
}

pub(crate) fn account_list() -> Value {
    private_list(&account(), 4)
}

pub(crate) fn new_account() -> Value {
    json!({
        "name": "anna",
        "role": "editor",
        "organisations": [ISMU],
        "password": "a few words nobody knows"
    })
}

pub(crate) fn account_patch() -> Value {
    json!({"role": "staff"})
}

pub(crate) fn new_password() -> Value {
    json!({"password": "some other words"})
}

pub(crate) fn password_change() -> Value {
    json!({"current_password": "a few words nobody knows", "password": "some other words"})
}

pub(crate) fn credentials() -> Value {
    json!({"name": "anna", "password": "a few words nobody knows"})
}

pub(crate) fn refresh_token() -> Value {
    json!({"refresh_token": "crt_Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE"})
}

pub(crate) fn session_tokens() -> Value {
    json!({
        "access_token": "eyJ0eXAiOiJKV1QiLCJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwMTk4In0.c2ln",
        "token_type": "Bearer",
        "expires_in": 900,
        "refresh_token": "crt_Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE",
        "refresh_expires_at": "2026-02-14T12:00:00.000000Z"
    })
}

pub(crate) fn read_token_content() -> Value {
    json!({
        "label": "Dashboard in the entrance hall",
        "scopes": ["quality"],
        "expires_at": "2027-01-31T12:00:00Z"
    })
}

pub(crate) fn read_token() -> Value {
    let mut token = json!({"id": TOKEN});
    merge(&mut token, read_token_content());
    merge(
        &mut token,
        json!({
            "made_by": format!("account:{ANNA}"),
            "created_at": "2026-01-31T12:00:00.000000Z",
            "revoked_at": null
        }),
    );
    token
}

pub(crate) fn issued_read_token() -> Value {
    let mut issued = json!({"token": "cst_Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE"});
    merge(&mut issued, read_token());
    issued
}

pub(crate) fn read_token_list() -> Value {
    private_list(&read_token(), 2)
}

pub(crate) fn personal_data() -> Value {
    json!({
        "account": account(),
        "sessions": [{
            "started_at": "2026-01-31T12:00:00.000000Z",
            "seen_at": "2026-01-31T13:30:00.000000Z",
            "ended_at": null
        }],
        "read_tokens": [read_token()],
        "kept_answers": 1,
        "changes": 12,
        "drafts": [drafted()]
    })
}

pub(crate) fn erasure() -> Value {
    json!({"remains_in": ["backups", "disk"]})
}

/// A draft with what it was before.
fn drafted() -> Value {
    let mut drafted = super::draft();
    drafted["former"] =
        json!([{"kind": "project", "project_id": null, "content": {"acronym": "DIME 2020"}}]);
    drafted
}
