//! An organisation on one page, each figure beside the list it points to.

use consortia_tests::samples::{
    ORGANISATIONS, PROGRAMMES, PROJECTS, id, organisation, participation, path,
};
use consortia_tests::{Server, on_both_engines, on_both_engines_with_h2020};
use serde_json::{Value, json};

fn profile(api: &Server, at: &str) -> Value {
    api.get(at).expect(200).json()
}

/// Follows every address beside a count and demands that as many records are listed there.
/// Gives how many were followed.
fn follow(api: &Server, value: &Value) -> usize {
    match value {
        Value::Object(map) => {
            let mut followed = 0;
            let href = map.get("href").and_then(Value::as_str);
            if let (Some(count), Some(href)) = (map.get("count"), href) {
                let sign = if href.contains('?') { '&' } else { '?' };
                let at = format!("{href}{sign}limit=1");
                let listed = api.unrecorded().get(&at).expect(200).total();
                assert_eq!(count.as_u64(), Some(listed), "{href}");
                followed += 1;
            }
            followed + map.values().map(|value| follow(api, value)).sum::<usize>()
        }
        Value::Array(items) => items.iter().map(|item| follow(api, item)).sum(),
        _ => 0,
    }
}

#[test]
fn figures_are_those_of_the_registry_and_point_to_their_records() {
    on_both_engines(|api| {
        let make =
            |name: &str, country: &str| api.create(ORGANISATIONS, &organisation(name, country));
        let (own, rome, paris) = (make("Own", "IT"), make("Roma", "IT"), make("Paris", "FR"));
        let mut nowhere = organisation("Nowhere", "IT");
        nowhere["country"] = Value::Null;
        let nowhere = api.create(ORGANISATIONS, &nowhere);
        let top = api.create(PROGRAMMES, &json!({"code": "TOP", "titles": {"en": "Top"}}));
        let branch = json!({"code": "TOP-1", "titles": {"en": "Branch"}, "parent_id": top["id"]});
        let branch = api.create(PROGRAMMES, &branch);
        let theme = |code: &str| json!({"vocabulary": "euroscivoc", "code": code, "label": code});
        let paid = |programme: &Value| json!([{"programme_id": programme["id"]}]);
        let contents = [
            json!({
                "acronym": "OLD", "period": "2013/2015", "keywords": ["Migration", "labour, a"],
                "fundings": paid(&top), "total_cost": {"amount": 500, "currency": "EUR"}
            }),
            json!({
                "acronym": "NEW", "period": "2016-02/2018", "keywords": ["migration"],
                "themes": [theme("/29/97/543")], "fundings": paid(&branch),
                "total_cost": {"amount": 400, "currency": "EUR"}
            }),
            json!({
                "acronym": "NEWER", "period": "2017/..", "keywords": ["health"],
                "themes": [theme("/29/97"), theme("/29")]
            }),
            json!({"acronym": "SILENT", "period": "2018-05-01/2019"}),
            json!({"acronym": "UNDATED", "stated_status": "suspended"}),
        ];
        let projects = contents.map(|content| api.create(PROJECTS, &content));
        let take_part = |project: usize, who: &Value, role: &str, amount: Value| {
            let at = format!("{}/participations", path(PROJECTS, &projects[project]));
            let mut seat = participation(who, role);
            if !amount.is_null() {
                seat["ec_contribution"] = json!({"amount": amount, "currency": "EUR"});
            }
            api.create(&at, &seat);
        };
        take_part(0, &own, "coordinator", json!(100.25));
        take_part(0, &rome, "participant", Value::Null);
        take_part(1, &own, "participant", json!(50));
        take_part(1, &own, "third_party", json!(75.5));
        take_part(1, &rome, "participant", Value::Null);
        take_part(1, &paris, "participant", Value::Null);
        take_part(1, &nowhere, "participant", Value::Null);
        for project in 2..5 {
            take_part(project, &own, "coordinator", Value::Null);
        }
        let at = format!("{}/profile", path(ORGANISATIONS, &own));
        let found = profile(api, &at);
        assert_eq!(found["projects"]["count"], 5);
        assert_eq!((&found["first_year"], &found["last_year"]), (&json!(2013), &json!(2019)));
        let counts = |field: &str, name: &str| {
            let rows = found[field].as_array().expect("rows").iter();
            rows.map(|row| format!("{} {}", row[name], row["count"])).collect::<Vec<_>>()
        };
        assert_eq!(
            counts("statuses", "status"),
            ["\"ongoing\" 1", "\"completed\" 3", "\"suspended\" 1"]
        );
        assert_eq!(
            counts("roles", "role"),
            ["\"coordinator\" 4", "\"participant\" 1", "\"third_party\" 1"]
        );
        assert_eq!(counts("partners_by_country", "country"), ["\"FR\" 1", "\"IT\" 1", "null 1"]);
        let programmes = found["programmes"].as_array().expect("programmes").iter();
        let programmes: Vec<_> = programmes
            .map(|row| format!("{} {}", row["programme"]["label"], row["count"]))
            .collect();
        assert_eq!(programmes, ["\"Top\" 2", "\"Branch\" 1"]);
        let money = &found["ec_contribution"];
        assert_eq!(money["amounts"], json!([{"amount": 225.75, "currency": "EUR"}]));
        assert_eq!((&money["known"], &money["of"]), (&json!(3), &json!(6)));
        assert_eq!((&found["countries"], &found["collaborations"]), (&json!(2), &json!(4)));
        assert_eq!(found["frequent_partners"][0]["organisation"]["label"], "Roma");
        let label = |of: &str| &found["highlights"][of]["project"]["label"];
        assert_eq!(label("largest_contribution"), "NEW");
        let largest = &found["highlights"]["largest_contribution"]["amount"]["amount"];
        assert_eq!(*largest, 125.5);
        assert_eq!(
            (label("largest_project"), label("largest_consortium")),
            (&json!("OLD"), &json!("NEW"))
        );
        assert_eq!(found["highlights"]["largest_consortium"]["organisations"], 4);
        assert_eq!(found["highlights"]["newest"]["label"], "SILENT");
        assert_eq!(found["highlights"]["first"]["label"], "OLD");
        topics_shift(&found["topics"]);
        assert!(follow(api, &found) >= 20);
        for scope in ["programme=TOP", "status=completed", "active_from=2019", "start_date_to=2016"]
        {
            let found = profile(api, &format!("{at}?{scope}"));
            assert!(follow(api, &found) > 5, "{scope}");
        }
    });
}

/// What OLD (2010 to 2014), NEW, NEWER and SILENT (2015 to 2019), and UNDATED are about.
fn topics_shift(periods: &Value) {
    let periods = periods.as_array().expect("periods");
    let years: Vec<_> = periods.iter().map(|of| (of["from"].clone(), of["to"].clone())).collect();
    let year = |year: i32| json!(year);
    assert_eq!(
        years,
        [(year(2010), year(2014)), (year(2015), year(2019)), (Value::Null, Value::Null)]
    );
    let shown = |period: &Value| {
        let rows = period["topics"].as_array().expect("topics").iter();
        let show = |row: &Value| {
            let label = row["topic"]["label"].as_str().expect("a label");
            format!("{label} {} {} {}", row["projects"]["count"], row["share"], row["shift"])
        };
        rows.map(show).collect::<Vec<_>>()
    };
    assert_eq!(shown(&periods[0]), ["labour, a 1 1.0 null", "Migration 1 1.0 null"]);
    // Of the three, SILENT has no topic; "/29" and "/29/97" count what lies below them.
    assert_eq!(periods[1]["without_topic"], 1);
    assert_eq!(
        shown(&periods[1]),
        [
            "/29 2 1.0 1.0",
            "/29/97 2 1.0 1.0",
            "health 1 0.5 0.5",
            "migration 1 0.5 -0.5",
            "/29/97/543 1 0.5 0.5"
        ]
    );
    let gone: Vec<_> =
        periods[1]["gone"].as_array().expect("topics").iter().map(|of| &of["label"]).collect();
    assert_eq!(gone, ["labour, a"]);
    // A comma means something else to a list.
    assert_eq!(periods[0]["topics"][0]["projects"]["href"], Value::Null);
    assert_eq!(periods[2]["projects"], json!({"count": 1, "href": null}));
}

#[test]
fn units_are_listed_where_they_are_counted() {
    on_both_engines(|api| {
        let own = api.create(ORGANISATIONS, &organisation("Own", "IT"));
        let mut unit = organisation("Unit", "FR");
        unit["parent_id"] = own["id"].clone();
        let unit = api.create(ORGANISATIONS, &unit);
        let other = api.create(ORGANISATIONS, &organisation("Other", "DE"));
        for who in [&own, &unit] {
            let project = api.create(PROJECTS, &json!({"period": "2020"}));
            let at = format!("{}/participations", path(PROJECTS, &project));
            api.create(&at, &participation(who, "participant"));
            api.create(&at, &participation(&other, "participant"));
        }
        let at = format!("{}/profile", path(ORGANISATIONS, &own));
        assert_eq!(profile(api, &at)["projects"]["count"], 1);
        let found = profile(api, &format!("{at}?rollup=parent"));
        assert_eq!(found["projects"]["count"], 2);
        let href = found["projects"]["href"].as_str().expect("an address");
        assert!(href.contains(id(&own)) && href.contains(id(&unit)), "{href}");
        assert!(follow(api, &found) > 3);
        let problem = api.get(&format!("{at}?period_years=51&colour=x")).expect(400).json();
        let named = |n: usize| problem["errors"][n]["parameter"].clone();
        assert_eq!((named(0), named(1)), (json!("period_years"), json!("colour")));
        let early = api.create(PROJECTS, &json!({"period": "0002/9999"}));
        let early = format!("{}/participations", path(PROJECTS, &early));
        api.create(&early, &participation(&other, "participant"));
        let other = profile(api, &format!("{}/profile", path(ORGANISATIONS, &other)));
        assert_eq!(
            (&other["topics"][0]["from"], &other["topics"][0]["to"]),
            (&json!(1), &json!(4))
        );
        assert!(follow(api, &other) > 5);
        let empty = api.create(ORGANISATIONS, &organisation("Empty", "IT"));
        let empty = profile(api, &format!("{}/profile", path(ORGANISATIONS, &empty)));
        assert_eq!((&empty["peers"], &empty["topics"]), (&Value::Null, &json!([])));
        assert_eq!(empty["highlights"]["newest"], Value::Null);
        assert_eq!(follow(api, &empty), 4);
    });
}

#[test]
fn real_figures_point_to_their_records_in_any_scope() {
    on_both_engines_with_h2020(|api| {
        let at = "/api/v1/organisations/pic:968823876/profile";
        let found = profile(api, at);
        assert_eq!(found["projects"]["count"], 2);
        assert_eq!((&found["partners"]["count"], &found["countries"]), (&json!(15), &json!(6)));
        let money = json!([{"amount": 736_506.44, "currency": "EUR"}]);
        assert_eq!(found["ec_contribution"]["amounts"], money);
        let largest = &found["highlights"]["largest_contribution"];
        assert_eq!(largest["project"]["label"], "ReSOMA");
        assert_eq!(largest["amount"], json!({"amount": 377_006.44, "currency": "EUR"}));
        assert!(follow(api, &found) >= 14);
        let cnrs = "/api/v1/organisations/pic:999997930/profile";
        for scope in [
            "",
            "?programme=H2020-EU.1.1.&start_date_from=2016&start_date_to=2018-06",
            "?active_from=2019-03&active_to=2019-04&country=IT,FR&country=!FR",
            "?status=completed&role=coordinator&period_years=3",
        ] {
            assert!(follow(api, &profile(api, &format!("{cnrs}{scope}"))) > 15, "{scope}");
        }
    });
}
