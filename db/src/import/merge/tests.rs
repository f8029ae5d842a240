use super::*;
use consortia_domain::Decode;
use serde_json::{Value, json};

fn read<T: Decode>(body: &Value) -> T {
    consortia_domain::decode::decode(body).expect("content")
}

fn merged_organisation(known: &Value, said: &Value) -> Value {
    let (known, said) = (read(known), read(said));
    let once = organisation(&known, &said);
    assert_eq!(organisation(&once, &said), once, "merging twice is merging once");
    assert_eq!(organisation(&once, &OrganisationContent::default()), once);
    serde_json::to_value(once).expect("JSON")
}

fn names_of(body: &Value) -> Vec<(&str, &str)> {
    let names = body["names"].as_array().expect("names");
    names
        .iter()
        .map(|n| (n["value"].as_str().expect("text"), n["kind"].as_str().expect("kind")))
        .collect()
}

#[test]
fn the_unstated_erases_nothing() {
    let known = json!({
        "names": [{"value": "ISMU", "kind": "short"}],
        "country": "IT",
        "place": {"city": "Milano", "nuts": "ITC4C"},
        "sme": false,
        "external_ids": [{"scheme": "pic", "value": "968823876"}]
    });
    let merged = merged_organisation(&known, &json!({"place": {"postcode": "20122"}}));
    assert_eq!(merged["country"], "IT");
    assert_eq!(merged["place"]["city"], "Milano");
    assert_eq!(merged["place"]["postcode"], "20122");
    assert_eq!(merged["sme"], false);
    assert_eq!(names_of(&merged), [("ISMU", "short")]);
}

#[test]
fn a_new_legal_name_keeps_the_old_one() {
    let known = json!({"names": [
        {"value": "Fondazione ISMU", "kind": "legal", "language": "it"},
        {"value": "ISMU", "kind": "short"}
    ]});
    let renamed = json!({"names": [{"value": "Fondazione ISMU ETS", "kind": "legal"}]});
    let merged = merged_organisation(&known, &renamed);
    assert_eq!(
        names_of(&merged),
        [("Fondazione ISMU ETS", "legal"), ("ISMU", "short"), ("Fondazione ISMU", "former")]
    );
    assert_eq!(merged["names"][0]["language"], "it");
    // And back again.
    let back = json!({"names": [{"value": "Fondazione ISMU", "kind": "legal"}]});
    assert_eq!(
        names_of(&merged_organisation(&merged_content(&merged), &back)),
        [("Fondazione ISMU", "legal"), ("ISMU", "short"), ("Fondazione ISMU ETS", "former")]
    );
    let respelt = json!({"names": [{"value": "FONDAZIONE ISMU", "kind": "legal"}]});
    assert_eq!(
        names_of(&merged_organisation(&known, &respelt)),
        [("FONDAZIONE ISMU", "legal"), ("ISMU", "short"), ("Fondazione ISMU", "alias")]
    );
}

/// The content of a merged document, to merge again.
fn merged_content(merged: &Value) -> Value {
    let mut content = merged.clone();
    let fields = content.as_object_mut().expect("an object");
    fields.retain(|_, value| !value.is_null());
    content
}

#[test]
fn spellings_already_known_are_not_repeated() {
    let known = json!({"names": [
        {"value": "Universität Wien", "kind": "legal"},
        {"value": "University of Vienna", "kind": "translated"}
    ]});
    let said = json!({"names": [
        {"value": "UNIVERSITAT WIEN", "kind": "alias"},
        {"value": "UNIVERSITY OF VIENNA", "kind": "alias"},
        {"value": "UNIVIE", "kind": "short"}
    ]});
    let merged = merged_organisation(&known, &said);
    assert_eq!(names_of(&merged).len(), 3);
    assert_eq!(names_of(&merged)[2], ("UNIVIE", "short"));
}

#[test]
fn a_project_takes_what_is_newly_stated() {
    let known: ProjectContent = read(&json!({
        "acronym": "SPRING",
        "titles": {"en": "Sustainable practices"},
        "period": {"start": "2021-03-01", "end": "2023-02-28"},
        "keywords": ["Integration"],
        "themes": [{"vocabulary": "euroscivoc", "code": "/29"}],
        "external_ids": [{"scheme": "cordis", "value": "101004635"}]
    }));
    let said: ProjectContent = read(&json!({
        "titles": {"und": "Sustainable practices", "it": "Pratiche"},
        "period": {"end": "2023-08-31"},
        "keywords": ["integration", "migration"],
        "themes": [{"vocabulary": "euroscivoc", "code": "/29", "label": "law"}],
        "external_ids": [{"scheme": "rcn", "value": "231939"}]
    }));
    let merged = project(&known, &said);
    assert_eq!(project(&merged, &said), merged);
    let body = serde_json::to_value(&merged).expect("JSON");
    assert_eq!(body["titles"], json!({"en": "Sustainable practices", "it": "Pratiche"}));
    assert_eq!(body["period"]["start"], "2021-03-01");
    assert_eq!(body["period"]["end"], "2023-08-31");
    assert_eq!(body["keywords"], json!(["Integration", "migration"]));
    assert_eq!(body["themes"].as_array().map(Vec::len), Some(1));
    assert_eq!(body["themes"][0]["label"], "law");
    assert_eq!(body["external_ids"].as_array().map(Vec::len), Some(2));
}

#[test]
fn dates_that_do_not_go_together_follow_the_source() {
    let of = |start: &str, end: &str| -> Period {
        let bound = |text: &str| text.parse().expect("a bound");
        Period::new(bound(start), bound(end)).expect("a period")
    };
    assert_eq!(period(of("2010", "2012"), of("2014", "")), of("2014", ""));
    assert_eq!(period(of("2010", "2012"), of("2011", "")), of("2011", "2012"));
}

#[test]
fn fundings_are_completed_not_repeated() {
    let a = "0198c0de-0000-7000-8000-00000000000a";
    let b = "0198c0de-0000-7000-8000-00000000000b";
    let known: ProjectContent = read(&json!({"fundings": [
        {"programme_id": a, "kind": "grant", "amount": {"amount": 10, "currency": "EUR"}},
        {"kind": "in_kind"}
    ]}));
    let said: ProjectContent = read(&json!({"fundings": [
        {"programme_id": a, "call_id": b, "kind": "grant",
         "amount": {"amount": 12, "currency": "EUR"}},
        {"programme_id": b, "kind": "unspecified"}
    ]}));
    let merged = project(&known, &said);
    assert_eq!(project(&merged, &said), merged);
    assert_eq!(merged.fundings.len(), 3);
    assert_eq!(merged.fundings[0].amount, said.fundings[0].amount);
    assert!(merged.fundings[0].call_id.is_some());
    assert_eq!(merged.fundings[1], known.fundings[1]);
}
