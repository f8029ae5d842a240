//! Sheets as csv: every fault of a row is told at a column, and a row that was read and written
//! is read again as the same, untouched.
#![no_main]

use consortia_domain::sheet::{Extent, Row, SHEETS};
use consortia_fuzz::{Sheets, Tables, is_told};
use consortia_ingest::workbook::Workbook;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use std::path::Path;
use uuid::Uuid;

/// What tells this registry from others.
const REGISTRY: &str = "fuzzing";

fuzz_target!(|input: &[u8]| {
    let Some((which, table)) = input.split_first() else { return };
    let sheet = &SHEETS[usize::from(*which) % SHEETS.len()];
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(format!("{}.csv", sheet.name.to_lowercase()));
    std::fs::write(&file, table).expect("a file");
    for row in rows(&file, input.len() as u64) {
        let applied = row.onto(None);
        for fault in applied.faults.iter() {
            let consortia_domain::Location::Pointer(at) = &fault.at else { panic!("{fault:?}") };
            assert!(!row.at(at.as_str()).0.is_empty(), "{fault:?} is at no column");
            assert!(is_told(&fault.detail), "{fault:?}");
        }
        if applied.faults.is_empty() {
            comes_back(&row, applied.line.fields(), folder.path());
        }
    }
});

/// The rows of a file; none when it is refused.
fn rows(file: &Path, lines: u64) -> Vec<Row> {
    let book = match Workbook::open(&[file.to_owned()]) {
        Ok(book) => book,
        Err(fault) => {
            assert!(fault.to_string().contains(".csv") && is_told(&fault.to_string()), "{fault}");
            return Vec::new();
        }
    };
    for rejection in book.rejections() {
        assert!((1..=lines + 2).contains(&rejection.origin.line), "{rejection:?}");
        assert!(is_told(&rejection.reason), "{rejection:?}");
    }
    let mut rows = Vec::new();
    let read: Result<(), ()> = book.read(10, |batch| {
        rows.extend(batch.into_iter().map(|(_, row)| row));
        Ok(())
    });
    read.expect("nothing stops it");
    rows
}

/// A record that is exported and read again is what it was.
fn comes_back(row: &Row, fields: &Value, folder: &Path) {
    let sheet = row.sheet();
    let mut extent = Extent::default();
    extent.include(sheet, fields);
    let places = extent.places(sheet);
    let name_of = |_, id: Uuid| id.to_string();
    let cells = Row::of(REGISTRY, sheet, &places, Uuid::from_u128(1), fields, &name_of);
    let mut out = Tables::new(&folder.join("again")).expect("a folder");
    out.begin(sheet, &places).expect("a sheet");
    out.row(&cells).expect("a row");
    out.finish().expect("a file");
    let again = rows(&folder.join(format!("again/{}.csv", sheet.name.to_lowercase())), 9999);
    let [again] = again.as_slice() else { panic!("{cells:?} is read as {} rows", again.len()) };
    assert!(again.is_untouched(), "{cells:?}");
    let applied = again.onto(Some(fields));
    assert!(applied.faults.is_empty(), "{:?}", applied.faults);
    assert_eq!(applied.line.fields(), fields);
}
