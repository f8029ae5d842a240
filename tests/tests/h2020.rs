//! The real data: what the archive holds is what the registry answers.

use consortia_tests::h2020::{ORGANISATIONS, PARTICIPATIONS, PROJECTS};
use consortia_tests::on_both_engines_with_h2020;
use consortia_tests::samples::{column, money};
use serde_json::json;
use std::collections::BTreeSet;

const ISMU: &str = "/api/v1/organisations/pic:968823876";

#[test]
fn nothing_is_lost_on_the_way_in() {
    on_both_engines_with_h2020(|api| {
        for (list, expected) in [("projects", PROJECTS), ("organisations", ORGANISATIONS)] {
            let answer = api.get(&format!("/api/v1/{list}?limit=1&fields=id")).expect(200);
            assert_eq!(answer.total(), expected, "{list}");
        }
        let answer = api.get("/api/v1/participations?limit=1&fields=id").expect(200);
        assert_eq!(answer.total(), PARTICIPATIONS);
    });
}

#[test]
fn ismu_has_worked_with_fifteen_partners_in_six_countries() {
    on_both_engines_with_h2020(|api| {
        let answer = api.get(&format!("{ISMU}/partners")).expect(200);
        assert_eq!(answer.total(), 15);
        let summary = &answer.json()["summary"];
        assert_eq!((&summary["partners"], &summary["countries"]), (&json!(15), &json!(6)));
        assert_eq!(summary["projects"], 2);
        let rows = answer.data();
        assert_eq!(rows.len(), 15);
        let countries: BTreeSet<String> = rows
            .iter()
            .filter_map(|row| row["organisation"]["country"].as_str())
            .map(str::to_owned)
            .collect();
        assert_eq!(countries.len(), 6, "{countries:?}");
    });
}

#[test]
fn ismu_stands_where_counting_the_archive_says() {
    // Counted from organization.csv by itself: 5,424 organisations have two projects.
    on_both_engines_with_h2020(|api| {
        let found = api.get(&format!("{ISMU}/diversity")).expect(200).json();
        assert_eq!((&found["partners"], &found["collaborations"]), (&json!(15), &json!(17)));
        let peers = &found["peers"];
        assert_eq!(peers["projects"], 2);
        for (what, value, cohort, percentile) in [
            ("partners", 15.0, 5424, "0.257928"),
            ("countries", 6.0, 5424, "0.194322"),
            ("blau", 0.604_444_444_444_444_5, 4962, "0.044942"),
        ] {
            let place = &peers[what];
            assert_eq!((&place["value"], &place["cohort"]), (&json!(value), &json!(cohort)));
            let found = place["percentile"].as_f64().expect("a percentile");
            assert_eq!(format!("{found:.6}"), percentile, "{what}");
        }
        assert_eq!(
            format!("{:.4}", peers["partners"]["mean"].as_f64().expect("a mean")),
            "27.7624"
        );
        let by_country = &found["measures"][0];
        assert_eq!((&by_country["items"], &by_country["richness"]), (&json!(15), &json!(6)));
        assert_eq!(by_country["classes"][0], json!({"class": "BE", "count": 9, "share": 0.6}));
    });
}

#[test]
fn ismu_coordinated_both_its_projects_for_these_amounts() {
    on_both_engines_with_h2020(|api| {
        let projects = api.get(&format!("{ISMU}/projects?include=participations")).expect(200);
        assert_eq!(projects.total(), 2);
        let coordinated = api.get("/api/v1/projects?coordinator=pic:968823876").expect(200);
        assert_eq!(coordinated.total(), 2);
        let ismu = api.get(ISMU).expect(200).json();
        let mut amounts = Vec::new();
        for project in projects.data() {
            for part in project["participations"].as_array().expect("participations") {
                if part["organisation_id"] == ismu["id"] {
                    assert_eq!(part["role"], "coordinator");
                    amounts.push(money(&part["ec_contribution"]));
                }
            }
        }
        amounts.sort_unstable();
        assert_eq!(amounts, ["359500.00 EUR", "377006.44 EUR"]);
    });
}

#[test]
fn counts_by_country_add_up() {
    on_both_engines_with_h2020(|api| {
        let count = |query: &str| {
            api.get(&format!("/api/v1/organisations?limit=1&fields=id&{query}")).expect(200).total()
        };
        assert_eq!(count("country=IT") + count("country=!IT"), ORGANISATIONS);
        assert_eq!(count("country=unknown") + count("country=!unknown"), ORGANISATIONS);
        assert_eq!(count("type=unknown") + count("type=!unknown"), ORGANISATIONS);
        assert!(count("country=GB") > 1000 && count("country=UK") == count("country=GB"));
    });
}

#[test]
fn lists_of_the_real_data_are_the_same_on_both_engines() {
    on_both_engines_with_h2020(|api| {
        for list in [
            "/api/v1/projects?sort=label&limit=100",
            "/api/v1/projects?sort=-total_cost&limit=100&include=participations",
            "/api/v1/projects?sort=start_date,-acronym&limit=100&country=IT",
            "/api/v1/organisations?sort=label&limit=200",
            "/api/v1/organisations?sort=-label&limit=200&country=IT,FR",
            "/api/v1/organisations?sort=country,label&limit=200&type=research",
            "/api/v1/programmes?sort=code&limit=1000",
            "/api/v1/programmes/tree",
            "/api/v1/calls?sort=label&limit=200",
        ] {
            let answer = api.get(list).expect(200);
            assert!(!column(&answer.data(), "id").is_empty(), "{list}");
        }
    });
}
