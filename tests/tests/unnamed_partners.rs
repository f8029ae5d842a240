//! Partners of which only the group is known stand beside those that are named, and are never
//! counted among them.

use consortia_tests::samples::{ORGANISATIONS, PROJECTS, id, organisation, participation, path};
use consortia_tests::{Server, on_both_engines};
use serde_json::{Value, json};

fn taking_part(api: &Server, project: &Value, organisation: &Value) {
    let at = format!("{}/participations", path(PROJECTS, project));
    api.create(&at, &participation(organisation, "partner"));
}

fn unnamed(api: &Server, organisation: &Value, scope: &str) -> Value {
    let at = path(ORGANISATIONS, organisation);
    let list = api.get(&format!("{at}/partners?{scope}")).expect(200).json();
    let diversity = api.get(&format!("{at}/diversity?{scope}")).expect(200).json();
    let profile = api.get(&format!("{at}/profile?{scope}")).expect(200).json();
    let found = list["summary"]["unnamed"].clone();
    assert_eq!(diversity["unnamed"], found, "{scope}");
    assert_eq!(profile["unnamed_partners"], found, "{scope}");
    found
}

/// The sizes of the groups, as far as they are at least.
fn sizes(found: &Value) -> Vec<u64> {
    let all = found.as_array().expect("a list").iter();
    all.map(|of| of["group"]["count"]["at_least"].as_u64().unwrap_or_default()).collect()
}

#[test]
fn groups_stand_beside_the_partners_of_the_projects_counted() {
    on_both_engines(|api| {
        let [ismu, city, stranger] = ["ISMU", "Comune di Milano", "Stranger"]
            .map(|name| api.create(ORGANISATIONS, &organisation(name, "IT")));
        let network = api.create(
            PROJECTS,
            &json!({
                "acronym": "NETWORK", "period": "2019/2023",
                "groups": [
                    {"part": "partner", "of": "organisations", "count": 43, "country_count": 37},
                    {"part": "participant", "of": "people", "count": 60}
                ]
            }),
        );
        let pop = api.create(
            PROJECTS,
            &json!({
                "acronym": "POP II", "period": "/2014",
                "groups": [{"part": "partner", "of": "organisations", "count": ">=7"}]
            }),
        );
        let plain = api.create(PROJECTS, &json!({"acronym": "PLAIN", "period": "2019/2023"}));
        for project in [&network, &pop, &plain] {
            taking_part(api, project, &ismu);
        }
        taking_part(api, &plain, &city);
        taking_part(api, &plain, &stranger);

        let found = unnamed(api, &ismu, "");
        assert_eq!(sizes(&found), [43, 7]);
        assert_eq!(found[0]["project"]["id"], network["id"]);
        assert_eq!(found[0]["project"]["label"], "NETWORK");
        assert_eq!(found[0]["group"], network["groups"][0]);
        let bounds = &found[0]["bounds"];
        let known = "/api/v1/network/diversity-bounds?items=43&classes=37";
        for measure in ["items", "richness", "blau", "shannon", "effective_1", "evenness"] {
            assert_eq!(bounds[measure], api.get(known).expect(200).json()[measure], "{measure}");
        }
        // At least seven is not exactly seven.
        assert_eq!(found[1]["bounds"], Value::Null);

        // They are no partners: nothing counts them.
        let at = path(ORGANISATIONS, &ismu);
        let list = api.get(&format!("{at}/partners")).expect(200);
        assert_eq!((list.total(), &list.json()["summary"]["partners"]), (2, &json!(2)));
        assert_eq!(list.json()["summary"]["projects"], 3);
        let diversity = api.get(&format!("{at}/diversity")).expect(200).json();
        assert_eq!((&diversity["partners"], &diversity["collaborations"]), (&json!(2), &json!(2)));

        // Only those of the projects counted, and only to who takes part in these.
        assert_eq!(sizes(&unnamed(api, &ismu, "active_from=2018")), [43]);
        assert_eq!(sizes(&unnamed(api, &ismu, "active_to=2014-12-31")), [7]);
        assert!(sizes(&unnamed(api, &ismu, "status=ongoing")).is_empty());
        assert!(sizes(&unnamed(api, &ismu, "programme=unknown&start_date_from=2020")).is_empty());
        assert_eq!(sizes(&unnamed(api, &ismu, "role=coordinator")), [43, 7]);
        assert!(sizes(&unnamed(api, &city, "")).is_empty());

        // A part of it takes part for it, where parts count as their parents.
        let body = json!({"names": [{"value": "Part"}], "parent_id": city["id"]});
        let part = api.create(ORGANISATIONS, &body);
        taking_part(api, &pop, &part);
        assert!(sizes(&unnamed(api, &city, "")).is_empty());
        assert_eq!(sizes(&unnamed(api, &city, "rollup=parent")), [7]);
        assert_eq!(sizes(&unnamed(api, &part, "")), [7]);
    });
}

#[test]
fn groups_come_and_go_with_what_is_written() {
    on_both_engines(|api| {
        let client = api.client();
        let ismu = api.create(ORGANISATIONS, &organisation("ISMU", "IT"));
        let project = api.create(PROJECTS, &json!({"acronym": "POP II"}));
        taking_part(api, &project, &ismu);
        let at = path(PROJECTS, &project);
        let state = |groups: Value| {
            let etag = api.get(&at).expect(200).etag().to_owned();
            client.patch(&at, &etag, &json!({"groups": groups})).expect(200);
            unnamed(api, &ismu, "")
        };
        let seven =
            json!({"part": "partner", "of": "organisations", "count": 7, "country_count": 1});
        assert!(sizes(&unnamed(api, &ismu, "")).is_empty());
        let found = state(json!([seven]));
        assert_eq!(sizes(&found), [7]);
        assert_eq!(found[0]["bounds"]["blau"], json!({"least": 0.0, "greatest": 0.0}));
        let sorts = json!({"part": "partner", "of": "organisations", "kinds": ["agency"]});
        let found = state(json!([sorts, seven]));
        assert_eq!(sizes(&found), [0, 7]);
        // They stand beside the network too, and in the legend of its drawing.
        let around = format!("{}/network", path(ORGANISATIONS, &ismu));
        assert_eq!(api.get(&around).expect(200).json()["unnamed"], json!(found));
        let drawn = api.get(&format!("{around}?format=svg")).expect(200).text();
        assert!(drawn.contains("Partners nobody names: organisations; 7"), "{drawn}");
        assert_eq!(found[0]["bounds"], Value::Null);
        let others = json!([{"part": "beneficiary", "of": "people", "count": 7}]);
        assert!(sizes(&state(others)).is_empty());
        assert_eq!(sizes(&state(json!([seven]))), [7]);
        let read = api.get(&format!("{PROJECTS}?group=partner")).expect(200);
        assert_eq!(id(&read.data()[0]), id(&project));

        let etag = api.get(&at).expect(200).etag().to_owned();
        client.delete(&at, &etag).expect(204);
        assert!(sizes(&unnamed(api, &ismu, "")).is_empty());
    });
}
