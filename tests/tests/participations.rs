//! Participations: an organisation in a project, in one role.

use consortia_tests::on_both_engines;
use consortia_tests::samples::{
    ORGANISATIONS, PROJECTS, column, id, money, organisation, participation, path, project,
};
use serde_json::{Value, json};

#[test]
fn every_stated_fact_comes_back_as_stated() {
    on_both_engines(|api| {
        let ismu = api.create(ORGANISATIONS, &organisation("Fondazione ISMU", "IT"));
        let spring = api.create(PROJECTS, &project("SPRING", "2021-03-01/2023-02-28"));
        let at = format!("{}/participations", path(PROJECTS, &spring));
        let stated = json!({
            "organisation_id": ismu["id"], "role": "coordinator", "order": 1,
            "period": {"start": "2021-03-01", "end": null},
            "ec_contribution": {"amount": 377_006.44, "currency": "EUR"},
            "net_ec_contribution": {"amount": 377_006.44, "currency": "EUR"},
            "total_cost": {"amount": 400_000.01, "currency": "EUR"},
            "ended": false
        });
        let answer = api.post(&at, &stated).expect(201);
        let made = answer.json();
        for (field, value) in stated.as_object().expect("an object") {
            assert_eq!(&made[field], value, "{field}");
        }
        assert_eq!(made["project_id"], spring["id"]);
        assert_eq!(made["organisation"]["label"], "Fondazione ISMU");
        assert_eq!(made["organisation"]["country"], "IT");
        assert_eq!(made["project"]["label"], "SPRING");
        assert_eq!(api.get(answer.header("location")).expect(200).json(), made);
    });
}

#[test]
fn unknown_and_nothing_are_different() {
    on_both_engines(|api| {
        let ismu = api.create(ORGANISATIONS, &organisation("Fondazione ISMU", "IT"));
        let spring = api.create(PROJECTS, &project("SPRING", "2021/2023"));
        let at = format!("{}/participations", path(PROJECTS, &spring));
        let with = |amount: Value| {
            let body = json!({"organisation_id": ismu["id"], "ec_contribution": amount});
            api.create(&at, &body)
        };
        let nothing = with(json!({"amount": 0, "currency": "EUR"}));
        assert_eq!(money(&nothing["ec_contribution"]), "0.00 EUR");
        let unknown = with(Value::Null);
        assert_eq!((&unknown["ec_contribution"], &unknown["role"]), (&Value::Null, &Value::Null));
    });
}

#[test]
fn an_organisation_may_take_part_twice() {
    on_both_engines(|api| {
        let ismu = api.create(ORGANISATIONS, &organisation("Fondazione ISMU", "IT"));
        let spring = api.create(PROJECTS, &project("SPRING", "2021/2023"));
        let at = format!("{}/participations", path(PROJECTS, &spring));
        api.create(&at, &participation(&ismu, "coordinator"));
        api.create(&at, &participation(&ismu, "third_party"));
        let list = api.get(&at).expect(200);
        assert_eq!(list.total(), 2);
        let projects = api.get(&format!("{}/projects", path(ORGANISATIONS, &ismu))).expect(200);
        assert_eq!(projects.total(), 1, "the project counts once");
    });
}

#[test]
fn a_participation_is_changed_and_removed_like_any_record() {
    on_both_engines(|api| {
        let client = api.client();
        let ismu = api.create(ORGANISATIONS, &organisation("Fondazione ISMU", "IT"));
        let spring = client.post(PROJECTS, &project("SPRING", "2021/2023")).expect(201);
        let list = format!("{}/participations", spring.header("location"));
        let made = client.post(&list, &participation(&ismu, "participant")).expect(201);
        let at = made.header("location").to_owned();
        client.patch(&at, "\"7\"", &json!({"role": "coordinator"})).problem(412, "stale_version");
        let changed = client.patch(&at, made.etag(), &json!({"role": "coordinator"})).expect(200);
        assert_eq!(changed.json()["role"], "coordinator");
        let revisions = client.get(&format!("{at}/revisions")).expect(200).data();
        assert_eq!(column(&revisions, "action"), ["created", "updated"]);
        client.delete(&at, changed.etag()).expect(204);
        client.get(&at).problem(410, "gone");
        assert_eq!(client.get(&list).total(), 0);
        client.delete(spring.header("location"), spring.etag()).expect(204);
        client.get(&list).problem(410, "gone");
    });
}

#[test]
fn a_participation_needs_an_organisation_that_exists() {
    on_both_engines(|api| {
        let spring = api.create(PROJECTS, &project("SPRING", "2021/2023"));
        let at = format!("{}/participations", path(PROJECTS, &spring));
        let problem = api.post(&at, &json!({"role": "partner"})).problem(422, "invalid_body");
        assert_eq!(problem["errors"][0]["code"], "required", "{problem:#}");
        let nobody = json!({"organisation_id": "0198c0de-0000-7000-8000-000000000000"});
        let problem = api.post(&at, &nobody).problem(422, "invalid_body");
        assert_eq!(problem["errors"][0]["pointer"], "/organisation_id", "{problem:#}");
        api.post("/api/v1/projects/0198c0de-0000-7000-8000-000000000000/participations", &nobody)
            .problem(404, "not_found");
    });
}

#[test]
fn the_projects_of_an_organisation_are_a_list_like_any_other() {
    on_both_engines(|api| {
        let ismu = api.create(ORGANISATIONS, &organisation("Fondazione ISMU", "IT"));
        for (acronym, role) in [("MINE", "coordinator"), ("THEIRS", "participant")] {
            let made = api.create(PROJECTS, &project(acronym, "2021/2023"));
            let at = format!("{}/participations", path(PROJECTS, &made));
            api.create(&at, &participation(&ismu, role));
        }
        api.create(PROJECTS, &project("OTHER", "2021/2023"));
        let at = format!("{}/projects", path(ORGANISATIONS, &ismu));
        let list = api.get(&format!("{at}?sort=acronym")).expect(200).data();
        assert_eq!(column(&list, "acronym"), ["MINE", "THEIRS"]);
        let mine = api.get(&format!("{PROJECTS}?coordinator={}", id(&ismu))).expect(200).data();
        assert_eq!(column(&mine, "acronym"), ["MINE"]);
        let page = api.get(&format!("{at}?sort=acronym&limit=1")).expect(200).json();
        assert_eq!((&page["page"]["total"], &page["page"]["limit"]), (&json!(2), &json!(1)));
    });
}
