//! What statements say of records, and whether these agree.

use consortia_domain::decode::decode;
use consortia_domain::organisation::OrganisationContent;
use consortia_domain::project::ProjectContent;
use consortia_domain::statement::{FieldPath, StatementContent};
use serde_json::{Value, json};

fn statement(field: &str, value: &Value) -> StatementContent {
    let body = json!({
        "about_kind": "project", "about_id": "0198c0de-0000-7000-8000-000000000000",
        "field": field, "value": value, "basis": "inferred",
    });
    decode(&body).expect("a statement")
}

fn project() -> ProjectContent {
    let body = json!({
        "acronym": "MAPID",
        "titles": {"en": "Migrants' associations"},
        "period": "2008/2010",
        "total_cost": {"amount": 377_006.44, "currency": "EUR"},
        "keywords": ["associations", "Philippines"],
        "themes": [{"vocabulary": "own", "code": "a"}],
    });
    decode(&body).expect("a project")
}

#[test]
fn a_record_agrees_with_what_it_says_however_it_is_written() {
    let project = project();
    for (field, value, agrees) in [
        ("/acronym", json!("MAPID"), true),
        ("acronym", json!(" MAPID "), true),
        ("/acronym", json!("Mapid"), false),
        ("/period", json!("2008/2010"), true),
        ("/period", json!({"start": "2008"}), true),
        ("/period", json!({"start": "2008", "end": null}), false),
        ("/period/end", json!("2010"), true),
        ("/period/end", json!("2010-12"), false),
        ("/titles", json!({"en": "Migrants' associations"}), true),
        ("/titles/en", json!("Migrants' associations"), true),
        ("/titles/it", json!("Associazioni"), false),
        ("/total_cost/amount", json!(377_006.44), true),
        ("/total_cost", json!({"amount": 377_006, "currency": "EUR"}), false),
        ("/keywords", json!("Philippines"), true),
        ("/keywords", json!("Filipinas"), false),
        ("/keywords", json!(["associations", "Philippines"]), true),
        ("/keywords", json!(["Philippines"]), false),
        ("/themes", json!({"vocabulary": "own", "code": "a", "label": null}), true),
        ("/fundings", json!({"kind": "grant"}), false),
        ("/homepage", json!("https://example.org"), false),
    ] {
        assert_eq!(statement(field, &value).agrees_with(&project), Ok(agrees), "{field} {value}");
    }
}

#[test]
fn sources_may_contradict_what_else_a_record_says() {
    let project = project();
    for (field, value) in [
        ("/period/end", json!("2007")),
        ("/period", json!({"end": "2007"})),
        ("/titles/EN", json!("Migrants")),
        ("/homepage", json!("https://example.org")),
    ] {
        assert_eq!(statement(field, &value).agrees_with(&project), Ok(false), "{field} {value}");
    }
    let bare = ProjectContent::default();
    assert_eq!(statement("/total_cost/amount", &json!(7)).agrees_with(&bare), Ok(false));
    let latitude = statement("/place/coordinates/latitude", &json!(45.5));
    assert_eq!(latitude.agrees_with(&OrganisationContent::default()), Ok(false));
}

#[test]
fn what_a_record_cannot_say_is_told_as_a_fault_of_the_statement() {
    for (field, value, at, code) in [
        ("/founded", json!("22"), "/value", "invalid_date"),
        ("/founded", json!({"year": 1993}), "/value", "wrong_type"),
        ("/foundation", json!("1993"), "/field", "unknown_field"),
        ("/version", json!(7), "/field", "read_only"),
        ("/founded/year", json!(7), "/field", "wrong_type"),
        ("/place/street", json!("Via X"), "/field", "unknown_field"),
        ("/names", json!({"value": "X", "colour": 1}), "/value", "unknown_field"),
        ("/external_ids", json!({"scheme": "pic", "value": "1"}), "/value", "invalid_external_id"),
    ] {
        let faults = statement(field, &value)
            .agrees_with(&OrganisationContent::default())
            .expect_err("a fault");
        let found: Vec<_> = faults.iter().map(|fault| fault.code).collect();
        assert!(faults.to_string().starts_with(at), "{faults}");
        assert_eq!(found, [code], "{faults}");
    }
}

#[test]
fn fields_are_named_by_paths_through_objects() {
    for (text, path) in
        [("/founded", "/founded"), ("founded", "/founded"), (" place/city ", "/place/city")]
    {
        assert_eq!(text.parse::<FieldPath>().expect(text).as_str(), path);
    }
    let path: FieldPath = "/titles/it".parse().expect("a path");
    assert_eq!(path.patch(json!("Titolo")), json!({"titles": {"it": "Titolo"}}));
    for text in ["", "/", "//", "/names/0", "/a b", "/a/", "a\u{0}b", &"a".repeat(201)] {
        let fault = text.parse::<FieldPath>().expect_err(text);
        assert_eq!(fault.code, "invalid_field", "{text}");
    }
}
