//! Reading records from JSON: every fault at once, each at its place.

use consortia_domain::decode::decode;
use consortia_domain::merge_patch::{MergePatch, merge_diff};
use consortia_domain::organisation::OrganisationContent;
use consortia_domain::participation::ParticipationContent;
use consortia_domain::project::{ProjectContent, ProjectStatus};
use consortia_domain::{Decode, Errors, Location};
use serde_json::{Value, json};

fn faults(errors: &Errors) -> Vec<(String, &'static str)> {
    let place = |at: &Location| match at {
        Location::Pointer(pointer) => pointer.to_string(),
        Location::Parameter(name) | Location::Header(name) => name.clone(),
    };
    errors.iter().map(|fault| (place(&fault.at), fault.code)).collect()
}

fn refused<T: Decode + std::fmt::Debug>(body: &Value) -> Vec<(String, &'static str)> {
    faults(&decode::<T>(body).unwrap_err())
}

#[test]
fn an_empty_object_is_a_record_of_which_nothing_is_known() {
    assert_eq!(decode(&json!({})), Ok(OrganisationContent::default()));
    assert_eq!(decode(&json!({})), Ok(ProjectContent::default()));
}

#[test]
fn every_fault_is_reported_with_its_pointer() {
    let body = json!({
        "names": [{"value": "ISMU"}, {"valeu": "ISMU"}, 7],
        "country": "Atlantis",
        "sme": "yes",
        "place": {"nuts": "I", "coordinates": {"latitude": 100, "longitude": 9}},
        "version": 3,
        "colour": "blue"
    });
    let mut found = refused::<OrganisationContent>(&body);
    found.sort();
    let places: Vec<&str> = found.iter().map(|(at, _)| at.as_str()).collect();
    let expected = [
        "/colour",
        "/country",
        "/names/1/value",
        "/names/1/valeu",
        "/names/2",
        "/place/coordinates",
        "/place/nuts",
        "/sme",
        "/version",
    ];
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(places, expected);
    let code = |at: &str| found.iter().find(|(place, _)| place == at).map(|(_, code)| *code);
    assert_eq!(code("/colour"), Some("unknown_field"));
    assert_eq!(code("/version"), Some("read_only"));
    assert_eq!(code("/names/1/value"), Some("required"));
}

#[test]
fn a_participation_needs_its_organisation() {
    let found = refused::<ParticipationContent>(&json!({"role": "boss"}));
    assert_eq!(
        found,
        [("/organisation_id".to_owned(), "required"), ("/role".to_owned(), "unknown_role")]
    );
}

#[test]
fn rules_across_fields_are_checked() {
    let twice = json!({"external_ids": ["cordis:101004635", "cordis:101004635"]});
    assert_eq!(refused::<ProjectContent>(&twice)[0].1, "repeated_external_id");
    let names = json!([{"value": "A", "kind": "legal"}, {"value": "B", "kind": "legal"}]);
    let found = refused::<OrganisationContent>(&json!({ "names": names }));
    assert_eq!(found, [("/names".to_owned(), "repeated_legal_name")]);
}

#[test]
fn a_label_is_always_there() {
    let id = consortia_domain::id::OrganisationId::generate();
    let label = |body: Value| decode::<OrganisationContent>(&body).unwrap().label(id);
    assert_eq!(label(json!({})), format!("Organisation {id}"));
    assert_eq!(label(json!({"external_ids": ["pic:968823876"]})), "PIC 968823876");
    let names =
        json!([{"value": "ISMU", "kind": "short"}, {"value": "Fondazione", "kind": "legal"}]);
    assert_eq!(label(json!({ "names": names })), "Fondazione");
}

#[test]
fn a_merge_patch_tells_absent_null_and_value_apart() {
    let current: ProjectContent =
        decode(&json!({"acronym": "SPRING", "keywords": ["migration"], "period": "2021/2023"}))
            .unwrap();
    let patch = |body: Value| decode::<MergePatch<ProjectContent>>(&body).unwrap().apply(&current);
    assert_eq!(patch(json!({})), Ok(current.clone()));
    assert_eq!(patch(json!({"acronym": null})).unwrap().acronym, None);
    assert_eq!(patch(json!({"keywords": null})).unwrap().keywords, []);
    let extended = patch(json!({"period": {"end": "2024"}})).unwrap();
    assert_eq!(extended.period, "2021/2024".parse().unwrap());
    assert_eq!(extended.keywords, current.keywords);
    let wrong = patch(json!({"colour": null, "status": "planned", "stated_status": "over"}));
    let mut found = faults(&wrong.unwrap_err());
    found.sort();
    let expected = [
        ("/colour".to_owned(), "unknown_field"),
        ("/stated_status".to_owned(), "unknown_project_status"),
        ("/status".to_owned(), "read_only"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_difference_is_the_smallest_patch() {
    let old = json!({"a": 1, "b": {"c": 2, "d": 3}, "e": [1], "gone": 5, "nothing": null});
    let new = json!({"a": 1, "b": {"c": 2, "d": 4}, "e": [1, 2], "new": {"x": 1}});
    let expected = json!({"b": {"d": 4}, "e": [1, 2], "gone": null, "new": {"x": 1}});
    assert_eq!(merge_diff(&old, &new), Some(expected));
    assert_eq!(merge_diff(&old, &old), None);
}

#[test]
fn status_is_stated_or_follows_from_what_is_certain() {
    let on = |period: &str, day: &str| {
        let project: ProjectContent = decode(&json!({ "period": period })).unwrap();
        project.status(day.parse().unwrap())
    };
    assert_eq!(on("2018-02-01/2020-03-31", "2018-01-31"), Some(ProjectStatus::Planned));
    assert_eq!(on("2018-02-01/2020-03-31", "2020-03-31"), Some(ProjectStatus::Ongoing));
    assert_eq!(on("2018-02-01/2020-03-31", "2020-04-01"), Some(ProjectStatus::Completed));
    assert_eq!(on("2018/2020", "2018-06-01"), None);
    assert_eq!(on("/2014", "2015-01-01"), Some(ProjectStatus::Completed));
    assert_eq!(on("2019/..", "2026-01-01"), Some(ProjectStatus::Ongoing));
    let stated = json!({"period": "2018/2020", "stated_status": "terminated"});
    let project: ProjectContent = decode(&stated).unwrap();
    assert_eq!(project.status("2019-01-01".parse().unwrap()), Some(ProjectStatus::Terminated));
}
