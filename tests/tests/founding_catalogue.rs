//! What the five documents say from which the project began, asked back: every row of
//! `docs/founding-catalogue.md` is a request with the value its answer must hold.

use consortia_tests::samples::{ORGANISATIONS, PROJECTS, column};
use consortia_tests::{
    Engine, Place, Server, h2020, on_both_engines, on_both_engines_with_catalogue, program,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;

/// The headings of the table, and the line below them.
const HEADINGS: [&str; 4] = ["Fact", "Request", "Place", "Value"];

/// A row of the documentation.
struct Row {
    section: String,
    fact: String,
    request: String,
    place: String,
    value: Value,
}

/// Every row. A line of a table that is none is a fault.
fn rows() -> Vec<Row> {
    let page = program::repository().join("docs/founding-catalogue.md");
    let text = fs::read_to_string(&page).expect("the page");
    let mut rows = Vec::new();
    let mut section = String::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            heading.clone_into(&mut section);
        }
        let Some(cells) = line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |")) else {
            assert!(!line.starts_with('|'), "no row: {line}");
            continue;
        };
        let cells: Vec<&str> = cells.split(" | ").collect();
        if cells == HEADINGS || cells == ["---"; 4] {
            continue;
        }
        let [fact, request, place, value] = cells[..] else { panic!("not four cells: {line}") };
        let code = |cell: &str| {
            let code = cell.strip_prefix('`').and_then(|cell| cell.strip_suffix('`'));
            code.unwrap_or_else(|| panic!("not in backticks: {cell} in {line}")).to_owned()
        };
        rows.push(Row {
            section: section.clone(),
            fact: fact.to_owned(),
            request: code(request),
            place: code(place),
            value: serde_json::from_str(&code(value)).unwrap_or_else(|why| panic!("{why}: {line}")),
        });
    }
    rows
}

/// What stands at `place`: a JSON Pointer in which `*` is every element of a list, and
/// `name=value` the first element whose `name` is `value`, a text or JSON.
fn at(value: &Value, place: &str) -> Option<Value> {
    let Some(place) = place.strip_prefix('/') else { return Some(value.clone()) };
    let (step, rest) = match place.split_once('/') {
        Some((step, rest)) => (step, format!("/{rest}")),
        None => (place, String::new()),
    };
    let step = step.replace("~1", "/").replace("~0", "~");
    let Value::Array(list) = value else { return at(value.get(&step)?, &rest) };
    if step == "*" {
        return list.iter().map(|element| at(element, &rest)).collect::<Option<_>>();
    }
    let Some((name, wanted)) = step.split_once('=') else {
        return at(list.get(step.parse::<usize>().ok()?)?, &rest);
    };
    let json: Option<Value> = serde_json::from_str(wanted).ok();
    let is_it = |found: &Value| found == wanted || json.as_ref() == Some(found);
    at(list.iter().find(|element| element.get(name).is_some_and(is_it))?, &rest)
}

#[test]
fn every_fact_of_the_documents_is_given_back() {
    let rows = rows();
    let mut sections: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &rows {
        *sections.entry(&row.section).or_default() += 1;
    }
    assert_eq!(sections.len(), 8, "{sections:?}");
    assert!(sections.values().all(|rows| *rows >= 10), "{sections:?}");
    on_both_engines_with_catalogue(|api| {
        let mut wrong = Vec::new();
        for row in &rows {
            let path = row.request.replace('\'', "%27");
            let found = at(&api.get(&path).expect(200).json(), &row.place);
            if found.as_ref() != Some(&row.value) {
                let Row { section, fact, request, place, value } = row;
                let found = found.map_or_else(|| "nothing".to_owned(), |found| found.to_string());
                wrong.push(format!("{section}: {fact}\n  {request} {place}\n  {value}\n  {found}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}

/// Imports the catalogue twice; the second time must change nothing.
fn imported_twice(place: &Place) {
    let bundle = h2020::catalogue(place);
    let bundle = bundle.to_str().expect("UTF-8");
    let told = place.run(&["import", "bundle", bundle]);
    assert!(told.contains(" 0 rejected") && !told.contains("Nothing changed"), "{told}");
    let again = place.run(&["import", "bundle", bundle]);
    assert!(again.contains(" 0 rejected") && again.contains("Nothing changed"), "{again}");
}

fn totals(api: &Server) -> Vec<u64> {
    let lists = [
        "organisations",
        "projects",
        "participations",
        "relations",
        "agreements",
        "sources",
        "claims",
        "statements",
        "calls",
    ];
    lists.iter().map(|list| api.get(&format!("/api/v1/{list}?limit=1")).total()).collect()
}

#[test]
fn the_catalogue_stands_by_itself() {
    on_both_engines(|api| {
        imported_twice(api.place());
        let found = totals(api);
        assert_eq!(&found[..2], [16, 38]);
        // Both of Horizon 2020 without their participations, which are those of CORDIS.
        let spring = api.get(&format!("{PROJECTS}?external_id=cordis:101004635")).expect(200);
        assert_eq!(column(&spring.data(), "label"), ["SPRING"]);
        for (list, total) in ["organisations", "projects"].iter().zip(&found) {
            let all = api.client().walk(&format!("/api/v1/{list}"));
            assert_eq!(all.len() as u64, *total);
            assert!(all.iter().all(|record| !label(record).contains(id(record))), "{list}");
        }
    });
}

fn label(record: &Value) -> &str {
    record["label"].as_str().expect("a label")
}

fn id(record: &Value) -> &str {
    record["id"].as_str().expect("an id")
}

#[test]
fn over_horizon_2020_records_of_both_are_one() {
    for engine in Engine::ALL {
        let place = h2020::copy(engine);
        imported_twice(&place);
        let api = Server::start(place);
        // Six bodies and two projects are known to CORDIS.
        let found = totals(&api);
        assert_eq!(found[0], h2020::ORGANISATIONS + 16 - 6, "{engine:?}");
        assert_eq!(found[1], h2020::PROJECTS + 38 - 2, "{engine:?}");
        for (address, labels) in [
            (format!("{PROJECTS}?organisation=pic:968823876&programme=H2020"), 2),
            (format!("{ORGANISATIONS}?external_id=pic:968823876"), 1),
            (format!("{ORGANISATIONS}?q=multietnicita"), 1),
            (format!("{ORGANISATIONS}?q=roma%20capitale"), 1),
            (format!("{ORGANISATIONS}?external_id=vat:IT01057861005"), 1),
        ] {
            assert_eq!(api.get(&address).expect(200).total(), labels, "{engine:?} {address}");
        }
    }
}

#[test]
fn a_demo_made_before_there_was_a_catalogue_gets_it_once() {
    let place = h2020::copy(Engine::Sqlite);
    let marker = place.folder().join("demo");
    fs::write(&marker, format!("done {}\n", place.url())).expect("the marker");
    let mut demo = Server::start_as(place, &["demo"], &[]);
    let found = demo.get(&format!("{PROJECTS}?acronym=POP%20II")).expect(200).data();
    assert_eq!(column(&found, "acronym"), ["POP II"]);
    let history = format!("{PROJECTS}/{}/revisions", id(&found[0]));
    assert_eq!(demo.get(&history).data()[0]["actor"], "bundle:founding-catalogue");
    let meta = demo.get(PROJECTS).json()["meta"].clone();
    assert_eq!(
        (&meta["attribution"], &meta["licence"]),
        (&json!(h2020::ATTRIBUTION), &json!(h2020::LICENCE))
    );
    let staff = demo.client();
    let edited = format!("{PROJECTS}/{}", id(&found[0]));
    let etag = staff.get(&edited).etag().to_owned();
    staff.patch(&edited, &etag, &json!({"aliases": ["POP"]})).expect(200);
    assert!(demo.stop().success());
    demo.restart();
    let kept = demo.get(&edited).expect(200).json();
    assert_eq!((&kept["aliases"], &kept["version"]), (&json!(["POP"]), &json!(2)));
}
