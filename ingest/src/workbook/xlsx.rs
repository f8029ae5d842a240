//! Reading .xlsx files, cell by cell.

use super::bounds;
use super::cell::Cell;
use super::format::Format;
use super::merged::Merged;
use super::number;
use super::rows::{Rows, Use};
use crate::error::Error;
use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx, XlsxError, open_workbook};
use std::collections::HashSet;
use std::fs::File;
use std::io::BufReader;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The days on which spreadsheets agree, as they count them: in most files 61 is the first of
/// March 1900, and the last of the year 9999 has the highest number.
const DAYS: Range<f64> = 61.0..2_958_466.0;

/// The same in files whose days count from the first of January 1904.
const DAYS_FROM_1904: Range<f64> = 0.0..2_957_004.0;

/// An open workbook.
pub(super) struct Book {
    book: Xlsx<BufReader<File>>,
    path: PathBuf,
}

/// Opens the workbook at `path`.
///
/// # Errors
/// When it is none, or unpacks to too much.
pub(super) fn open(path: &Path, file: &str) -> Result<Book, Error> {
    bounds::check_archive(path, file)?;
    let book = open_workbook(path).map_err(|error: XlsxError| Error::NoWorkbook {
        file: file.to_owned(),
        reason: format!("{error}. Expected an .xlsx file; save others as one."),
    })?;
    Ok(Book { book, path: path.to_owned() })
}

impl Book {
    /// The names of its sheets.
    pub(super) fn names(&self) -> Vec<String> {
        self.book.sheet_names()
    }

    /// Reads the sheet called `name` into `rows`.
    pub(super) fn read(&mut self, name: &str, rows: Rows<'_>) -> Result<(), Error> {
        let table = rows.name().to_owned();
        let broken = |line: u64, error: XlsxError| broken(&table, line, error);
        let merged = self.book.merge_cells_by_sheet_name(name).map_err(|it| broken(0, it))?;
        let mut rows = rows.with(Merged::new(merged));
        let Odd { open, unread } = self.odd(name, &table)?;
        let days = if self.book.has_1904_epoch() { DAYS_FROM_1904 } else { DAYS };
        let mut unread = unread.into_iter();
        let mut cells = self.book.worksheet_cells_reader(name).map_err(|it| broken(0, it))?;
        let formats: Vec<Format> = cells.styles().iter().map(Format::of).collect();
        let plain = Format::default();
        loop {
            let (at, value, style) = match cells.next_cell_with_style_id() {
                Ok(Some((cell, style))) => {
                    (cell.get_position(), Ok(cell.get_value().clone()), style)
                }
                Ok(None) => return rows.end(),
                Err(XlsxError::CellError(error)) => {
                    (unread.next().unwrap_or_default(), Err(error), 0)
                }
                Err(error) => return Err(broken(rows.line(), error)),
            };
            let wanted = rows.go_to(u64::from(at.0) + 1, at.1)?;
            if wanted == Use::Nothing {
                continue;
            }
            let cell = match value {
                Err(error) => Cell::error(error),
                Ok(_) if open.contains(&at) => Cell::formula(),
                Ok(value) => {
                    let format = formats.get(style).unwrap_or(&plain);
                    read(&value, format, wanted == Use::Amount, &days)
                }
            };
            rows.put(at.1, cell)?;
        }
    }

    /// Looks for cells of a sheet that cannot be read as others are.
    fn odd(&mut self, name: &str, table: &str) -> Result<Odd, Error> {
        let broken = |error| broken(table, 0, error);
        let mut odd = Odd::default();
        let mut unread = HashSet::new();
        let mut cells = self.book.worksheet_cells_reader(name).map_err(broken)?;
        for n in 0_usize.. {
            match cells.next_cell_with_formula_metadata() {
                Ok(None) => break,
                // A text without letters is something that a formula may come to.
                Ok(Some(cell)) if cell.formula.is_some() && cell.value == DataRef::Empty => {
                    odd.open.insert(cell.pos);
                }
                Ok(Some(_)) => {}
                Err(XlsxError::CellError(_)) => {
                    unread.insert(n);
                }
                Err(error) => return Err(broken(error)),
            }
        }
        drop(cells);
        if unread.is_empty() {
            return Ok(odd);
        }
        // Where they stand is only told by a reader of formulas, which passes over values.
        bounds::check_formulas(&self.path, table)?;
        let mut cells = self.book.worksheet_cells_reader(name).map_err(broken)?;
        for n in 0.. {
            let Some(cell) = cells.next_formula().map_err(broken)? else { break };
            if unread.contains(&n) {
                odd.unread.push(cell.get_position());
            }
        }
        Ok(odd)
    }
}

fn broken(table: &str, line: u64, error: XlsxError) -> Error {
    Error::Broken { table: table.to_owned(), line, source: std::io::Error::other(error) }
}

/// Cells that cannot be read as others are.
#[derive(Default)]
struct Odd {
    /// Formulas without what they come to: programs that compute nothing write those.
    open: HashSet<(u32, u32)>,
    /// Errors of formulas that only some spreadsheets know, in the order in which they stand.
    unread: Vec<(u32, u32)>,
}

/// A cell as text; amounts with the currency that they are shown in.
fn read(value: &DataRef<'_>, format: &Format, is_amount: bool, days: &Range<f64>) -> Cell {
    Cell::Text(match value {
        DataRef::Empty => String::new(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(whole) => whole.to_string(),
        DataRef::Float(value) if format.is_percent => number::percent(*value),
        DataRef::Float(value) => {
            let unit = format.foreign_unit().filter(|_| is_amount);
            let number = number::decimal(*value);
            unit.map_or(number.clone(), |unit| format!("{number} {unit}"))
        }
        DataRef::Bool(flag) => if *flag { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::Error(error) => return Cell::error(error.to_string()),
        DataRef::DateTime(at) if days.contains(&at.as_f64()) => date(at, format),
        DataRef::DateTime(at) => {
            let reason = "The cell holds a time, or a date before March 1900 or after 9999, which \
                          spreadsheets count in different ways. Make it a text: 1848-03-23.";
            return Cell::Fault { value: at.as_f64().to_string(), reason: reason.to_owned() };
        }
    })
}

/// A date, as exactly as it is shown, with its time where it has one.
fn date(at: &ExcelDateTime, format: &Format) -> String {
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    let date = number::date(year, month, day, format.shown);
    if at.is_datetime() && (hour, minute, second) == (0, 0, 0) {
        date
    } else {
        format!("{date} {hour:02}:{minute:02}:{second:02}")
    }
}
