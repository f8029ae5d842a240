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
