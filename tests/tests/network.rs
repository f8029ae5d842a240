//! The partner network as a whole, in numbers small enough to count by hand.

use consortia_tests::samples::{
    ORGANISATIONS, PROJECTS, id, organisation, participation, path, project,
};
use consortia_tests::{Server, on_both_engines};
use serde_json::{Value, json};

const NETWORK: &str = "/api/v1/network";

/// A to F in projects: A, B, C together twice, C and D once, D and E twice; F alone.
pub(crate) fn registered(api: &Server) -> Vec<Value> {
    let countries = ["IT", "IT", "FR", "FR", "DE", "DE"];
    let organisations: Vec<Value> = ["A", "B", "C", "D", "E", "F"]
        .iter()
        .zip(countries)
        .map(|(name, country)| api.create(ORGANISATIONS, &organisation(name, country)))
        .collect();
    for (acronym, members) in [
        ("P1", &[0, 1, 2][..]),
        ("P2", &[0, 1, 2]),
        ("P3", &[2, 3]),
        ("P4", &[3, 4]),
        ("P5", &[3, 4]),
        ("P6", &[5]),
    ] {
        let project = api.create(PROJECTS, &project(acronym, "2015/2016"));
        let at = format!("{}/participations", path(PROJECTS, &project));
        for member in members {
            api.create(&at, &participation(&organisations[*member], "participant"));
        }
    }
    organisations
}

fn get(api: &Server, what: &str) -> Value {
    api.get(&format!("{NETWORK}/{what}")).expect(200).json()
}

/// `label value` of each row, in order.
fn ranked(api: &Server, by: &str) -> Vec<String> {
    let found = get(api, &format!("ranking?by={by}"));
    let rows = found["data"].as_array().expect("rows").iter();
    let show = |row: &Value| {
        let label = row["organisation"]["label"].as_str().expect("a label").to_owned();
        match row["value"].as_f64() {
            Some(value) => format!("{} {label} {value:.4}", row["rank"]),
            None => format!("{} {label} -", row["rank"]),
        }
    };
    rows.map(show).collect()
}

#[test]
fn rankings_are_what_their_definitions_say() {
    on_both_engines(|api| {
        registered(api);
        assert_eq!(
            ranked(api, "degree"),
            ["1 C 3.0000", "2 A 2.0000", "2 B 2.0000", "2 D 2.0000", "5 E 1.0000", "6 F 0.0000"]
        );
        // C: 2 + 2 + 1. A: 2 + 2. D: 1 + 2.
        assert_eq!(
            ranked(api, "weighted_degree"),
            ["1 C 5.0000", "2 A 4.0000", "2 B 4.0000", "4 D 3.0000", "5 E 2.0000", "6 F 0.0000"]
        );
        // Over C lead A–D, A–E, B–D, B–E; over D lead A–E, B–E, C–E.
        assert_eq!(ranked(api, "betweenness")[..2], ["1 C 4.0000", "2 D 3.0000"]);
        assert_eq!(ranked(api, "core")[..3], ["1 A 2.0000", "1 B 2.0000", "1 C 2.0000"]);
        // A's partners B and C are partners; of C's three pairs one is.
        assert_eq!(ranked(api, "clustering")[..3], ["1 A 1.0000", "1 B 1.0000", "3 C 0.3333"]);
        // All of E's ties lead abroad; F has none, and no index.
        let external = ranked(api, "external_internal");
        assert_eq!((external[0].as_str(), external[5].as_str()), ("1 E 1.0000", "null F -"));
        let constraint = ranked(api, "constraint");
        assert_eq!(constraint[5], "null F -");
        let pagerank = get(api, "ranking?by=pagerank");
        let sum: f64 = pagerank["data"]
            .as_array()
            .expect("rows")
            .iter()
            .filter_map(|row| row["value"].as_f64())
            .sum();
        assert!((sum - 1.0).abs() < 1e-9, "{sum}");
        assert_eq!(pagerank["summary"]["converged"], true);
        assert_eq!(ranked(api, "eigenvector")[5], "6 F 0.0000");
        let summary = &get(api, "ranking?by=constraint")["summary"];
        assert_eq!((&summary["undefined"], &summary["ties"]), (&json!(1), &json!(5)));
    });
}

#[test]
fn a_ranking_is_a_list_like_any_other() {
    on_both_engines(|api| {
        registered(api);
        let mut walked = Vec::new();
        let mut at = format!("{NETWORK}/ranking?by=degree&limit=2");
        loop {
            let page = api.get(&at).expect(200);
            walked.extend(page.data());
            let Some(next) = page.json()["page"]["next"].as_str().map(str::to_owned) else { break };
            at = format!("{NETWORK}/ranking?by=degree&limit=2&cursor={next}");
        }
        assert_eq!(walked, get(api, "ranking?by=degree")["data"].as_array().expect("rows")[..]);
        let one = get(api, "ranking?by=degree&q=D");
        assert_eq!((&one["page"]["total"], &one["data"][0]["rank"]), (&json!(1), &json!(2)));
        let last = get(api, "ranking?by=degree&sort=value&limit=1&fields=value");
        assert_eq!(last["data"], json!([{"value": 0.0}]));
        let csv = api.get(&format!("{NETWORK}/ranking?by=core&format=csv")).expect(200);
        assert!(csv.text().starts_with(
            "rank,organisation_id,label,short_name,country,value,standard_error\r\n1,"
        ));
        assert_eq!(csv.text().lines().count(), 7);
    });
}

#[test]
fn the_summary_counts_everything() {
    on_both_engines(|api| {
        registered(api);
        let found = get(api, "summary");
        for (field, expected) in [
            ("projects", 6),
            ("organisations", 6),
            ("participations", 13),
            ("ties", 5),
            ("isolates", 1),
            ("components", 2),
        ] {
            assert_eq!(found[field], expected, "{field}");
        }
        assert_eq!(found["giant_component"], json!({"organisations": 5, "ties": 5}));
        assert_eq!(found["largest_core"], json!({"k": 2, "organisations": 3}));
        assert_eq!(found["density"].as_f64(), Some(5.0 / 15.0));
        // Triples: 1 at A, 1 at B, 3 at C, 1 at D; closed are 3.
        assert_eq!(found["transitivity"].as_f64(), Some(0.5));
        assert_eq!(
            found["degrees"],
            json!([
                {"partners": 0, "organisations": 1}, {"partners": 1, "organisations": 1},
                {"partners": 2, "organisations": 3}, {"partners": 3, "organisations": 1}
            ])
        );
        assert_eq!(found["strongest_ties"][0]["shared_projects"], 2);
        // With two projects at least, C and D are not tied.
        let closer = get(api, "summary?min_shared=2");
        assert_eq!((&closer["ties"], &closer["components"]), (&json!(4), &json!(3)));
        let nothing = get(api, "summary?active_from=2020");
        assert_eq!((&nothing["organisations"], &nothing["density"]), (&json!(0), &Value::Null));
    });
}

#[test]
fn communities_are_groups_with_members() {
    on_both_engines(|api| {
        registered(api);
        let found = get(api, "communities");
        let summary = &found["summary"];
        assert_eq!((&summary["communities"], &summary["alone"]), (&json!(2), &json!(1)));
        let first = &found["data"][0];
        assert_eq!((&first["number"], &first["organisations"]), (&json!(1), &json!(3)));
        assert_eq!((&first["ties_within"], &first["ties_outward"]), (&json!(3), &json!(1)));
        assert_eq!(first["projects"], 2);
        assert_eq!(first["countries"][0], json!({"country": "IT", "organisations": 2}));
        // 16 of 18 ends of ties lie within; the communities have 13 and 5 of them.
        let expected = 16.0 / 18.0 - (13.0 * 13.0 + 5.0 * 5.0) / (18.0 * 18.0);
        let modularity = summary["modularity"].as_f64().expect("a number");
        assert!((modularity - expected).abs() < 1e-12, "{modularity}");
        let of_e = get(api, "communities?q=E");
        assert_eq!((&of_e["page"]["total"], &of_e["data"][0]["number"]), (&json!(1), &json!(2)));
        let members = get(api, "communities/2");
        assert_eq!(members["page"]["total"], 2);
        assert_eq!(members["data"][0]["strength_within"], 2.0);
        assert_eq!(members["summary"]["community"], of_e["data"][0]);
        for number in ["0", "3", "-1", "x"] {
            let problem = api.get(&format!("{NETWORK}/communities/{number}")).expect(404).json();
            assert_eq!(problem["code"], "not_found");
        }
    });
}

#[test]
fn paths_name_the_projects_of_each_step() {
    on_both_engines(|api| {
        let all = registered(api);
        let path = |from: usize, to: usize, more: &str| {
            get(api, &format!("path?from={}&to={}{more}", id(&all[from]), id(&all[to])))
        };
        let found = path(0, 4, "");
        assert_eq!((&found["connected"], &found["steps"]), (&json!(true), &json!(3)));
        let steps = found["paths"][0]["steps"].as_array().expect("steps");
        let way: Vec<_> = steps.iter().map(|step| &step["to"]["label"]).collect();
        assert_eq!(way, ["C", "D", "E"]);
        let projects: Vec<_> = steps
            .iter()
            .map(|step| step["projects"].as_array().expect("projects"))
            .map(|projects| projects.iter().map(|of| &of["label"]).collect::<Vec<_>>())
            .collect();
        assert_eq!(projects, [vec!["P2", "P1"], vec!["P3"], vec!["P5", "P4"]]);
        assert_eq!(found["paths"][0]["weakest"], 1);
        assert_eq!(found["more"], false);
        let apart = path(0, 5, "");
        assert_eq!((&apart["connected"], &apart["steps"]), (&json!(false), &Value::Null));
        assert_eq!(apart["paths"], json!([]));
        let itself = path(5, 5, "");
        assert_eq!((&itself["connected"], &itself["steps"]), (&json!(true), &json!(0)));
        assert_eq!(path(0, 4, "&min_shared=2")["connected"], false);
        let problem = api.get(&format!("{NETWORK}/path?limit=99")).expect(400).json();
        let named: Vec<_> = problem["errors"]
            .as_array()
            .expect("errors")
            .iter()
            .map(|error| error["parameter"].clone())
            .collect();
        assert_eq!(named, ["from", "to", "limit"]);
        api.get(&format!("{NETWORK}/path?from=local:nobody&to={}", id(&all[0]))).expect(404);
    });
}

#[test]
fn comparisons_tell_what_is_common() {
    on_both_engines(|api| {
        let all = registered(api);
        let found = get(api, &format!("compare?organisations={},{}", id(&all[0]), id(&all[3])));
        assert_eq!(found["organisations"][0]["partners"], 2);
        assert_eq!(found["common_partners"]["count"], 1);
        assert_eq!(found["common_partners"]["organisations"][0]["label"], "C");
        let only: Vec<_> = (0..2)
            .map(|n| &found["organisations"][n]["only_its_own"]["organisations"][0]["label"])
            .collect();
        assert_eq!(only, ["B", "E"]);
        // Of B, C and E one is common.
        assert_eq!(found["pairs"][0]["jaccard"].as_f64(), Some(1.0 / 3.0));
        let tied = get(api, &format!("compare?organisations={},{}", id(&all[0]), id(&all[1])));
        assert_eq!(tied["pairs"][0]["shared_projects"], 2);
        assert_eq!(tied["pairs"][0]["jaccard"], 1.0);
        api.get(&format!("{NETWORK}/compare?organisations={}", id(&all[0]))).expect(400);
        api.get(&format!("{NETWORK}/compare")).expect(400);
    });
}

#[test]
fn countries_meet_in_projects() {
    on_both_engines(|api| {
        registered(api);
        let found = get(api, "countries");
        // IT and FR: two of IT with one of FR, twice. FR and DE: one with one, twice.
        let ties: Vec<_> = found["ties"]
            .as_array()
            .expect("ties")
            .iter()
            .map(|tie| format!("{} {}", tie["countries"], tie["strength"]))
            .collect();
        assert_eq!(ties, ["[\"FR\",\"IT\"] 4", "[\"DE\",\"FR\"] 2"]);
        let first = &found["countries"][0];
        assert_eq!((&first["country"], &first["strength"]), (&json!("FR"), &json!(6)));
        assert_eq!((&first["organisations"], &first["projects"]), (&json!(2), &json!(5)));
        assert_eq!(
            (&first["eigenvector"], &found["international_projects"]),
            (&json!(1.0), &json!(4))
        );
    });
}

#[test]
fn what_was_written_is_measured_at_once() {
    on_both_engines(|api| {
        let all = registered(api);
        let ties = || get(api, "summary")["ties"].clone();
        assert_eq!(ties(), 5);
        let project = api.create(PROJECTS, &project("P7", "2020"));
        let at = format!("{}/participations", path(PROJECTS, &project));
        api.create(&at, &participation(&all[0], "participant"));
        let seat = api.create(&at, &participation(&all[5], "participant"));
        assert_eq!(ties(), 6);
        assert_eq!(ranked(api, "degree")[5], "5 F 1.0000");
        api.client().delete(&path("/api/v1/participations", &seat), "*").expect(204);
        assert_eq!(ties(), 5);
    });
}

#[test]
fn units_count_as_their_parents_when_asked() {
    on_both_engines(|api| {
        let all = registered(api);
        api.client()
            .patch(&path(ORGANISATIONS, &all[1]), "*", &json!({"parent_id": id(&all[0])}))
            .expect(200);
        assert_eq!(get(api, "summary?rollup=parent")["organisations"], 5);
        let at = format!("path?from={}&to={}&rollup=parent", id(&all[1]), id(&all[2]));
        let found = get(api, &at);
        assert_eq!((&found["steps"], &found["from"]["label"]), (&json!(1), &json!("B")));
        assert_eq!(found["paths"][0]["steps"][0]["from"]["label"], "A");
    });
}
