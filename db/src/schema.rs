//! The tables as diesel knows them: one schema for both engines.
//!
//! Kept beside the migrations by hand; a test compares it with both engines' catalogues.

#![allow(clippy::wildcard_imports, reason = "diesel's way to name SQL types")]

mod account;
mod agreement;
mod contact;
mod draft;
mod statement;

pub(crate) use account::*;
pub(crate) use agreement::*;
pub(crate) use contact::*;
pub(crate) use draft::*;
pub(crate) use statement::*;

use crate::types::{JsonDoc, Uid};

diesel::table! {
    use diesel::sql_types::*;
    use super::{JsonDoc, Uid};

    organisations (id) {
        id -> Uid,
        label -> Text,
        label_key -> Text,
        short_name -> Nullable<Text>,
        names -> JsonDoc,
        country -> Nullable<Text>,
        city -> Nullable<Text>,
        city_key -> Nullable<Text>,
        postcode -> Nullable<Text>,
        nuts -> Nullable<Text>,
        latitude -> Nullable<Double>,
        longitude -> Nullable<Double>,
        #[sql_name = "type"]
        type_ -> Nullable<Text>,
        kind -> Nullable<Text>,
        sector -> Nullable<Text>,
        legal_form -> Nullable<Text>,
        sme -> Nullable<Bool>,
        homepage -> Nullable<Text>,
        founded -> Nullable<Text>,
        parent_id -> Nullable<Uid>,
        status -> Nullable<Text>,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        details -> Nullable<JsonDoc>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{JsonDoc, Uid};

    organisation_external_ids (record_id, position) {
        record_id -> Uid,
        position -> Integer,
        scheme -> Text,
        value -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{JsonDoc, Uid};

    programmes (id) {
        id -> Uid,
        label -> Text,
        label_key -> Text,
        parent_id -> Nullable<Uid>,
        level -> Nullable<Text>,
        code -> Nullable<Text>,
        titles -> JsonDoc,
        starts -> Nullable<Text>,
        starts_earliest -> Nullable<Date>,
        starts_latest -> Nullable<Date>,
        ends -> Nullable<Text>,
        ends_earliest -> Nullable<Date>,
        ends_latest -> Nullable<Date>,
        budget_minor -> Nullable<BigInt>,
        budget_currency -> Nullable<Text>,
        homepage -> Nullable<Text>,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{JsonDoc, Uid};

    programme_aliases (programme_id, position) {
        programme_id -> Uid,
        position -> Integer,
        alias -> Text,
        alias_key -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{JsonDoc, Uid};

    programme_funders (programme_id, position) {
        programme_id -> Uid,
        position -> Integer,
        organisation_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{JsonDoc, Uid};

    programme_external_ids (record_id, position) {
        record_id -> Uid,
        position -> Integer,
        scheme -> Text,
        value -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{JsonDoc, Uid};

    calls (id) {
        id -> Uid,
        label -> Text,
        label_key -> Text,
        programme_id -> Nullable<Uid>,
        identifier -> Nullable<Text>,
        identifier_key -> Nullable<Text>,
        titles -> JsonDoc,
        year -> Nullable<Integer>,
        opening -> Nullable<Text>,
        opening_earliest -> Nullable<Date>,
        opening_latest -> Nullable<Date>,
        budget_minor -> Nullable<BigInt>,
        budget_currency -> Nullable<Text>,
        type_of_action -> Nullable<Text>,
        type_of_action_key -> Nullable<Text>,
        homepage -> Nullable<Text>,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{JsonDoc, Uid};

    call_deadlines (call_id, position) {
        call_id -> Uid,
        position -> Integer,
        deadline -> Text,
        earliest -> Date,
        latest -> Date,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{JsonDoc, Uid};

    call_external_ids (record_id, position) {
        record_id -> Uid,
        position -> Integer,
        scheme -> Text,
        value -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{JsonDoc, Uid};

    projects (id) {
        id -> Uid,
        label -> Text,
        label_key -> Text,
        acronym -> Nullable<Text>,
        acronym_key -> Nullable<Text>,
        starts -> Nullable<Text>,
        starts_earliest -> Nullable<Date>,
        starts_latest -> Nullable<Date>,
        ends -> Nullable<Text>,
        ends_earliest -> Nullable<Date>,
        ends_latest -> Nullable<Date>,
        stated_status -> Nullable<Text>,
        total_cost_minor -> Nullable<BigInt>,
        total_cost_currency -> Nullable<Text>,
        homepage -> Nullable<Text>,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        titles -> JsonDoc,
        #[sql_name = "abstract"]
        abstract_ -> JsonDoc,
        details -> Nullable<JsonDoc>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{JsonDoc, Uid};

    project_fundings (project_id, position) {
        project_id -> Uid,
        position -> Integer,
        programme_id -> Nullable<Uid>,
        funder_id -> Nullable<Uid>,
        call_id -> Nullable<Uid>,
        type_of_action -> Nullable<Text>,
        type_of_action_key -> Nullable<Text>,
        kind -> Text,
        amount_minor -> Nullable<BigInt>,
        amount_currency -> Nullable<Text>,
        title -> Nullable<Text>,
        year -> Nullable<Integer>,
        share_hundredths -> Nullable<Integer>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{JsonDoc, Uid};

    project_keywords (project_id, position) {
        project_id -> Uid,
        position -> Integer,
        keyword -> Text,
        keyword_key -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{JsonDoc, Uid};

    project_themes (project_id, position) {
        project_id -> Uid,
        position -> Integer,
        vocabulary -> Text,
        code -> Text,
        label -> Nullable<Text>,
        path -> Nullable<Text>,
        path_key -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{JsonDoc, Uid};

    project_facets (project_id, facet, key) {
        project_id -> Uid,
        facet -> Text,
        key -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{JsonDoc, Uid};

    project_external_ids (record_id, position) {
        record_id -> Uid,
        position -> Integer,
        scheme -> Text,
        value -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{JsonDoc, Uid};

    participations (id) {
        id -> Uid,
        project_id -> Uid,
        organisation_id -> Uid,
        role -> Nullable<Text>,
        position -> Nullable<Integer>,
        starts -> Nullable<Text>,
        starts_earliest -> Nullable<Date>,
        starts_latest -> Nullable<Date>,
        ends -> Nullable<Text>,
        ends_earliest -> Nullable<Date>,
        ends_latest -> Nullable<Date>,
        ec_contribution_minor -> Nullable<BigInt>,
        ec_contribution_currency -> Nullable<Text>,
        net_ec_contribution_minor -> Nullable<BigInt>,
        net_ec_contribution_currency -> Nullable<Text>,
        total_cost_minor -> Nullable<BigInt>,
        total_cost_currency -> Nullable<Text>,
        ended -> Nullable<Bool>,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{JsonDoc, Uid};

    relations (id) {
        id -> Uid,
        kind -> Text,
        from_project_id -> Nullable<Uid>,
        to_project_id -> Nullable<Uid>,
        from_organisation_id -> Nullable<Uid>,
        to_organisation_id -> Nullable<Uid>,
        starts -> Nullable<Text>,
        starts_earliest -> Nullable<Date>,
        starts_latest -> Nullable<Date>,
        ends -> Nullable<Text>,
        ends_earliest -> Nullable<Date>,
        ends_latest -> Nullable<Date>,
        note -> Nullable<Text>,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{JsonDoc, Uid};

    revisions (seq) {
        seq -> BigInt,
        entity -> Text,
        record_id -> Uid,
        version -> Integer,
        action -> Text,
        actor -> Text,
        at -> Timestamp,
        change -> Nullable<JsonDoc>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{JsonDoc, Uid};

    idempotency_keys (actor, key) {
        actor -> Text,
        key -> Text,
        request_hash -> Text,
        answer -> Binary,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::{JsonDoc, Uid};

    imports (id) {
        id -> Uid,
        source -> Text,
        status -> Text,
        actor -> Text,
        started_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
        counts -> JsonDoc,
        rejects -> JsonDoc,
        fault -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Uid;

    tombstones (entity, key, record_id) {
        entity -> Text,
        key -> Text,
        record_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Uid;

    import_dates (record_id) {
        record_id -> Uid,
        as_of -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::Uid;

    heavy_records (record_id) {
        record_id -> Uid,
        bytes -> BigInt,
    }
}

// Search. Each engine adds columns and tables of its own to these, see `fulltext.rs`.

diesel::table! {
    use diesel::sql_types::*;
    use super::Uid;

    search_documents (record_id) {
        record_id -> Uid,
        weight -> BigInt,
        label_length -> Integer,
        label_key -> Text,
        names -> Text,
    }
}

diesel::table! {
    search_words (entity, word) {
        entity -> Text,
        word -> Text,
    }
}

diesel::joinable!(participations -> projects (project_id));
diesel::joinable!(participations -> organisations (organisation_id));
diesel::allow_tables_to_appear_in_same_query!(
    organisations,
    organisation_external_ids,
    programmes,
    programme_aliases,
    programme_funders,
    programme_external_ids,
    calls,
    call_deadlines,
    call_external_ids,
    projects,
    project_fundings,
    project_keywords,
    project_themes,
    project_facets,
    project_external_ids,
    participations,
    relations,
    revisions,
    idempotency_keys,
    imports,
    search_documents,
    search_words,
    tombstones,
);
