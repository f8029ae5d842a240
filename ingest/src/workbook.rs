//! Reading workbooks: the [sheets](consortia_domain::sheet) of an .xlsx file, or csv files of
//! their names.
//!
//! All of it is read before any of it is stored, so that a file with a column nobody knows is
//! refused as a whole. It takes memory in proportion to the text in it.

mod bounds;
mod cell;
mod format;
mod merged;
mod number;
mod rows;
mod table;
mod xlsx;

use bounds::Room;
use rows::Rows;

use crate::error::Error;
use crate::parents::Parents;
use crate::source::{has_extension, io_error, is_archive, last_name};
use consortia_domain::id::EntityKind;
use consortia_domain::import::{Origin, Rejection};
use consortia_domain::sheet::{Row, SHEETS, Sheet};
use std::path::{Path, PathBuf};

/// A workbook that was read.
#[derive(Debug, Default)]
pub struct Workbook {
    /// Its rows, those first that others refer to.
    rows: Vec<(Origin, Row)>,
    lines: u64,
    rejections: Vec<Rejection>,
    /// The sheets that were found.
    found: usize,
    /// The headings that nobody knows, in words, and the first file that has any.
    unknown: Vec<String>,
    unknown_in: Option<String>,
    /// The memory its rows may still take.
    room: Room,
}

impl Workbook {
    /// Reads the workbooks and csv files among `paths`, and those csv files in folders.
    ///
    /// # Errors
    /// When a file cannot be read, is no workbook, is too large, or has columns nobody knows; when
    /// there is no sheet at all.
    pub fn open(paths: &[PathBuf]) -> Result<Self, Error> {
        let mut workbook = Self::default();
        for path in paths {
            let metadata = std::fs::metadata(path).map_err(|source| io_error(path, source))?;
            if metadata.is_dir() {
                workbook.folder(path)?;
            } else if is_archive(path)? {
                workbook.xlsx(path)?;
            } else if let Some(sheet) = sheet_of(path) {
                workbook.csv(path, &last_name(path), sheet)?;
            } else {
                return Err(refused(&last_name(path), "Expected an .xlsx file, or a csv file"));
            }
        }
        if workbook.found == 0 {
            let shown = paths.iter().map(|path| last_name(path)).collect::<Vec<_>>().join(", ");
            return Err(refused(&shown, "Expected a sheet"));
        }
        if let Some(file) = workbook.unknown_in {
            return Err(Error::NoWorkbook { file, reason: workbook.unknown.join(" ") });
        }
        workbook.order();
        Ok(workbook)
    }

    fn folder(&mut self, folder: &Path) -> Result<(), Error> {
        let entries = std::fs::read_dir(folder).map_err(|source| io_error(folder, source))?;
        let paths = entries.map(|entry| entry.map(|entry| entry.path()));
        let paths = paths.collect::<Result<Vec<_>, _>>();
        let mut paths = paths.map_err(|source| io_error(folder, source))?;
        paths.sort();
        for path in paths.iter().filter(|path| path.is_file()) {
            if let Some(sheet) = sheet_of(path) {
                self.csv(path, &format!("{}/{}", last_name(folder), last_name(path)), sheet)?;
            }
        }
        Ok(())
    }

    fn csv(&mut self, path: &Path, name: &str, sheet: &'static Sheet) -> Result<(), Error> {
        table::read(path, sheet, Rows::new(self, sheet, name))
    }

    fn xlsx(&mut self, path: &Path) -> Result<(), Error> {
        let file = last_name(path);
        let mut book = xlsx::open(path, &file)?;
        for name in book.names() {
            let place = format!("{file}/{name}");
            match Sheet::named(&name) {
                Some(sheet) => book.read(&name, Rows::new(self, sheet, &place))?,
                None if OWN.contains(&name.as_str()) => {}
                None => self.rejections.push(rows::unread(place)),
            }
        }
        Ok(())
    }

    /// Puts rows in the order in which they can be stored.
    fn order(&mut self) {
        let rank = |row: &Row| SHEETS.iter().position(|sheet| sheet.kind == row.sheet().kind);
        let mut parents = Parents::default();
        for (n, (_, row)) in self.rows.iter().enumerate() {
            if matches!(row.sheet().kind, EntityKind::Organisation | EntityKind::Programme) {
                parents.note(n, &row.onto(None).line);
            }
        }
        let depths = parents.depths(self.rows.len());
        let rows = std::mem::take(&mut self.rows).into_iter().zip(depths);
        let mut rows: Vec<_> = rows.map(|(row, depth)| ((rank(&row.1), depth), row)).collect();
        // Stable, so rows that do not depend on one another stay in the author's order.
        rows.sort_by_key(|(place, _)| *place);
        self.rows = rows.into_iter().map(|(_, row)| row).collect();
    }

    /// The rows that cannot be read at all, and the sheets that are not read.
    #[must_use]
    pub fn rejections(&self) -> &[Rejection] {
        &self.rejections
    }

    /// The number of rows, headings and empty rows not counted.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// The number of rows that can be stored.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.rows.len() as u64
    }

    /// Hands over all rows, those first that others refer to, at most `size` at a time.
    ///
    /// # Errors
    /// What `take` fails with.
    pub fn read<E>(
        self,
        size: usize,
        mut take: impl FnMut(Vec<(Origin, Row)>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut rows = self.rows.into_iter().peekable();
        while rows.peek().is_some() {
            take(rows.by_ref().take(size.max(1)).collect())?;
        }
        Ok(())
    }
}

/// Sheets that an export adds for readers.
const OWN: [&str; 2] = ["Read me", "Lists"];

/// The sheet a csv file is named after.
fn sheet_of(path: &Path) -> Option<&'static Sheet> {
    let name = last_name(path);
    let stem = Path::new(&name).file_stem()?.to_string_lossy().into_owned();
    has_extension(&name, &["csv", "tsv", "txt"]).then(|| Sheet::named(&stem)).flatten()
}

fn known() -> String {
    SHEETS.iter().map(|sheet| sheet.name).collect::<Vec<_>>().join(", ")
}

fn refused(file: &str, expected: &str) -> Error {
    let reason = format!("{expected} named after one of: {}.", known());
    Error::NoWorkbook { file: file.to_owned(), reason }
}
