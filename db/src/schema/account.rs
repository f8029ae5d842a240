//! The tables of accounts, sessions and tokens.

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::Uid;

    accounts (id) {
        id -> Uid,
        issuer -> Text,
        name -> Text,
        role -> Text,
        disabled -> Bool,
        password_hash -> Nullable<Text>,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::Uid;

    account_organisations (account_id, position) {
        account_id -> Uid,
        position -> Integer,
        organisation_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::Uid;

    sessions (id) {
        id -> Uid,
        account_id -> Uid,
        started_at -> Timestamp,
        seen_at -> Timestamp,
        expires_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::Uid;

    refresh_tokens (hash) {
        hash -> Binary,
        session_id -> Uid,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    login_failures (name_hash) {
        name_hash -> Binary,
        failures -> Integer,
        last_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{JsonDoc, Uid};

    read_tokens (id) {
        id -> Uid,
        hash -> Binary,
        account_id -> Uid,
        made_by -> Text,
        label -> Text,
        scopes -> JsonDoc,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    erasures (seq) {
        seq -> BigInt,
        erased_at -> Timestamp,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    account_organisations,
    sessions,
    refresh_tokens,
    read_tokens,
);
