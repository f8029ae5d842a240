//! What the lines of bundles refer to.

use consortia_domain::bundle::{Line, RecordLine};
use consortia_domain::id::EntityKind;
use serde_json::{Value, json};
use uuid::Uuid;

fn statement(about: &str, field: &str, value: &Value) -> RecordLine {
    let line = json!({
        "entity": "statement", "id": "#s", "about_kind": about, "about_id": "#x",
        "field": field, "value": value, "source_id": "#page",
    });
    match Line::read(&line) {
        Ok(Line::Record(record)) => record,
        other => panic!("{line}: {other:?}"),
    }
}

/// The references of a statement besides those to its record and its source.
fn stated(about: &str, field: &str, value: &Value) -> Vec<(String, EntityKind, String)> {
    let found = statement(about, field, value).references();
    let all = found.into_iter().map(|of| (of.at.to_string(), of.to, of.name));
    all.filter(|(at, ..)| at.starts_with("/value")).collect()
}

fn reference(at: &str, to: EntityKind, name: &str) -> (String, EntityKind, String) {
    (at.to_owned(), to, name.to_owned())
}

#[test]
fn what_a_statement_says_may_name_records() {
    let funding = json!({"programme_id": "AMIF", "funder_id": "#consortium", "year": 2019});
    let one = [
        reference("/value/programme_id", EntityKind::Programme, "AMIF"),
        reference("/value/funder_id", EntityKind::Organisation, "#consortium"),
    ];
    assert_eq!(stated("project", "/fundings", &funding), one);
    let list = [
        reference("/value/0/programme_id", EntityKind::Programme, "AMIF"),
        reference("/value/0/funder_id", EntityKind::Organisation, "#consortium"),
    ];
    assert_eq!(stated("project", "/fundings", &json!([funding])), list);
    assert_eq!(
        stated("organisation", "parent_id", &json!("#ministry")),
        [reference("/value", EntityKind::Organisation, "#ministry")]
    );
    // An element of a list of references.
    assert_eq!(
        stated("programme", "/funder_ids", &json!("#ministry")),
        [reference("/value", EntityKind::Organisation, "#ministry")]
    );
    assert_eq!(stated("project", "/titles/it", &json!("#ministry")), []);
    assert_eq!(stated("project", "/total_cost", &json!({"programme_id": "AMIF"})), []);
}

#[test]
fn names_in_what_a_statement_says_give_way_to_ids() {
    let mut line = statement("project", "/fundings", &json!({"programme_id": "AMIF"}));
    let references = line.references();
    let of_value = references.iter().find(|of| of.name == "AMIF").expect("one");
    let id = Uuid::from_u128(7);
    line.refer(of_value, id);
    assert_eq!(line.fields()["value"], json!({"programme_id": id.to_string()}));
}
