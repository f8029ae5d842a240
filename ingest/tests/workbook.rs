//! Reading .xlsx files that no spreadsheet wrote.

use consortia_domain::import::Rejection;
use consortia_ingest::workbook::Workbook;
use rust_xlsxwriter::{Formula, Workbook as Written};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use zip::ZipArchive;
use zip::write::{SimpleFileOptions, ZipWriter};

/// A copy of an archive in which `from` is `to`, in every member that is text.
fn rewritten(path: &Path, from: &str, to: &str) -> PathBuf {
    let copy = path.with_file_name("rewritten.xlsx");
    let mut old = ZipArchive::new(File::open(path).expect("a file")).expect("an archive");
    let mut new = ZipWriter::new(File::create(&copy).expect("a file"));
    for n in 0..old.len() {
        let mut member = old.by_index(n).expect("a member");
        let mut text = String::new();
        member.read_to_string(&mut text).expect("text");
        let name = member.name().expect("a name").into_owned();
        new.start_file(name, SimpleFileOptions::default()).expect("a member");
        new.write_all(text.replace(from, to).as_bytes()).expect("written");
    }
    new.finish().expect("an archive");
    copy
}

#[test]
fn a_formula_that_nothing_computed_is_no_empty_cell() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("computed.xlsx");
    let mut book = Written::new();
    let sheet = book.add_worksheet().set_name("Projects").expect("a name");
    for (n, heading) in (0..).zip(["id", "acronym", "total_cost"]) {
        sheet.write(0, n, heading).expect("a heading");
    }
    sheet.write(1, 0, "#p").expect("a cell");
    sheet.write(1, 1, Formula::new("=\"A\"&\"\"").set_result("A")).expect("a cell");
    sheet.write(1, 2, Formula::new("=40+2").set_result("42")).expect("a cell");
    book.save(&path).expect("a file");

    let computed = Workbook::open(std::slice::from_ref(&path)).expect("a workbook");
    assert_eq!((computed.records(), computed.rejections()), (1, &[][..]));
    for nothing in ["<v></v>", "<v/>", ""] {
        let open = rewritten(&path, "<v>42</v>", nothing);
        let open = Workbook::open(&[open]).expect("a workbook");
        let places: Vec<_> = open
            .rejections()
            .iter()
            .map(|Rejection { origin, column, .. }| {
                format!("{} {} {column}", origin.file, origin.line)
            })
            .collect();
        assert_eq!(places, ["rewritten.xlsx/Projects 2 total_cost"], "{nothing}");
        assert_eq!(open.records(), 0);
    }
}
