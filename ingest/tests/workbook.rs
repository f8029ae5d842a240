//! Reading .xlsx files that no spreadsheet wrote.

use consortia_domain::import::Rejection;
use consortia_domain::sheet::Row;
use consortia_ingest::workbook::Workbook;
use rust_xlsxwriter::{Format, Formula, Workbook as Written, Worksheet, XlsxError};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
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

/// A workbook with one sheet, its cells as `write` puts them below the headings.
fn book(
    folder: &Path,
    name: &str,
    headings: &[&str],
    write: impl FnOnce(&mut Worksheet) -> Result<(), XlsxError>,
) -> PathBuf {
    let path = folder.join("book.xlsx");
    let mut book = Written::new();
    let sheet = book.add_worksheet().set_name(name).expect("a name");
    for (n, heading) in (0..).zip(headings) {
        sheet.write(0, n, *heading).expect("a heading");
    }
    write(sheet).expect("cells");
    book.save(&path).expect("a file");
    path
}

/// The fields of all rows, in the order in which they are stored.
fn fields(workbook: Workbook) -> Vec<Value> {
    let mut fields = Vec::new();
    let take = |rows: Vec<(_, Row)>| {
        fields.extend(rows.iter().map(|(_, row)| row.onto(None).line.fields().clone()));
        Ok::<_, Infallible>(())
    };
    let Ok(()) = workbook.read(100, take);
    fields
}

/// The row, column and reason of each fault.
fn faults(workbook: &Workbook) -> Vec<String> {
    let fault = |it: &Rejection| format!("{} {}: {}", it.origin.line, it.column, it.reason);
    workbook.rejections().iter().map(fault).collect()
}

fn opened(path: &Path) -> Workbook {
    Workbook::open(&[path.to_owned()]).expect("a workbook")
}

/// Why a file is refused as a whole.
fn refused(path: &Path) -> String {
    Workbook::open(&[path.to_owned()]).expect_err("a refusal").to_string()
}

#[test]
fn cells_under_no_heading_are_not_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let csv = folder.path().join("organisations.csv");
    let text = "id,legal_name,#own,city,,country\n#x,A,note,Roma,,IT\n#y,B,,Roma,,IT,extra text\n";
    std::fs::write(&csv, text).expect("a file");
    let read = opened(&csv);
    assert_eq!(read.records(), 1);
    let [fault] = &faults(&read)[..] else { panic!("{:?}", read.rejections()) };
    assert!(fault.starts_with("3 G: The cell stands under no heading"), "{fault}");
    assert!(fault.contains("'extra text'"), "{fault}");

    let xlsx = book(folder.path(), "Projects", &["id", "", "acronym", "#own"], |sheet| {
        sheet.write(1, 0, "#p")?.write(1, 1, "lost")?.write(1, 3, "note")?;
        sheet.write(2, 0, "#q")?.write(2, 3, Formula::new("=1/0").set_result("#DIV/0!"))?;
        Ok(())
    });
    let read = opened(&xlsx);
    assert_eq!(read.records(), 1);
    assert!(faults(&read)[0].starts_with("2 B: The cell stands under no heading"));
    assert_eq!(read.rejections().len(), 1);

    // An error begins with # too, but nobody calls a column so.
    let error = book(folder.path(), "Projects", &["id"], |sheet| {
        sheet.write(0, 1, Formula::new("=A1").set_result("#REF!"))?.write(1, 1, "lost")?;
        Ok(())
    });
    let error = rewritten(&error, "t=\"str\"", "t=\"e\"");
    assert!(refused(&error).contains("Row 1, column B: The cell holds the error #REF!"));
}

#[test]
fn a_quote_that_is_never_closed_refuses_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let csv = folder.path().join("organisations.csv");
    for swallowed in ["#u2,U2,World\n", "#u2,\"U2\",World\n"] {
        std::fs::write(&csv, format!("id,legal_name,city\n#u1,U1,\"Hello\n{swallowed}"))
            .expect("a file");
        let told = refused(&csv);
        assert!(told.contains("Row 2, column C: the double quote"), "{told}");
    }
    std::fs::write(&csv, "id,legal_name,city\n#u1,\"Two\nlines\",\"a \"\"b\"\"\"\n")
        .expect("a file");
    assert_eq!(opened(&csv).records(), 1);
}

#[test]
fn small_files_cannot_stand_for_more_than_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let headings = ["id", "abstract_en"];
    let shared = book(folder.path(), "Projects", &headings, |sheet| {
        (1..600).try_for_each(|row| sheet.write(row, 1, "LONG").map(|_| ()))
    });
    let told = refused(&rewritten(&shared, ">LONG<", &format!(">{}<", "x".repeat(1 << 20))));
    assert!(told.contains("more than 512 MiB of memory"), "{told}");

    for count in ["999999999999999\"", "99999999999999999999999\"", &format!("{:90}\"", 1)] {
        let told =
            refused(&rewritten(&shared, "uniqueCount=\"", &format!("uniqueCount=\"{count} x=\"")));
        assert!(told.contains("says to hold more than it has bytes"), "{told}");
    }
    let spilled = book(folder.path(), "Projects", &headings, |sheet| {
        sheet.write(1, 1, Formula::new("=A1").set_result("#SPILL!")).map(|_| ())
    });
    let high = "t=\"e\"><f t=\"shared\" si=\"999999999999\" ref=\"B2:B3\">A1";
    let told = refused(&rewritten(&spilled, "t=\"str\"><f>A1", high));
    assert!(told.contains("says to hold more than it has bytes"), "{told}");

    let styles = rewritten(&shared, "<fonts", &" ".repeat(17 << 20));
    assert!(refused(&styles).contains("its cell styles unpack to more than 16 MiB"));
    // A part that yields more than it declares is not read to its end.
    let mut archive = ZipArchive::new(File::open(&styles).expect("a file")).expect("an archive");
    let size = archive.by_name("xl/styles.xml").expect("a member").size();
    let declared = u32::try_from(size).expect("a size").to_le_bytes();
    let mut bytes = std::fs::read(&styles).expect("a file");
    let places: Vec<usize> =
        (0..bytes.len() - 4).filter(|at| bytes[*at..*at + 4] == declared).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + 4].copy_from_slice(&1_000_u32.to_le_bytes());
    }
    std::fs::write(&styles, bytes).expect("a file");
    assert!(refused(&styles).contains("larger than its declared"));
}

/// Has the sheet of a workbook declare that all its parts together unpack to so many bytes.
fn declare(path: &Path, total: u64) {
    let mut zip = ZipArchive::new(File::open(path).expect("a file")).expect("an archive");
    let (name, parts) = ("xl/worksheets/sheet1.xml", zip.len());
    let size = |n| {
        let part = zip.by_index_raw(n).expect("a part");
        if part.name_raw() == name.as_bytes() { 0 } else { part.size() }
    };
    let others: u64 = (0..parts).map(size).sum();
    let declared = u32::try_from(total - others).expect("a size").to_le_bytes();
    let mut bytes = std::fs::read(path).expect("a file");
    // Behind its mark in the central directory a part has its size after 24 bytes, its name
    // after 46.
    let is_sheet = |at: &usize| {
        bytes[*at..].starts_with(b"PK\x01\x02") && bytes[at + 46..].starts_with(name.as_bytes())
    };
    let at = (0..bytes.len() - 46).find(is_sheet).expect("the sheet");
    bytes[at + 24..at + 28].copy_from_slice(&declared);
    std::fs::write(path, bytes).expect("a file");
}

#[test]
fn workbooks_that_unpack_to_too_much_are_refused() {
    const MOST: u64 = 1 << 30;
    let folder = tempfile::tempdir().expect("a folder");
    let path =
        book(folder.path(), "Projects", &["id"], |sheet| sheet.write(1, 0, "#p").map(|_| ()));
    let too_large = "It is too large: it unpacks to more than 1024 MiB. Split it into several.";
    declare(&path, MOST + 1);
    assert!(refused(&path).contains(too_large));
    // Just not too large, and it ends where it ends.
    declare(&path, MOST);
    let told = Workbook::open(std::slice::from_ref(&path)).map_err(|error| error.to_string());
    assert!(told.as_ref().err().is_none_or(|told| !told.contains("too large")), "{told:?}");
    // A table on its own is a file of that size, which holds nothing and takes no disk.
    let table = folder.path().join("projects.csv");
    File::create(&table).and_then(|file| file.set_len(MOST + 1)).expect("a file");
    let told = refused(&table);
    assert!(told.contains("It is too large: it has more than 1024 MiB."), "{told}");
}

#[test]
fn far_columns_cost_no_more_than_near_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = book(folder.path(), "Projects", &["id"], |sheet| {
        sheet.write(0, 16_000, "acronym")?.write(0, 16_001, "#own")?;
        for row in 1..=3_000 {
            sheet.write(row, 16_000, "A")?.write(row, 16_001, "note")?.write(row, 0, "#p")?;
        }
        Ok(())
    });
    let read = fields(opened(&path));
    assert_eq!(read.len(), 3_000);
    assert!(read.iter().all(|row| row["acronym"] == "A"));
}

#[test]
fn dates_on_which_spreadsheets_disagree_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let path = book(folder.path(), "Organisations", &["id", "founded"], |sheet| {
        for (row, serial) in (1..).zip([61.0, 45_943.0, -20_000.0, 1.0, 60.0, 2_958_466.0]) {
            sheet.write(row, 0, format!("#o{row}"))?;
            sheet.write_number_with_format(row, 1, serial, &day)?;
        }
        Ok(())
    });
    let read = opened(&path);
    let told = faults(&read);
    assert!(told.iter().all(|fault| fault.contains("founded: The cell holds a time, or a date")));
    assert_eq!(told.len(), 4, "{told:?}");
    let days: Vec<_> = fields(read).iter().map(|it| it["founded"].clone()).collect();
    assert_eq!(days, ["1900-03-01", "2025-10-13"]);

    let from_1904 = opened(&rewritten(&path, "<workbookPr", "<workbookPr date1904=\"1\""));
    assert_eq!(faults(&from_1904).len(), 2, "{:?}", faults(&from_1904));
    let days: Vec<_> = fields(from_1904).iter().map(|it| it["founded"].clone()).collect();
    assert_eq!(days, ["1904-03-02", "2029-10-14", "1904-01-02", "1904-03-01"]);
}

#[test]
fn what_a_number_format_shows_is_part_of_an_amount() {
    let folder = tempfile::tempdir().expect("a folder");
    let shown = [
        ("#,##0.00\\ [$€-407]", json!({"amount": "1000", "currency": "EUR"})),
        ("#,##0\\ [$CHF]", json!({"amount": "1000", "currency": "CHF"})),
        ("[$£-809]#,##0.00", json!({"amount": "1000 £", "currency": "EUR"})),
        ("\"$\"#,##0.00", json!({"amount": "1000 $", "currency": "EUR"})),
        ("#,##0.00\\ \"zł\"", json!({"amount": "1000", "currency": "zł"})),
        ("0.00%", json!({"amount": "100000%", "currency": "EUR"})),
    ];
    let headings = ["id", "total_cost", "acronym", "funding_share"];
    let path = book(folder.path(), "Projects", &headings, |sheet| {
        for (row, (format, _)) in (1..).zip(&shown) {
            let format = Format::new().set_num_format(*format);
            sheet.write(row, 0, format!("#p{row}"))?;
            sheet.write_with_format(row, 1, 1000, &format)?.write(row, 2, row % 2 == 0)?;
            sheet.write_with_format(row, 3, 0.8, &Format::new().set_num_format("0%"))?;
        }
        Ok(())
    });
    for (read, (format, cost)) in fields(opened(&path)).iter().zip(shown) {
        assert_eq!(read["total_cost"], cost, "{format}");
        assert_eq!(read["fundings"][0]["share"], 80);
        assert!(["TRUE", "FALSE"].contains(&read["acronym"].as_str().expect("a text")));
    }
}

#[test]
fn texts_come_as_they_were_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let texts =
        ["first_x000D_\nsecond", "x_x005F_y", "_x005F_x0041_", "_x+041_ _xyz_ é_x", "a\u{b}b"];
    let path = book(folder.path(), "Projects", &["id", "acronym"], |sheet| {
        for (row, text) in (1..).zip(texts) {
            sheet.write(row, 0, format!("#p{row}"))?.write(row, 1, text)?;
        }
        Ok(())
    });
    let read: Vec<_> = fields(opened(&path)).iter().map(|it| it["acronym"].clone()).collect();
    assert_eq!(read, texts);
}

#[test]
fn rows_with_cells_merged_into_others_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let headings = ["id", "acronym", "#own", "start"];
    let path = book(folder.path(), "Projects", &headings, |sheet| {
        for row in 1..=6 {
            sheet.write(row, 0, format!("#p{row}"))?;
        }
        let plain = Format::new();
        sheet.merge_range(1, 1, 2, 1, "A", &plain)?.merge_range(3, 2, 3, 3, "note", &plain)?;
        sheet.merge_range(4, 2, 5, 2, "own", &plain)?;
        sheet.merge_range(9, 0, 1_000, 3, "below", &plain)?;
        Ok(())
    });
    let read = opened(&path);
    let merged: Vec<_> = faults(&read);
    assert!(merged[0].starts_with("3 acronym: The cell is merged with B2; unmerge it"));
    assert!(merged[1].starts_with("4 start: The cell is merged with C4; unmerge it"));
    assert!(merged[2].starts_with("10 acronym: The cell is merged with A10"), "{merged:?}");
    assert_eq!((read.records(), merged.len()), (4, 3));
}

#[test]
fn an_error_that_only_some_spreadsheets_know_leaves_one_row_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = book(folder.path(), "Projects", &["id", "acronym", "start"], |sheet| {
        for row in 1..=3 {
            sheet.write(row, 0, format!("#p{row}"))?.write(row, 2, "2021")?;
        }
        sheet.write(2, 1, Formula::new("=A1").set_result("#SPILL!"))?;
        Ok(())
    });
    let read = opened(&rewritten(&path, "t=\"str\"><f>A1", "t=\"e\"><f>A1"));
    assert_eq!(faults(&read), ["3 acronym: The cell holds the error #SPILL!; expected a value."]);
    let kept: Vec<_> = fields(read).iter().map(|it| it["period"]["start"].clone()).collect();
    assert_eq!(kept, ["2021", "2021"]);
}

#[test]
fn parents_come_first_however_they_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let csv = folder.path().join("programmes.csv");
    let parents = ["Il Titolo", "ft 2", "an ALIAS", "DOI:10.1000/XYZ", "#p"];
    for parent in parents {
        let text = format!(
            "id,code,part_of,title_it,aliases,identifiers\n\
             #c,C,{parent},,,\n\
             #p,FT-2,,\"Il titolo\",\"other; An Alias\",doi:10.1000/xyz\n"
        );
        std::fs::write(&csv, text).expect("a file");
        let codes: Vec<_> = fields(opened(&csv)).iter().map(|it| it["code"].clone()).collect();
        assert_eq!(codes, ["FT-2", "C"], "{parent}");
    }
    let csv = folder.path().join("organisations.csv");
    let id = "0198c0de-0000-7000-8000-00000000abcd";
    let (upper, ror) = (id.to_uppercase(), "https://ror.org/02k7v4d05");
    for parent in [upper, "PIC:968823876".to_owned(), format!("ror:{ror}")] {
        let text = format!(
            "id,city,part_of,identifiers\n#c,Below,{parent},\n\
             {id},Above,,pic:968823876; ror:02k7v4d05\n"
        );
        std::fs::write(&csv, text).expect("a file");
        let read = fields(opened(&csv));
        assert_eq!(read[0]["place"]["city"], "Above", "{parent}");
    }
}

#[test]
fn long_chains_and_loops_of_parents_are_ordered_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let csv = folder.path().join("organisations.csv");
    let mut text = "id,part_of\n".to_owned();
    for n in 0..20_000_u32 {
        // Two halves: a chain whose end comes last, and loops of two.
        let parent = if n < 10_000 { n + 1 } else { n ^ 1 };
        writeln!(text, "#o{n},#o{parent}").expect("a text");
    }
    std::fs::write(&csv, text).expect("a file");
    let began = Instant::now();
    let read = fields(opened(&csv));
    let gone = began.elapsed();
    assert_eq!(read.len(), 20_000);
    let parent = |n: usize| read[n]["parent_id"].as_str().expect("a parent");
    let chain: Vec<_> = (0..read.len()).filter(|n| parent(*n) == "#o5000").collect();
    let next: Vec<_> = (0..read.len()).filter(|n| parent(*n) == "#o5001").collect();
    assert!(next < chain);
    assert!(gone < Duration::from_secs(10), "{gone:?}");
}
