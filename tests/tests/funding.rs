//! Funding chains: who pays for a project, through whom, and what it comes to.

use consortia_tests::samples::{
    ORGANISATIONS, PROGRAMMES, PROJECTS, column, id, money, organisation, path,
};
use consortia_tests::{Server, on_both_engines};
use serde_json::{Value, json};

fn project(api: &Server, acronym: &str, fundings: &Value) -> Value {
    api.create(PROJECTS, &json!({"acronym": acronym, "fundings": fundings}))
}

fn funded_under(api: &Server, project: &Value, payer: &Value) {
    api.create(
        "/api/v1/relations",
        &json!({
            "kind": "funded_under", "between": "projects",
            "from_id": project["id"], "to_id": payer["id"],
        }),
    );
}

fn chain(api: &Server, project: &Value) -> Value {
    api.get(&format!("{}/funding", path(PROJECTS, project))).expect(200).json()
}

fn euros(amount: f64) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

#[test]
fn a_chain_leads_from_the_project_to_whoever_pays_in_the_end() {
    on_both_engines(|api| {
        let [commission, ministry, consortium] = [
            ("European Commission", "BE"),
            ("Ministry of the Interior", "IT"),
            ("Consorzio Valle del Tevere", "IT"),
        ]
        .map(|(name, country)| api.create(ORGANISATIONS, &organisation(name, country)));
        let amif = api.get(&format!("{PROGRAMMES}?code=AMIF")).data()[0].clone();
        let at = path(PROGRAMMES, &amif);
        let funder = json!({"funder_ids": [commission["id"]]});
        api.client().patch(&at, api.get(&at).etag(), &funder).expect(200);
        let impact = project(
            api,
            "IMPACT Lazio",
            &json!([
                {"kind": "co_funding", "programme_id": amif["id"], "share": 50},
                {"kind": "co_funding", "programme_id": amif["id"], "funder_id": ministry["id"],
                 "share": 50},
            ]),
        );
        let study = project(
            api,
            "Territory",
            &json!([{"kind": "service_contract", "funder_id": consortium["id"]}]),
        );
        funded_under(api, &study, &impact);

        let found = chain(api, &study);
        assert_eq!(found["project"]["label"], "Territory");
        assert_eq!(found["fundings"][0]["funders"][0]["label"], "Consorzio Valle del Tevere");
        let through = &found["through"][0];
        assert_eq!(through["project"]["label"], "IMPACT Lazio");
        assert_eq!((&through["steps"], &through["next"]), (&json!(1), &study["id"]));
        // The programme's funder stands in where the funding names none.
        let funders = |n: usize| {
            column(through["fundings"][n]["funders"].as_array().expect("funders"), "label")
        };
        assert_eq!(funders(0), ["European Commission"]);
        assert_eq!(funders(1), ["Ministry of the Interior"]);
        assert_eq!(through["fundings"][0]["programmes"][0]["code"], "AMIF");
        assert_eq!(found["pays_for"], json!([]));
        assert_eq!(found["leaves"], json!({"amounts": [], "known": 0, "of": 1}));

        let from_above = chain(api, &impact);
        assert_eq!(from_above["pays_for"][0]["project"]["label"], "Territory");
        assert_eq!((&from_above["share"], &from_above["more"]), (&json!(100), &json!(false)));
        let unchanged = api
            .client()
            .request("GET", &format!("{}/funding", path(PROJECTS, &study)))
            .header("If-None-Match", api.get(&format!("{}/funding", path(PROJECTS, &study))).etag())
            .send();
        unchanged.expect(304);
        api.get(&format!("{PROJECTS}/{}/funding", id(&commission))).problem(404, "not_found");
    });
}

#[test]
fn amounts_are_added_up_at_the_ends_of_the_chain_only() {
    on_both_engines(|api| {
        let paid = |acronym: &str, amount: f64| {
            project(api, acronym, &json!([{"kind": "grant", "amount": euros(amount)}]))
        };
        let top = paid("TOP", 1000.0);
        let left = paid("LEFT", 600.5);
        let right = project(api, "RIGHT", &json!([{"kind": "grant"}]));
        let [one, two] = [paid("ONE", 400.25), paid("TWO", 100.0)];
        funded_under(api, &left, &top);
        funded_under(api, &right, &top);
        funded_under(api, &one, &left);
        funded_under(api, &two, &left);
        // Reached by two ways, counted once.
        funded_under(api, &two, &right);
        let found = chain(api, &top);
        let below = found["pays_for"].as_array().expect("projects");
        let labels = below.iter().map(|link| link["project"]["label"].clone()).collect::<Vec<_>>();
        assert_eq!(labels, ["LEFT", "RIGHT", "ONE", "TWO"]);
        assert_eq!(column(below, "steps"), ["1", "1", "2", "2"]);
        assert_eq!(money(&found["own"]["amounts"][0]), "1000.00 EUR");
        assert_eq!(money(&found["leaves"]["amounts"][0]), "500.25 EUR");
        assert_eq!((&found["leaves"]["known"], &found["leaves"]["of"]), (&json!(2), &json!(2)));
        // One without any below it is an end itself.
        assert_eq!(money(&chain(api, &one)["leaves"]["amounts"][0]), "400.25 EUR");
        assert_eq!(chain(api, &two)["through"].as_array().map(Vec::len), Some(3));
        // The circle cannot be closed.
        let closing = json!({
            "kind": "funded_under", "between": "projects",
            "from_id": top["id"], "to_id": two["id"],
        });
        api.post("/api/v1/relations", &closing).problem(422, "invalid_body");
        assert_eq!(chain(api, &top)["pays_for"].as_array().map(Vec::len), Some(4));
    });
}

#[test]
fn projects_are_found_by_who_pays_in_the_name_of_a_programme() {
    on_both_engines(|api| {
        let [commission, agency, ministry] = ["Commission", "Agency", "Ministry"]
            .map(|name| api.create(ORGANISATIONS, &organisation(name, "BE")));
        let programme = |code: &str, parent: Option<&Value>, funders: &[&Value]| {
            let funders: Vec<&Value> = funders.iter().map(|funder| &funder["id"]).collect();
            let parent = parent.map(|parent| &parent["id"]);
            api.create(
                PROGRAMMES,
                &json!({"code": code, "parent_id": parent, "funder_ids": funders}),
            )
        };
        let top = programme("X-TOP", None, &[&commission]);
        let strand = programme("X-STRAND", Some(&top), &[]);
        let own = programme("X-OWN", Some(&strand), &[&agency, &ministry]);
        let nobodys = programme("X-NOBODY", None, &[]);
        let paid = |acronym: &str, fundings: &[(Option<&Value>, Option<&Value>)]| {
            let fundings = fundings.iter().map(|(programme, funder)| {
                let id = |record: Option<&Value>| record.map(|record| record["id"].clone());
                json!({"programme_id": id(*programme), "funder_id": id(*funder)})
            });
            project(api, acronym, &fundings.collect())
        };
        paid("STRAND", &[(Some(&strand), None)]);
        paid("OWN", &[(Some(&own), None)]);
        // What the funding says comes before what its programme says.
        paid("NAMED", &[(Some(&strand), Some(&ministry))]);
        paid("BOTH", &[(Some(&nobodys), None), (Some(&top), None), (None, Some(&agency))]);
        paid("NOBODY", &[(Some(&nobodys), None)]);
        paid("NOTHING", &[]);
        let found = |asked: &str| {
            let asked = asked.replace("COMMISSION", id(&commission));
            let asked = asked.replace("AGENCY", id(&agency)).replace("MINISTRY", id(&ministry));
            let list = api.get(&format!("{PROJECTS}?sort=label&funder={asked}")).expect(200);
            column(&list.data(), "label").join(" ")
        };
        assert_eq!(found("COMMISSION"), "BOTH STRAND");
        assert_eq!(found("AGENCY"), "BOTH OWN");
        assert_eq!(found("MINISTRY"), "NAMED OWN");
        assert_eq!(found("COMMISSION&funder=AGENCY"), "BOTH");
        assert_eq!(found("COMMISSION,MINISTRY"), "BOTH NAMED OWN STRAND");
        assert_eq!(found("!COMMISSION"), "NAMED NOBODY NOTHING OWN");
        assert_eq!(found("unknown"), "NOBODY NOTHING");
        assert_eq!(found("!unknown"), "BOTH NAMED OWN STRAND");
        assert_eq!(found("AGENCY,unknown"), "BOTH NOBODY NOTHING OWN");
        assert_eq!(found("!AGENCY,unknown"), "NAMED STRAND");
    });
}
