//! How diverse partners are, in numbers small enough to count by hand.

use consortia_tests::samples::{
    ORGANISATIONS, PROJECTS, organisation, participation, path, project,
};
use consortia_tests::{Server, on_both_engines};
use serde_json::{Value, json};

fn taking_part(api: &Server, project: &Value, organisation: &Value) -> Value {
    let at = format!("{}/participations", path(PROJECTS, project));
    api.create(&at, &participation(organisation, "participant"))
}

fn diversity(api: &Server, organisation: &Value, scope: &str) -> Value {
    api.get(&format!("{}/diversity{scope}", path(ORGANISATIONS, organisation))).expect(200).json()
}

/// The measures of one dimension and weighting.
fn of<'a>(found: &'a Value, dimension: &str, weighting: &str) -> &'a Value {
    let all = found["measures"].as_array().expect("measures");
    let wanted = |m: &&Value| m["dimension"] == dimension && m["weighting"] == weighting;
    all.iter().find(wanted).expect("every dimension in every weighting")
}

fn near(value: &Value, expected: f64) {
    let value = value.as_f64().expect("a number");
    assert!((value - expected).abs() < 1e-12, "{value} is not {expected}");
}

#[test]
fn measures_are_what_their_formulas_say() {
    on_both_engines(|api| {
        let make =
            |name: &str, country: &str| api.create(ORGANISATIONS, &organisation(name, country));
        let own = make("Own", "IT");
        let (rome, paris, belgrade) =
            (make("Roma", "IT"), make("Paris", "FR"), make("Beograd", "RS"));
        let nowhere = api.create(ORGANISATIONS, &json!({"names": [{"value": "Nowhere"}]}));
        let first = api.create(PROJECTS, &project("FIRST", "2015/2016"));
        let second = api.create(PROJECTS, &project("SECOND", "2018/2019"));
        for partner in [&own, &rome, &paris, &nowhere] {
            taking_part(api, &first, partner);
        }
        for partner in [&own, &paris, &belgrade] {
            taking_part(api, &second, partner);
        }
        let found = diversity(api, &own, "");
        assert_eq!((&found["projects"], &found["partners"]), (&json!(2), &json!(4)));
        assert_eq!(found["collaborations"], 5);
        near(&found["repeat_partner_rate"], 1.0 - 4.0 / 5.0);
        near(&found["newcomer_share"], 1.0);

        // IT, FR, RS once each; Nowhere is counted apart.
        let country = of(&found, "country", "partners");
        assert_eq!((&country["items"], &country["unclassified"]), (&json!(3), &json!(1)));
        near(&country["blau"], 2.0 / 3.0);
        near(&country["shannon"], 3.0_f64.ln());
        near(&country["evenness"], 1.0);
        // IT and FR are half as far apart as either is from RS.
        near(&country["rao_stirling"], (2.0 * 0.5 + 4.0) / 9.0);
        // FR twice.
        let weighted = of(&found, "country", "collaborations");
        assert_eq!((&weighted["items"], &weighted["unclassified"]), (&json!(4), &json!(1)));
        near(&weighted["blau"], 1.0 - (4.0 + 1.0 + 1.0) / 16.0);
        assert_eq!(weighted["classes"][0], json!({"class": "FR", "count": 2, "share": 0.5}));
        let sector = of(&found, "sector", "partners");
        assert_eq!((&sector["items"], &sector["unclassified"]), (&json!(0), &json!(4)));
        assert_eq!((&sector["blau"], &sector["richness"]), (&Value::Null, &json!(0)));

        // Paris alone is in two projects too: three partners as against four.
        let peers = &found["peers"];
        assert_eq!((&peers["projects"], &peers["partners"]["cohort"]), (&json!(2), &json!(2)));
        near(&peers["partners"]["value"], 4.0);
        near(&peers["partners"]["percentile"], 0.5);
        let years: Vec<_> = found["years"]
            .as_array()
            .expect("years")
            .iter()
            .map(|year| format!("{}: {} {}", year["year"], year["partners"], year["new_partners"]))
            .collect();
        assert_eq!(years, ["2015: 3 3", "2016: 3 0", "2017: 0 0", "2018: 2 1", "2019: 2 0"]);
    });
}

#[test]
fn a_scope_chooses_what_counts_and_is_repeated() {
    on_both_engines(|api| {
        let make =
            |name: &str, country: &str| api.create(ORGANISATIONS, &organisation(name, country));
        let (own, rome, paris) = (make("Own", "IT"), make("Roma", "IT"), make("Paris", "FR"));
        let first = api.create(PROJECTS, &project("FIRST", "2015/2016"));
        let second = api.create(PROJECTS, &project("SECOND", "2018/2019"));
        taking_part(api, &first, &own);
        taking_part(api, &first, &rome);
        taking_part(api, &second, &own);
        taking_part(api, &second, &paris);
        for (scope, projects, partners) in [
            ("", 2, 2),
            ("?active_from=2018", 1, 1),
            ("?active_to=2017", 1, 1),
            ("?start_date_from=2015&start_date_to=2016", 1, 1),
            ("?country=FR", 2, 1),
            ("?country=!FR", 2, 1),
            ("?country_group=eu", 2, 2),
            ("?role=coordinator", 2, 0),
            ("?status=completed", 2, 2),
            ("?status=ongoing", 0, 0),
            ("?programme=NOSUCH", 0, 0),
            ("?programme=unknown", 2, 2),
            ("?organisation_type=unknown,research,higher_education,other", 2, 2),
            ("?rollup=parent", 2, 2),
        ] {
            let found = diversity(api, &own, scope);
            let counted = (&found["projects"], &found["partners"]);
            assert_eq!(counted, (&json!(projects), &json!(partners)), "{scope}");
        }
        let found = diversity(api, &own, "?country=FR&country=!DE");
        assert_eq!(found["scope"], json!({"country": ["FR", "!DE"]}));
        // Without projects in the scope there is nobody to be compared with.
        assert_eq!(diversity(api, &own, "?active_to=2000")["peers"], Value::Null);
    });
}

#[test]
fn what_was_written_counts_at_once() {
    on_both_engines(|api| {
        let make =
            |name: &str, country: &str| api.create(ORGANISATIONS, &organisation(name, country));
        let (own, rome) = (make("Own", "IT"), make("Roma", "IT"));
        let partners = || {
            let at = format!("{}/partners", path(ORGANISATIONS, &own));
            let answer = api.get(&at).expect(200);
            let labels: Vec<_> = answer
                .data()
                .iter()
                .map(|row| {
                    format!("{} {}", row["organisation"]["label"], row["organisation"]["country"])
                })
                .collect();
            labels.join("; ")
        };
        assert_eq!(partners(), "");
        let shared = api.create(PROJECTS, &project("SHARED", "2015/2016"));
        taking_part(api, &shared, &own);
        let seat = taking_part(api, &shared, &rome);
        assert_eq!(partners(), "\"Roma\" \"IT\"");
        let at = path(ORGANISATIONS, &rome);
        api.client().patch(&at, "*", &json!({"country": "SM"})).expect(200);
        assert_eq!(partners(), "\"Roma\" \"SM\"");
        let found = diversity(api, &own, "");
        assert_eq!(of(&found, "country", "partners")["classes"][0]["class"], "SM");
        api.client().delete(&path("/api/v1/participations", &seat), "*").expect(204);
        assert_eq!(partners(), "");
    });
}

#[test]
fn a_scope_that_cannot_be_read_is_refused_with_every_fault() {
    on_both_engines(|api| {
        let own = api.create(ORGANISATIONS, &organisation("Own", "IT"));
        let at = path(ORGANISATIONS, &own);
        let refused = "country=Italia&rollup=top&active_from=2019&active_to=2018&colour=blue";
        let problem = api.get(&format!("{at}/diversity?{refused}")).expect(400).json();
        let named: Vec<_> = problem["errors"]
            .as_array()
            .expect("errors")
            .iter()
            .filter_map(|error| error["parameter"].as_str())
            .collect();
        assert_eq!(named, ["country", "active_from", "rollup", "colour"]);
        api.get("/api/v1/organisations/local:nobody/diversity").expect(404);
    });
}
