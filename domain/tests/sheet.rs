//! Rows of sheets: what a cell shows, and what it changes.

use consortia_domain::id::EntityKind;
use consortia_domain::merge_patch::merge_diff;
use consortia_domain::sheet::{Extent, Headings, Row, Sheet, labelled};
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// The cells an export writes of a record, with their headings.
fn exported(kind: EntityKind, fields: &Value) -> (Vec<String>, Vec<String>) {
    let sheet = Sheet::of(kind).expect("a sheet");
    let mut extent = Extent::default();
    extent.include(sheet, fields);
    let places = extent.places(sheet);
    let cells = Row::of(sheet, &places, Uuid::nil(), fields, &|_, id| {
        labelled("AMIF, the fund [2014]", &id.to_string())
    });
    (places.iter().map(consortia_domain::sheet::Place::heading).collect(), cells)
}

fn row(kind: EntityKind, headings: &[String], cells: &[String]) -> Row {
    let sheet = Sheet::of(kind).expect("a sheet");
    let headings = Headings::read(sheet, headings).expect("headings");
    Row::new(sheet, Arc::new(headings), cells)
}

/// What a record changes in when one cell of its exported row is written anew.
fn change(kind: EntityKind, fields: &Value, heading: &str, cell: &str) -> Option<Value> {
    let (headings, mut cells) = exported(kind, fields);
    let place = headings.iter().position(|known| known == heading).expect(heading);
    cell.clone_into(&mut cells[place]);
    let row = row(kind, &headings, &cells);
    assert!(!row.is_untouched(), "{heading} was changed");
    assert!(!row.is_stale(fields), "the record was not");
    let applied = row.onto(Some(fields));
    assert!(applied.faults.is_empty(), "{}", applied.faults);
    merge_diff(fields, applied.line.fields())
}

fn project() -> Value {
    json!({
        "acronym": "SPRING",
        "titles": {"en": "Spring", "it": "Primavera"},
        "abstract": {"en": "long ".repeat(10_000)},
        "period": {"start": "2021-03", "end": ".."},
        "total_cost": {"amount": 100.50, "currency": "EUR"},
        "fundings": [
            {"programme_id": "0198c0de-0000-7000-8000-000000000000", "kind": "grant", "share": 80},
            {"kind": "private", "amount": {"amount": 7, "currency": "GBP"}},
        ],
        "keywords": ["a; b", "c"],
        "themes": [{"vocabulary": "own", "code": "x", "label": "A theme", "path": null}],
        "territories": [{"relation": "action", "country": "IT"}],
        "external_ids": [{"scheme": "cordis", "value": "101004635"}],
    })
}

#[test]
fn an_exported_row_changes_nothing() {
    let fields = project();
    let (headings, mut cells) = exported(EntityKind::Project, &fields);
    let untouched = row(EntityKind::Project, &headings, &cells);
    assert!(untouched.is_untouched() && !untouched.is_stale(&fields));
    // Spreadsheets drop zeros, and may be told to show another label.
    for (heading, cell) in headings.iter().zip(&mut cells) {
        match heading.as_str() {
            "total_cost" => "100.5".clone_into(cell),
            "programme" => *cell = cell.replace("the fund", "a fund"),
            _ => {}
        }
    }
    assert!(row(EntityKind::Project, &headings, &cells).is_untouched());
    let newer = merge(&fields, "acronym", &json!("AUTUMN"));
    assert!(untouched.is_stale(&newer));
    let elsewhere = merge(&fields, "territories", &json!([]));
    assert!(!untouched.is_stale(&elsewhere), "what no column shows does not matter");
}

fn merge(fields: &Value, field: &str, value: &Value) -> Value {
    let mut changed = fields.clone();
    changed[field] = value.clone();
    changed
}

#[test]
fn a_text_too_long_for_a_cell_is_cut_and_kept() {
    let fields = project();
    let (headings, cells) = exported(EntityKind::Project, &fields);
    let place = headings.iter().position(|heading| heading == "abstract_en").expect("a column");
    assert_eq!(cells[place].encode_utf16().count(), 32_767);
    assert!(cells[place].ends_with('…'));
    let changed = change(EntityKind::Project, &fields, "acronym", "AUTUMN");
    assert_eq!(changed, Some(json!({"acronym": "AUTUMN"})), "the abstract stays whole");
}

#[test]
fn one_cell_changes_one_field() {
    let fields = project();
    let changed = |heading: &str, cell: &str| {
        change(EntityKind::Project, &fields, heading, cell).expect("a change")
    };
    assert_eq!(changed("title_it", ""), json!({"titles": {"it": null}}));
    assert_eq!(changed("end", "2023"), json!({"period": {"end": "2023"}}));
    assert_eq!(changed("total_cost", ""), json!({"total_cost": null}));
    let cost = changed("total_cost", "99,9 GBP");
    assert_eq!(cost, json!({"total_cost": {"amount": "99.9", "currency": "GBP"}}));
    assert_eq!(changed("keywords", "c"), json!({"keywords": ["c"]}));
    let themes = changed("themes", "own:y; own:x");
    assert_eq!(themes["themes"][0], json!({"vocabulary": "own", "code": "y"}));
    assert_eq!(themes["themes"][1], fields["themes"][0], "a theme keeps its label");
    let fundings = changed("funding_amount_2", "8 GBP");
    assert_eq!(fundings["fundings"][0], fields["fundings"][0]);
    assert_eq!(fundings["fundings"][1]["amount"]["amount"], "8");
    assert_eq!(changed("programme", "AMIF")["fundings"][0]["programme_id"], "AMIF");
}

#[test]
fn names_keep_their_kind_and_language() {
    let fields = json!({
        "names": [
            {"value": "Fondazione ISMU", "kind": "legal", "language": "it"},
            {"value": "ISMU Foundation", "kind": "translated", "language": "en"},
        ],
        "place": {"city": "Milano", "nuts": null},
    });
    let changed = |heading: &str, cell: &str| {
        change(EntityKind::Organisation, &fields, heading, cell).expect("a change")
    };
    let renamed = changed("legal_name", "Fondazione ISMU ETS");
    assert_eq!(renamed["names"][0]["value"], "Fondazione ISMU ETS");
    assert_eq!(renamed["names"][0]["language"], "it");
    assert_eq!(renamed["names"][1], fields["names"][1]);
    let short = changed("short_name", "ISMU");
    assert_eq!(short["names"][1], json!({"value": "ISMU", "kind": "short"}));
    let other = changed("other_names", "Ismu; ISMU Foundation");
    assert_eq!(other["names"][1], json!({"value": "Ismu", "kind": "alias"}));
    assert_eq!(other["names"][2], fields["names"][1]);
    assert_eq!(changed("city", ""), json!({"place": null}), "nothing is left of the place");
}

#[test]
fn headings_are_read_as_people_write_them() {
    let sheet = Sheet::of(EntityKind::Project).expect("a sheet");
    let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
    let read = Headings::read(
        sheet,
        &texts(&["ID", " Total  Cost", "#mine", "", "title_pt-br", "Programme 2", "title"]),
    )
    .expect("headings");
    let headings: Vec<_> = (0..7).map(|n| read.heading(n).unwrap_or_default()).collect();
    assert_eq!(headings, ["id", "total_cost", "", "", "title_pt-BR", "programme_2", "title_und"]);
    let faults = Headings::read(sheet, &texts(&["id", "titel", "start", "start", "funder_0"]));
    let faults = faults.expect_err("faults");
    let places: Vec<usize> = faults.iter().map(|(place, _)| *place).collect();
    assert_eq!(places, [1, 3, 4]);
}
