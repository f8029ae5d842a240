//! Reading .xlsx files, cell by cell.

use super::{Cell, Lines, number};
use crate::error::Error;
use crate::source::{check_size, open_archive};
use calamine::{DataRef, Reader as _, Style, Xlsx, XlsxError, open_workbook};
use std::collections::HashSet;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// The most columns looked at; a sheet has some twenty.
const COLUMNS: usize = 2_000;

/// The number format that shows a month and a year, where it is named by number alone
/// (ECMA-376, part 1, section 18.8.30).
const MONTH_FORMAT: u32 = 17;

/// An open workbook.
pub(super) struct Book {
    book: Xlsx<BufReader<File>>,
}

/// Opens the workbook at `path`.
///
/// # Errors
/// When it is none, or would unpack to too much.
pub(super) fn open(path: &Path, file: &str) -> Result<Book, Error> {
    check_size(&mut open_archive(path, file)?, file)?;
    let book = open_workbook(path).map_err(|error: XlsxError| Error::NoWorkbook {
        file: file.to_owned(),
        reason: format!("{error}. Expected an .xlsx file; save others as one."),
    })?;
    Ok(Book { book })
}

impl Book {
    /// The names of its sheets.
    pub(super) fn names(&self) -> Vec<String> {
        self.book.sheet_names()
    }

    /// The rows of a sheet that hold anything.
    pub(super) fn lines(&mut self, name: &str, place: &str) -> Result<Lines, Error> {
        let broken = |line: u64, error: XlsxError| Error::Broken {
            table: place.to_owned(),
            line,
            source: std::io::Error::other(error),
        };
        let open = self.unfinished(name).map_err(|error| broken(0, error))?;
        let mut cells = self.book.worksheet_cells_reader(name).map_err(|error| broken(0, error))?;
        let mut lines: Lines = Vec::new();
        loop {
            let last = lines.last().map_or(0, |(line, _)| *line);
            let next = cells.next_cell_with_style_id().map_err(|error| broken(last, error))?;
            let Some((cell, style)) = next else { return Ok(lines) };
            let at = cell.get_position();
            let (line, column) = (u64::from(at.0) + 1, at.1 as usize);
            let read = if open.contains(&at) {
                Cell::Formula
            } else {
                read(cell.get_value(), cells.styles().get(style))
            };
            if read.is_empty() || column >= COLUMNS {
                continue;
            }
            if last != line {
                lines.push((line, Vec::new()));
            }
            if let Some((_, texts)) = lines.last_mut() {
                if texts.len() <= column {
                    texts.resize(column + 1, Cell::Text(String::new()));
                }
                texts[column] = read;
            }
        }
    }
}

impl Book {
    /// Where in a sheet there are formulas without what they come to: programs that compute
    /// nothing write those.
    fn unfinished(&mut self, name: &str) -> Result<HashSet<(u32, u32)>, XlsxError> {
        let mut open = HashSet::new();
        let mut cells = self.book.worksheet_cells_reader(name)?;
        while let Some(cell) = cells.next_cell_with_formula_metadata()? {
            // A text without letters is something that a formula may come to.
            if cell.formula.is_some() && matches!(cell.value, DataRef::Empty) {
                open.insert(cell.pos);
            }
        }
        Ok(open)
    }
}

/// A cell as text.
fn read(value: &DataRef<'_>, style: Option<&Style>) -> Cell {
    let format = style.and_then(|style| style.number_format.as_ref());
    let code = format.map_or("", |format| format.format_code.as_str());
    Cell::Text(match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) => number::unescaped(text),
        DataRef::SharedString(text) => number::unescaped(text),
        DataRef::Int(whole) => whole.to_string(),
        DataRef::Float(value) if code.contains('%') => number::percent(*value),
        DataRef::Float(value) => number::decimal(*value),
        DataRef::Bool(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => return Cell::Fault(error.to_string()),
        DataRef::DateTime(at) => {
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            let is_month = format.is_some_and(|format| {
                format.format_code.is_empty() && format.format_id == Some(MONTH_FORMAT)
            });
            let shown = if is_month { number::Shown::Month } else { number::shown(code) };
            let date = number::date(year, month, day, shown);
            if at.is_datetime() && (hour, minute, second) == (0, 0, 0) {
                date
            } else {
                format!("{date} {hour:02}:{minute:02}:{second:02}")
            }
        }
    })
}
