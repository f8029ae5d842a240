//! The whole network of the real data beside figures that others found.

use consortia_tests::on_both_engines_with_h2020;
use serde_json::{Value, json};

const NETWORK: &str = "/api/v1/network";

/// The published strengths (in thousands) and eigenvector centralities (times 1000) of 44
/// countries in Horizon 2020 as of December 2020.
const PUBLISHED: &str = include_str!("h2020_country_network.json");

#[test]
fn the_country_network_is_the_published_one() {
    on_both_engines_with_h2020(|api| {
        let published: Vec<Value> = serde_json::from_str(PUBLISHED).expect("JSON");
        assert_eq!(published.len(), 44);
        let code = |row: &Value| row["country"].as_str().expect("a code").to_owned();
        let codes: Vec<String> = published.iter().map(code).collect();
        let at = format!("{NETWORK}/countries?country={}", codes.join(","));
        let found = api.get(&at).expect(200).json();
        assert_eq!(found["ties"].as_array().map(Vec::len), Some(936));
        let countries = found["countries"].as_array().expect("countries");
        assert_eq!(countries.len(), 44);
        for row in &published {
            // The published table writes EL and UK as the European Union does.
            let own = match row["country"].as_str() {
                Some("EL") => "GR",
                Some("UK") => "GB",
                other => other.expect("a code"),
            };
            let found = countries.iter().find(|of| of["country"] == own).expect(own);
            let strength = row["strength_x1e-3"].as_f64().expect("a number") * 1000.0;
            assert_eq!(found["strength"].as_f64(), Some(strength.round()), "{own}");
            let central = row["eigen_x1000"].as_f64().expect("a number");
            let ours = found["eigenvector"].as_f64().expect("a number") * 1000.0;
            assert!((ours - central).abs() < 0.01, "{own}: {ours} is not {central}");
        }
        let strongest: Vec<_> = countries[..5]
            .iter()
            .map(|of| (of["country"].as_str().expect("a code"), of["strength"].as_u64()))
            .collect();
        assert_eq!(
            strongest,
            [
                ("DE", Some(219_321)),
                ("ES", Some(179_137)),
                ("IT", Some(171_861)),
                ("GB", Some(156_730)),
                ("FR", Some(155_731))
            ]
        );
    });
}

#[test]
fn the_network_has_the_shape_that_networkx_finds() {
    on_both_engines_with_h2020(|api| {
        let found = api.get(&format!("{NETWORK}/summary")).expect(200).json();
        for (field, expected) in [
            ("projects", 31_451),
            ("organisations", 35_871),
            ("participations", 144_727),
            ("ties", 796_679),
            ("isolates", 4_206),
            ("components", 4_417),
        ] {
            assert_eq!(found[field], expected, "{field}");
        }
        assert_eq!(found["giant_component"], json!({"organisations": 31_152, "ties": 796_240}));
        assert_eq!(found["largest_core"], json!({"k": 185, "organisations": 186}));
    });
}

#[test]
fn whole_network_questions_are_answered_alike_by_both_engines() {
    on_both_engines_with_h2020(|api| {
        for by in [
            "degree",
            "weighted_degree",
            "core",
            "pagerank",
            "eigenvector",
            "betweenness&pivots=20",
            "constraint",
            "external_internal",
            "clustering",
        ] {
            let answer = api.get(&format!("{NETWORK}/ranking?by={by}&limit=3")).expect(200);
            assert_eq!(answer.total(), 35_871, "{by}");
        }
        let found = api.get(&format!("{NETWORK}/communities?limit=3")).expect(200).json();
        assert!(found["summary"]["modularity"].as_f64() > Some(0.42), "{}", found["summary"]);
        let ends = "from=pic:968823876&to=pic:999997930";
        let path = api.get(&format!("{NETWORK}/path?{ends}")).expect(200).json();
        assert_eq!((&path["steps"], &path["paths"][0]["weakest"]), (&json!(2), &json!(2)));
        // There are six.
        assert_eq!(
            (path["paths"].as_array().map(Vec::len), &path["more"]),
            (Some(5), &json!(true))
        );
        let all = api.get(&format!("{NETWORK}/path?{ends}&limit=6")).expect(200).json();
        assert_eq!((all["paths"].as_array().map(Vec::len), &all["more"]), (Some(6), &json!(false)));
        let pair = "organisations=pic:968823876,pic:999997930";
        let pair = api.get(&format!("{NETWORK}/compare?{pair}")).expect(200).json();
        assert_eq!(pair["organisations"][1]["partners"], 4_099);
    });
}

#[test]
fn too_much_is_refused_with_what_to_narrow() {
    on_both_engines_with_h2020(|api| {
        let at = format!("{NETWORK}/ranking?by=betweenness&pivots=35871");
        let problem = api.get(&at).expect(422).json();
        assert_eq!(problem["code"], "too_large");
        let detail = problem["detail"].as_str().expect("a detail");
        assert!(detail.contains("pivots=") && detail.contains("narrow"), "{detail}");
    });
}
