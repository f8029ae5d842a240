//! Bodies, lines and sheets, and what they may say: no property but their own, at any depth,
//! whoever sends it.

use crate::rights::own_records;
use consortia_tests::people::{ACCOUNTS, person};
use consortia_tests::samples::{PROJECTS, organisation, project};
use consortia_tests::{Server, on_both_engines};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

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
/// What a property that is not known is refused as.
const REFUSALS: [&str; 3] = ["unknown_field", "unknown_name", "read_only"];
/// Objects whose properties are languages, of which any word may be one: refused for its value.
const BY_LANGUAGE: [&str; 1] = ["/titles"];

/// Whether a property is one of an object inside: a claim may be about those in a role.
fn own_inside(name: &str, place: &str, property: &str) -> bool {
    (place, property) == ("/scope", "role") && name.ends_with("claim")
}

/// Where in `value` there are objects, itself included, as pointers.
fn objects(value: &Value, at: &str) -> Vec<String> {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, it)| (name.clone(), it)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(n, item)| (n.to_string(), item)).collect()
        }
        _ => return Vec::new(),
    };
    let own = value.is_object().then(|| at.to_owned());
    let inner = inner.iter().flat_map(|(name, it)| objects(it, &format!("{at}/{name}")));
    own.into_iter().chain(inner).collect()
}

/// The same with one more property in the object at `place`. What a claim says is text by names,
/// so that the name is at fault and not the value.
fn with(value: &Value, place: &str, property: &str) -> Value {
    let mut more = value.clone();
    let said = if ["/figures", "/scope"].contains(&place) { json!("3") } else { json!(true) };
    more.pointer_mut(place).expect("an object")[property] = said;
    more
}

/// All that is stored, as far as it can change.
fn stored(api: &Server) -> Vec<String> {
    let versions = ["accounts", "contacts", "drafts"].map(|table| (table, "sum(version)"));
    let counts = ["revisions", "read_tokens", "sessions", "idempotency_keys"];
    let counts = counts.map(|table| (table, "max(0)"));
    let tables = versions.into_iter().chain(counts);
    let asked = tables.map(|(table, of)| format!("SELECT count(*), {of} FROM {table}"));
    asked.flat_map(|sql| api.place().query(&sql)).collect()
}

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
        let document = api.get("/openapi.json").expect(200).json();
        let before = stored(api);
        let mut left_out: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let (mut bodies, mut tried, mut inside, mut wrong) = (0, 0, 0, Vec::new());
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
                let mut refused = |body: &Value, place: &str, property: &str| {
                    let request = admin.request(&method.to_uppercase(), &address);
                    let request = request.header("If-Match", "*");
                    let body = with(body, place, property).to_string();
                    let told = request.body(media_type, body).send();
                    let told = told.problem(422, "invalid_body");
                    let errors = told["errors"].as_array().into_iter().flatten();
                    let pointer = format!("{place}/{property}");
                    let mut errors = errors.filter(|it| it["pointer"] == pointer);
                    let code = errors.next().and_then(|error| error["code"].as_str());
                    let refused = code.is_some_and(|code| {
                        REFUSALS.contains(&code)
                            || BY_LANGUAGE.contains(&place) && code == "wrong_type"
                    });
                    if !refused {
                        wrong.push(format!("{name} with {pointer}: {told}"));
                    }
                    tried += 1;
                };
                for body in examples(operations, content, media_type) {
                    for place in objects(&body, "") {
                        for property in COVETED {
                            let of_its_own = OWN.iter().find(|(own, _)| *own == property);
                            let of_its_own = of_its_own.is_some_and(|(_, it)| it.contains(&name));
                            if own_inside(name, &place, property) {
                                inside += 1;
                            } else if place.is_empty() && of_its_own {
                                left_out.entry(property).or_default().insert(name.to_owned());
                            } else {
                                refused(&body, &place, property);
                            }
                        }
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        for (property, names) in OWN {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(left_out.remove(property).unwrap_or_default(), names, "{property}");
        }
        assert_eq!((bodies, tried), (62, 688), "kinds of bodies, and what was tried of them");
        assert_eq!(inside, 3, "claims that are made, replaced and changed");
        assert_eq!(stored(api), before, "nothing is stored");
    });
}

/// The bodies that an operation is tried with: its example, and, as a change of some fields may be
/// one of all, that of replacing the record.
fn examples(operations: &Value, content: &Value, media_type: &str) -> Vec<Value> {
    let whole = operations.get("put").map(|put| &put["requestBody"]["content"][OBJECTS[0]]);
    let whole = whole.filter(|_| media_type != OBJECTS[0]);
    [Some(&content[media_type]), whole]
        .into_iter()
        .flatten()
        .map(|it| it["example"].clone())
        .collect()
}

#[test]
fn no_line_of_a_bundle_takes_a_property_that_is_not_its_own() {
    on_both_engines(|api| {
        let document = api.get("/openapi.json").expect(200).json();
        let examples =
            document["paths"].as_object().expect("paths").iter().filter_map(|(path, it)| {
                let kind = it["put"]["operationId"].as_str()?.strip_prefix("replace_")?;
                let example = &it["put"]["requestBody"]["content"][OBJECTS[0]]["example"];
                (!path.starts_with("/api/v1/drafts") && !path.starts_with(ACCOUNTS))
                    .then(|| (kind.to_owned(), example.clone()))
            });
        let (mut lines, mut expected) = (Vec::new(), Vec::new());
        for (kind, mut record) in examples {
            record["entity"] = json!(kind);
            for place in objects(&record, "") {
                let own_role = kind == "participation" && place.is_empty();
                let own = |property: &str| {
                    own_role && property == "role" || own_inside(&kind, &place, property)
                };
                for property in COVETED.iter().filter(|it| !own(it)) {
                    let mut line = with(&record, &place, property);
                    line["id"] = json!(format!("#{kind}-{}", expected.len()));
                    lines.push(line.to_string());
                    expected.push(format!("{},{place}/{property},", expected.len() + 1));
                }
            }
        }
        let before = stored(api);
        let file = api.place().folder().join("coveted.ndjson");
        fs::write(&file, lines.join("\n")).expect("a file");
        let report = api.place().folder().join("report.csv");
        let [file, report] = [&file, &report].map(|it| it.to_str().expect("UTF-8"));
        let told = api.place().run_in_part(&["import", "bundle", file, "--report", report]);
        assert!(told.contains(&format!("{} rejected", expected.len())), "{told}");
        let found = fs::read_to_string(report).expect("a report");
        for place in &expected {
            assert!(found.contains(&format!(",{place}")), "{place} in {found}");
        }
        assert_eq!(expected.len(), 158, "what was tried");
        assert_eq!(stored(api), before, "nothing is stored");
    });
}

#[test]
fn no_sheet_of_a_workbook_has_a_column_that_is_not_its_own() {
    on_both_engines(|api| {
        api.create(PROJECTS, &project("P", "2020"));
        let before = stored(api);
        for (sheet, own) in [("organisations", ""), ("projects", ""), ("participations", "role")] {
            let file = api.place().folder().join(format!("{sheet}.csv"));
            let coveted = COVETED.iter().filter(|it| **it != own);
            for heading in coveted {
                fs::write(&file, format!("id,{heading}\n#one,true\n")).expect("a file");
                let file = file.to_str().expect("UTF-8");
                let output = api.place().command(&["import", "workbook", file]).output();
                let output = output.expect("the program starts");
                let told = String::from_utf8_lossy(&output.stderr).into_owned();
                assert!(!output.status.success(), "{sheet} with {heading}: {told}");
                assert!(told.contains(&format!("column B: '{heading}'")), "{told}");
            }
        }
        assert_eq!(stored(api), before, "nothing is stored");
    });
}
