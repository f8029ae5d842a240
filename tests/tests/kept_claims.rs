//! Claims that are kept with their source, and checked at any time.

use consortia_tests::samples::{
    ORGANISATIONS, PROJECTS, column, organisation, organisation_with_pic, participation, path,
    project,
};
use consortia_tests::{Engine, Server, on_both_engines};
use serde_json::{Value, json};

const CLAIMS: &str = "/api/v1/claims";

fn faults(api: &Server, body: &Value) -> Vec<String> {
    let problem = api.post(CLAIMS, body).problem(422, "invalid_body");
    let faults = problem["errors"].as_array().expect("faults");
    faults.iter().map(|f| format!("{} {}", f["pointer"], f["code"]).replace('"', "")).collect()
}

#[test]
fn a_claim_is_kept_with_its_source_and_checked_as_the_registry_changes() {
    on_both_engines(|api| {
        let ismu = api.create(ORGANISATIONS, &organisation_with_pic("ISMU", "IT", "968823876"));
        let partner = api.create(ORGANISATIONS, &organisation("Partner", "BE"));
        let page = api.create("/api/v1/sources", &json!({"title": "A partner profile"}));
        let stated = json!({
            "organisation_id": ismu["id"],
            "figures": {"partners": 1, "partner_countries": "1", "coordinated": ">=1"},
            "scope": {"active_from": "2018"},
            "wording": "One partner, which it leads",
            "source_id": page["id"],
        });
        let answer = api.post(CLAIMS, &stated).expect(201);
        let kept = answer.json();
        assert_eq!(kept["label"], "One partner, which it leads");
        assert_eq!(
            kept["figures"],
            json!({"coordinated": ">=1", "partner_countries": "1", "partners": "1"})
        );
        assert_eq!(kept["scope"], json!({"active_from": ["2018"]}));
        assert_eq!(
            (&kept["organisation"]["label"], &kept["source"]["label"]),
            (&json!("ISMU"), &json!("A partner profile"))
        );
        let check = format!("{}/check", path(CLAIMS, &kept));
        let report = api.get(&check).expect(200).json();
        assert_eq!(report["verdict"], "contradicts");
        let spring = api.create(PROJECTS, &project("SPRING", "2021/2023"));
        let seats = format!("{}/participations", path(PROJECTS, &spring));
        api.create(&seats, &participation(&ismu, "coordinator"));
        api.create(&seats, &participation(&partner, "participant"));
        let report = api.get(&check).expect(200).json();
        assert_eq!(report["verdict"], "agrees", "{report}");
        assert_eq!(report["scope"], json!({"active_from": ["2018"]}));
        // It holds its organisation and its source.
        for (collection, record) in [(ORGANISATIONS, &ismu), ("/api/v1/sources", &page)] {
            let at = path(collection, record);
            api.client().delete(&at, api.get(&at).etag()).problem(409, "in_use");
        }
        let at = path(CLAIMS, &kept);
        let more = json!({"figures": {"partners": "2"}, "scope": null});
        let changed = api.client().patch(&at, api.get(&at).etag(), &more).expect(200).json();
        assert_eq!(changed["figures"]["partner_countries"], "1", "what is left out stays");
        assert_eq!(api.get(&check).json()["verdict"], "contradicts");
        assert_eq!(api.get(&format!("{CLAIMS}?organisation=pic:968823876&q=leads")).total(), 1);
        assert_eq!(api.get(&format!("{CLAIMS}?organisation=!pic:968823876")).total(), 0);
        let history = api.get(&format!("{at}/revisions")).data();
        assert_eq!(column(&history, "action"), ["created", "updated"]);
        api.client().delete(&at, api.get(&at).etag()).expect(204);
        api.get(&check).problem(410, "gone");
        api.get(&format!("{CLAIMS}/pic:968823876/check")).problem(400, "invalid_parameters");
    });
}

#[test]
fn only_what_can_be_checked_is_kept() {
    on_both_engines(|api| {
        let ismu = api.create(ORGANISATIONS, &organisation("ISMU", "IT"));
        let with = |figures: Value, scope: Value| {
            faults(api, &json!({"organisation_id": ismu["id"], "figures": figures, "scope": scope}))
        };
        assert_eq!(with(json!({}), json!({})), ["/figures no_claim"]);
        assert_eq!(
            with(json!({"partners": "many"}), json!({})),
            ["/figures/partners not_a_number"]
        );
        assert_eq!(with(json!({"friends": "3"}), Value::Null), ["/figures/friends unknown_name"]);
        assert_eq!(
            with(json!({"partners": [3]}), json!(7)),
            ["/figures/partners wrong_type", "/scope wrong_type"]
        );
        assert_eq!(
            with(json!({"partners": 3}), json!({"role": "boss", "active_from": ["22"]})),
            ["/scope/role unknown_role", "/scope/active_from invalid_date"]
        );
        assert_eq!(
            with(json!({"partners": 3}), json!({"organisation": "x", "limit": "2"})),
            ["/scope/limit unknown_name", "/scope/organisation unknown_name"]
        );
        let stranger = json!({
            "organisation_id": "0198c0de-0000-7000-8000-000000000001", "figures": {"projects": 1}
        });
        assert_eq!(faults(api, &stranger), ["/organisation_id dangling_reference"]);
        assert_eq!(faults(api, &json!({})), ["/organisation_id required", "/figures required"]);
    });
}

#[test]
fn a_value_listed_again_and_again_is_one_also_where_it_was_kept_so() {
    on_both_engines(|api| {
        let owner = api.create(ORGANISATIONS, &organisation("Owner", "IT"));
        let stated = json!({
            "organisation_id": owner["id"],
            "figures": {"partners": " 1 \n"},
            "scope": {"programme": vec!["EC"; 11]},
        });
        let kept = api.create(CLAIMS, &stated);
        assert_eq!(kept["scope"], json!({"programme": ["EC"]}));
        assert_eq!(
            (&kept["label"], &kept["figures"]["partners"]),
            (&json!("partners 1"), &json!("1"))
        );
        // As versions kept it that did not look at repetitions.
        let many = format!("[{}]", [r#""EC""#; 11].join(","));
        let stored = match api.engine() {
            Engine::Sqlite => format!("json_set(content, '$.scope.programme', json('{many}'))"),
            Engine::Postgres => {
                format!("jsonb_set(content::jsonb, '{{scope,programme}}', '{many}')::json")
            }
        };
        let _ = api.place().query(&format!("UPDATE claims SET content = {stored}"));
        let at = path(CLAIMS, &kept);
        assert_eq!(api.get(&at).expect(200).json()["scope"], json!({"programme": ["EC"]}));
        assert_eq!(api.get(CLAIMS).expect(200).total(), 1);
        api.get(&format!("{at}/check")).expect(200);
        let more = json!({"wording": "One"});
        api.client().patch(&at, api.get(&at).etag(), &more).expect(200);
    });
}
