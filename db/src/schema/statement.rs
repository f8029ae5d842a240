//! The tables of sources, and of what is stated and claimed.

use super::search_documents;

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{JsonDoc, Uid};

    sources (id) {
        id -> Uid,
        label -> Text,
        label_key -> Text,
        kind -> Nullable<Text>,
        url -> Nullable<Text>,
        seen_earliest -> Nullable<Date>,
        seen_latest -> Nullable<Date>,
        content -> JsonDoc,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{JsonDoc, Uid};

    claims (id) {
        id -> Uid,
        label -> Text,
        label_key -> Text,
        organisation_id -> Uid,
        source_id -> Nullable<Uid>,
        content -> JsonDoc,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{JsonDoc, Uid};

    statements (id) {
        id -> Uid,
        about_kind -> Text,
        about_id -> Uid,
        field -> Text,
        basis -> Text,
        source_id -> Nullable<Uid>,
        content -> JsonDoc,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::allow_tables_to_appear_in_same_query!(sources, search_documents);
diesel::allow_tables_to_appear_in_same_query!(claims, search_documents);
diesel::allow_tables_to_appear_in_same_query!(statements, search_documents);
