//! Facts as people in the field state them: recorded without being bent, given back as they were
//! recorded, found where somebody would look for them.

use consortia_tests::samples::{ORGANISATIONS, PROJECTS, column, id, path};
use consortia_tests::{Server, on_both_engines};
use serde_json::{Value, json};

/// Everything in `stated` is in `record` as it was stated.
fn holds(record: &Value, stated: &Value) {
    for (field, value) in stated.as_object().expect("an object") {
        assert_eq!(&record[field], value, "{field}");
    }
}

fn recorded(api: &Server, collection: &str, stated: &Value) -> Value {
    let made = api.create(collection, stated);
    holds(&made, stated);
    assert_eq!(api.get(&path(collection, &made)).expect(200).json(), made);
    made
}

fn labels(api: &Server, query: &str) -> Vec<String> {
    let query = query.replace(' ', "%20");
    let page = api.get(&format!("{PROJECTS}?sort=label&{query}")).expect(200);
    column(&page.data(), "label")
}

/// A group with all its fields.
fn group(part: &str, of: &str, said: &Value) -> Value {
    let mut group = json!({
        "part": part, "of": of, "description": null, "count": null, "countries": [],
        "country_count": null, "types": [], "kinds": [], "sectors": [], "wording": null
    });
    group.as_object_mut().expect("one").extend(said.as_object().expect("one").clone());
    group
}

fn territory(relation: &str, country: Option<&str>, place: Option<&str>) -> Value {
    json!({"relation": relation, "country": country, "nuts": null, "place": place})
}

/// An activity or output with all its fields.
fn activity(kind: &str, said: &Value) -> Value {
    let mut activity = json!({
        "kind": kind, "titles": {}, "description": {}, "period": {"start": null, "end": null},
        "state": null, "languages": [], "count": null, "unit": null, "place": null, "url": null,
        "wording": null
    });
    activity.as_object_mut().expect("one").extend(said.as_object().expect("one").clone());
    activity
}

fn pop() -> Value {
    json!({
        "acronym": "POP II",
        "aliases": ["POP2"],
        "titles": {
            "it": "Pari Opportunità nei Percorsi degli adolescenti stranieri nella Istruzione e \
                   Formazione Professionale"
        },
        "period": {"start": null, "end": "2014"},
        "target_groups": ["foreign teenagers"],
        "groups": [group("partner", "organisations", &json!({
            "description": "Training agencies, public and private",
            "count": {"at_least": 7, "at_most": 7}, "countries": ["IT"],
            "kinds": ["vocational_training"], "sectors": ["public", "private"],
            "wording": "7 agencies (public and private)"
        }))]
    })
}

#[test]
fn entries_of_a_catalogue_are_recorded_as_they_stand() {
    on_both_engines(|api| {
        recorded(api, PROJECTS, &pop());
        recorded(
            api,
            PROJECTS,
            &json!({
                "acronym": "MAPID",
                "period": {"start": "2008", "end": "2010"},
                "territories": [
                    territory("action", Some("IT"), None),
                    territory("action", Some("ES"), None),
                    territory("target", Some("PH"), None)
                ]
            }),
        );
        // No title, no date: sixty people met.
        let exchange = recorded(
            api,
            PROJECTS,
            &json!({
                "groups": [group("participant", "people", &json!({
                    "description": "Young Europeans", "count": {"at_least": 60, "at_most": 60}
                }))],
                "activities": [activity("output", &json!({"unit": "videos", "state": "done"}))]
            }),
        );
        assert_eq!(exchange["label"], format!("Project {}", id(&exchange)));

        assert_eq!(labels(api, "group=partner"), ["POP II"]);
        assert_eq!(labels(api, "group=participant"), [exchange["label"].as_str().expect("one")]);
        assert_eq!(labels(api, "group=unknown"), ["MAPID"]);
        assert_eq!(labels(api, "acronym=pop2"), ["POP II"]);
        assert_eq!(labels(api, "acronym=POP II,mapid"), ["MAPID", "POP II"]);
        assert_eq!(labels(api, "target_group=Foreign Teenagers"), ["POP II"]);
        // Where it acts is not what it is for.
        assert_eq!(labels(api, "action_country=IT&action_country=ES"), ["MAPID"]);
        assert_eq!(labels(api, "target_country=PH"), ["MAPID"]);
        assert!(labels(api, "action_country=PH").is_empty());
        assert!(labels(api, "target_country=IT").is_empty());
        let either =
            labels(api, "target_country=!PH").len() + labels(api, "target_country=PH").len();
        assert_eq!(either, 3);
        for (words, label) in [("pop2", "POP II"), ("teenagers", "POP II"), ("agencies", "POP II")]
        {
            assert_eq!(labels(api, &format!("q={words}")), [label], "{words}");
        }
        assert_eq!(api.get(&format!("{PROJECTS}?q=young%20europeans")).total(), 1);
    });
}

#[test]
fn partners_known_by_sort_and_country_and_what_is_planned() {
    on_both_engines(|api| {
        let sort = |kinds: Value, types: Value| {
            group(
                "partner",
                "organisations",
                &json!({"kinds": kinds, "types": types, "countries": ["IE", "IT", "GR", "SI"]}),
            )
        };
        recorded(
            api,
            PROJECTS,
            &json!({
                "acronym": "Social B",
                "groups": [
                    sort(json!([]), json!(["higher_education"])),
                    sort(json!(["vocational_training"]), json!([])),
                    sort(json!(["agency"]), json!([])),
                    sort(json!(["social_enterprise"]), json!([]))
                ],
                "activities": [activity("output", &json!({
                    "state": "planned", "unit": "learning units",
                    "count": {"at_least": 16, "at_most": 24}, "wording": "16-24 Learning Units"
                }))],
                "target_groups": ["students", "social enterprises"]
            }),
        );
        // What people type is read, and given back in one form.
        let typed = api.create(
            PROJECTS,
            &json!({
                "acronym": "TYPED",
                "groups": [{"part": "Partner", "of": "organisations", "count": 7, "countries": ["EL"]}],
                "activities": [{"kind": "output", "unit": "units", "count": "16–24"}],
                "fundings": [{"kind": "national_fund", "title": "Quota servizi", "year": 2019,
                              "share": "50.0"}]
            }),
        );
        assert_eq!(typed["groups"][0]["countries"], json!(["GR"]));
        assert_eq!(typed["groups"][0]["count"], json!({"at_least": 7, "at_most": 7}));
        assert_eq!(typed["activities"][0]["count"], json!({"at_least": 16, "at_most": 24}));
        let funding = &typed["fundings"][0];
        assert_eq!((&funding["title"], &funding["year"]), (&json!("Quota servizi"), &json!(2019)));
        assert_eq!(funding["share"].to_string(), "50");
        assert_eq!(labels(api, "funding_year=2019"), ["TYPED"]);
        assert_eq!(labels(api, "funding_year=unknown"), ["Social B"]);
        assert_eq!(labels(api, "target_group=students&group=partner"), ["Social B"]);

        let cities = [("IT", "Roma"), ("FR", "Nice"), ("FR", "Strasbourg"), ("SE", "Stockholm")];
        let mut territories: Vec<Value> = cities
            .iter()
            .map(|(country, city)| territory("action", Some(country), Some(city)))
            .collect();
        territories.push(json!(
            {"relation": "action", "country": null, "nuts": "ES521", "place": "Elche"}
        ));
        recorded(api, PROJECTS, &json!({"acronym": "OPEN", "territories": territories}));
        for found in
            ["place=elche", "place=ROMA,x", "action_country=ES", "action_nuts=ES5", "q=strasbourg"]
        {
            assert_eq!(labels(api, found), ["OPEN"], "{found}");
        }
        assert_eq!(labels(api, "place=!Elche").len(), 2);
        assert_eq!(labels(api, "action_nuts=unknown&action_country=unknown").len(), 2);

        let csv = api.get(&format!("{PROJECTS}?format=csv&acronym=Social%20B")).expect(200).text();
        let (head, row) = csv.split_once("\r\n").expect("two lines");
        assert!(head.contains("aliases,") && head.contains("target_groups,"), "{head}");
        assert!(row.contains("students; social enterprises"), "{row}");
    });
}

#[test]
fn a_portal_with_lower_bounds_and_fuzzy_dates() {
    on_both_engines(|api| {
        let portal = json!({
            "acronym": "Integration Portal",
            "period": {"start": "2012-01-17", "end": ".."},
            "groups": [group("collaborator", "places", &json!({
                "description": "Desks of social institutions",
                "count": {"at_least": 4201, "at_most": null}
            }))],
            "activities": [
                activity("activity", &json!({
                    "unit": "meetings with migrants' associations",
                    "count": {"at_least": 16, "at_most": 16},
                    "period": {"start": "2014-02", "end": "2014-05"}, "state": "done"
                })),
                activity("output", &json!({
                    "unit": "thematic areas", "count": {"at_least": 4, "at_most": 4},
                    "period": {"start": "[2014-01..2014-04]", "end": ".."}
                })),
                activity("output", &json!({
                    "titles": {"en": "Summary of the fourth annual report"},
                    "languages": ["sq", "ar", "zh", "fr", "en", "pa", "ru", "es", "fil", "uk"],
                    "period": {"start": "2014-07", "end": null}
                }))
            ]
        });
        recorded(api, PROJECTS, &portal);
        assert_eq!(labels(api, "q=annual report"), ["Integration Portal"]);

        let areas = json!({
            "acronym": "AREAS", "period": {"start": "[2014-01..2014-04]", "end": ".."}
        });
        let made = recorded(api, PROJECTS, &areas);
        let list =
            |query: &str| api.get(&format!("{PROJECTS}?acronym=AREAS&{query}")).expect(200).total();
        for (query, total) in [
            ("active_on=2014-04-30", 1),
            ("active_on=2014-04-29", 0),
            ("possibly_active_on=2014-02-01", 1),
            ("start_date_from=2014-05", 0),
            ("start_date_to=2014-01-01", 1),
            ("status=ongoing", 1),
        ] {
            assert_eq!(list(query), total, "{query}");
        }
        // The same days in another spelling change nothing.
        let at = path(PROJECTS, &made);
        let client = api.client();
        let same = json!({"period": "[2014-01-01..2014-04-30]/.."});
        let answer = client.patch(&at, "\"1\"", &same).expect(200);
        assert_eq!(answer.json()["version"], 1);
        let year = json!({"period": {"start": "[2014-01..2014-12]"}});
        let answer = client.patch(&at, "\"1\"", &year).expect(200).json();
        assert_eq!(answer["period"], json!({"start": "2014", "end": ".."}));

        let reversed = json!({"period": {"start": "[2014-04..2014-01]", "end": "1990s"}});
        let problem = api.post(PROJECTS, &reversed).problem(422, "invalid_body");
        let faults = problem["errors"].as_array().expect("faults");
        assert_eq!(column(faults, "pointer"), ["/period/start", "/period/end"]);
        assert_eq!(column(faults, "code"), ["interval_reversed", "invalid_date"]);
        let details = column(faults, "detail").join(" ");
        assert!(details.contains("[2014-01..2014-04]") && details.contains("199X"), "{details}");
    });
}

#[test]
fn an_organisation_since_the_nineties_and_a_network_of_unnamed_members() {
    on_both_engines(|api| {
        let ismu = api.create(
            ORGANISATIONS,
            &json!({"names": [{"value": "ISMU", "kind": "short"}], "founded": "199X"}),
        );
        assert_eq!(ismu["founded"], "[1990..1999]");
        assert_eq!(ismu["groups"], json!([]));
        let network = recorded(
            api,
            ORGANISATIONS,
            &json!({
                "kind": "network",
                "groups": [group("member", "organisations", &json!({
                    "description": "Local organisations for children",
                    "count": {"at_least": 43, "at_most": 43},
                    "country_count": {"at_least": 37, "at_most": 37}
                }))]
            }),
        );
        let found = api.get(&format!("{ORGANISATIONS}?q=local%20children")).expect(200);
        assert_eq!(id(&found.data()[0]), id(&network));
        let at = path(ORGANISATIONS, &network);
        let client = api.client();
        let none = client.patch(&at, "\"1\"", &json!({"groups": null})).expect(200).json();
        assert_eq!(none["groups"], json!([]));
        let history = api.get(&format!("{at}/revisions")).expect(200).data();
        let change = history.iter().find(|revision| revision["version"] == 2).expect("a change");
        assert_eq!(change["change"], json!({"groups": []}));
        assert_eq!(api.get(&format!("{ORGANISATIONS}?q=local%20children")).total(), 0);
    });
}

#[test]
fn every_fault_of_untidy_values_is_told_at_once() {
    on_both_engines(|api| {
        let body = json!({
            "groups": [
                {"part": "partner", "of": "organisations"},
                {"part": "boss", "of": "people", "count": "4,200"},
                {"part": "member", "of": "organisations", "countries": ["IT", "FR"], "country_count": 1}
            ],
            "territories": [{"relation": "action"}, {"relation": "action", "country": "IT", "nuts": "EL3"}],
            "activities": [{"kind": "output", "count": "24-16"}],
            "fundings": [{"share": 100.5, "year": 19, "titel": "x"}]
        });
        let problem = api.post(PROJECTS, &body).problem(422, "invalid_body");
        let faults: Vec<String> = problem["errors"]
            .as_array()
            .expect("faults")
            .iter()
            .map(|f| format!("{} {}", f["pointer"], f["code"]).replace('"', ""))
            .collect();
        assert_eq!(
            faults,
            [
                "/fundings/0/year implausible_year",
                "/fundings/0/share share_out_of_range",
                "/fundings/0/titel unknown_field",
                "/territories/0 empty_territory",
                "/territories/1/nuts contradicts_country",
                "/groups/0 empty_group",
                "/groups/1/part unknown_group_part",
                "/groups/1/count invalid_count",
                "/groups/2/country_count contradicts_countries",
                "/activities/0/count count_reversed",
                "/activities/0 empty_activity",
            ]
        );
        let wrong = format!(
            "{PROJECTS}?group=boss&action_country=Italy&action_nuts=I&funding_year=19&place="
        );
        let problem = api.get(&wrong).problem(400, "invalid_parameters");
        let mut names = column(problem["errors"].as_array().expect("faults"), "parameter");
        names.sort_unstable();
        assert_eq!(names, ["action_country", "action_nuts", "funding_year", "group", "place"]);
    });
}
