//! Texts in csv files: nothing that a spreadsheet would run, and every text as it was when the
//! apostrophe is taken away again.
#![no_main]

use consortia_domain::text::unguarded;
use consortia_fuzz::{Cell, Column, table, texts};
use libfuzzer_sys::fuzz_target;

/// What spreadsheets take for the beginning of a formula.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

fuzz_target!(|input: &[u8]| {
    let texts = texts(input);
    let records: Vec<[String; 2]> = texts
        .chunks(2)
        .map(|two| [two[0].clone(), two.get(1).cloned().unwrap_or_default()])
        .collect();
    let columns = [
        Column::new("one", |of: &[String; 2]| Cell::text(&of[0])),
        Column::new("other", |of: &[String; 2]| Cell::list([&of[1]])),
    ];
    let written = table(&columns, &records);
    let mut reader = csv::Reader::from_reader(written.as_bytes());
    assert_eq!(reader.headers().expect("a heading"), vec!["one", "other"]);
    let read: Vec<_> = reader.records().map(|row| row.expect("as wide as the heading")).collect();
    assert_eq!(read.len(), records.len());
    for (row, record) in read.iter().zip(&records) {
        for (cell, text) in row.iter().zip(record) {
            assert!(!cell.starts_with(FORMULA), "{cell:?} would run");
            assert_eq!(unguarded(cell), text);
        }
    }
});
