//! Projects: everything about them is optional, and what is stated comes back.

use consortia_tests::on_both_engines;
use consortia_tests::samples::{
    CALLS, ORGANISATIONS, PROGRAMMES, PROJECTS, column, id, money, organisation, participation,
    path, project,
};
use serde_json::{Value, json};

#[test]
fn every_stated_fact_comes_back_as_stated() {
    on_both_engines(|api| {
        let programme = api.create(PROGRAMMES, &json!({"code": "TEST-1"}));
        let call = api.create(CALLS, &json!({"identifier": "TEST-CALL-2020", "year": 2020}));
        let funder = api.create(ORGANISATIONS, &organisation("Fondazione Cariplo", "IT"));
        let stated = json!({
            "acronym": "POP II",
            "titles": {"en": "Sustainable PRactices of INteGration", "it": "Pratiche sostenibili"},
            "abstract": {"en": "First line.\nSecond line."},
            "period": {"start": "2021-03-01", "end": "2023-02"},
            "stated_status": "terminated",
            "total_cost": {"amount": 2_108_434.39, "currency": "EUR"},
            "fundings": [
                {
                    "programme_id": programme["id"], "funder_id": null, "call_id": call["id"],
                    "type_of_action": "CSA", "kind": "grant",
                    "amount": {"amount": 1_999_536.25, "currency": "EUR"},
                    "title": "Main grant", "year": 2021, "share": 94.83
                },
                {
                    "programme_id": null, "funder_id": funder["id"], "call_id": null,
                    "type_of_action": null, "kind": "co_funding", "amount": null,
                    "title": null, "year": null, "share": null
                }
            ],
            "keywords": ["integration", "participatory approach"],
            "themes": [{
                "vocabulary": "euroscivoc", "code": "/29/97/543", "label": "government systems",
                "path": "/social sciences/political sciences/government systems"
            }],
            "homepage": "https://example.org/spring",
            "external_ids": [{"scheme": "cordis", "value": "101004635"}]
        });
        let made = api.create(PROJECTS, &stated);
        for (field, value) in stated.as_object().expect("an object") {
            assert_eq!(&made[field], value, "{field}");
        }
        assert_eq!((&made["label"], &made["status"]), (&json!("POP II"), &json!("terminated")));
        assert_eq!(api.get(&path(PROJECTS, &made)).expect(200).json(), made);
        assert_eq!(api.get("/api/v1/projects/cordis:101004635").expect(200).json(), made);
    });
}

#[test]
fn periods_may_lack_an_end_a_month_or_everything() {
    on_both_engines(|api| {
        let cases = [
            (json!("/2014"), json!({"start": null, "end": "2014"}), "completed"),
            (json!("/2014-06"), json!({"start": null, "end": "2014-06"}), "completed"),
            (json!("2013/2015"), json!({"start": "2013", "end": "2015"}), "completed"),
            (json!("2008-02-29"), json!({"start": "2008-02-29", "end": "2008-02-29"}), "completed"),
            (json!("2019/.."), json!({"start": "2019", "end": ".."}), "ongoing"),
            (json!("9990/9991"), json!({"start": "9990", "end": "9991"}), "planned"),
            (json!({"start": "2019"}), json!({"start": "2019", "end": null}), "null"),
            (json!({}), json!({"start": null, "end": null}), "null"),
        ];
        for (stated, expected, status) in cases {
            let made = api.create(PROJECTS, &json!({"period": stated}));
            assert_eq!(made["period"], expected, "{stated}");
            assert_eq!(column(&[made], "status"), [status], "{stated}");
        }
    });
}

#[test]
fn money_is_exact_whatever_the_number_looks_like() {
    on_both_engines(|api| {
        let cases = [
            ("377006.44", "EUR", "377006.44 EUR"),
            ("359500", "EUR", "359500.00 EUR"),
            ("0.1", "EUR", "0.10 EUR"),
            ("0", "EUR", "0.00 EUR"),
            ("1e3", "EUR", "1000.00 EUR"),
            ("90071992547409.93", "EUR", "90071992547409.93 EUR"),
            ("\"12345678901234567.89\"", "USD", "12345678901234567.89 USD"),
            ("1500", "JPY", "1500 JPY"),
            ("1.234", "KWD", "1.234 KWD"),
        ];
        for (amount, currency, expected) in cases {
            let body =
                format!(r#"{{"total_cost": {{"amount": {amount}, "currency": "{currency}"}}}}"#);
            let request = api.client().request("POST", PROJECTS).body("application/json", body);
            let made = request.send().expect(201).json();
            assert_eq!(money(&made["total_cost"]), expected);
            let read = api.get(&path(PROJECTS, &made)).expect(200).json();
            assert_eq!(money(&read["total_cost"]), expected);
        }
    });
}

#[test]
fn a_label_is_always_there() {
    on_both_engines(|api| {
        let label = |body: Value| api.create(PROJECTS, &body)["label"].clone();
        assert_eq!(label(json!({"titles": "A title"})), "A title");
        assert_eq!(label(json!({"titles": {"it": "Titolo", "en": "Title"}})), "Title");
        assert_eq!(label(json!({"external_ids": ["cordis:101004635"]})), "CORDIS 101004635");
        let empty = api.create(PROJECTS, &json!({}));
        assert_eq!(empty["label"], format!("Project {}", id(&empty)));
    });
}

#[test]
fn filters_find_and_their_opposites_find_the_rest() {
    on_both_engines(|api| {
        let programme = api.create(
            PROGRAMMES,
            &json!({"code": "ZZ2020", "aliases": ["Zed Zed"], "titles": {"en": "Zeds abroad"}}),
        );
        let strand =
            api.create(PROGRAMMES, &json!({"code": "ZZ2020-A", "parent_id": programme["id"]}));
        let call = api.create(CALLS, &json!({"identifier": "ZZ-2020-1"}));
        let rome = api.create(ORGANISATIONS, &organisation("Roma Tre", "IT"));
        let paris = api.create(ORGANISATIONS, &organisation("Sorbonne", "FR"));
        let funding = |programme: &Value, call: &Value, action: &str| {
            json!([{"programme_id": programme["id"], "call_id": call["id"],
                    "type_of_action": action, "kind": "grant",
                    "amount": {"amount": 100_000, "currency": "EUR"}}])
        };
        let first = api.create(
            PROJECTS,
            &json!({
                "acronym": "Prima", "period": "2015/2017",
                "fundings": funding(&programme, &json!({}), "RIA"),
                "total_cost": {"amount": 250_000.50, "currency": "EUR"},
                "keywords": ["Migration"],
                "external_ids": ["cordis:600001"]
            }),
        );
        let second = api.create(
            PROJECTS,
            &json!({
                "acronym": "Seconda", "period": "2016-05-01/2019-04-30",
                "fundings": funding(&strand, &call, "CSA"),
                "themes": [{"vocabulary": "euroscivoc", "code": "/29/97", "label": "political sciences",
                            "path": "/social sciences/political sciences"}]
            }),
        );
        api.create(PROJECTS, &json!({"acronym": "Terza"}));
        for (project, organisation, role) in [
            (&first, &rome, "coordinator"),
            (&first, &paris, "participant"),
            (&second, &paris, "coordinator"),
        ] {
            let at = format!("{}/participations", path(PROJECTS, project));
            api.create(&at, &participation(organisation, role));
        }
        let found = |query: &str| {
            let list = api.get(&format!("{PROJECTS}?sort=acronym&{query}")).expect(200).data();
            column(&list, "acronym").join(" ")
        };
        let (rome, paris) = (id(&rome), id(&paris));
        for (query, expected) in [
            ("acronym=prima", "Prima"),
            ("external_id=cordis:600001", "Prima"),
            ("programme=ZZ2020", "Prima Seconda"),
            ("programme=zz 2020", "Prima Seconda"),
            ("programme=Zed%20Zed", "Prima Seconda"),
            ("programme=zeds%20Abroad", "Prima Seconda"),
            ("programme=ZZ2020-A", "Seconda"),
            ("programme=!ZZ2020-A", "Prima Terza"),
            ("call=zz-2020-1", "Seconda"),
            ("type_of_action=csa", "Seconda"),
            ("type_of_action=CSA,RIA", "Prima Seconda"),
            ("funding_kind=grant", "Prima Seconda"),
            ("funding_kind=!grant", "Terza"),
            (&format!("organisation={paris}"), "Prima Seconda"),
            (&format!("organisation={paris}&organisation={rome}"), "Prima"),
            (&format!("organisation=!{rome}"), "Seconda Terza"),
            (&format!("coordinator={paris}"), "Seconda"),
            ("country=IT", "Prima"),
            ("country=IT,FR", "Prima Seconda"),
            ("country=!IT", "Seconda Terza"),
            ("country_group=eu", "Prima Seconda"),
            ("country_group=!eu", "Terza"),
            ("role=participant", "Prima"),
            ("keyword=MIGRATION", "Prima"),
            ("theme=/29/97", "Seconda"),
            ("status=completed", "Prima Seconda"),
            ("status=!completed", "Terza"),
            ("status=unknown", "Terza"),
            ("active_on=2016-06-01", "Prima Seconda"),
            ("active_on=2015-06-01", ""),
            ("possibly_active_on=2015-06-01", "Prima Terza"),
            ("active_on=2018-01-01", "Seconda"),
            ("start_date_from=2016", "Seconda"),
            ("start_date_to=2015", "Prima"),
            ("end_date_from=2019-04-30&end_date_to=2019-04-30", "Seconda"),
            ("total_cost_from=250000.50", "Prima"),
            ("total_cost_from=250000.51", ""),
        ] {
            let query = query.replace(' ', "%20");
            assert_eq!(found(&query), expected, "{query}");
        }
    });
}

#[test]
fn participations_come_along_when_asked_for() {
    on_both_engines(|api| {
        let rome = api.create(ORGANISATIONS, &organisation("Roma Tre", "IT"));
        let made = api.create(PROJECTS, &project("SPRING", "2021/2023"));
        let at = path(PROJECTS, &made);
        let taking_part =
            api.create(&format!("{at}/participations"), &participation(&rome, "coordinator"));
        let plain = api.get(&at).expect(200).json();
        assert!(plain.get("participations").is_none());
        let full = api.get(&format!("{at}?include=participations")).expect(200).json();
        assert_eq!(full["participations"][0]["id"], taking_part["id"]);
        assert_eq!(full["participations"][0]["organisation"]["label"], "Roma Tre");
        let list = api.get(&format!("{PROJECTS}?include=participations")).expect(200).data();
        assert_eq!(list[0]["participations"], full["participations"]);
    });
}

#[test]
fn fields_choose_what_is_shown() {
    on_both_engines(|api| {
        let made = api.create(PROJECTS, &project("SPRING", "2021/2023"));
        let one = api.get(&format!("{}?fields=label,period", path(PROJECTS, &made))).expect(200);
        let keys = |value: &Value| {
            value.as_object().map(|map| map.keys().cloned().collect::<Vec<_>>()).unwrap_or_default()
        };
        assert_eq!(keys(&one.json()), ["label", "period"]);
        let list = api.get(&format!("{PROJECTS}?fields=acronym")).expect(200).data();
        assert_eq!(keys(&list[0]), ["acronym"]);
    });
}
