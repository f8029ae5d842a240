//! Partners: whom an organisation shares projects with.

use consortia_tests::samples::{
    ORGANISATIONS, PROJECTS, organisation, participation, path, project,
};
use consortia_tests::{Server, on_both_engines};
use serde_json::{Value, json};

fn taking_part(api: &Server, project: &Value, organisation: &Value, role: &str) {
    let at = format!("{}/participations", path(PROJECTS, project));
    api.create(&at, &participation(organisation, role));
}

#[test]
fn partners_are_distinct_counted_and_dated() {
    on_both_engines(|api| {
        let make =
            |name: &str, country: &str| api.create(ORGANISATIONS, &organisation(name, country));
        let (ismu, rome, paris) = (make("ISMU", "IT"), make("Roma", "IT"), make("Paris", "FR"));
        let stranger = make("Stranger", "DE");
        let nowhere = api.create(ORGANISATIONS, &json!({"names": [{"value": "Nowhere"}]}));
        let first = api.create(PROJECTS, &project("FIRST", "2015/2017"));
        let second = api.create(PROJECTS, &project("SECOND", "2018-02-01/2020-01-31"));
        let alone = api.create(PROJECTS, &project("ALONE", "2010/2011"));
        for (project, organisation, role) in [
            (&first, &ismu, "coordinator"),
            (&first, &ismu, "third_party"),
            (&first, &rome, "participant"),
            (&first, &paris, "participant"),
            (&first, &nowhere, "participant"),
            (&second, &ismu, "participant"),
            (&second, &paris, "coordinator"),
            (&second, &paris, "participant"),
            (&alone, &stranger, "coordinator"),
        ] {
            taking_part(api, project, organisation, role);
        }
        let at = format!("{}/partners", path(ORGANISATIONS, &ismu));
        let answer = api.get(&at).expect(200);
        assert_eq!(answer.total(), 3);
        let summary = &answer.json()["summary"];
        assert_eq!(summary["countries"], 2, "an unknown country is none: {summary:#}");
        assert_eq!((&summary["projects"], &summary["partners"]), (&json!(2), &json!(3)));
        let rows: Vec<_> = answer
            .data()
            .iter()
            .map(|row| {
                format!(
                    "{} {} {}-{}",
                    row["organisation"]["label"].as_str().unwrap_or_default(),
                    row["shared_projects"],
                    row["first_year"],
                    row["last_year"]
                )
            })
            .collect();
        assert_eq!(rows[0], "Paris 2 2015-2020", "most shared projects first");
        assert!(rows.contains(&"Roma 1 2015-2017".to_owned()), "{rows:?}");
        assert!(rows.contains(&"Nowhere 1 2015-2017".to_owned()), "{rows:?}");

        let none = api.get(&format!("{}/partners", path(ORGANISATIONS, &stranger))).expect(200);
        assert_eq!(none.total(), 0);
    });
}

#[test]
fn partners_are_sorted_searched_and_walked() {
    on_both_engines(|api| {
        let own = api.create(ORGANISATIONS, &organisation("Own", "IT"));
        let names = ["Zagreb", "Ávila", "Berlin", "Cork", "Delft", "Łódź", "Évora"];
        let projects: Vec<Value> = (0..3)
            .map(|n| api.create(PROJECTS, &project(&format!("P{n}"), &format!("{}", 2015 + n))))
            .collect();
        for project in &projects {
            taking_part(api, project, &own, "coordinator");
        }
        for (n, name) in names.iter().enumerate() {
            let partner = api.create(ORGANISATIONS, &organisation(name, "DE"));
            for project in projects.iter().take(n % 3 + 1) {
                let at = format!("{}/participations", path(PROJECTS, project));
                let mut seat = participation(&partner, "participant");
                seat["ec_contribution"] = json!({"amount": (n + 1) * 10, "currency": "EUR"});
                api.create(&at, &seat);
            }
        }
        let at = format!("{}/partners", path(ORGANISATIONS, &own));
        let labels = |query: &str| {
            let all = api.client().walk(&format!("{at}?limit=2&{query}"));
            let label = |row: &Value| row["organisation"]["label"].as_str().map(str::to_owned);
            all.iter().filter_map(label).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(labels(""), "Berlin Łódź Ávila Delft Cork Évora Zagreb");
        assert_eq!(labels("sort=label"), "Ávila Berlin Cork Delft Évora Łódź Zagreb");
        assert_eq!(labels("sort=-label"), "Zagreb Łódź Évora Delft Cork Berlin Ávila");
        assert_eq!(labels("sort=last_year,-label"), "Zagreb Évora Cork Delft Ávila Łódź Berlin");
        assert_eq!(labels("sort=-ec_contribution"), "Łódź Delft Berlin Évora Ávila Cork Zagreb");
        assert_eq!(
            labels("sort=fractional_weight,label"),
            "Cork Évora Zagreb Ávila Delft Berlin Łódź"
        );
        assert_eq!(labels("q=evor"), "Évora");
        let berlin = api.get(&format!("{at}?limit=1")).expect(200).data().remove(0);
        assert_eq!(berlin["own_roles"], json!(["coordinator"]));
        assert_eq!(berlin["roles"], json!(["participant"]));
        let sum = json!({"amounts": [{"amount": 90.0, "currency": "EUR"}], "known": 3, "of": 3});
        assert_eq!(berlin["ec_contribution"].to_string().replace("90.00", "90.0"), sum.to_string());
        let csv = api.get(&format!("{at}?format=csv&sort=label")).expect(200).text();
        assert_eq!(csv.lines().count(), 8, "a heading and every partner: {csv}");
    });
}
