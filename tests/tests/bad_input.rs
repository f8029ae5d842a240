//! Bad input: what is wrong, where, and how to mend it, in one exact problem document each.
//!
//! The table says which faults must be found and where. The whole documents, sentences
//! included, are kept in `bad_input.json`; after a deliberate change write them anew with
//! `CONSORTIA_TESTS_WRITE=1 cargo test -p consortia-tests bad_input` and read the difference.

use consortia_tests::recording::with_named_ids;
use consortia_tests::samples::{ORGANISATIONS, PROJECTS, organisation_with_pic, path, project};
use consortia_tests::{Answer, Server, on_both_engines};
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::fs;

/// A request that must fail: method, path, headers, body, then status, code and faults as
/// `place code`, where a place is a JSON pointer, `?parameter` or `header:`.
struct Case {
    request: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
    status: u16,
    code: &'static str,
    faults: &'static [&'static str],
}

const JSON: &[(&str, &str)] = &[("Content-Type", "application/json")];
const PATCH: &[(&str, &str)] =
    &[("Content-Type", "application/merge-patch+json"), ("If-Match", "*")];
const NONE: &[(&str, &str)] = &[];

const fn case(
    request: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
    status: u16,
    code: &'static str,
    faults: &'static [&'static str],
) -> Case {
    Case { request, headers, body, status, code, faults }
}

/// A body for a new organisation.
const fn organisation(body: &'static str, faults: &'static [&'static str]) -> Case {
    case("POST /api/v1/organisations", JSON, body, 422, "invalid_body", faults)
}

/// A body for a new project.
const fn new_project(body: &'static str, faults: &'static [&'static str]) -> Case {
    case("POST /api/v1/projects", JSON, body, 422, "invalid_body", faults)
}

/// Parameters of the list of projects.
const fn query(request: &'static str, faults: &'static [&'static str]) -> Case {
    case(request, NONE, "", 400, "invalid_parameters", faults)
}

#[rustfmt::skip]
const CASES: &[Case] = &[
    // JSON that is none.
    case("POST /api/v1/organisations", JSON, "", 400, "malformed_json", &[]),
    case("POST /api/v1/organisations", JSON, "{", 400, "malformed_json", &[]),
    case("POST /api/v1/organisations", JSON, "{\"country\": \"IT\",}", 400, "malformed_json", &[]),
    case("POST /api/v1/organisations", JSON, "{\"country\": IT}", 400, "malformed_json", &[]),
    case("POST /api/v1/organisations", JSON, "{\"a\": \"\\ud800\"}", 400, "malformed_json", &[]),
    case("POST /api/v1/organisations", JSON, "{} {}", 400, "malformed_json", &[]),
    case("POST /api/v1/organisations", JSON, "{'country': 'IT'}", 400, "malformed_json", &[]),
    case("POST /api/v1/projects", JSON, "{\"total_cost\": {\"amount\": 01, \"currency\": \"EUR\"}}", 400, "malformed_json", &[]),
    case("POST /api/v1/projects", JSON, "{\"total_cost\": {\"amount\": NaN, \"currency\": \"EUR\"}}", 400, "malformed_json", &[]),

    // A field twice: which of the two is meant, nobody can tell.
    organisation("{\"country\": \"IT\", \"country\": \"FR\"}", &["/country repeated_field"]),
    organisation("{\"country\": \"IT\", \"\\u0063ountry\": \"IT\"}", &["/country repeated_field"]),
    organisation("{\"names\": [{\"value\": \"A\"}, {\"value\": \"B\", \"value\": \"C\"}]}", &["/names/1/value repeated_field"]),
    case("PATCH {organisation}", PATCH, "{\"country\": \"FR\", \"country\": null}", 422, "invalid_body", &["/country repeated_field"]),

    // Bodies of the wrong kind.
    organisation("[]", &[" wrong_type"]),
    organisation("null", &[" wrong_type"]),
    organisation("\"IT\"", &[" wrong_type"]),
    organisation("{\"countri\": \"IT\"}", &["/countri unknown_field"]),
    organisation("{\"id\": \"0198c0de-0000-7000-8000-000000000000\"}", &["/id read_only"]),
    organisation("{\"label\": \"Mine\", \"version\": 2}", &["/label read_only", "/version read_only"]),
    organisation("{\"names\": \"ISMU\"}", &["/names wrong_type"]),
    organisation("{\"names\": {\"value\": \"ISMU\"}}", &["/names wrong_type"]),
    organisation("{\"names\": {\"en\": \"ISMU\"}}", &["/names wrong_type"]),
    organisation("{\"names\": [\"ISMU\"]}", &["/names/0 wrong_type"]),
    organisation("{\"names\": [{}]}", &["/names/0/value required"]),
    organisation("{\"names\": [{\"value\": \"\"}]}", &["/names/0/value empty"]),
    organisation("{\"names\": [{\"value\": \"a\\nb\"}]}", &["/names/0/value control_character"]),
    organisation("{\"names\": [{\"value\": \"a\", \"kind\": \"nick\"}]}", &["/names/0/kind unknown_name_kind"]),
    organisation("{\"names\": [{\"value\": \"a\", \"language\": \"italiano!\"}]}", &["/names/0/language invalid_language_tag"]),
    organisation("{\"names\": [{\"value\": \"a\", \"kind\": \"legal\"}, {\"value\": \"b\", \"kind\": \"legal\"}]}", &["/names repeated_legal_name"]),
    organisation("{\"country\": \"XX\"}", &["/country unknown_country"]),
    organisation("{\"country\": \"Italy\"}", &["/country unknown_country"]),
    organisation("{\"country\": 39}", &["/country wrong_type"]),
    organisation("{\"type\": \"bakery\"}", &["/type unknown_organisation_type"]),
    organisation("{\"sme\": \"yes\"}", &["/sme wrong_type"]),
    organisation("{\"homepage\": \"javascript:alert(1)\"}", &["/homepage unsupported_scheme"]),
    organisation("{\"place\": {\"nuts\": \"Lombardy\"}}", &["/place/nuts invalid_nuts"]),
    organisation("{\"place\": {\"coordinates\": {\"latitude\": 91, \"longitude\": 0}}}", &["/place/coordinates invalid_coordinates"]),
    organisation("{\"place\": {\"coordinates\": {\"latitude\": 45}}}", &["/place/coordinates/longitude required"]),

    // Dates.
    organisation("{\"founded\": \"22\"}", &["/founded invalid_date"]),
    organisation("{\"founded\": \"2021-02-30\"}", &["/founded no_such_date"]),
    organisation("{\"founded\": \"2021-13\"}", &["/founded no_such_date"]),
    organisation("{\"founded\": \"01/02/2021\"}", &["/founded invalid_date"]),
    organisation("{\"founded\": 1993}", &["/founded wrong_type"]),
    new_project("{\"period\": {\"start\": \"2021\", \"end\": \"2020\"}}", &["/period end_before_start"]),
    new_project("{\"period\": \"2013-2015\"}", &["/period invalid_date"]),
    new_project("{\"period\": {\"start\": \"2021-03-01T00:00:00Z\"}}", &["/period/start invalid_date"]),
    new_project("{\"period\": 2013}", &["/period wrong_type"]),
    new_project("{\"period\": {\"begin\": \"2021\"}}", &["/period/begin unknown_field"]),

    // Money.
    new_project("{\"total_cost\": 100}", &["/total_cost wrong_type"]),
    new_project("{\"total_cost\": {\"amount\": 100}}", &["/total_cost/currency required"]),
    new_project("{\"total_cost\": {\"amount\": 0.001, \"currency\": \"EUR\"}}", &["/total_cost/amount too_many_decimals"]),
    new_project("{\"total_cost\": {\"amount\": -1, \"currency\": \"EUR\"}}", &["/total_cost/amount negative_amount"]),
    new_project("{\"total_cost\": {\"amount\": \"1,000.00\", \"currency\": \"EUR\"}}", &["/total_cost/amount invalid_amount"]),
    new_project("{\"total_cost\": {\"amount\": 1e30, \"currency\": \"EUR\"}}", &["/total_cost/amount amount_too_large"]),
    new_project("{\"total_cost\": {\"amount\": 1, \"currency\": \"EURO\"}}", &["/total_cost/currency unknown_currency"]),
    new_project("{\"total_cost\": {\"amount\": -1, \"currency\": \"EURO\"}}", &["/total_cost/currency unknown_currency", "/total_cost/amount negative_amount"]),
    new_project("{\"total_cost\": {\"amount\": null, \"currency\": \"EUR\"}}", &["/total_cost/amount required"]),

    // Identifiers and references.
    organisation("{\"external_ids\": [\"pic:12\"]}", &["/external_ids/0 invalid_external_id"]),
    organisation("{\"external_ids\": [{\"scheme\": \"ror\", \"value\": \"02mhbdp95\"}]}", &["/external_ids/0/value wrong_check_digit"]),
    organisation("{\"external_ids\": [{\"scheme\": \"passport\", \"value\": \"1\"}]}", &["/external_ids/0/scheme unknown_scheme"]),
    organisation("{\"external_ids\": [\"vat:MISSING\"]}", &["/external_ids/0 invalid_external_id"]),
    organisation("{\"external_ids\": [\"pic:999999999\", \"pic:999999999\"]}", &["/external_ids/1 repeated_external_id"]),
    organisation("{\"external_ids\": [\"pic:968823876\"]}", &["/external_ids/0 duplicate_external_id"]),
    organisation("{\"parent_id\": \"pic:968823876\"}", &["/parent_id invalid_id"]),
    organisation("{\"parent_id\": \"0198c0de-0000-7000-8000-000000000000\"}", &["/parent_id dangling_reference"]),
    new_project("{\"fundings\": [{\"kind\": \"loan\", \"amount\": {\"amount\": 1}}]}", &["/fundings/0/kind unknown_funding_kind", "/fundings/0/amount/currency required"]),
    new_project("{\"titles\": {\"english!\": \"x\"}}", &["/titles/english! invalid_language_tag"]),
    new_project("{\"themes\": [{\"label\": \"migration\"}]}", &["/themes/0/vocabulary required", "/themes/0/code required"]),

    // Every fault at once, in the order of the fields.
    organisation(
        "{\"country\": \"XX\", \"founded\": \"22\", \"sme\": 1, \"nonsense\": true, \"names\": [{\"value\": \" \"}]}",
        &["/names/0/value empty", "/country unknown_country", "/sme wrong_type", "/founded invalid_date", "/nonsense unknown_field"],
    ),

    // Merge patches.
    case("PATCH {organisation}", PATCH, "[]", 422, "invalid_body", &[" wrong_type"]),
    case("PATCH {organisation}", PATCH, "{\"country\": \"XX\"}", 422, "invalid_body", &["/country unknown_country"]),
    case("PATCH {organisation}", PATCH, "{\"nonsense\": null}", 422, "invalid_body", &["/nonsense unknown_field"]),
    case("PATCH {organisation}", PATCH, "{\"label\": \"x\"}", 422, "invalid_body", &["/label read_only"]),
    case("PATCH {organisation}", JSON, "{}", 428, "if_match_required", &[]),
    case("PATCH {organisation}", &[("Content-Type", "application/json-patch+json"), ("If-Match", "*")], "[]", 415, "unsupported_media_type", &[]),

    // Media types and headers.
    case("POST /api/v1/organisations", &[("Content-Type", "text/plain")], "{}", 415, "unsupported_media_type", &[]),
    case("POST /api/v1/organisations", NONE, "{}", 415, "unsupported_media_type", &[]),
    case("POST /api/v1/organisations", &[("Content-Type", "application/json; charset=utf-16")], "{}", 415, "unsupported_media_type", &[]),
    case("POST /api/v1/organisations", &[("Content-Type", "application/json"), ("Content-Encoding", "gzip")], "{}", 415, "unsupported_media_type", &[]),
    case("POST /api/v1/organisations", &[("Content-Type", "application/json"), ("Idempotency-Key", "has space")], "{}", 400, "invalid_parameters", &["header:Idempotency-Key invalid_idempotency_key"]),
    case("DELETE {organisation}", &[("If-Match", "3")], "", 400, "invalid_parameters", &["header:If-Match invalid_etag"]),
    case("DELETE {organisation}", &[("If-Match", "W/\"1\"")], "", 400, "invalid_parameters", &["header:If-Match weak_etag"]),
    case("GET /api/v1/projects", &[("Accept", "image/png")], "", 406, "not_acceptable", &[]),
    case("GET /api/v1/projects", &[("Accept-Encoding", "identity;q=0")], "", 406, "not_acceptable", &[]),

    // Paths.
    query("GET /api/v1/organisations/nonsense", &["?id invalid_id"]),
    query("GET /api/v1/programmes/H2020", &["?id invalid_id"]),
    query("GET /api/v1/calls/H2020%20SC6", &["?id invalid_id"]),
    query("GET /api/v1/projects/SPRING/participations", &["?id invalid_id"]),
    query("GET /api/v1/organisations/pic:12", &["?id invalid_external_id"]),
    query("GET /api/v1/organisations/passport:12", &["?id unknown_scheme"]),
    case("GET /api/v1/organisations/pic:999999999", NONE, "", 404, "not_found", &[]),
    case("GET /api/v1/projects/0198c0de-0000-7000-8000-000000000000", NONE, "", 404, "not_found", &[]),
    case("GET /api/v1/organizations", NONE, "", 404, "unknown_path", &[]),
    case("DELETE /api/v1/projects", NONE, "", 405, "method_not_allowed", &[]),

    // Parameters.
    query("GET /api/v1/projects?colour=red", &["?colour unknown_parameter"]),
    query("GET /api/v1/projects?limit=0", &["?limit invalid_limit"]),
    query("GET /api/v1/projects?limit=1001", &["?limit invalid_limit"]),
    query("GET /api/v1/projects?limit=ten", &["?limit invalid_limit"]),
    query("GET /api/v1/projects?limit=1&limit=2", &["?limit repeated_parameter"]),
    query("GET /api/v1/projects?sort=colour", &["?sort unknown_sort"]),
    query("GET /api/v1/projects?sort=acronym,-acronym", &["?sort repeated_sort"]),
    query("GET /api/v1/projects?status=done", &["?status unknown_project_status"]),
    query("GET /api/v1/projects?country=IT,", &["?country empty_value"]),
    query("GET /api/v1/projects?country=Italia", &["?country unknown_country"]),
    query("GET /api/v1/projects?start_date_from=yesterday", &["?start_date_from invalid_date"]),
    query("GET /api/v1/projects?start_date_from=2020&start_date_to=2019", &["?start_date_from empty_range"]),
    query("GET /api/v1/projects?updated_at_from=2020-01-01T00:00", &["?updated_at_from invalid_instant"]),
    query("GET /api/v1/projects?total_cost_from=cheap", &["?total_cost_from invalid_amount"]),
    query("GET /api/v1/projects?organisation=ismu", &["?organisation invalid_id"]),
    query("GET /api/v1/projects?q=%20", &["?q empty_search"]),
    query("GET /api/v1/projects?q=%FF", &["?q malformed_encoding"]),
    query("GET /api/v1/projects?fields=colour", &["?fields unknown_name"]),
    query("GET /api/v1/projects?include=weather", &["?include unknown_name"]),
    query("GET /api/v1/projects?format=xml", &["?format unknown_format"]),
    query("GET /api/v1/projects?cursor=nonsense", &["?cursor invalid_cursor"]),
    query("GET /api/v1/projects?cursor=eyJmIjoxLCJ2IjpbXSwiayI6IjAxOThjMGRlLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMCJ9", &["?cursor invalid_cursor"]),
    query("GET /api/v1/organisations?sme=maybe", &["?sme invalid_boolean"]),
    query("GET /api/v1/themes?level=0", &["?level invalid_level"]),
    query("GET /api/v1/themes?level=%2B1&under=&colour=red", &["?under empty_value", "?level invalid_level", "?colour unknown_parameter"]),
    query("GET /api/v1/themes?organisation=ismu&sort=path", &["?organisation invalid_id", "?sort unknown_sort"]),
    query("GET /api/v1/themes/vocabularies?limit=1", &["?limit unknown_parameter"]),
    query("GET /api/v1/projects?colour=red&limit=0&sort=x&status=done", &["?status unknown_project_status", "?sort unknown_sort", "?limit invalid_limit", "?colour unknown_parameter"]),
];

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bad_input.json");

#[test]
fn each_fault_gets_its_exact_problem_document() {
    assert!(CASES.len() >= 60);
    let kept = fs::read_to_string(FILE).unwrap_or_else(|_| "{}".to_owned());
    let kept: Map<String, Value> = serde_json::from_str(&kept).expect("bad_input.json is JSON");
    let found = RefCell::new(Map::new());
    on_both_engines(|api| {
        let made = api.create(ORGANISATIONS, &organisation_with_pic("ISMU", "IT", "968823876"));
        api.create(PROJECTS, &project("SPRING", "2021/2023"));
        let mut wrong = String::new();
        for case in CASES {
            let answer = send(api, case, &path(ORGANISATIONS, &made));
            match check(case, &answer) {
                Ok(problem) => {
                    found.borrow_mut().insert(name(case), problem);
                }
                Err(fault) => wrong = format!("{wrong}\n{}\n{fault}\n", name(case)),
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
        assert_eq!(api.get(ORGANISATIONS).total(), 1, "a refused request made a record");
        assert_eq!(api.get(ORGANISATIONS).data()[0], made, "a refused request changed a record");
    });
    let found = found.into_inner();
    assert_eq!(found.len(), CASES.len(), "two cases have the same name");
    if std::env::var_os("CONSORTIA_TESTS_WRITE").is_some() {
        let text = serde_json::to_string_pretty(&found).expect("JSON") + "\n";
        fs::write(FILE, text).expect("bad_input.json is written");
        return;
    }
    for (name, problem) in &found {
        assert_eq!(Some(problem), kept.get(name), "{name}");
    }
    assert_eq!(found.len(), kept.len(), "bad_input.json holds cases that are gone");
}

fn name(case: &Case) -> String {
    let headers: String = case
        .headers
        .iter()
        .filter(|header| !JSON.contains(header))
        .fold(String::new(), |text, (name, value)| format!("{text} [{name}: {value}]"));
    format!("{}{headers} {}", case.request, case.body)
}

fn send(api: &Server, case: &Case, organisation: &str) -> Answer {
    let (method, at) = case.request.split_once(' ').expect("a method and a path");
    let at = at.replace("{organisation}", organisation);
    let mut request = api.client().request(method, &at);
    for (name, value) in case.headers {
        request = request.header(name, value);
    }
    request.body("", case.body).send()
}

/// The document without what differs from run to run, when it names the faults expected.
fn check(case: &Case, answer: &Answer) -> Result<Value, String> {
    if answer.status != case.status || answer.json()["code"] != case.code {
        return Err(format!("expected {} {}, found {}", case.status, case.code, answer.text()));
    }
    let problem = answer.problem(case.status, case.code);
    let faults: Vec<String> =
        problem["errors"].as_array().into_iter().flatten().map(place_and_code).collect();
    if faults != case.faults {
        return Err(format!("expected {:?}, found {faults:?}\n{problem:#}", case.faults));
    }
    Ok(with_named_ids(problem))
}

fn place_and_code(fault: &Value) -> String {
    let text = |field: &str| fault[field].as_str().unwrap_or_default();
    let place = match (fault.get("parameter"), fault.get("header")) {
        (Some(_), _) => format!("?{}", text("parameter")),
        (_, Some(_)) => format!("header:{}", text("header")),
        _ => text("pointer").to_owned(),
    };
    assert!(text("detail").len() > 15, "a sentence is wanted: {fault:#}");
    format!("{place} {}", text("code"))
}
