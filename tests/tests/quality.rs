//! What is missing or looks wrong: found, counted, and gone when it is mended.

use consortia_tests::samples::{
    ORGANISATIONS, PROJECTS, column, organisation, participation, path, project,
};
use consortia_tests::{Server, on_both_engines, on_both_engines_with_h2020};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const QUALITY: &str = "/api/v1/quality";

/// The checks that find anything, with what they find.
fn found(api: &Server) -> BTreeMap<String, Vec<String>> {
    let summary = api.get(QUALITY).expect(200).json();
    let checks = summary["checks"].as_array().expect("checks").clone();
    let mut all = BTreeMap::new();
    for check in checks.iter().filter(|check| check["count"] != 0) {
        let list = api.get(check["href"].as_str().expect("an address")).expect(200);
        assert_eq!(json!(list.total()), check["count"], "{check}");
        for record in list.data() {
            assert_eq!(record["entity"], check["entity"]);
            let read = api.get(record["href"].as_str().expect("an address")).expect(200);
            assert_eq!(read.json()["id"], record["id"]);
        }
        let name = check["check"].as_str().expect("a name").to_owned();
        all.insert(name, column(&list.data(), "label"));
    }
    all
}

fn euros(amount: u32) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

#[test]
fn each_check_finds_what_it_says_and_nothing_else() {
    on_both_engines(|api| {
        let [one, two] = [("One", "IT"), ("Two", "FR")]
            .map(|(name, country)| api.create(ORGANISATIONS, &organisation(name, country)));
        let seat = |project: &Value, body: &Value| {
            api.create(&format!("{}/participations", path(PROJECTS, project)), body)
        };
        let sound = api.create(PROJECTS, &project("SOUND", "2020/2022"));
        seat(&sound, &participation(&one, "coordinator"));
        let mut part = participation(&two, "participant");
        part["ec_contribution"] = euros(10);
        part["total_cost"] = euros(10);
        part["period"] = json!("2021/2022");
        seat(&sound, &part);
        assert_eq!(found(api), BTreeMap::new(), "nothing is wrong with it");

        let headless = api.create(PROJECTS, &project("HEADLESS", "2020/2022"));
        seat(&headless, &participation(&one, "participant"));
        let double = api.create(PROJECTS, &project("DOUBLE", "2020/2022"));
        seat(&double, &participation(&one, "coordinator"));
        part["role"] = json!("coordinator");
        part["ec_contribution"] = json!({"amount": 10.01, "currency": "EUR"});
        part["period"] = json!("/2019");
        seat(&double, &part);
        let bare = api.create(
            PROJECTS,
            &json!({
                "total_cost": euros(5), "fundings": [{"kind": "grant", "amount": euros(6)}],
                "external_ids": [{"scheme": "local", "value": "bare"}],
            }),
        );
        api.create(ORGANISATIONS, &organisation("Windhoek", "NA"));
        api.create(
            ORGANISATIONS,
            &json!({
                "names": [{"value": "Shifted"}], "country": "DE", "place": {"city": "20145"},
            }),
        );
        let nameless = api.create(
            ORGANISATIONS,
            &json!({
                "external_ids": [{"scheme": "pic", "value": "968823876"}],
            }),
        );
        seat(&sound, &participation(&nameless, "participant"));
        let label = |record: &Value| record["label"].as_str().expect("a label").to_owned();
        let expected = [
            ("no_coordinator", vec!["HEADLESS".to_owned()]),
            ("several_coordinators", vec!["DOUBLE".to_owned()]),
            ("no_participant", vec![label(&bare)]),
            ("no_title", vec![label(&bare)]),
            ("no_dates", vec![label(&bare)]),
            ("funding_above_cost", vec![label(&bare)]),
            ("ends_before_project", vec!["Two in DOUBLE".to_owned()]),
            ("contribution_above_cost", vec!["Two in DOUBLE".to_owned()]),
            ("no_name", vec![label(&nameless)]),
            ("no_country", vec![label(&nameless)]),
            ("country_namibia", vec!["Windhoek".to_owned()]),
            ("shifted_row", vec!["Shifted".to_owned()]),
        ];
        let expected = expected.map(|(check, labels)| (check.to_owned(), labels));
        assert_eq!(found(api), BTreeMap::from(expected));
        let at = path(PROJECTS, &bare);
        let mended = json!({"acronym": "MENDED", "period": "2020", "total_cost": euros(6)});
        api.client().patch(&at, api.get(&at).etag(), &mended).expect(200);
        let left = found(api);
        assert_eq!(left["no_participant"], ["MENDED"]);
        assert!(!left.contains_key("no_title") && !left.contains_key("funding_above_cost"));
    });
}

#[test]
fn whoever_leads_is_counted_once_and_groups_of_partners_are_somebody() {
    on_both_engines(|api| {
        let [one, two] =
            ["One", "Two"].map(|name| api.create(ORGANISATIONS, &organisation(name, "IT")));
        let seat = |project: &Value, of: &Value, role: &str, period: Value| {
            let mut body = participation(of, role);
            body["period"] = period;
            api.create(&format!("{}/participations", path(PROJECTS, project)), &body);
        };
        let led = api.create(PROJECTS, &project("LED", "2020/2022"));
        seat(&led, &one, "lead_partner", json!("2020"));
        seat(&led, &one, "coordinator", json!("2021"));
        seat(&led, &one, "coordinator", json!("2022"));
        seat(&led, &two, "participant", Value::Null);
        let of = |part: &str, acronym: &str| {
            let group = json!({"part": part, "of": "organisations", "count": 7});
            let mut body = project(acronym, "2020/2022");
            body["groups"] = json!([group]);
            api.create(PROJECTS, &body);
        };
        of("partner", "GROUP");
        assert_eq!(found(api), BTreeMap::new(), "nothing is wrong with them");
        of("beneficiary", "GAIN");
        seat(&led, &two, "lead_partner", Value::Null);
        let expected = [("several_coordinators", "LED"), ("no_participant", "GAIN")]
            .map(|(check, label)| (check.to_owned(), vec![label.to_owned()]));
        assert_eq!(found(api), BTreeMap::from(expected));
    });
}

#[test]
fn what_is_there_twice_or_more_than_whole_is_found() {
    on_both_engines(|api| {
        let [one, _, _, two] = [("Città", "IT"), ("CITTA", "IT"), ("Città", "FR"), ("Two", "FR")]
            .map(|(name, country)| api.create(ORGANISATIONS, &organisation(name, country)));
        let make = |acronym: &str, more: Value| {
            let mut body = project(acronym, "2020/2022");
            body.as_object_mut().expect("fields").extend(more.as_object().expect("fields").clone());
            let made = api.create(PROJECTS, &body);
            let at = format!("{}/participations", path(PROJECTS, &made));
            api.create(&at, &participation(&one, "coordinator"));
            (made, at)
        };
        let shares = |share: f64| json!({"fundings": [{"share": 60}, {"share": share}, {}]});
        make("WHOLE", shares(40.01)); // as rounding makes it
        make("MORE", shares(40.5));
        let known_as =
            |id: &str| json!({"external_ids": [{"scheme": "cordis", "value": id}], "titles": {}});
        make("IMPACT", known_as("101004635"));
        make("IMPACT", known_as("101004636"));
        make("DIME", known_as("101004637"));
        make("Dime", json!({}));
        let titled = json!({"titles": {"en": "The same in other words"}});
        make("WORDS", titled.clone());
        make("OTHER", titled);
        let (_, seats) = make("SEATS", json!({}));
        for period in [json!("2020"), json!("2021-01/2021-06"), json!("2021-07/.."), json!("2022")]
        {
            let mut body = participation(&two, "participant");
            body["period"] = period;
            api.create(&seats, &body);
        }
        let expected = [
            ("same_name", vec!["Città", "CITTA"]),
            ("shares_above_whole", vec!["MORE"]),
            ("same_title", vec!["DIME", "Dime", "WORDS", "OTHER"]),
            ("repeated_participation", vec!["Two in SEATS"]),
        ];
        let expected = expected.map(|(check, labels)| {
            (check.to_owned(), labels.into_iter().map(str::to_owned).collect())
        });
        assert_eq!(found(api), BTreeMap::from(expected));
        // One whose role nobody knows may be anything.
        let mut unclear = participation(&two, "participant");
        unclear["role"] = Value::Null;
        api.create(&seats, &unclear);
        assert_eq!(found(api)["repeated_participation"].len(), 1);
        api.create(&seats, &unclear);
        assert_eq!(found(api)["repeated_participation"].len(), 2);
    });
}

#[test]
fn the_list_is_for_those_who_look_after_the_registry() {
    on_both_engines(|api| {
        api.anonymous().get(QUALITY).problem(401, "token_required");
        let editor = api.client().with_token(&api.token("editor"));
        editor.get(&format!("{QUALITY}/no_title")).problem(403, "role_required");
        let unknown = api.get(&format!("{QUALITY}/no_taste")).problem(404, "not_found");
        assert!(unknown["detail"].as_str().is_some_and(|detail| detail.contains("no_title")));
    });
}

#[test]
fn real_data_has_its_share() {
    on_both_engines_with_h2020(|api| {
        let staff = api.client().with_token(&api.token("staff"));
        let summary = staff.get(QUALITY).expect(200).json();
        for check in summary["checks"].as_array().expect("checks") {
            let page = staff.get(&format!("{}?limit=2", check["href"].as_str().expect("one")));
            assert_eq!(json!(page.expect(200).total()), check["count"], "{check}");
        }
        // Pages follow one another without loss.
        let busiest = summary["checks"].as_array().expect("checks").iter();
        let few =
            busiest.filter(|check| check["count"].as_u64().is_some_and(|n| (1..500).contains(&n)));
        for check in few {
            let href = check["href"].as_str().expect("an address");
            let all = staff.walk(&format!("{href}?limit=50"));
            assert_eq!(json!(all.len()), check["count"], "{check}");
        }
    });
}
