//! Reading sheets from csv files, as spreadsheets write them in any country.

use super::{Cell, Lines};
use crate::error::Error;
use crate::source::io_error;
use crate::table::{DELIMITERS, configured, decode, first_line};
use consortia_domain::sheet::{Headings, Sheet};
use consortia_domain::text::unguarded;
use csv::ByteRecord;
use std::path::Path;

/// What files in UTF-8 may begin with.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The rows of a file that hold anything.
pub(super) fn read(path: &Path, name: &str, sheet: &'static Sheet) -> Result<Lines, Error> {
    let bytes = std::fs::read(path).map_err(|source| io_error(path, source))?;
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Error::Encoding { table: name.to_owned(), encoding: "UTF-16" });
    }
    let bytes = bytes.strip_prefix(MARK).unwrap_or(&bytes);
    // The separator is the one that yields most headings.
    let known = |delimiter: &u8| {
        let first = records(bytes, *delimiter).next();
        let cells: Vec<String> = first
            .map(|(_, cells)| cells.into_iter().map(Cell::into_text).collect())
            .unwrap_or_default();
        Headings::known(sheet, &cells)
    };
    let delimiter = DELIMITERS.iter().copied().rev().max_by_key(known).unwrap_or(b',');
    Ok(records(bytes, delimiter).collect())
}

/// The rows, each with its line.
fn records(bytes: &[u8], delimiter: u8) -> impl Iterator<Item = (u64, Vec<Cell>)> {
    let mut csv = configured(delimiter).from_reader(bytes);
    let mut record = ByteRecord::new();
    std::iter::from_fn(move || {
        loop {
            let before = csv.position().line();
            // Reading from memory cannot fail.
            if !csv.read_byte_record(&mut record).unwrap_or(false) {
                return None;
            }
            let line = first_line(before, csv.position().line(), &record);
            let text = |cell| Cell::Text(unguarded(decode(cell).0.trim()).to_owned());
            let cells: Vec<Cell> = record.iter().map(text).collect();
            if cells.iter().any(|cell| !cell.is_empty()) {
                return Some((line, cells));
            }
        }
    })
}
