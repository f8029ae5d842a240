//! Themes in use: listed with their number, which is that of the projects their address lists.

use consortia_tests::samples::{
    ORGANISATIONS, PROJECTS, column, id, organisation, participation, path, project,
};
use consortia_tests::{Server, on_both_engines, on_both_engines_with_catalogue, program};
use serde_json::{Value, json};

const THEMES: &str = "/api/v1/themes";

/// A theme as a project states it; what is empty is not stated.
fn theme(vocabulary: &str, code: &str, label: &str, path: &str) -> Value {
    let known = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    json!({"vocabulary": vocabulary, "code": code, "label": known(label), "path": known(path)})
}

/// A project with themes.
fn about(api: &Server, acronym: &str, themes: &[&Value]) -> Value {
    let mut content = project(acronym, "2020/2022");
    content["themes"] = json!(themes);
    api.create(PROJECTS, &content)
}

/// Level, code, label, parent and number of the themes a request finds, in its order.
fn found(api: &Server, query: &str) -> Vec<String> {
    let list = api.get(&format!("{THEMES}?{query}").replace(' ', "%20")).expect(200).data();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let line = |it: &Value| {
        let [code, label, parent] = ["code", "label", "parent"].map(|name| text(&it[name]));
        format!("{} {code} {label} < {parent}: {}", it["level"], it["projects"])
    };
    list.iter().map(line).collect()
}

/// The codes of the themes a request finds, in its order.
fn codes(api: &Server, query: &str) -> String {
    let list = api.get(&format!("{THEMES}?{query}").replace(' ', "%20")).expect(200).data();
    column(&list, "code").join(" ")
}

/// Follows the addresses of each theme: they list as many projects as it says, and the themes
/// below it.
fn must_agree(api: &Server, themes: &[Value]) {
    for theme in themes {
        let href = theme["href"].as_str().unwrap_or_else(|| panic!("no address: {theme}"));
        let listed = api.get(&format!("{href}&limit=1")).expect(200).total();
        assert_eq!(json!(listed), theme["projects"], "{theme}");
        let Some(below) = theme["themes_href"].as_str() else { continue };
        let below = api.get(below).expect(200).data();
        let is_below = |it: &Value| it["level"].as_u64() > theme["level"].as_u64();
        assert!(!below.is_empty() && below.iter().all(is_below), "{theme}");
    }
}

/// Three projects with fields of science and a subject; the first has the second's field too.
fn with_sciences(api: &Server) -> [Value; 3] {
    let science = |code: &str, label: &str, path: &str| theme("euroscivoc", code, label, path);
    let government = science(
        "/29/97/543",
        "government systems",
        "/social sciences/political sciences/government systems",
    );
    let politics = science("/29/97", "political sciences", "");
    let optics = science("/23/43/251", "", "/natural sciences/physical sciences/optics");
    let subject = theme("cordis-subject", "SOC", "", "");
    [
        about(api, "ONE", &[&government, &politics]),
        about(api, "TWO", &[&government, &optics]),
        about(api, "THREE", &[&politics, &subject]),
    ]
}

#[test]
fn themes_stand_in_trees_with_their_numbers() {
    on_both_engines(|api| {
        assert_eq!(found(api, ""), [""; 0]);
        with_sciences(api);
        let all = [
            "2 /29/97 political sciences < /29: 3",
            "1 /29 social sciences < -: 3",
            "3 /29/97/543 government systems < /29/97: 2",
            "1 /23 natural sciences < -: 1",
            "3 /23/43/251 optics < /23/43: 1",
            "2 /23/43 physical sciences < /23: 1",
            "1 SOC SOC < -: 1",
        ];
        assert_eq!(found(api, ""), all);
        let list = api.get(THEMES).expect(200).data();
        must_agree(api, &list);
        assert_eq!(list[1]["path"], "/social sciences", "as the paths of those below say");
        assert_eq!(list[0]["path"], "/social sciences/political sciences");
        assert_eq!((&list[6]["path"], &list[6]["themes_href"]), (&Value::Null, &Value::Null));
    });
}

#[test]
fn themes_are_chosen_and_sorted() {
    on_both_engines(|api| {
        with_sciences(api);
        for (query, expected) in [
            ("sort=code", "/23 /23/43 /23/43/251 /29 /29/97 /29/97/543 SOC"),
            ("sort=-code&level=1", "SOC /29 /23"),
            ("sort=label&level=2,3", "/29/97/543 /23/43/251 /23/43 /29/97"),
            ("sort=projects,code&level=1", "/23 SOC /29"),
            ("vocabulary=cordis-subject", "SOC"),
            ("vocabulary=!euroscivoc", "SOC"),
            ("vocabulary=EUROSCIVOC", ""),
            ("sort=code&under=/29", "/29/97 /29/97/543"),
            ("sort=code&under=euroscivoc:/29/", "/29/97 /29/97/543"),
            ("sort=code&under=/Social Sciences", "/29/97 /29/97/543"),
            ("sort=code&under=cordis-subject:/29", ""),
            ("sort=code&under=PHYSICAL sciences", "/23/43/251"),
            ("sort=code&under=/29,/23&level=2", "/23/43 /29/97"),
            ("sort=code&under=unknown", "/23 /29 SOC"),
            ("sort=code&under=!/29,unknown", "/23/43 /23/43/251"),
            ("q=SCI", "/29/97 /29 /23 /23/43"),
            ("q=sci soc", "/29"),
            ("q=ciences", ""),
            ("q=97 543", "/29/97/543"),
        ] {
            assert_eq!(codes(api, query), expected, "{query}");
        }
        let pages = api.client().walk(&format!("{THEMES}?limit=2"));
        assert_eq!(pages, api.get(THEMES).data(), "page by page the same");
        let table = api.get(&format!("{THEMES}?format=csv&vocabulary=cordis-subject")).expect(200);
        assert_eq!(
            table.text(),
            "vocabulary,code,label,path,level,parent,projects,href,themes_href\r\n\
             cordis-subject,SOC,SOC,,1,,1,/api/v1/projects?theme=cordis-subject%3ASOC,\r\n"
        );
        let lines = api.get(&format!("{THEMES}?format=ndjson&fields=code")).expect(200);
        assert_eq!(lines.text().lines().count(), 7);
    });
}

#[test]
fn some_projects_may_count_only() {
    on_both_engines(|api| {
        let [one, two, _] = with_sciences(api);
        let rome = api.create(ORGANISATIONS, &organisation("Roma", "IT"));
        let paris = api.create(ORGANISATIONS, &organisation("Paris", "FR"));
        for (project, organisation) in [(&one, &rome), (&two, &rome), (&two, &paris)] {
            let at = format!("{}/participations", path(PROJECTS, project));
            api.create(&at, &participation(organisation, "participant"));
        }
        let of = |organisation: &Value| format!("organisation={}", id(organisation));
        assert_eq!(codes(api, &format!("level=1&{}", of(&rome))), "/29 /23");
        let list = api.get(&format!("{THEMES}?{}", of(&rome))).data();
        assert_eq!(column(&list, "projects"), ["2", "2", "2", "1", "1", "1"]);
        must_agree(api, &list);
        let joint = api.get(&format!("{THEMES}?{}&{}", of(&rome), of(&paris))).data();
        assert_eq!(column(&joint, "projects"), ["1"; 6]);
        must_agree(api, &joint);
        // What is below is counted in the same scope.
        let optics = joint.iter().find(|it| it["code"] == "/23/43").expect("it");
        let below = api.get(optics["themes_href"].as_str().expect("an address")).data();
        assert_eq!(column(&below, "code"), ["/23/43/251"]);
        assert_eq!(below[0]["projects"], 1);
        // THREE has no programme, like the others.
        assert_eq!(codes(api, "programme=H2020"), "");
        assert_eq!(api.get(&format!("{THEMES}?programme=!H2020")).total(), 7);
    });
}

#[test]
fn numbers_follow_every_change() {
    on_both_engines(|api| {
        let [one, ..] = with_sciences(api);
        let etag = api.get(THEMES).expect(200).etag().to_owned();
        let unchanged = |etag: &str| {
            api.client().request("GET", THEMES).header("If-None-Match", etag).send().status
        };
        assert_eq!(unchanged(&etag), 304);
        let at = path(PROJECTS, &one);
        let known = api.get(&at).etag().to_owned();
        let optics = theme("euroscivoc", "/23/43/251", "optics", "");
        api.client().patch(&at, &known, &json!({"themes": [optics]})).expect(200);
        assert_eq!(unchanged(&etag), 200);
        assert_eq!(codes(api, "vocabulary=euroscivoc&limit=3"), "/23 /23/43/251 /23/43");
        assert_eq!(found(api, "q=543"), ["3 /29/97/543 government systems < /29/97: 1"]);
        api.client().delete(&at, "*").expect(204);
        assert_eq!(found(api, "q=251"), ["3 /23/43/251 optics < /23/43: 1"]);
    });
}

#[test]
fn lists_of_ones_own_are_understood_as_they_stand() {
    on_both_engines(|api| {
        let own = |code: &str, label: &str, path: &str| theme("own", code, label, path);
        // Codes without levels, below terms that have a code, or none.
        about(
            api,
            "ONE",
            &[&own("cin", "Cinema", "/Culture/Cinema"), &own("lif", "Life", "/Life")],
        );
        about(
            api,
            "TWO",
            &[&own("mus", "Music", "/Culture/Music"), &own("wrk", "Work", "/Life/Work")],
        );
        // Slashes that divide nothing, and texts that a filter would read otherwise.
        about(api, "THREE", &[&own("SC6/2020", "", ""), &own("http://a/b", "Address", "")]);
        about(api, "FOUR", &[&theme("other", "own work", "Own Wrk", "/Own Wrk")]);
        about(api, "FIVE", &[&theme("an:other", "x", "", ""), &theme("own", "a, b", "", "")]);
        let all = [
            "1 - Culture < -: 2",
            "1 lif Life < -: 2",
            "1 a, b a, b < -: 1",
            "1 http://a/b Address < -: 1",
            "2 cin Cinema < -: 1",
            "2 mus Music < -: 1",
            "1 own work Own Wrk < -: 1",
            "1 SC6/2020 SC6/2020 < -: 1",
            "2 wrk Work < lif: 1",
            "1 x x < -: 1",
        ];
        assert_eq!(found(api, ""), all);
        let (sayable, others): (Vec<_>, Vec<_>) =
            api.get(THEMES).data().into_iter().partition(|it| it["href"].is_string());
        must_agree(api, &sayable);
        assert_eq!(column(&others, "label"), ["a, b", "x"], "a filter would cut them up");
        assert_eq!(codes(api, "under=own:/culture&sort=code"), "cin mus");
        let work = api.get(&format!("{PROJECTS}?theme=own:wrk")).data();
        assert_eq!(column(&work, "acronym"), ["TWO"], "the code, not the term 'own wrk'");
        let work = api.get(&format!("{PROJECTS}?theme=own:%20wrk!")).data();
        assert_eq!(column(&work, "acronym"), ["FOUR"], "no such code: the term");
    });
}

#[test]
fn vocabularies_in_use_are_told_with_their_extent() {
    on_both_engines(|api| {
        let at = format!("{THEMES}/vocabularies");
        assert_eq!(api.get(&at).expect(200).json()["vocabularies"], json!([]));
        with_sciences(api);
        let told = api.get(&at).expect(200);
        let vocabularies = &told.json()["vocabularies"];
        let line = |it: &Value| format!("{} {} {}", it["themes"], it["levels"], it["projects"]);
        let vocabularies = vocabularies.as_array().expect("a list");
        assert_eq!(column(vocabularies, "vocabulary"), ["euroscivoc", "cordis-subject"]);
        assert_eq!(vocabularies.iter().map(line).collect::<Vec<_>>(), ["6 3 3", "1 1 1"]);
        for vocabulary in vocabularies {
            let listed = api.get(vocabulary["href"].as_str().expect("an address")).expect(200);
            assert_eq!(json!(listed.total()), vocabulary["themes"]);
        }
        let again = api.client().request("GET", &at).header("If-None-Match", told.etag()).send();
        assert_eq!(again.status, 304);
        let root = api.get("/api/v1").expect(200).json();
        let offered = root["resources"].as_array().expect("a list");
        assert!(offered.iter().any(|link| link["href"] == THEMES));
    });
}

#[test]
fn real_fields_of_science_count_what_their_addresses_list() {
    on_both_engines(|api| {
        let fixtures = program::repository().join("ingest/tests/fixtures/horizon-europe-2025");
        api.place().run(&["import", "cordis", fixtures.to_str().expect("UTF-8")]);
        let fields = api.client().walk(&format!("{THEMES}?vocabulary=euroscivoc&limit=20"));
        assert!(fields.len() >= 4, "{fields:?}");
        must_agree(api, &fields);
        let named = |it: &Value| it["label"] != it["code"] && it["path"].is_string();
        assert!(fields.iter().all(named), "paths name every field above: {fields:?}");
    });
}

#[test]
fn themes_of_horizon_2020_and_the_catalogue_count_what_their_addresses_list() {
    on_both_engines_with_catalogue(|api| {
        let own = api.client().walk(&format!("{THEMES}?vocabulary=integration-portal"));
        assert_eq!(own.len(), 15);
        must_agree(api, &own);
        let topics = api.get(&format!("{THEMES}?vocabulary=cordis-topic&limit=1000")).expect(200);
        assert_eq!(topics.total(), 764);
        let most: Vec<Value> = topics.data().into_iter().take(50).collect();
        assert_eq!(
            (&most[0]["code"], &most[0]["projects"]),
            (&json!("MSCA-IF-2014-EF"), &json!(1217))
        );
        must_agree(api, &most);
        // Each project has one topic.
        let each: u64 = topics.data().iter().filter_map(|it| it["projects"].as_u64()).sum();
        assert_eq!(each, 7603);
        let scope = "organisation=pic:999997930&programme=H2020";
        let some = api.get(&format!("{THEMES}?{scope}&limit=20")).expect(200).data();
        assert_eq!(some.len(), 20);
        must_agree(api, &some);
    });
}
