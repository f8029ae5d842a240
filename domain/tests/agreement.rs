//! Agreements read from JSON, and what they are judged to have yielded.

use consortia_domain::Location;
use consortia_domain::agreement::{AgreementContent, AgreementKind};
use consortia_domain::agreement_yield::{YieldVerdict, began_after, verdict};
use consortia_domain::decode::decode;
use consortia_domain::id::AgreementId;
use consortia_domain::partial_date::PartialDate;
use consortia_domain::period::{Certainty, Period};
use serde_json::{Value, json};
use uuid::Uuid;

const ONE: &str = "0198c0de-0000-7000-8000-000000000001";
const OTHER: &str = "0198c0de-0000-7000-8000-000000000002";

/// The faults as `pointer code`.
fn refused(body: &Value) -> Vec<String> {
    let errors = decode::<AgreementContent>(body).unwrap_err();
    let place = |at: &Location| match at {
        Location::Pointer(pointer) => pointer.to_string(),
        other => panic!("{other:?}"),
    };
    errors.iter().map(|fault| format!("{} {}", place(&fault.at), fault.code)).collect()
}

#[test]
fn the_parties_suffice_and_everything_else_is_unknown() {
    let read: AgreementContent = decode(&json!({"party_ids": [ONE, OTHER]})).unwrap();
    assert_eq!((read.kind, read.signed), (None, None));
    assert!(read.period.is_unknown() && read.titles.is_empty() && read.groups.is_empty());
    let full = json!({
        "titles": {"en": "Joint work on equal opportunities"},
        "kind": "partnership",
        "party_ids": [ONE, OTHER],
        "signed": "2020-06",
        "period": {"start": "2020", "end": ".."},
        "purposes": ["Equal opportunities"],
        "territories": [{"relation": "action", "country": "IT", "nuts": "ITC4", "place": null}],
        "target_groups": ["Unaccompanied minors"],
        "resources": "Pooled from several sources, unspecified",
        "groups": [{
            "part": "collaborator", "of": "organisations", "description": "Universities",
            "count": null, "countries": [], "country_count": null, "types": [], "kinds": [],
            "sectors": [], "wording": null
        }],
        "url": null,
        "note": "Renewed once"
    });
    let read: AgreementContent = decode(&full).unwrap();
    assert_eq!(read.kind, Some(AgreementKind::Partnership));
    assert_eq!(serde_json::to_value(&read).unwrap(), full);
}

#[test]
fn every_fault_is_reported_at_once() {
    assert_eq!(refused(&json!({})), ["/party_ids required"]);
    assert_eq!(refused(&json!({"party_ids": []})), ["/party_ids too_few_parties"]);
    assert_eq!(refused(&json!({"party_ids": [ONE]})), ["/party_ids too_few_parties"]);
    let wrong = json!({
        "kind": "treaty", "party_ids": [ONE, OTHER, ONE], "signed": "22", "period": "2020/2019",
        "purposes": [""], "territories": [{"relation": "action", "country": "FR", "nuts": "ITC4"}],
        "groups": [{"part": "collaborator", "of": "organisations"}], "url": "x", "label": "y",
        "colour": "red"
    });
    let mut found = refused(&wrong);
    found.sort();
    let mut expected = [
        "/kind unknown_agreement_kind",
        "/party_ids/2 repeated_value",
        "/signed invalid_date",
        "/period end_before_start",
        "/purposes/0 empty",
        "/territories/0/nuts contradicts_country",
        "/groups/0 empty_group",
        "/url invalid_web_address",
        "/label read_only",
        "/colour unknown_field",
    ];
    expected.sort_unstable();
    assert_eq!(found, expected);
    // A party that is no id is one fault, not two.
    assert_eq!(refused(&json!({"party_ids": [ONE, "pic:968823876"]})), ["/party_ids/1 invalid_id"]);
}

#[test]
fn an_agreement_is_called_by_its_title_else_by_its_parties() {
    let id = AgreementId::from(Uuid::nil());
    let content = |titles: Value| -> AgreementContent {
        decode(&json!({"party_ids": [ONE, OTHER], "titles": titles})).unwrap()
    };
    let titled = content(json!({"it": "Accordo", "en": "Agreement"}));
    assert_eq!(titled.label(id, &["MSE", "ISMU"]), "Agreement");
    let untitled = content(json!({}));
    assert_eq!(untitled.label(id, &["MSE", "ISMU"]), "MSE – ISMU");
    // What is not named is counted, and need not be looked up.
    let ids: Vec<Uuid> = (1..=7).map(Uuid::from_u128).collect();
    let five = ["A", "B", "C", "D", "E"];
    for (count, label) in [(5, "A – B – C – D – E"), (7, "A – B – C – D – E and 2 more")]
    {
        let many: AgreementContent = decode(&json!({"party_ids": ids[..count]})).unwrap();
        assert_eq!(many.named_parties(), &many.party_ids[..5]);
        assert_eq!(many.label(id, &five), label);
    }
    assert_eq!(untitled.label(id, &[]), format!("Agreement {id}"));
}

fn signed(text: &str) -> Option<PartialDate> {
    (!text.is_empty()).then(|| text.parse().unwrap())
}

fn periods(texts: &[&str]) -> Vec<Period> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn a_project_began_after_the_signature_as_far_as_the_dates_say() {
    use Certainty::{No, Possible, Yes};
    for (on, period, expected) in [
        ("2020-06-15", "2020-06-16/2021", Yes),
        ("2020-06-15", "2020-06-15/2021", No),
        ("2020-06-15", "2020-06/2021", Possible),
        ("2020-06-15", "2020-07/2021", Yes),
        ("2020-06-15", "2020-05/2021", No),
        ("2020", "2020-12-31/", Possible),
        ("2020", "2021/", Yes),
        ("2020", "2020-01-01/", No),
        ("2020", "2019/", No),
        // Without a start, the end tells what it can.
        ("2020-06", "/2020-06-01", No),
        ("2020-06", "/2020-06-02", Possible),
        ("2020-06", "/2024", Possible),
        ("2020-06", "/", Possible),
        // Since ever is before everything.
        ("2020-06", "../2024", No),
        ("", "2024/", Possible),
        ("", "../2024", Possible),
    ] {
        let found = began_after(signed(on), period.parse().unwrap());
        assert_eq!(found, expected, "{period} after {on}");
    }
}

#[test]
fn the_verdict_is_the_best_that_the_joint_projects_prove() {
    for (on, all, expected) in [
        ("2020", &["2019/", "2021/", "/"][..], YieldVerdict::Yielded),
        ("2020", &["2019/", "2020-07/", "/"], YieldVerdict::Possibly),
        ("2020", &["2019/", "/"], YieldVerdict::Indeterminate),
        ("2020", &["2019/", "/2018"], YieldVerdict::None),
        ("2020", &[], YieldVerdict::None),
        ("", &["2021/"], YieldVerdict::Indeterminate),
        ("", &[], YieldVerdict::Indeterminate),
    ] {
        assert_eq!(verdict(signed(on), &periods(all)), expected, "{all:?} after {on}");
    }
}
