//! The table of contact persons.

diesel::table! {
    use diesel::sql_types::*;
    use crate::types::Uid;

    contacts (id) {
        id -> Uid,
        of_kind -> Text,
        of_id -> Uid,
        name -> Text,
        email -> Nullable<Text>,
        telephone -> Nullable<Text>,
        role -> Nullable<Text>,
        language -> Nullable<Text>,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}
