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
    let cells = Row::of("here", sheet, &places, Uuid::nil(), fields, &|_, id| {
        labelled("AMIF, the fund [2014]", &id.to_string()).expect("a cell")
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

/// The row of these cells, in which one is written anew.
fn edited(
    kind: EntityKind,
    (headings, cells): &(Vec<String>, Vec<String>),
    heading: &str,
    cell: &str,
) -> Row {
    let mut cells = cells.clone();
    let place = headings.iter().position(|known| known == heading).expect(heading);
    cell.clone_into(&mut cells[place]);
    row(kind, headings, &cells)
}

#[test]
fn columns_may_be_moved_left_out_and_added() {
    let fields = project();
    let (headings, cells) = exported(EntityKind::Project, &fields);
    let mut columns: Vec<(String, String)> = headings.into_iter().zip(cells).collect();
    columns.reverse();
    columns.retain(|(heading, _)| heading != "acronym" && heading != "programme");
    columns.insert(3, ("title_fr".to_owned(), String::new()));
    let (headings, cells): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    let moved = row(EntityKind::Project, &headings, &cells);
    assert!(moved.is_untouched(), "nothing was written anew");
    assert_eq!(merge_diff(&fields, moved.onto(Some(&fields)).line.fields()), None);
    let both = (headings, cells);
    let named = edited(EntityKind::Project, &both, "title_fr", "Printemps");
    assert!(!named.is_untouched());
    let change = merge_diff(&fields, named.onto(Some(&fields)).line.fields());
    assert_eq!(change, Some(json!({"titles": {"fr": "Printemps"}})));
}

#[test]
fn a_cell_nobody_touched_means_what_it_meant() {
    let fields = project();
    let written = exported(EntityKind::Project, &fields);
    // What the cell names by its brackets may be another record by now.
    let renamed = edited(EntityKind::Project, &written, "acronym", "AUTUMN");
    let line = renamed.onto(Some(&fields)).line;
    assert_eq!(line.fields()["fundings"], fields["fundings"]);
}

#[test]
fn a_row_of_another_registry_says_what_it_shows() {
    let fields = project();
    let (headings, cells) = exported(EntityKind::Project, &fields);
    let row = row(EntityKind::Project, &headings, &cells);
    assert!(row.is_of("here") && !row.is_of("there"));
    let here = merge(&merge(&fields, "acronym", &json!("OLD")), "keywords", &json!([]));
    let taken = row.unsealed().onto(Some(&here)).line;
    assert_eq!(taken.fields()["acronym"], "SPRING");
    assert_eq!(taken.fields()["keywords"], fields["keywords"]);
    assert_eq!(row.onto(Some(&here)).line.fields()["acronym"], "OLD", "here nobody touched it");
}

#[test]
fn a_copied_row_is_its_author_s() {
    let fields = project();
    let written = exported(EntityKind::Project, &fields);
    let copied = edited(EntityKind::Project, &written, "id", "#new");
    assert!(!copied.is_untouched() && !copied.is_mixed());
    assert_eq!(copied.onto(None).line.fields()["acronym"], "SPRING");
    let other = Uuid::from_u128(7).to_string();
    assert!(edited(EntityKind::Project, &written, "id", &other).is_mixed());
}

#[test]
fn what_was_cut_is_not_taken_for_the_whole() {
    let fields = project();
    let written = exported(EntityKind::Project, &fields);
    let place = written.0.iter().position(|heading| heading == "abstract_en").expect("a column");
    let corrected = written.1[place].replacen("long", "Long", 1);
    let refused = |row: &Row, fields: Option<&Value>| {
        row.onto(fields).faults.iter().map(|fault| fault.code).collect::<Vec<_>>()
    };
    for text in [corrected.as_str(), "shorter, but …"] {
        let row = edited(EntityKind::Project, &written, "abstract_en", text);
        assert_eq!(refused(&row, Some(&fields)), ["cut_cell"]);
    }
    let whole = edited(EntityKind::Project, &written, "abstract_en", "short");
    assert!(refused(&whole, Some(&fields)).is_empty());
    // Nor does it make a record of which the end is missing.
    assert_eq!(refused(&row(EntityKind::Project, &written.0, &written.1), None), ["cut_cell"]);
}

#[test]
fn a_row_of_one_s_own_adds_identifiers() {
    let fields = json!({"external_ids": [
        {"scheme": "pic", "value": "968823876"}, {"scheme": "local", "value": "a"}
    ]});
    let headings = ["legal_name", "identifiers"].map(ToOwned::to_owned);
    let own = |ids: &str| {
        let row = row(EntityKind::Organisation, &headings, &["ISMU".to_owned(), ids.to_owned()]);
        row.onto(Some(&fields)).line.fields()["external_ids"].clone()
    };
    assert_eq!(own("PIC:968823876"), fields["external_ids"]);
    let known = fields["external_ids"].as_array().expect("a list");
    assert_eq!(own("local:b; local:a"), json!([known[0], known[1], "local:b"]));
}

#[test]
fn twins_are_told_apart() {
    let name = |kind: &str, language: &str| json!({"value": "ISMU Foundation", "kind": kind, "language": language});
    let fields = json!({"names": [
        {"value": "Fondazione", "kind": "legal", "language": "it"},
        {"value": "Stiftung", "kind": "legal", "language": "de"},
        name("translated", "en"), name("translated", "fr"), name("former", "it"),
    ]});
    let change = |heading: &str, cell: &str| {
        change(EntityKind::Organisation, &fields, heading, cell).expect("a change")["names"].clone()
    };
    let more =
        change("other_names", "Stiftung; ISMU Foundation; ISMU Foundation; ISMU Foundation; X");
    assert_eq!(
        more.as_array().expect("names")[..5],
        fields["names"].as_array().expect("names")[..]
    );
    // The second of its kind does not step into the place of the first within one row.
    let written = exported(EntityKind::Organisation, &fields);
    let mut cells = written.1.clone();
    for (heading, cell) in [("legal_name", ""), ("other_names", "Stiftung; X")] {
        let place = written.0.iter().position(|known| known == heading).expect(heading);
        cell.clone_into(&mut cells[place]);
    }
    let left = row(EntityKind::Organisation, &written.0, &cells).onto(Some(&fields)).line;
    assert_eq!(
        left.fields()["names"],
        json!([fields["names"][1], {"value": "X", "kind": "alias"}])
    );

    let theme = |label: &str| json!({"vocabulary": "v", "code": "c", "label": label});
    let fields = json!({"acronym": "A", "themes": [theme("one"), theme("two")]});
    let more = change_of(&fields, "themes", "v:c; v:c; v:d");
    assert_eq!(more["themes"][1], fields["themes"][1]);
}

fn change_of(fields: &Value, heading: &str, cell: &str) -> Value {
    change(EntityKind::Project, fields, heading, cell).expect("a change")
}

#[test]
fn a_label_with_brackets_names_nobody_else() {
    assert_eq!(labelled("SPRING", "cordis:1").as_deref(), Some("SPRING [cordis:1]"));
    assert_eq!(labelled("CALL-A", "CALL-A").as_deref(), Some("CALL-A"));
    assert_eq!(labelled("CALL-A [2]", "CALL-A [2]"), None);
    assert_eq!(labelled("X", "local:a[b]"), None);
}

#[test]
fn differences_are_told_in_the_words_of_the_sheet() {
    let fields = project();
    let (headings, cells) = exported(EntityKind::Project, &fields);
    let newer = merge(&fields, "total_cost", &json!({"amount": 7, "currency": "GBP"}));
    let told = row(EntityKind::Project, &headings, &cells).differences(&fields, &newer);
    let said = ("total_cost".to_owned(), "100.5".to_owned(), "7 GBP".to_owned());
    assert_eq!(told, [said]);
}
