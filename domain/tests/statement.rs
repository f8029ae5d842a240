//! What statements say of records, and whether these agree.

use consortia_domain::agreement::AgreementContent;
use consortia_domain::decode::{Decode, Object, decode};
use consortia_domain::error::{Errors, Pointer};
use consortia_domain::organisation::OrganisationContent;
use consortia_domain::project::ProjectContent;
use consortia_domain::relation::RelationContent;
use consortia_domain::statement::{FieldPath, Said, StatementContent};
use serde::Serialize;
use serde_json::{Value, json};
use std::cell::Cell;

fn statement(field: &str, value: &Value) -> StatementContent {
    let body = json!({
        "about_kind": "project", "about_id": "0198c0de-0000-7000-8000-000000000000",
        "field": field, "value": value, "basis": "inferred",
    });
    decode(&body).expect("a statement")
}

/// Whether a record says what is stated.
fn agrees<T: Decode + Serialize>(field: &str, value: &Value, content: &T) -> bool {
    Said::by(content).agrees_with(&statement(field, value))
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
    for (field, value, expected) in [
        ("/acronym", json!("MAPID"), true),
        ("acronym", json!(" MAPID "), true),
        ("/acronym", json!("Mapid"), false),
        ("/period", json!("2008/2010"), true),
        ("/period", json!({"start": "2008"}), true),
        ("/period", json!({"start": "2008", "end": null}), false),
        ("/period", json!("2008/.."), false),
        ("/period/end", json!("2010"), true),
        ("/period/end", json!("2010-12"), false),
        ("/titles", json!({"en": "Migrants' associations"}), true),
        ("/titles/en", json!("Migrants' associations"), true),
        ("/titles/it", json!("Associazioni"), false),
        ("/titles", json!({"it": "Associazioni"}), false),
        ("/titles", json!({"it": null}), true),
        ("/total_cost/amount", json!(377_006.44), true),
        ("/total_cost", json!({"amount": 377_006.44}), true),
        ("/total_cost", json!({"amount": 7}), false),
        ("/total_cost", json!({"amount": 377_006, "currency": "EUR"}), false),
        ("/keywords", json!("Philippines"), true),
        ("/keywords", json!("Filipinas"), false),
        ("/keywords", json!(["associations", "Philippines"]), true),
        ("/keywords", json!(["Philippines"]), false),
        ("/themes", json!({"vocabulary": "own", "code": "a", "label": null}), true),
        ("/fundings", json!({"kind": "grant"}), false),
        ("/homepage", json!("https://example.org"), false),
    ] {
        assert_eq!(agrees(field, &value, &project), expected, "{field} {value}");
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
        assert!(!agrees(field, &value, &project), "{field} {value}");
    }
    let bare = ProjectContent::default();
    assert!(!agrees("/total_cost/amount", &json!(7), &bare));
    let nowhere = OrganisationContent::default();
    assert!(!agrees("/place/coordinates/latitude", &json!(45.5), &nowhere));
}

#[test]
fn a_record_that_must_say_something_agrees_as_any_other() {
    let (one, other) =
        ("0198c0de-0000-7000-8000-000000000001", "0198c0de-0000-7000-8000-000000000002");
    let agreement: AgreementContent =
        decode(&json!({"party_ids": [one, other], "kind": "framework", "period": "2020/.."}))
            .expect("an agreement");
    assert!(agrees("/kind", &json!("framework"), &agreement));
    assert!(!agrees("/kind", &json!("other"), &agreement));
    assert!(agrees("/party_ids", &json!([one, other]), &agreement));
    assert!(!agrees("/party_ids", &json!([other, one]), &agreement));
    assert!(agrees("/period", &json!("2020/.."), &agreement));
    let relation: RelationContent = decode(&json!({
        "between": "organisations", "kind": "member_of", "from_id": one, "to_id": other,
        "period": "2020/2022",
    }))
    .expect("a relation");
    assert!(agrees("/kind", &json!("member_of"), &relation));
    assert!(!agrees("/kind", &json!("succeeded_by"), &relation));
    assert!(agrees("/to_id", &json!(other), &relation));
    assert!(agrees("/period/end", &json!("2022"), &relation));
}

thread_local! {
    static READ: Cell<usize> = const { Cell::new(0) };
}

/// Something that counts how often it is read.
#[derive(Serialize)]
struct Counted;

impl Decode for Counted {
    fn decode(_: &Value, _: &Pointer, _: &mut Errors) -> Option<Self> {
        READ.set(READ.get() + 1);
        Some(Self)
    }
}

#[derive(Serialize)]
struct Long {
    many: Vec<Counted>,
    name: Option<bool>,
}

impl Decode for Long {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        let content = Self { many: object.list("many"), name: object.optional("name") };
        object.finish().then_some(content)
    }
}

#[test]
fn no_more_of_a_record_is_read_than_what_is_spoken_of() {
    let long = Long { many: (0..1000).map(|_| Counted).collect(), name: Some(true) };
    assert!(agrees("/name", &json!(true), &long) && !agrees("/name", &json!(false), &long));
    assert!(!agrees("/name", &json!("yes"), &long) && !agrees("/colour", &json!(1), &long));
    assert_eq!(READ.get(), 0);
    // Of the list itself only the elements that are stated.
    let mut said = Said::by(&long);
    for _ in 0..10 {
        assert!(said.agrees_with(&statement("/many", &json!({"any": 1}))));
    }
    assert_eq!(READ.get(), 10);
}

#[test]
fn what_a_record_cannot_say_is_told_as_a_fault_of_the_statement() {
    let nothing = serde_json::to_value(OrganisationContent::default()).expect("content");
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
            .could_be::<OrganisationContent>(&nothing)
            .expect_err("a fault");
        assert!(!agrees(field, &value, &OrganisationContent::default()), "{field} {value}");
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
