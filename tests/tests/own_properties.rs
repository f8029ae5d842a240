//! Bodies and what they may say: no property but their own, whoever sends it.

use crate::rights::own_records;
use consortia_tests::on_both_engines;
use consortia_tests::people::{ACCOUNTS, person};
use consortia_tests::samples::organisation;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// An id of no record.
const NOBODY: &str = "0198c0de-0000-7000-8000-00000000dead";
/// What would give somebody more than is theirs.
const COVETED: [&str; 5] = ["owner", "verified", "version", "is_admin", "role"];
/// Bodies of which one of these is a property like any other, by their operations.
const OWN: [(&str, &[&str]); 2] = [
    // A version is what restoring is about.
    (
        "version",
        &[
            "create_agreement_revision",
            "create_call_revision",
            "create_claim_revision",
            "create_organisation_revision",
            "create_participation_revision",
            "create_programme_revision",
            "create_project_revision",
            "create_relation_revision",
            "create_source_revision",
            "create_statement_revision",
        ],
    ),
    // Accounts may do what their role lets them, which administrators say; partners take part in
    // one; contacts are their organisation's secretary, or whatever they are called.
    (
        "role",
        &[
            "create_account",
            "update_account",
            "create_participation",
            "replace_participation",
            "update_participation",
            "create_organisation_contact",
            "create_project_contact",
            "update_contact",
        ],
    ),
];

/// The media types of bodies that are one JSON object.
const OBJECTS: [&str; 2] = ["application/json", "application/merge-patch+json"];

#[test]
fn no_record_takes_a_property_that_is_not_its_own() {
    on_both_engines(|api| {
        let staff = person(api, "staff", "staff", &[]).unrecorded();
        let own = staff.post("/api/v1/organisations", &organisation("Ours", "IT")).expect(201);
        let own = own.json();
        let editor = person(api, "editor", "editor", &[&own]).unrecorded();
        let mut records = own_records(&staff, &editor, &own);
        // Who may everything, so that nothing but the property is in the way.
        let admin = person(api, "admin", "admin", &[]).unrecorded();
        let me = admin.get(&format!("{ACCOUNTS}/me")).expect(200).json();
        records.insert(ACCOUNTS.to_owned(), me);
        let draft = json!({"kind": "source", "content": {"title": "A page"}});
        let draft = admin.post("/api/v1/drafts", &draft).expect(201).json();
        records.insert("/api/v1/drafts".to_owned(), draft);
        let document = api.get("/openapi.json").expect(200).json();
        let mut left_out: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let (mut bodies, mut tried) = (0, 0);
        for (path, operations) in document["paths"].as_object().expect("paths") {
            for (method, operation) in operations.as_object().expect("operations") {
                let content = &operation["requestBody"]["content"];
                let object = OBJECTS.into_iter().find(|it| !content[*it].is_null());
                let Some(media_type) = object else { continue };
                let collection = path.split('/').take(4).collect::<Vec<_>>().join("/");
                let record = records.get(&collection).and_then(|it| it["id"].as_str());
                let address = path.replace("{id}", record.unwrap_or(NOBODY));
                let name = operation["operationId"].as_str().expect("a name");
                bodies += 1;
                for property in COVETED {
                    let of_its_own = OWN.iter().find(|(own, _)| *own == property);
                    if of_its_own.is_some_and(|(_, names)| names.contains(&name)) {
                        left_out.entry(property).or_default().insert(name.to_owned());
                        continue;
                    }
                    let mut body = content[media_type]["example"].clone();
                    body[property] = json!(true);
                    let request = admin.request(&method.to_uppercase(), &address);
                    let request = request.header("If-Match", "*");
                    let told = request.body(media_type, body.to_string()).send();
                    let told = told.problem(422, "invalid_body");
                    let errors = told["errors"].as_array().into_iter().flatten();
                    let mut errors = errors.filter(|it| it["pointer"] == format!("/{property}"));
                    let code = errors.next().map(|error| &error["code"]);
                    let expected = ["unknown_field", "read_only"];
                    let refused =
                        code.and_then(Value::as_str).is_some_and(|code| expected.contains(&code));
                    assert!(refused, "{name} with {property}: {told}");
                    tried += 1;
                }
            }
        }
        for (property, names) in OWN {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(left_out.remove(property).unwrap_or_default(), names, "{property}");
        }
        assert_eq!((bodies, tried), (62, 292), "kinds of bodies, and what was tried of them");
    });
}
