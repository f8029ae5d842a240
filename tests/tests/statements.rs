//! Sources, and what they say of the fields of records.

use consortia_tests::samples::{
    ORGANISATIONS, PROJECTS, column, id, organisation, organisation_with_pic, path, project,
};
use consortia_tests::{Server, on_both_engines};
use serde_json::{Value, json};

const SOURCES: &str = "/api/v1/sources";
const STATEMENTS: &str = "/api/v1/statements";

fn source(api: &Server, title: &str) -> Value {
    api.create(SOURCES, &json!({"title": title, "kind": "web_page", "seen_on": "2026-11"}))
}

fn stated(about: &Value, kind: &str, field: &str, value: Value, source: &Value) -> Value {
    let mut statement = json!({
        "about_kind": kind, "about_id": about["id"], "field": field, "source_id": source["id"],
    });
    statement["value"] = value;
    statement
}

fn faults(api: &Server, body: &Value) -> Vec<String> {
    let problem = api.post(STATEMENTS, body).problem(422, "invalid_body");
    let faults = problem["errors"].as_array().expect("faults");
    faults.iter().map(|f| format!("{} {}", f["pointer"], f["code"]).replace('"', "")).collect()
}

#[test]
fn conflicting_values_stand_side_by_side_and_one_is_preferred() {
    on_both_engines(|api| {
        let ismu = api.create(ORGANISATIONS, &organisation("Fondazione ISMU", "IT"));
        let at = path(ORGANISATIONS, &ismu);
        let agreement = source(api, "MSE, partnership agreement with ISMU");
        let profile = source(api, "ISMU as a partner in Horizon 2020");
        let mut since = stated(&ismu, "organisation", "/founded", json!("1993"), &agreement);
        since["quotation"] = json!("since 1993");
        since["locator"] = json!("third paragraph");
        let answer = api.post(STATEMENTS, &since).expect(201);
        let first = answer.json();
        for (field, value) in since.as_object().expect("an object") {
            assert_eq!(&first[field], value, "{field}");
        }
        assert_eq!(answer.header("location"), path(STATEMENTS, &first));
        assert_eq!((&first["about"], &first["basis"]), (&ismu["label"], &json!("stated")));
        assert_eq!(first["source"]["label"], "MSE, partnership agreement with ISMU");
        assert_eq!(first["source"]["seen_on"], "2026-11");
        // The record says nothing yet.
        assert_eq!(first["preferred"], false);
        let other = stated(&ismu, "organisation", "founded", json!("1990"), &profile);
        assert_eq!(api.create(STATEMENTS, &other)["field"], "/founded");

        assert!(api.get(&at).json().get("sources").is_none());
        let preferred = || -> Vec<(String, bool)> {
            let shown = api.get(&format!("{at}?include=sources")).expect(200).json();
            let sources = shown["sources"].as_array().expect("statements").clone();
            let one = |it: &Value| (it["value"].to_string(), it["preferred"] == true);
            sources.iter().map(one).collect()
        };
        assert_eq!(preferred(), [("\"1993\"".into(), false), ("\"1990\"".into(), false)]);
        for year in ["1993", "1990"] {
            let etag = api.get(&at).etag().to_owned();
            api.client().patch(&at, &etag, &json!({"founded": year})).expect(200);
            let found = preferred();
            assert_eq!(found.iter().filter(|(_, preferred)| *preferred).count(), 1);
            assert!(found.contains(&(format!("\"{year}\""), true)), "{found:?}");
        }
        // Lists show them as well, and so do narrowed fields.
        let listed = api.get(&format!("{ORGANISATIONS}?include=sources")).data();
        assert_eq!(listed[0]["sources"].as_array().map(Vec::len), Some(2));
        let narrowed = api.get(&format!("{at}?fields=label,sources")).json();
        assert_eq!(narrowed.as_object().map(serde_json::Map::len), Some(2));
    });
}

#[test]
fn an_element_of_a_list_is_stated_by_itself() {
    on_both_engines(|api| {
        let page = source(api, "A catalogue");
        let made = api.create(PROJECTS, &project("POP II", "/2014"));
        let at = path(PROJECTS, &made);
        let prefers = |field: &str, value: Value| {
            let body = stated(&made, "project", field, value, &page);
            let statement = api.create(STATEMENTS, &body);
            statement["preferred"].clone()
        };
        assert_eq!(prefers("/period", json!("/2014")), true);
        assert_eq!(prefers("/period", json!({"end": "2014"})), true);
        assert_eq!(prefers("/period/end", json!("2014-06")), false);
        assert_eq!(prefers("/titles/it", json!("Pari opportunità")), false);
        assert_eq!(prefers("/keywords", json!("training")), false);
        let change =
            json!({"keywords": ["school", "training"], "titles": {"it": "Pari opportunità"}});
        api.client().patch(&at, api.get(&at).etag(), &change).expect(200);
        let shown = api.get(&format!("{at}?include=sources")).json();
        let preferred = shown["sources"].as_array().expect("statements");
        let preferred = preferred.iter().filter(|it| it["preferred"] == true);
        let preferred: Vec<_> =
            preferred.map(|it| it["field"].as_str().expect("a field")).collect();
        assert_eq!(preferred, ["/keywords", "/period", "/period", "/titles/it"]);
    });
}

#[test]
fn nothing_is_stated_that_the_record_could_not_say() {
    on_both_engines(|api| {
        let ismu = api.create(ORGANISATIONS, &organisation("ISMU", "IT"));
        let page = source(api, "A page");
        let about = |field: &str, value: Value| {
            faults(api, &stated(&ismu, "organisation", field, value, &page))
        };
        assert_eq!(about("/founded", json!("22")), ["/value invalid_date"]);
        assert_eq!(about("/country", json!("Narnia")), ["/value unknown_country"]);
        assert_eq!(about("/names", json!({"kind": "legal"})), ["/value required"]);
        assert_eq!(about("/acronym", json!("ISMU")), ["/field unknown_field"]);
        assert_eq!(about("/place/street", json!("Via Copernico")), ["/field unknown_field"]);
        assert_eq!(about("/label", json!("ISMU")), ["/field read_only"]);
        assert_eq!(about("/names/0", json!("ISMU")), ["/field invalid_field"]);
        assert_eq!(about("/founded", Value::Null), ["/value required"]);
        assert_eq!(
            faults(api, &json!({"about_kind": "source", "about_id": "ISMU", "basis": "guessed"})),
            [
                "/about_id invalid_id",
                "/field required",
                "/value required",
                "/basis unknown_statement_basis",
                "/about_kind not_a_subject",
                "/source_id required",
            ]
        );
        let mut stranger = stated(&ismu, "project", "/acronym", json!("X"), &page);
        assert_eq!(faults(api, &stranger), ["/about_id dangling_reference"]);
        stranger["source_id"] = ismu["id"].clone();
        assert_eq!(faults(api, &stranger), ["/source_id dangling_reference"]);
        // What is inferred needs no source.
        let mut inferred = stated(&ismu, "organisation", "/founded", json!("1993"), &page);
        inferred["source_id"] = Value::Null;
        assert_eq!(faults(api, &inferred), ["/source_id required"]);
        inferred["basis"] = json!("inferred");
        inferred["note"] = json!("The year of its first report");
        api.post(STATEMENTS, &inferred).expect(201);
        let nameless = api.post(SOURCES, &json!({"kind": "document"}));
        assert_eq!(nameless.problem(422, "invalid_body")["errors"][0]["code"], "nameless_source");
    });
}

#[test]
fn statements_are_found_by_what_they_are_about_and_where_they_come_from() {
    on_both_engines(|api| {
        let ismu = api.create(ORGANISATIONS, &organisation_with_pic("ISMU", "IT", "968823876"));
        let spring = api.create(PROJECTS, &project("SPRING", "2021/2023"));
        let [one, two] = ["Annual report", "Partner profile"].map(|title| source(api, title));
        for body in [
            stated(&ismu, "organisation", "/founded", json!("1993"), &one),
            stated(&ismu, "organisation", "/place/city", json!("Milano"), &one),
            stated(&spring, "project", "/period/start", json!("2021-03"), &two),
        ] {
            api.create(STATEMENTS, &body);
        }
        let mut quoted = stated(&spring, "project", "/acronym", json!("PRIMAVERA"), &two);
        quoted["quotation"] = json!("detta Primavera, dal 17 aprile");
        let quoted = api.create(STATEMENTS, &quoted);
        for (query, total) in [
            (String::new(), 4),
            ("about=pic:968823876".to_owned(), 2),
            (format!("about={}", id(&spring)), 2),
            (format!("about=!{}", id(&spring)), 2),
            ("about_kind=project".to_owned(), 2),
            ("field=place".to_owned(), 1),
            ("field=/period".to_owned(), 1),
            ("field=/pla".to_owned(), 0),
            (format!("source={}", id(&one)), 2),
            ("basis=computed".to_owned(), 0),
            // Words of the source, of the record it is about, of its value and quotation.
            ("q=partner".to_owned(), 2),
            ("q=ismu".to_owned(), 2),
            ("q=milano".to_owned(), 1),
            ("q=17+aprile".to_owned(), 1),
            ("q=primavra".to_owned(), 0),
        ] {
            assert_eq!(
                api.get(&format!("{STATEMENTS}?{query}")).expect(200).total(),
                total,
                "{query}"
            );
        }
        let at = path(STATEMENTS, &quoted);
        api.client().delete(&at, api.get(&at).etag()).expect(204);
        assert_eq!(api.get(&format!("{STATEMENTS}?q=aprile")).total(), 0);
        let fields = api.get(&format!("{STATEMENTS}?sort=-field")).data();
        assert_eq!(column(&fields, "field"), ["/place/city", "/period/start", "/founded"]);
        assert_eq!(api.get(&format!("{SOURCES}?q=profile")).data()[0]["id"], two["id"]);
        assert_eq!(api.get(&format!("{SOURCES}?kind=web_page&seen_on_from=2026-11-30")).total(), 2);
        assert_eq!(api.get(&format!("{SOURCES}?seen_on_to=2026-10-31")).total(), 0);
        let csv = api.get(&format!("{STATEMENTS}?format=csv&sort=field")).text();
        assert!(csv.lines().nth(1).is_some_and(|line| line.contains(",/founded,")), "{csv}");
    });
}

#[test]
fn statements_go_with_their_record_and_hold_their_source() {
    on_both_engines(|api| {
        let page = source(api, "A page");
        let made = api.create(PROJECTS, &project("GONE", "2020/2021"));
        let partner = api.create(ORGANISATIONS, &organisation("Partner", "FR"));
        let seat = api.create(
            &format!("{}/participations", path(PROJECTS, &made)),
            &json!({"organisation_id": partner["id"]}),
        );
        let body = stated(&seat, "participation", "/role", json!("coordinator"), &page);
        let of_seat = api.create(STATEMENTS, &body);
        assert_eq!(of_seat["about"], "Partner in GONE");
        let of_project =
            api.create(STATEMENTS, &stated(&made, "project", "/acronym", json!("GONE"), &page));
        let used =
            api.client().delete(&path(SOURCES, &page), api.get(&path(SOURCES, &page)).etag());
        used.problem(409, "in_use");
        let at = path(PROJECTS, &made);
        api.client().delete(&at, api.get(&at).etag()).expect(204);
        for gone in [&of_seat, &of_project] {
            api.get(&path(STATEMENTS, gone)).problem(410, "gone");
            let history = api.get(&format!("{}/revisions", path(STATEMENTS, gone))).data();
            assert_eq!(column(&history, "action"), ["created", "deleted"]);
        }
        api.client()
            .delete(&path(SOURCES, &page), api.get(&path(SOURCES, &page)).etag())
            .expect(204);
    });
}

#[test]
fn sources_and_statements_are_changed_with_history() {
    on_both_engines(|api| {
        let page = source(api, "A page");
        let at = path(SOURCES, &page);
        let answer =
            api.client().patch(&at, api.get(&at).etag(), &json!({"seen_on": "2026-11-20"}));
        assert_eq!(answer.expect(200).json()["seen_on"], "2026-11-20");
        let made = api.create(ORGANISATIONS, &organisation("Org", "IT"));
        let body = stated(&made, "organisation", "/country", json!("IT"), &page);
        let statement = api.create(STATEMENTS, &body);
        assert_eq!(statement["preferred"], true);
        let there = path(STATEMENTS, &statement);
        let stale = api.get(&there).etag().to_owned();
        let changed =
            api.client().patch(&there, &stale, &json!({"value": "uk"})).expect(200).json();
        // As it was recorded; the record would say GB.
        assert_eq!((&changed["value"], &changed["preferred"]), (&json!("uk"), &json!(false)));
        api.client().patch(&there, &stale, &json!({"value": "FR"})).problem(412, "stale_version");
        let put = api.client().put(&there, api.get(&there).etag(), &body).expect(200).json();
        assert_eq!((&put["value"], &put["version"]), (&json!("IT"), &json!(3)));
        let history = api.get(&format!("{there}/revisions")).data();
        assert_eq!(history[1]["change"], json!({"value": "uk"}));
        api.get(&format!("{STATEMENTS}/pic:968823876")).problem(400, "invalid_parameters");
        api.client().delete(&there, api.get(&there).etag()).expect(204);
        assert!(
            api.get(&format!("{}?include=sources", path(ORGANISATIONS, &made))).json()["sources"]
                .as_array()
                .is_some_and(Vec::is_empty)
        );
    });
}
