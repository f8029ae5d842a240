//! Reading sheets from csv files, as spreadsheets write them in any country.

use super::bounds;
use super::cell::Cell;
use super::number::column_letters;
use super::rows::{Rows, Use};
use crate::error::Error;
use crate::source::io_error;
use crate::table::{DELIMITERS, configured, decode, first_line};
use consortia_domain::sheet::{Headings, Sheet};
use consortia_domain::text::unguarded;
use csv::ByteRecord;
use std::path::Path;

/// What files in UTF-8 may begin with.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads a file into `rows` of `sheet`.
pub(super) fn read(path: &Path, sheet: &'static Sheet, mut rows: Rows<'_>) -> Result<(), Error> {
    let length = std::fs::metadata(path).map_err(|source| io_error(path, source))?.len();
    bounds::check_length(length, rows.name())?;
    let bytes = std::fs::read(path).map_err(|source| io_error(path, source))?;
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Error::Encoding { table: rows.name().to_owned(), encoding: "UTF-16" });
    }
    let bytes = bytes.strip_prefix(MARK).unwrap_or(&bytes);
    // The separator is the one that yields most headings.
    let known = |delimiter: &u8| {
        let mut first = Vec::new();
        let begun = each(bytes, *delimiter, |_, record| {
            first = record.iter().map(text).collect();
            if first.iter().all(String::is_empty) { Ok(()) } else { Err(()) }
        });
        begun.map_or_else(|()| Headings::known(sheet, &first), |()| 0)
    };
    let delimiter = DELIMITERS.iter().copied().rev().max_by_key(known).unwrap_or(b',');
    if let Some((line, column)) = open_quote(bytes, delimiter) {
        let reason = format!(
            "Row {line}, column {}: the double quote that begins the cell is not closed where the \
             cell ends, so that the rows below would be lost in it. Close it, or write the cell \
             in quotes and each quote in it twice: \"the \"\"new\"\" one\".",
            column_letters(column)
        );
        return Err(Error::NoWorkbook { file: rows.name().to_owned(), reason });
    }
    each(bytes, delimiter, |line, record| {
        for (column, cell) in (0..).zip(record) {
            if !cell.is_empty() && rows.go_to(line, column)? != Use::Nothing {
                rows.put(column, Cell::Text(text(cell)))?;
            }
        }
        Ok(())
    })?;
    rows.end()
}

fn text(cell: &[u8]) -> String {
    unguarded(decode(cell).0.trim()).to_owned()
}

/// Hands over all rows, each with its line from 1.
fn each<E>(
    bytes: &[u8],
    delimiter: u8,
    mut take: impl FnMut(u64, &ByteRecord) -> Result<(), E>,
) -> Result<(), E> {
    let mut csv = configured(delimiter).from_reader(bytes);
    let mut record = ByteRecord::new();
    loop {
        let before = csv.position().line();
        // Reading from memory cannot fail.
        if !csv.read_byte_record(&mut record).unwrap_or(false) {
            return Ok(());
        }
        take(first_line(before, csv.position().line(), &record), &record)?;
    }
}

/// The line, from 1, and the column, from 0, of the first cell in quotes that goes on to the end
/// of the file, or over the end of its line to a quote that closes it amid other text.
fn open_quote(bytes: &[u8], delimiter: u8) -> Option<(u64, u32)> {
    let (mut line, mut column) = (1, 0);
    let mut is_start = true;
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if is_start && byte == b'"' {
            let begun = (line, column);
            loop {
                match rest.next() {
                    None => return Some(begun),
                    Some(b'"') if rest.next_if_eq(&b'"').is_none() => break,
                    Some(b'\n') => line += 1,
                    Some(_) => {}
                }
            }
            let ends = |byte: &u8| *byte == delimiter || byte.is_ascii_whitespace();
            if line != begun.0 && rest.peek().is_some_and(|byte| !ends(byte)) {
                return Some(begun);
            }
            is_start = false;
            continue;
        }
        is_start = byte == delimiter || byte == b'\n';
        if byte == b'\n' {
            (line, column) = (line + 1, 0);
        } else if byte == delimiter {
            column += 1;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_that_swallow_rows_are_found() {
        let open = |text: &str| open_quote(text.as_bytes(), b';');
        for sound in ["a;\"b\"\n", "a;\"b;\n\"\"c\"\" \"\r\n\"\";d", "5\" pipe;b\n", "\"a\" b;c\n"]
        {
            assert_eq!(open(sound), None, "{sound}");
        }
        assert_eq!(open("a;b\nc;\"d\ne;f\n"), Some((2, 1)));
        assert_eq!(open("a;\"b\n\nc\"\n\"d\"\"\n"), Some((4, 0)));
        assert_eq!(open("a;\"b\nc;\"d\";e\n"), Some((1, 1)));
    }
}
