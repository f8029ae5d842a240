//! The tables of drafts.

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{JsonDoc, Uid};

    drafts (id) {
        id -> Uid,
        kind -> Text,
        project_id -> Nullable<Uid>,
        content -> JsonDoc,
        made_by -> Text,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        bytes -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::Uid;

    draft_organisations (draft_id, organisation_id) {
        draft_id -> Uid,
        organisation_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{JsonDoc, Uid};

    draft_revisions (draft_id, version) {
        draft_id -> Uid,
        version -> Integer,
        actor -> Text,
        at -> Timestamp,
        content -> JsonDoc,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::Uid;

    draft_makers (record_id) {
        record_id -> Uid,
        made_by -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(drafts, draft_organisations, draft_revisions);
