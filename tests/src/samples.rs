//! Small records to send, and a look at what comes back.

use serde_json::{Value, json};

/// Paths of the collections.
pub const ORGANISATIONS: &str = "/api/v1/organisations";
/// Paths of the collections.
pub const PROJECTS: &str = "/api/v1/projects";
/// Paths of the collections.
pub const PROGRAMMES: &str = "/api/v1/programmes";
/// Paths of the collections.
pub const CALLS: &str = "/api/v1/calls";

/// An organisation with a legal name in a country.
#[must_use]
pub fn organisation(name: &str, country: &str) -> Value {
    json!({"names": [{"value": name, "kind": "legal"}], "country": country})
}

/// The same with a PIC.
#[must_use]
pub fn organisation_with_pic(name: &str, country: &str, pic: &str) -> Value {
    json!({
        "names": [{"value": name, "kind": "legal"}],
        "country": country,
        "external_ids": [{"scheme": "pic", "value": pic}]
    })
}

/// A project with an acronym and a period in EDTF.
#[must_use]
pub fn project(acronym: &str, period: &str) -> Value {
    json!({"acronym": acronym, "period": period})
}

/// A participation of an organisation in a role.
#[must_use]
pub fn participation(organisation: &Value, role: &str) -> Value {
    json!({"organisation_id": organisation["id"], "role": role})
}

/// The path of a record in a collection.
///
/// # Panics
/// When the record has no id.
#[must_use]
pub fn path(collection: &str, record: &Value) -> String {
    format!("{collection}/{}", id(record))
}

/// The id of a record.
///
/// # Panics
/// When it has none.
#[must_use]
pub fn id(record: &Value) -> &str {
    record["id"].as_str().expect("a record has an id")
}

/// An amount of money as written, such as `377006.44 EUR`.
#[must_use]
pub fn money(value: &Value) -> String {
    format!("{} {}", value["amount"], value["currency"].as_str().unwrap_or("no currency"))
}

/// One field of each record, in order.
#[must_use]
pub fn column(records: &[Value], field: &str) -> Vec<String> {
    let text = |record: &Value| match &record[field] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    records.iter().map(text).collect()
}
