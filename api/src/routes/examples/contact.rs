//! Examples of contacts.

use super::{ISMU, merge, private_list, stamp};
use serde_json::{Value, json};

pub(crate) fn contact_content() -> Value {
    json!({
        "name": "Anna Bianchi",
        "email": "anna@example.org",
        "telephone": "+39 02 1234567",
        "role": "Coordinator",
        "language": "it"
    })
}

pub(crate) fn contact() -> Value {
    let mut contact = json!({
        "id": "019a8c3e-d3a5-7c41-9b02-5e8f1d7a4c0a",
        "of_kind": "organisation",
        "of_id": ISMU
    });
    merge(&mut contact, contact_content());
    merge(&mut contact, stamp());
    contact
}

pub(crate) fn contact_list() -> Value {
    private_list(&contact(), 2)
}

pub(crate) fn contact_patch() -> Value {
    json!({"role": "Secretary"})
}
