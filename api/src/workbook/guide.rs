//! The sheets of a workbook that are for readers: how to fill it in, and the codes there are.

use consortia_domain::sheet::SHEETS;
use consortia_domain::vocabulary::vocabularies;
use rust_xlsxwriter::{Format, Worksheet, XlsxError};
use std::collections::BTreeSet;

/// The name of the sheet that says how to fill in the others.
const READ_ME: &str = "Read me";
/// The name of the sheet of codes.
pub(super) const LISTS: &str = "Lists";

/// How to fill in a workbook.
const RULES: &[&str] = &[
    "Each sheet is a table: a row is a record, a column one of its fields.",
    "Import it with `consortia import workbook FILE`; with --dry-run to see what would change.",
    "Columns may be left out or moved; one of your own begins with #.",
    "In rows of your own an empty cell says nothing. In exported rows a cell you empty is \
     forgotten.",
    "Records are named by id, by an identifier such as pic:968823876, by a name of yours that \
     begins with #, or by what an export wrote: in SPRING [cordis:101004635] the part in \
     brackets counts.",
    "Several values in one cell are separated by semicolons.",
    "Dates are written as exactly as they are known: 2021-03-01, 2021-03, 2021.",
    "Amounts are euro, or have their currency behind them: 1000.00 GBP.",
    "Nothing is deleted by leaving a row out.",
];

/// Writes how to fill in a workbook.
pub(super) fn read_me(sheet: &mut Worksheet, heading: &Format) -> Result<(), XlsxError> {
    sheet.set_name(READ_ME)?.set_landscape().set_print_fit_to_pages(1, 0);
    for (column, width) in [(0, 18.0), (1, 22.0), (2, 90.0), (3, 40.0)] {
        sheet.set_column_width(column, width)?;
    }
    let mut row = 0;
    for rule in RULES {
        sheet.write_string(row, 0, *rule)?;
        row += 1;
    }
    row += 1;
    for (column, name) in (0..).zip(["Sheet", "Column", "What belongs in it", "Example"]) {
        sheet.write_string_with_format(row, column, name, heading)?;
    }
    for sheet_of in SHEETS {
        row += 1;
        sheet.write_string(row, 0, sheet_of.name)?;
        sheet.write_string(row, 2, sheet_of.about)?;
        for column in sheet_of.columns {
            row += 1;
            let by_language = if column.is_by_language() { "_en" } else { "" };
            sheet.write_string(row, 0, sheet_of.name)?;
            sheet.write_string(row, 1, format!("{}{by_language}", column.heading))?;
            sheet.write_string(row, 2, column.about)?;
            sheet.write_string(row, 3, column.example)?;
        }
    }
    Ok(())
}

/// The vocabularies that columns use, in order.
fn used() -> Vec<&'static str> {
    let columns = SHEETS.iter().flat_map(|sheet| sheet.columns);
    let names: BTreeSet<&str> = columns.filter_map(|column| column.vocabulary).collect();
    names.into_iter().collect()
}

/// The letter of the column of [`LISTS`] that holds a vocabulary.
pub(super) fn column_of(vocabulary: &str) -> Option<char> {
    let place = used().iter().position(|name| *name == vocabulary)?;
    ('A'..='Z').nth(place * 2)
}

/// Writes the codes of every vocabulary that columns use, each beside its words.
pub(super) fn lists(sheet: &mut Worksheet, heading: &Format) -> Result<(), XlsxError> {
    sheet.set_name(LISTS)?;
    let all = vocabularies();
    for (column, name) in (0..).step_by(2).zip(used()) {
        sheet.set_column_width(column, 22)?.set_column_width(column + 1, 34)?;
        sheet.write_string_with_format(0, column, name, heading)?;
        let terms = all.iter().find(|it| it.name == name).into_iter().flat_map(|it| &it.terms);
        for (row, term) in (1..).zip(terms) {
            sheet.write_string(row, column, &term.code)?;
            sheet.write_string(row, column + 1, &term.label)?;
        }
    }
    Ok(())
}
