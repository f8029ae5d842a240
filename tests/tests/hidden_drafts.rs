//! Drafts leave no trace in what is counted, drawn or exported.

use crate::drafts::{DRAFTS, SECRET, draft, prepared, registered};
use consortia_tests::people::{administrator, person};
use consortia_tests::samples::{PROJECTS, id, organisation, path};
use consortia_tests::unzip::unpacked;
use consortia_tests::{Place, Server, on_each_engine};
use serde_json::{Value, json};
use std::fs;

/// What tells how much there is, without a word of any record.
fn counts(api: &Server) -> Vec<Value> {
    let admin = administrator(api).unrecorded();
    let told = ["network/summary", "themes?vocabulary=euroscivoc", "quality"].map(|at| {
        let mut told = admin.get(&format!("/api/v1/{at}")).expect(200).json();
        // When, not how many.
        told["meta"] = Value::Null;
        told
    });
    let lists = ["organisations", "projects", "participations", "sources"];
    let totals = lists.map(|list| json!(admin.get(&format!("/api/v1/{list}")).total()));
    told.into_iter().chain(totals).collect()
}

#[test]
fn no_format_export_or_count_tells_of_a_draft() {
    on_each_engine(|engine| {
        let api = Server::start(Place::fresh(engine));
        let own = registered(&api, "Ours");
        let themed = json!({
            "acronym": "PUBLIC", "period": "2020",
            "themes": [{"vocabulary": "euroscivoc", "code": "/29/97", "label": "politics"}]
        });
        let public = api.create(PROJECTS, &themed);
        let seat = json!({"organisation_id": own["id"], "role": "coordinator"});
        api.create(&format!("{}/participations", path(PROJECTS, &public)), &seat);
        let anna = person(&api, "anna", "editor", &[&own]);
        let before = counts(&api);
        let (led, _) = prepared(&anna, &own);
        let mut hidden = themed.clone();
        hidden["acronym"] = json!(SECRET);
        draft(&anna, "project", &hidden);
        draft(&anna, "organisation", &organisation(SECRET, "FR"));
        assert_eq!(counts(&api), before, "{engine:?}");

        let admin = administrator(&api).unrecorded();
        let document = api.get("/openapi.json").expect(200).json();
        let mut shown = 0;
        for (template, operations) in document["paths"].as_object().expect("paths") {
            let get = &operations["get"];
            let parameters = get["parameters"].as_array().into_iter().flatten();
            let formats = parameters.filter(|parameter| parameter["name"] == "format").count();
            if formats == 0 || template.starts_with(DRAFTS) {
                continue;
            }
            for (named, format) in [&led, &own, &public].iter().flat_map(|named| {
                let formats = ["ndjson", "csv", "svg", "graphml", "gexf", "dot", "cytoscape"];
                formats.map(|format| (named, format))
            }) {
                let at = template.replace("{id}", id(named)).replace("{n}", "1");
                let at = at.replace("{check}", "same_name");
                let answer = admin.get(&format!("{at}?format={format}"));
                assert!(!unpacked(answer.bytes()).contains(SECRET), "{engine:?}: {at}: {format}");
                shown += usize::from(answer.status == 200);
            }
        }
        assert!(shown > 50, "{shown} answers were looked at");
        for (form, name) in [("bundle", "all.ndjson"), ("workbook", "all.xlsx")] {
            let file = api.place().folder().join(name);
            api.place().run(&["export", form, file.to_str().expect("UTF-8")]);
            let held = unpacked(&fs::read(&file).expect("a file"));
            assert!(held.contains("PUBLIC") && !held.contains(SECRET), "{engine:?}: {name}");
        }
    });
}
