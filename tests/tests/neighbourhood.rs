//! The network around one organisation, in every format.

use crate::network::registered;
use consortia_tests::samples::{
    ORGANISATIONS, PROJECTS, id, organisation, participation, path, project,
};
use consortia_tests::{Answer, Server, on_both_engines, on_both_engines_with_h2020};
use quick_xml::events::Event;
use quick_xml::{Reader, XmlVersion};
use serde_json::{Value, json};

fn around(api: &Server, organisation: &Value, query: &str) -> Value {
    api.get(&at(organisation, query)).expect(200).json()
}

fn at(organisation: &Value, query: &str) -> String {
    format!("{}/network{query}", path(ORGANISATIONS, organisation))
}

/// `label distance projects shared` of each node, in order.
fn nodes(found: &Value) -> Vec<String> {
    let rows = found["nodes"].as_array().expect("nodes").iter();
    let show = |row: &Value| {
        let label = row["organisation"]["label"].as_str().expect("a label");
        format!("{label} {} {} {}", row["distance"], row["projects"], row["shared_projects"])
    };
    rows.map(show).collect()
}

/// `source-target shared` of each tie, by label.
fn ties(found: &Value) -> Vec<String> {
    let label = |of: &Value| {
        let all = found["nodes"].as_array().expect("nodes");
        let node = all.iter().find(|node| node["organisation"]["id"] == *of).expect("a node");
        node["organisation"]["label"].as_str().expect("a label").to_owned()
    };
    let rows = found["ties"].as_array().expect("ties").iter();
    let show = |row: &Value| {
        format!("{}-{} {}", label(&row["source"]), label(&row["target"]), row["shared_projects"])
    };
    rows.map(show).collect()
}

#[test]
fn surroundings_are_counted_as_defined() {
    on_both_engines(|api| {
        let all = registered(api);
        let found = around(api, &all[0], "");
        assert_eq!(nodes(&found), ["A 0 2 0", "B 1 2 2", "C 1 3 2"]);
        assert_eq!(ties(&found), ["A-B 2", "A-C 2", "B-C 2"]);
        assert_eq!((&found["within_reach"], &found["left_out"]), (&json!(3), &json!(0)));
        let ring = |distance: u32, organisations: u32, shown: u32| json!({"distance": distance, "organisations": organisations, "shown": shown});
        assert_eq!(found["rings"], json!([ring(0, 1, 1), ring(1, 2, 2)]));
        // Twice one of the two others: two projects of three.
        assert_eq!(found["ties"][0]["fractional_weight"], 1.0);
        let further = around(api, &all[0], "?depth=2");
        assert_eq!(nodes(&further), ["A 0 2 0", "B 1 2 2", "C 1 3 2", "D 2 3 1"]);
        assert_eq!(ties(&further), ["A-B 2", "A-C 2", "B-C 2", "C-D 1"]);
        let closer = around(api, &all[0], "?depth=2&min_shared=2");
        assert_eq!(nodes(&closer), ["A 0 2 0", "B 1 2 2", "C 1 3 2"]);
        let fewer = around(api, &all[3], "?limit=2");
        assert_eq!(nodes(&fewer), ["D 0 3 0", "E 1 2 2"]);
        assert_eq!((&fewer["within_reach"], &fewer["left_out"]), (&json!(3), &json!(1)));
        assert_eq!(fewer["rings"], json!([ring(0, 1, 1), ring(1, 2, 1)]));
        let abroad = around(api, &all[2], "?country=!FR");
        assert_eq!(nodes(&abroad), ["C 0 3 0", "A 1 2 2", "B 1 2 2"]);
        assert_eq!(abroad["scope"], json!({"country": ["!FR"]}));
        let alone = around(api, &all[5], "?depth=2");
        assert_eq!((nodes(&alone), ties(&alone)), (vec!["F 0 1 0".to_owned()], vec![]));
    });
}

#[test]
fn communities_are_those_of_the_whole_network() {
    on_both_engines(|api| {
        let all = registered(api);
        let found = around(api, &all[2], "?group=community");
        let of = |node: &Value| (node["organisation"]["label"].clone(), node["community"].clone());
        let found_ones: Vec<_> = found["nodes"].as_array().expect("nodes").iter().map(of).collect();
        let expected =
            [("C", 1), ("A", 1), ("B", 1), ("D", 2)].map(|(label, n)| (json!(label), json!(n)));
        assert_eq!(found_ones, expected);
        assert_eq!(found["communities_revision"], found["revision"]);
        assert_eq!(around(api, &all[2], "")["communities_revision"], Value::Null);
        // Alone in its community, which has no number.
        assert_eq!(around(api, &all[5], "?group=community")["nodes"][0]["community"], Value::Null);
    });
}

/// Every piece of text and every attribute of an XML document, which must be well-formed.
fn texts(answer: &Answer) -> Vec<String> {
    let text = answer.text();
    let mut reader = Reader::from_str(&text);
    let mut found = Vec::new();
    let mut depth = 0;
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Start(tag) | Event::Empty(tag) => {
                for attribute in tag.attributes() {
                    let attribute = attribute.expect("an attribute");
                    let value = attribute.normalized_value(XmlVersion::Implicit1_0);
                    found.push(value.expect("a value").into_owned());
                }
                depth += 1;
            }
            Event::Eof => break,
            Event::Text(text) => found.push(text.into_inner().into_owned()),
            _ => {}
        }
    }
    assert!(depth > 3, "{text}");
    found
}

#[test]
fn every_format_holds_the_network_whatever_the_names() {
    on_both_engines(|api| {
        let own = api.create(ORGANISATIONS, &organisation("=Own & \"Co\" <1>\\", "IT"));
        let mut other = organisation("Ümläut ]]> Ltd", "FR");
        other["external_ids"] = json!(["local:u-1"]);
        let other = api.create(ORGANISATIONS, &other);
        let shared = api.create(PROJECTS, &project("P", "2020"));
        let seats = format!("{}/participations", path(PROJECTS, &shared));
        for organisation in [&own, &other] {
            api.create(&seats, &participation(organisation, "participant"));
        }
        for (format, media_type) in [
            ("svg", "image/svg+xml"),
            ("graphml", "application/graphml+xml"),
            ("gexf", "application/gexf+xml"),
        ] {
            let answer = api.get(&at(&own, &format!("?format={format}"))).expect(200);
            assert_eq!(answer.header("content-type"), media_type);
            let extension = format!("network.{format}\"");
            assert!(answer.header("content-disposition").ends_with(&extension), "{format}");
            texts(&answer);
            let text = answer.text();
            assert!(text.contains("=Own &amp; &quot;Co&quot; &lt;1&gt;\\"), "{text}");
            assert!(text.contains("Ümläut ]]&gt; Ltd"), "{text}");
        }
        let dot = api.get(&at(&own, "?format=dot")).expect(200).text();
        assert!(dot.starts_with("graph network {\n") && dot.ends_with("}\n"), "{dot}");
        assert!(dot.contains(r#"[label="=Own & \"Co\" <1>\\", tooltip="#), "{dot}");
        assert!(
            dot.contains(&format!("\"{}\" -- \"{}\" [weight=1", id(&own), id(&other))),
            "{dot}"
        );
        let cytoscape = api.get(&at(&own, "?format=cytoscape")).expect(200).json();
        let elements = &cytoscape["elements"];
        assert_eq!(elements["nodes"][0]["data"]["name"], "=Own & \"Co\" <1>\\");
        assert_eq!(elements["edges"][0]["data"]["source"], own["id"]);
        assert_eq!(elements["edges"][0]["data"]["weight"], 1);
        let csv = api.get(&at(&own, "?format=csv")).expect(200).text();
        let mut lines = csv.lines();
        assert_eq!(
            lines.next(),
            Some(
                "source_id,source_label,source_short_name,source_country,target_id,target_label,\
                 target_short_name,target_country,shared_projects,fractional_weight,kind,\
                 agreements"
            )
        );
        let row = lines.next().expect("a row");
        assert!(row.contains(",\"'=Own & \"\"Co\"\" <1>\\\",,IT,"), "{row}");
        let nodes = api.get(&at(&own, "?format=csv&table=nodes&limit=1")).expect(200);
        assert_eq!((nodes.header("x-total-count"), nodes.header("x-left-out")), ("2", "1"));
        let nodes = api.get(&at(&own, "?format=csv&table=nodes&bom=true")).expect(200).text();
        assert!(nodes.starts_with("\u{feff}organisation_id,label,"));
        assert_eq!(nodes.lines().count(), 3);
        let last = nodes.lines().nth(2).expect("a row");
        assert!(last.ends_with("Ümläut ]]> Ltd,,FR,local:u-1,1,1,1,,false"), "{last}");
    });
}

#[test]
fn a_format_is_chosen_by_what_is_accepted() {
    on_both_engines(|api| {
        let all = registered(api);
        let asked = |accept: &str| {
            api.client().request("GET", &at(&all[0], "")).header("Accept", accept).send()
        };
        for (accept, media_type) in [
            ("image/svg+xml", "image/svg+xml"),
            ("image/avif,image/svg+xml,image/*;q=0.8", "image/svg+xml"),
            ("text/html,*/*;q=0.8", "application/json"),
            ("text/html,image/png,image/svg+xml,*/*;q=0.8", "application/json"),
            ("application/graphml+xml", "application/graphml+xml"),
        ] {
            let answer = asked(accept).expect(200);
            assert_eq!(answer.header("content-type"), media_type, "{accept}");
            assert!(answer.header("vary").contains("Accept"), "{accept}");
        }
        asked("application/pdf").problem(406, "not_acceptable");
        // Whatever draws the answer may load and run nothing.
        let svg = asked("image/svg+xml").expect(200);
        assert!(svg.header("content-security-policy").starts_with("default-src 'none'"));
        let again = |tag: &str| {
            let request = api.client().request("GET", &at(&all[0], "?format=svg"));
            request.header("If-None-Match", tag).send()
        };
        let tag = again("\"none\"").expect(200).etag().to_owned();
        again(&tag).expect(304);
        api.create(PROJECTS, &project("P7", "2020"));
        assert_ne!(again(&tag).expect(200).etag(), tag);
    });
}

#[test]
fn units_are_drawn_as_their_parent() {
    on_both_engines(|api| {
        let all = registered(api);
        let parent = json!({"parent_id": all[2]["id"]});
        api.client().patch(&path(ORGANISATIONS, &all[0]), "*", &parent).expect(200);
        let found = around(api, &all[0], "?rollup=parent");
        assert_eq!(found["organisation"]["label"], "C");
        assert_eq!(nodes(&found), ["C 0 3 0", "B 1 2 2", "D 1 3 1"]);
        let svg = api.get(&at(&all[0], "?rollup=parent&format=svg")).expect(200);
        assert!(svg.text().contains(">Partners of C<"), "{}", svg.text());
        let partners = format!("{}/partners?rollup=parent", path(ORGANISATIONS, &all[0]));
        assert_eq!(api.get(&partners).expect(200).json()["summary"]["organisation"]["label"], "C");
    });
}

#[test]
fn what_cannot_be_drawn_is_refused_with_every_fault() {
    on_both_engines(|api| {
        let all = registered(api);
        let refused = "?depth=3&limit=5000&min_shared=0&group=colour&format=pdf&table=x&width=9";
        let problem = api.get(&at(&all[0], refused)).problem(400, "invalid_parameters");
        let named: Vec<_> = problem["errors"]
            .as_array()
            .expect("errors")
            .iter()
            .filter_map(|error| error["parameter"].as_str())
            .collect();
        assert_eq!(named, ["width", "depth", "limit", "group", "min_shared", "format", "table"]);
        let problem = api.get(&at(&all[0], "?format=png&limit=1000")).problem(422, "too_large");
        assert!(problem["detail"].as_str().expect("a detail").contains("at most 300"));
        api.get("/api/v1/organisations/local:nobody/network").expect(404);
    });
}

#[test]
fn the_real_network_around_ismu_is_drawn() {
    on_both_engines_with_h2020(|api| {
        let ismu = "/api/v1/organisations/pic:968823876/network";
        let found = api.get(ismu).expect(200).json();
        assert_eq!(found["nodes"].as_array().map(Vec::len), Some(16));
        assert_eq!(ties(&found).len(), 79);
        let svg = api.get(&format!("{ismu}?format=svg")).expect(200);
        let texts = texts(&svg);
        let has = |wanted: &str| texts.iter().any(|text| text == wanted);
        for wanted in ["Partners of ISMU", "ISMU", "EUR", "SOLIDAR", "Belgium", "Colour: country"] {
            assert!(has(wanted), "{wanted} is not in {texts:?}");
        }
        // A disc for each of the 16, and those of the legend: 6 countries and 3 sizes.
        assert_eq!(svg.text().matches("<circle ").count(), 16 + 6 + 3);
        // A line for each of the 79 ties, and those of the legend: 3 strengths and a tie of ISMU.
        assert_eq!(svg.text().matches("<line ").count(), 79 + 3 + 1);
        let png = api.get(&format!("{ismu}?format=png&width=640")).expect(200);
        assert_eq!(png.header("content-type"), "image/png");
        // The signature, and width and height of the header chunk (PNG 1.2, section 11.2.2).
        assert_eq!(&png.body[..8], b"\x89PNG\r\n\x1a\n");
        let size = |at: usize| u32::from_be_bytes(png.body[at..at + 4].try_into().expect("four"));
        assert_eq!((size(16), size(20)), (640, 459));
        let further = api.get(&format!("{ismu}?depth=2&limit=1000")).expect(200).json();
        assert_eq!(further["within_reach"], 1227);
        assert_eq!(further["left_out"], 227);
    });
}

/// `source-target kind shared agreements` of each tie, by label.
fn kinds(found: &Value) -> Vec<String> {
    let named = ties(found);
    let rows = found["ties"].as_array().expect("ties").iter().zip(named);
    let show = |(row, named): (&Value, String)| {
        let kind = row["kind"].as_str().expect("a kind");
        let agreements = row["agreements"].as_array().expect("agreements");
        format!("{named} {kind} {}", agreements.len())
    };
    rows.map(show).collect()
}

fn agree(api: &Server, title: &str, parties: &[&Value]) -> Value {
    let parties: Vec<_> = parties.iter().map(|party| &party["id"]).collect();
    api.create("/api/v1/agreements", &json!({"party_ids": parties, "titles": {"en": title}}))
}

#[test]
fn agreements_are_ties_of_their_own_kind() {
    on_both_engines(|api| {
        let all = registered(api);
        let before = around(api, &all[0], "");
        let partners = |of: &Value| {
            let list = api.get(&format!("{}/partners", path(ORGANISATIONS, of))).expect(200).json();
            (list["page"]["total"].clone(), list["summary"]["agreements"]["count"].clone())
        };
        let (total, _) = partners(&all[0]);
        // A and B share projects too; F shares none with anybody; C and B are both partners.
        agree(api, "Two", &[&all[0], &all[1]]);
        agree(api, "Again", &[&all[1], &all[0]]);
        agree(api, "With a stranger", &[&all[0], &all[5]]);
        agree(api, "Beside A", &[&all[2], &all[1]]);
        agree(api, "Far away", &[&all[3], &all[4]]);
        let found = around(api, &all[0], "");
        assert_eq!(nodes(&found), ["A 0 2 0", "B 1 2 2", "C 1 3 2", "F 1 1 0"]);
        let marked: Vec<_> = found["nodes"].as_array().expect("nodes").iter().collect();
        let marked: Vec<_> = marked.iter().map(|node| node["by_agreement"] == true).collect();
        assert_eq!(marked, [false, false, false, true]);
        assert_eq!(
            kinds(&found),
            [
                "A-B 2 collaboration 0",
                "A-C 2 collaboration 0",
                "B-C 2 collaboration 0",
                "A-B null agreement 2",
                "A-F null agreement 1",
                "B-C null agreement 1"
            ]
        );
        assert_eq!(found["ties"][4]["agreements"][0]["label"], "With a stranger");
        // What is counted is counted as before.
        for field in ["within_reach", "left_out", "rings"] {
            assert_eq!(found[field], before[field], "{field}");
        }
        assert_eq!(found["by_agreement"], json!({"organisations": 1, "shown": 1}));
        assert_eq!(partners(&all[0]), (total, json!(3)));
        let href = format!("{}/agreements", path(ORGANISATIONS, &all[0]));
        assert_eq!(api.get(&href).total(), 3);
        let summary = api.get("/api/v1/network/summary").expect(200).json();
        assert_eq!((&summary["ties"], &summary["isolates"]), (&json!(5), &json!(1)));

        // The scope's countries hold for those beside it too; a partner who shares too few
        // projects is here by the agreement.
        assert_eq!(around(api, &all[0], "?country=FR")["by_agreement"]["organisations"], 0);
        let strong = around(api, &all[0], "?min_shared=3");
        assert_eq!(nodes(&strong), ["A 0 2 0", "B 1 2 0", "F 1 1 0"]);
        assert_eq!(strong["by_agreement"]["organisations"], 2);
        // A quarter of the limit is kept for them.
        let few = around(api, &all[0], "?limit=3");
        assert_eq!(nodes(&few), ["A 0 2 0", "B 1 2 2", "C 1 3 2"]);
        assert_eq!(few["by_agreement"], json!({"organisations": 1, "shown": 0}));
        let at = path(ORGANISATIONS, &all[0]);
        let table = api.get(&format!("{at}/network?limit=3&format=csv&table=nodes")).expect(200);
        let left_out = few["left_out"].as_u64().expect("a number") + 1;
        assert_eq!(table.header("x-left-out"), left_out.to_string());
        agree(api, "Two strangers", &[&all[2], &all[5]]);
        let four = around(api, &all[2], "?limit=4");
        assert_eq!(nodes(&four)[3], "F 1 1 0");
        assert_eq!((&four["left_out"], &four["rings"][1]["shown"]), (&json!(1), &json!(2)));
        let further = around(api, &all[0], "?depth=2");
        assert_eq!(nodes(&further)[4], "F 1 1 0");

        // A unit's agreements are its parent's.
        let parent = json!({"parent_id": all[3]["id"]});
        api.client().patch(&path(ORGANISATIONS, &all[0]), "*", &parent).expect(200);
        let found = around(api, &all[0], "?rollup=parent&limit=1000");
        let kinds = kinds(&found);
        assert!(kinds.contains(&"D-F null agreement 1".to_owned()), "{kinds:?}");
    });
}

#[test]
fn an_agreement_of_many_ties_them_to_the_one_asked_about() {
    on_both_engines(|api| {
        let many: Vec<Value> = (0..22)
            .map(|n| api.create(ORGANISATIONS, &organisation(&format!("O{n:02}"), "IT")))
            .collect();
        agree(api, "Alliance", &many.iter().collect::<Vec<_>>());
        let found = around(api, &many[3], "");
        assert_eq!(found["nodes"].as_array().map(Vec::len), Some(22));
        let ties = kinds(&found);
        assert_eq!(ties.len(), 21);
        assert!(ties.iter().all(|tie| tie.starts_with("O03-")), "{ties:?}");
    });
}

#[test]
fn every_format_tells_agreements_from_shared_projects() {
    on_both_engines(|api| {
        let all = registered(api);
        agree(api, "Two & \"more\"", &[&all[0], &all[1]]);
        agree(api, "With a stranger", &[&all[0], &all[5]]);
        let in_format =
            |format: &str| api.get(&at(&all[0], &format!("?format={format}"))).expect(200);
        let svg = in_format("svg");
        let drawn = texts(&svg);
        let has = |wanted: &str| drawn.iter().any(|text| text.contains(wanted));
        assert!(has("Dashed line: agreements") && has("here by agreement alone"), "{drawn:?}");
        assert!(has("3 ties among those shown; 2 pairs with agreements"), "{drawn:?}");
        // A dashed line for each of both, and one of the legend.
        assert_eq!(svg.text().matches("stroke-dasharray").count(), 3);
        let png = in_format("png");
        assert_eq!(&png.body[..8], b"\x89PNG\r\n\x1a\n");
        let graphml = in_format("graphml");
        let graphml = texts(&graphml);
        assert_eq!(graphml.iter().filter(|text| *text == "agreement").count(), 2);
        assert_eq!(graphml.iter().filter(|text| *text == "collaboration").count(), 3);
        assert!(in_format("graphml").text().contains("Two &amp; &quot;more&quot;"));
        let gexf = in_format("gexf").text();
        assert_eq!(gexf.matches("kind=\"agreement\" weight=\"0\"").count(), 2, "{gexf}");
        let dot = in_format("dot").text();
        assert_eq!(dot.matches("[weight=0, kind=agreement, style=dashed, agreements=").count(), 2);
        assert!(dot.contains(", by_agreement=true"), "{dot}");
        let cytoscape = in_format("cytoscape").json();
        let edges = cytoscape["elements"]["edges"].as_array().expect("edges");
        let mut ids: Vec<_> =
            edges.iter().map(|edge| edge["data"]["id"].clone().to_string()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!((edges.len(), ids.len()), (5, 5));
        let last = &edges[4]["data"];
        assert_eq!((&last["kind"], &last["weight"]), (&json!("agreement"), &json!(0)));
        assert_eq!(
            (&last["shared_projects"], &last["agreements"]),
            (&Value::Null, &json!("With a stranger"))
        );
        let csv = in_format("csv").text();
        assert_eq!(
            csv.lines().filter(|line| line.ends_with(",,,agreement,With a stranger")).count(),
            1,
            "{csv}"
        );
        let nodes = api.get(&at(&all[0], "?format=csv&table=nodes")).expect(200).text();
        assert_eq!(nodes.lines().filter(|line| line.ends_with(",true")).count(), 1, "{nodes}");
        // An agreement that comes or goes makes it another answer.
        let tag = in_format("svg").etag().to_owned();
        agree(api, "Third", &[&all[2], &all[1]]);
        assert_ne!(in_format("svg").etag(), tag);
    });
}
