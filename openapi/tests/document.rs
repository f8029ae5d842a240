//! The committed document is the generated one, and keeps the rules.

use consortia_openapi::{committed_path, generated, lint};
use serde_json::{Value, json};

#[test]
fn committed_document_is_current() {
    let committed = std::fs::read_to_string(committed_path()).expect("openapi.json is committed");
    assert!(
        committed == generated(),
        "openapi.json is out of date; run: cargo run -p consortia-openapi"
    );
}

#[test]
fn document_keeps_the_rules() {
    let document: Value = serde_json::from_str(&generated()).expect("the document is JSON");
    let faults: Vec<String> = lint(&document).iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn document_is_openapi_3_1() {
    let document: Value = serde_json::from_str(&generated()).expect("the document is JSON");
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    assert_eq!(document["info"]["title"], "Consortia");
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
}

#[test]
fn lint_finds_what_is_wrong() {
    let faulty = json!({
        "paths": {"/api/v1/Things/{id}": {"post": {
            "operationId": "makeThing",
            "summary": "Make.",
            "parameters": [{"name": "dryRun", "in": "query"}],
            "responses": {"200": {"description": ""}, "404": {"description": "No."}}
        }}},
        "components": {"schemas": {"Thing": {"properties": {
            "fullName": {"$ref": "#/components/schemas/Missing"}, "x": {}
        }}}}
    });
    let found: Vec<String> = lint(&faulty).iter().map(ToString::to_string).collect();
    let found = found.join("\n");
    for expected in [
        "operationId 'makeThing' is not verb_resource",
        "does not fit the method",
        "'Things' in the path is not lower case",
        "has no description",
        "short phrase without a full stop",
        "parameter 'dryRun' is not snake_case",
        "path parameter 'id' is not declared",
        "the answer 500 is not described",
        "the answer 401 is not described",
        "the answer 404 is not application/problem+json",
        "the answer 200 has no example",
        "asks for no security",
        "needs exactly one tag",
        "field 'fullName' is not snake_case",
        "field 'x' has no description",
        "'#/components/schemas/Missing' leads nowhere",
    ] {
        assert!(found.contains(expected), "missing: {expected}\nfound:\n{found}");
    }
}
