//! Calls for proposals.

use consortia_tests::on_both_engines;
use consortia_tests::samples::{CALLS, PROGRAMMES, column, path};
use serde_json::{Value, json};

#[test]
fn every_stated_fact_comes_back_as_stated() {
    on_both_engines(|api| {
        let programme = api.create(PROGRAMMES, &json!({"code": "CALLER", "titles": "Caller"}));
        let stated = json!({
            "programme_id": programme["id"],
            "identifier": "H2020-SC6-MIGRATION-2020",
            "titles": {"en": "Migration"},
            "year": 2020,
            "opening_date": "2019-11",
            "deadlines": ["2020-03-12", "2020-09"],
            "budget": {"amount": 35_000_000.50, "currency": "EUR"},
            "type_of_action": "CSA",
            "homepage": "https://example.org/call",
            "external_ids": [{"scheme": "local", "value": "bando-7"}]
        });
        let made = api.create(CALLS, &stated);
        for (field, value) in stated.as_object().expect("an object") {
            if field == "budget" {
                assert_eq!(made["budget"]["amount"].to_string(), "35000000.50");
            } else {
                assert_eq!(&made[field], value, "{field}");
            }
        }
        assert_eq!(made["label"], "H2020-SC6-MIGRATION-2020");
        assert_eq!(made["programme"]["label"], "Caller");
        assert_eq!(api.get(&path(CALLS, &made)).expect(200).json(), made);
        assert_eq!(api.get("/api/v1/calls/local:bando-7").expect(200).json(), made);
    });
}

#[test]
fn calls_are_found_by_year_dates_and_programme() {
    on_both_engines(|api| {
        let above = api.create(PROGRAMMES, &json!({"code": "ABOVE"}));
        let below = api.create(PROGRAMMES, &json!({"code": "BELOW", "parent_id": above["id"]}));
        let call = |identifier: &str, year: Value, opening: Value, deadlines: Value| {
            api.create(
                CALLS,
                &json!({
                    "identifier": identifier, "year": year, "opening_date": opening,
                    "deadlines": deadlines, "programme_id": below["id"]
                }),
            )
        };
        let _ = call("A", json!(2014), json!("2013-12-11"), json!(["2014-04-01", "2014-09-30"]));
        let _ = call("B", json!(2015), json!("2015"), json!([]));
        let _ = call("C", Value::Null, Value::Null, json!(["2016-06"]));
        let found = |query: &str| {
            let list = api.get(&format!("{CALLS}?sort=created_at&{query}")).expect(200).data();
            column(&list, "identifier").join("")
        };
        for (query, expected) in [
            ("programme=ABOVE", "ABC"),
            ("programme=BELOW", "ABC"),
            ("identifier=b", "B"),
            ("identifier=!b", "AC"),
            ("year_from=2015", "B"),
            ("year_to=2014", "A"),
            ("opening_date_from=2015-06", "B"),
            ("opening_date_to=2014", "A"),
            ("deadline_from=2014-05&deadline_to=2014-10", "A"),
            ("deadline_from=2014-05&deadline_to=2014-08", ""),
            ("deadline_from=2016-06-15", "C"),
        ] {
            assert_eq!(found(query), expected, "{query}");
        }
        let years = api.get(&format!("{CALLS}?sort=-year")).expect(200).data();
        assert_eq!(column(&years, "year"), ["2015", "2014", "null"]);
    });
}
