//! Funding programmes: a tree of many levels, found by any of their spellings.

use consortia_tests::samples::{ORGANISATIONS, PROGRAMMES, PROJECTS, column, id, path};
use consortia_tests::{Engine, Place, Server, on_both_engines};
use serde_json::{Value, json};
use std::fs;

#[test]
fn the_known_programmes_ship_with_the_registry() {
    on_both_engines(|api| {
        let codes = ["H2020", "HORIZON", "FP7", "ERASMUS+", "AMIF", "EASI", "REC", "ESF"];
        for code in codes {
            let code = code.replace('+', "%2B");
            let found = api.get(&format!("{PROGRAMMES}?code={code}")).expect(200);
            assert!(found.total() >= 1, "{code}");
        }
        for alias in ["FP8", "fp%208", "Orizzonte%202020"] {
            let found = api.get(&format!("{PROGRAMMES}?code={alias}")).expect(200).data();
            assert_eq!(column(&found, "code"), ["H2020"], "{alias}");
        }
    });
}

#[test]
fn key_action_two_is_found_in_all_its_spellings() {
    on_both_engines(|api| {
        let find = |spelling: &str| {
            let spelling = spelling.replace(' ', "%20");
            let found = api.get(&format!("{PROGRAMMES}?code={spelling}&sort=label")).expect(200);
            column(&found.data(), "id")
        };
        let expected = find("KA2");
        assert!(!expected.is_empty());
        for spelling in ["KA 2", "ka2", "Key action 2", "key-action 2"] {
            assert_eq!(find(spelling), expected, "{spelling}");
        }
    });
}

#[test]
fn the_tree_holds_every_programme_once() {
    on_both_engines(|api| {
        let shipped = api.get(PROGRAMMES).expect(200).total();
        let mut above = Value::Null;
        let mut made = Vec::new();
        let levels = ["funder", "framework", "programme", "strand", "key_action", "type_of_action"];
        for (depth, level) in levels.into_iter().enumerate() {
            let body = json!({"code": format!("DEEP-{depth}"), "level": level, "parent_id": above});
            let programme = api.create(PROGRAMMES, &body);
            assert_eq!(programme["parent_id"], above);
            above = programme["id"].clone();
            made.push(programme);
        }
        let deepest = made.last().expect("six programmes");
        api.create(PROJECTS, &json!({"fundings": [{"programme_id": deepest["id"]}]}));

        let tree = api.get(&format!("{PROGRAMMES}/tree")).expect(200).data();
        let mut ids = Vec::new();
        for node in &tree {
            collect(node, &mut ids);
        }
        assert_eq!(ids.len() as u64, shipped + 6);
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len() as u64, shipped + 6);

        let mut node = tree.iter().find(|node| node["code"] == "DEEP-0").expect("the root");
        for depth in 0..6 {
            assert_eq!(node["code"], format!("DEEP-{depth}"));
            assert_eq!(node["projects"], 1, "a project counts on every level above it");
            node = node["children"].get(0).unwrap_or(&Value::Null);
        }
        let within = api.get(&format!("{PROGRAMMES}?within=DEEP-3&sort=code")).expect(200).data();
        assert_eq!(column(&within, "code"), ["DEEP-3", "DEEP-4", "DEEP-5"]);
        let children = api.get(&format!("{PROGRAMMES}?parent=DEEP-3")).expect(200).data();
        assert_eq!(column(&children, "code"), ["DEEP-4"]);
    });
}

#[test]
fn a_tree_begins_at_whatever_its_root_names() {
    on_both_engines(|api| {
        let tree = |root: &str| api.get(&format!("{PROGRAMMES}/tree?root={root}")).expect(200);
        let codes = |root: &str| column(&tree(root).data(), "code");
        assert_eq!(codes("AMIF"), ["AMIF"]);
        assert_eq!(codes("ror:00k4n6c32"), ["EC"]);
        assert_eq!(codes("orizzonte%202020"), ["H2020"]);
        let top = api.create(PROGRAMMES, &json!({"code": "TOP", "aliases": ["Shared"]}));
        let below = json!({"code": "BELOW", "aliases": ["Shared"], "parent_id": top["id"]});
        let below = api.create(PROGRAMMES, &below);
        api.create(PROGRAMMES, &json!({"code": "APART", "aliases": ["Shared"]}));
        assert_eq!(codes(id(&below)), ["BELOW"]);
        // One that is below another of those named is shown there.
        assert_eq!(codes("shared"), ["APART", "TOP"]);
        assert_eq!(
            column(tree("shared").data()[1]["children"].as_array().expect("one"), "code"),
            ["BELOW"]
        );
        let at = path(PROGRAMMES, &below);
        api.client().delete(&at, api.get(&at).etag()).expect(204);
        let gone = api.get(&format!("{PROGRAMMES}/tree?root={}", id(&below)));
        gone.problem(410, "gone");
        api.get(&format!("{PROGRAMMES}/tree?root=X-NONE")).problem(404, "not_found");
    });
}

fn collect(node: &Value, ids: &mut Vec<String>) {
    ids.push(id(node).to_owned());
    for child in node["children"].as_array().expect("children") {
        collect(child, ids);
    }
}

/// A file of these lines, beside the server's own.
fn bundle(api: &Server, lines: &[Value]) -> String {
    let head = json!({"format": "consortia-bundle", "version": 1});
    let lines = std::iter::once(&head).chain(lines);
    let text: String = lines.flat_map(|line| [line.to_string(), "\n".to_owned()]).collect();
    let file = api.place().folder().join("deep.ndjson");
    fs::write(&file, text).expect("a file");
    file.to_str().expect("UTF-8").to_owned()
}

#[test]
fn levels_have_an_end() {
    on_both_engines(|api| {
        for (collection, entity) in [(PROGRAMMES, "programme"), (ORGANISATIONS, "organisation")] {
            let below = |above: &Value| api.create(collection, &json!({"parent_id": above}));
            let mut chain = vec![below(&Value::Null)];
            while chain.len() < 32 {
                chain.push(below(&chain[chain.len() - 1]["id"]));
            }
            let last = id(&chain[31]);
            let problem = api.post(collection, &json!({"parent_id": last}));
            let problem = problem.problem(422, "invalid_body");
            assert_eq!(problem["errors"][0]["pointer"], "/parent_id");
            assert_eq!(problem["errors"][0]["code"], "too_deep", "{problem:#}");
            assert!(problem["errors"][0]["detail"].to_string().contains(last), "{problem:#}");
            // What is below counts as what is above.
            let top = below(&Value::Null);
            below(&top["id"]);
            let at = path(collection, &top);
            let put = |above: &Value| {
                api.client().patch(&at, api.get(&at).etag(), &json!({"parent_id": above["id"]}))
            };
            assert_eq!(
                put(&chain[30]).problem(422, "invalid_body")["errors"][0]["code"],
                "too_deep"
            );
            put(&chain[29]).expect(200);
            let line = json!({"entity": entity, "id": "#new", "parent_id": last});
            let file = bundle(api, &[line]);
            let report = format!("{file}.csv");
            let _ = api.place().run_in_part(&["import", "bundle", &file, "--report", &report]);
            let told = fs::read_to_string(report).expect("a report");
            assert!(told.contains("Expected at most 32"), "{told}");
        }
    });
}

#[test]
fn what_lies_too_deep_already_is_shown_and_can_be_changed() {
    for engine in Engine::ALL {
        let api = Server::start(Place::fresh(engine));
        let line = |n| json!({"entity": "programme", "id": format!("#{n}")});
        let lines: Vec<Value> = (0..3000).map(line).collect();
        api.place().run(&["import", "bundle", &bundle(&api, &lines)]);
        let _ = api.place().query(
            "UPDATE programmes SET parent_id = (SELECT above.id FROM programmes AS above \
             WHERE above.id < programmes.id ORDER BY above.id DESC LIMIT 1)",
        );
        let tree = api.get(&format!("{PROGRAMMES}/tree")).expect(200).data();
        assert_eq!(tree.len(), 1);
        let mut ids = Vec::new();
        collect(&tree[0], &mut ids);
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len() as u64, api.get(PROGRAMMES).expect(200).total());
        let last = ids.last().expect("programmes");
        let at = format!("{PROGRAMMES}/{last}");
        api.client().patch(&at, api.get(&at).etag(), &json!({"aliases": ["Deep"]})).expect(200);
        api.post(PROGRAMMES, &json!({"parent_id": last})).problem(422, "invalid_body");
    }
}

#[test]
fn a_programme_cannot_be_above_itself() {
    on_both_engines(|api| {
        let client = api.client();
        let top = client.post(PROGRAMMES, &json!({"code": "TOP"})).expect(201);
        let below = json!({"code": "BELOW", "parent_id": top.json()["id"]});
        let below = api.create(PROGRAMMES, &below);
        let at = path(PROGRAMMES, &top.json());
        for above in [id(&below), id(&top.json())] {
            let problem = client
                .patch(&at, top.etag(), &json!({"parent_id": above}))
                .problem(422, "invalid_body");
            assert_eq!(problem["errors"][0]["pointer"], "/parent_id", "{problem:#}");
        }
        client.delete(&at, top.etag()).problem(409, "in_use");
    });
}

#[test]
fn every_stated_fact_comes_back_as_stated() {
    on_both_engines(|api| {
        let funder =
            api.create("/api/v1/organisations", &json!({"names": [{"value": "Ministero"}]}));
        let stated = json!({
            "parent_id": null, "level": "programme", "code": "PNRR-1",
            "titles": {"it": "Quota servizi"}, "aliases": ["Poverty Fund"],
            "period": {"start": "2019", "end": ".."},
            "budget": {"amount": 1_000_000_000, "currency": "EUR"},
            "funder_ids": [funder["id"]], "homepage": "https://example.org/",
            "external_ids": [{"scheme": "fundref", "value": "501100009999"}]
        });
        let made = api.create(PROGRAMMES, &stated);
        for (field, value) in stated.as_object().expect("an object") {
            if field == "budget" {
                assert_eq!(made["budget"]["amount"].to_string(), "1000000000.00");
            } else {
                assert_eq!(&made[field], value, "{field}");
            }
        }
        assert_eq!(made["label"], "Quota servizi");
    });
}

#[test]
fn lists_are_given_below_a_programme_of_tens_of_thousands() {
    // PostgreSQL is given them as one list, SQLite each as a variable of its statement.
    let api = Server::start(Place::fresh(Engine::Sqlite));
    api.create(PROGRAMMES, &json!({"code": "ROOT"}));
    let _ = api.place().query(
        "INSERT INTO programmes \
         (id, label, label_key, parent_id, titles, version, created_at, updated_at) \
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 33000) \
         SELECT randomblob(16), label, label_key, id, titles, version, created_at, updated_at \
         FROM n, programmes WHERE code = 'ROOT'",
    );
    for list in ["organisations", "projects", "calls", "participations", "themes"] {
        let found = api.get(&format!("/api/v1/{list}?programme=ROOT&limit=1")).expect(200);
        assert_eq!(found.total(), 0, "{list}");
    }
}
