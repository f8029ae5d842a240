//! Search: accents, case, word beginnings and typing errors do not matter.

use consortia_tests::samples::{ORGANISATIONS, PROJECTS, column};
use consortia_tests::{on_both_engines, on_both_engines_with_h2020};
use serde_json::json;

#[test]
fn names_are_found_as_people_type_them() {
    on_both_engines(|api| {
        for (name, short, country) in [
            ("Fondazione Iniziative e Studi sulla Multietnicità", Some("ISMU"), "IT"),
            ("Alma Mater Studiorum - Università di Bologna", Some("UNIBO"), "IT"),
            ("Università degli Studi di Milano", None, "IT"),
            ("Ústav pro studium totalitních režimů", None, "CZ"),
            ("Łódź Academy", None, "PL"),
            ("Straße & Söhne GmbH", None, "DE"),
            ("O'Neill Institute", None, "IE"),
        ] {
            let mut names = vec![json!({"value": name, "kind": "legal"})];
            names.extend(short.map(|short| json!({"value": short, "kind": "short"})));
            api.create(ORGANISATIONS, &json!({"names": names, "country": country}));
        }
        let best = |query: &str| {
            let found = api.get(&format!("{ORGANISATIONS}?q={}", escape(query))).expect(200).data();
            column(&found, "label").first().cloned().unwrap_or_default()
        };
        for (query, expected) in [
            ("ismu", "Fondazione Iniziative"),
            ("ISMU", "Fondazione Iniziative"),
            ("inizative multietnicita", "Fondazione Iniziative"),
            ("fondazione inizi", "Fondazione Iniziative"),
            ("universita bologna", "Alma Mater"),
            ("Bologna Università", "Alma Mater"),
            ("unibo", "Alma Mater"),
            ("univresita milano", "Università degli Studi di Milano"),
            ("ustav studium", "Ústav"),
            ("lodz", "Łódź"),
            ("strasse sohne", "Straße"),
            ("o'neill", "O'Neill"),
            ("oneill", "O'Neill"),
        ] {
            assert!(best(query).starts_with(expected), "{query}: {}", best(query));
        }
        for query in ["bologna milano", "zzzzqqq"] {
            assert_eq!(
                api.get(&format!("{ORGANISATIONS}?q={}", escape(query))).total(),
                0,
                "{query}"
            );
        }
        let narrowed = api.get(&format!("{ORGANISATIONS}?q=studi&country=CZ")).expect(200).data();
        assert!(column(&narrowed, "country").iter().all(|country| country == "CZ"));
    });
}

#[test]
fn projects_are_found_by_acronym_title_and_keyword() {
    on_both_engines(|api| {
        for (acronym, title, keyword) in [
            ("SPRING", "Sustainable PRactices of INteGration", "integration"),
            ("ITFLOWS", "IT tools and methods for managing migration FLOWS", "migration"),
            ("SPRINT", "Something else altogether", "running"),
        ] {
            let body = json!({"acronym": acronym, "titles": {"en": title}, "keywords": [keyword]});
            api.create(PROJECTS, &body);
        }
        let found = |query: &str| {
            column(
                &api.get(&format!("{PROJECTS}?q={}", escape(query))).expect(200).data(),
                "acronym",
            )
        };
        assert_eq!(found("spring").first().map(String::as_str), Some("SPRING"));
        assert_eq!(found("spri"), ["SPRING", "SPRINT"]);
        assert_eq!(found("managing migration"), ["ITFLOWS"]);
        assert_eq!(found("migartion flows"), ["ITFLOWS"]);
        assert_eq!(found("running"), ["SPRINT"]);
    });
}

#[test]
fn a_change_is_found_at_once_and_what_was_is_not() {
    on_both_engines(|api| {
        let client = api.client();
        let made = client.post(ORGANISATIONS, &json!({"names": [{"value": "Alpha"}]})).expect(201);
        let total = |query: &str| client.get(&format!("{ORGANISATIONS}?q={query}")).total();
        assert_eq!(total("alpha"), 1);
        let at = made.header("location").to_owned();
        let change = json!({"names": [{"value": "Omega"}]});
        let changed = client.patch(&at, made.etag(), &change).expect(200);
        assert_eq!((total("alpha"), total("omega")), (0, 1));
        client.delete(&at, changed.etag()).expect(204);
        assert_eq!(total("omega"), 0);
    });
}

#[test]
fn searching_the_real_data() {
    on_both_engines_with_h2020(|api| {
        for (query, expected) in [
            ("ismu", "ISMU"),
            ("inizative multietnicita", "MULTIETNICITA"),
            ("universita bologna", "BOLOGNA"),
            ("fraunhofer", "FRAUNHOFER"),
            ("max planck gesellschaft", "MAX-PLANCK"),
        ] {
            let address = format!("{ORGANISATIONS}?limit=5&q={}", escape(query));
            let found = api.get(&address).expect(200).data();
            let first = found.first().map(ToString::to_string).unwrap_or_default().to_uppercase();
            assert!(first.contains(expected), "{query}: {first}");
        }
    });
}

fn escape(query: &str) -> String {
    query.bytes().fold(String::new(), |text, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => text + &char::from(byte).to_string(),
        other => format!("{text}%{other:02X}"),
    })
}
