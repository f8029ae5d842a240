//! The tables of agreements.

use super::{organisations, participations, search_documents};

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::{JsonDoc, Uid};

    agreements (id) {
        id -> Uid,
        label -> Text,
        label_key -> Text,
        kind -> Nullable<Text>,
        signed -> Nullable<Text>,
        signed_earliest -> Nullable<Date>,
        signed_latest -> Nullable<Date>,
        starts_earliest -> Nullable<Date>,
        ends_latest -> Nullable<Date>,
        content -> JsonDoc,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::Uid;

    agreement_parties (agreement_id, position) {
        agreement_id -> Uid,
        position -> Integer,
        organisation_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::Uid;

    agreement_facets (agreement_id, facet, key) {
        agreement_id -> Uid,
        facet -> Text,
        key -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(agreements, agreement_parties, agreement_facets);
diesel::allow_tables_to_appear_in_same_query!(agreements, search_documents);
diesel::allow_tables_to_appear_in_same_query!(agreement_parties, search_documents);
diesel::allow_tables_to_appear_in_same_query!(agreement_parties, organisations);
diesel::allow_tables_to_appear_in_same_query!(agreement_parties, participations);
