//! Texts in workbooks: no cell is a formula, and every text is as it was, in .xlsx and in csv.
#![no_main]

use calamine::{Data, Reader, Xlsx, open_workbook};
use consortia_domain::sheet::{Extent, Place, SHEETS};
use consortia_domain::text::{Prose, unguarded};
use consortia_fuzz::{Sheets, Tables, texts};
use libfuzzer_sys::fuzz_target;
use std::fs::File;
use std::path::Path;

/// What spreadsheets take for the beginning of a formula.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

fuzz_target!(|input: &[u8]| {
    let sheet = &SHEETS[0];
    let places = Extent::of_template(sheet).places(sheet);
    // As records hold them: control characters, for one, never come so far.
    let held = texts(input).into_iter().map(|text| text.parse::<Prose>().map(|it| it.to_string()));
    let held: Vec<String> = held.map(Result::unwrap_or_default).collect();
    let mut rows: Vec<Vec<String>> = held.chunks(places.len()).map(<[_]>::to_vec).collect();
    for row in &mut rows {
        row.resize(places.len(), String::new());
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("book.xlsx");
    let file = File::create_new(&path).expect("a file");
    let mut book = consortia_fuzz::Xlsx::new(file, folder.path()).expect("a workbook");
    write(&mut book, &places, &rows);
    write(&mut Tables::new(folder.path()).expect("a folder"), &places, &rows);
    read_xlsx(&path, &rows);
    read_csv(&folder.path().join("organisations.csv"), &places, &rows);
});

fn write(out: &mut impl Sheets, places: &[Place], rows: &[Vec<String>]) {
    out.begin(&SHEETS[0], places).expect("a sheet");
    for row in rows {
        out.row(row).expect("a row");
    }
    out.finish().expect("a file");
}

fn read_xlsx(path: &Path, rows: &[Vec<String>]) {
    let mut book: Xlsx<_> = open_workbook(path).expect("a workbook");
    let formulas = book.worksheet_formula(SHEETS[0].name).expect("a sheet");
    assert!(formulas.used_cells().all(|(_, _, formula)| formula.is_empty()));
    let sheet = book.worksheet_range(SHEETS[0].name).expect("a sheet");
    for (n, row) in (1..).zip(rows) {
        for (column, text) in (0..).zip(row) {
            match sheet.get_value((n, column)) {
                None | Some(Data::Empty) => assert_eq!(text, ""),
                Some(Data::String(cell)) => assert_eq!(cell, text),
                Some(Data::Float(number)) => assert_eq!(text.parse(), Ok(*number)),
                other => panic!("{text:?} became {other:?}"),
            }
        }
    }
}

fn read_csv(path: &Path, places: &[Place], rows: &[Vec<String>]) {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).expect("a file");
    let read: Vec<_> = reader.records().map(|row| row.expect("UTF-8")).collect();
    for (row, texts) in read.iter().zip(rows) {
        for ((cell, text), place) in row.iter().zip(texts).zip(places) {
            let is_number = place.column.is_numeric() && cell.parse::<f64>().is_ok();
            assert!(is_number || !cell.starts_with(FORMULA), "{cell:?} would run");
            assert_eq!(unguarded(cell), text);
        }
    }
}
