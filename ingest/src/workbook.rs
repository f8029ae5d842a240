//! Reading workbooks: the [sheets](consortia_domain::sheet) of an .xlsx file, or csv files of
//! their names.
//!
//! All of it is read before any of it is stored, so that a file with a column nobody knows is
//! refused as a whole. It takes memory in proportion to the text in it.

mod number;
mod table;
mod xlsx;

use crate::error::Error;
use crate::parents::Parents;
use crate::source::{has_extension, io_error, is_archive, last_name};
use consortia_domain::error::Invalid;
use consortia_domain::id::EntityKind;
use consortia_domain::import::{Origin, Rejection, Severity};
use consortia_domain::sheet::{Headings, Row, SHEETS, Sheet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
}

/// A cell as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Cell {
    Text(String),
    /// What a formula could not compute, such as `#REF!`.
    Fault(String),
    /// A formula without what it comes to.
    Formula,
}

/// The rows of one sheet, each with its line from 1.
type Lines = Vec<(u64, Vec<Cell>)>;

impl Workbook {
    /// Reads the workbooks and csv files among `paths`, and those csv files in folders.
    ///
    /// # Errors
    /// When a file cannot be read, is no workbook, or has columns nobody knows; when there is
    /// no sheet at all.
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
        let lines = table::read(path, name, sheet)?;
        self.sheet(name, sheet, lines);
        Ok(())
    }

    fn xlsx(&mut self, path: &Path) -> Result<(), Error> {
        let file = last_name(path);
        let mut book = xlsx::open(path, &file)?;
        for name in book.names() {
            let place = format!("{file}/{name}");
            match Sheet::named(&name) {
                Some(sheet) => {
                    let lines = book.lines(&name, &place)?;
                    self.sheet(&place, sheet, lines);
                }
                None if OWN.contains(&name.as_str()) => {}
                None => self.rejections.push(Rejection {
                    origin: Origin { file: place.into(), line: 1 },
                    column: String::new(),
                    value: String::new(),
                    reason: format!("The sheet is not read. Those that are: {}.", known()),
                    severity: Severity::Notice,
                }),
            }
        }
        Ok(())
    }

    /// Takes the rows of a sheet, called `name` in reports.
    fn sheet(&mut self, name: &str, sheet: &'static Sheet, lines: Lines) {
        self.found += 1;
        let mut lines = lines.into_iter();
        let Some((first, headings)) = lines.next() else { return };
        let headings: Vec<String> = headings.into_iter().map(Cell::into_text).collect();
        let headings = match Headings::read(sheet, &headings) {
            Ok(headings) => headings,
            Err(faults) => {
                self.no_columns(name, first, &faults);
                return;
            }
        };
        let (file, headings) = (Arc::from(name), Arc::new(headings));
        for (line, cells) in lines {
            let origin = Origin { file: Arc::clone(&file), line };
            self.lines += 1;
            let faults = faults_of(&cells, &headings, &origin);
            let cells: Vec<String> = cells.into_iter().map(Cell::into_text).collect();
            let row = Row::new(sheet, Arc::clone(&headings), &cells);
            if !faults.is_empty() {
                self.rejections.extend(faults);
            } else if !row.is_blank() {
                self.rows.push((origin, row));
            }
        }
    }

    /// Notes all headings of a sheet that are wrong, each with its column.
    fn no_columns(&mut self, name: &str, line: u64, faults: &[(usize, Invalid)]) {
        let sheet = match &self.unknown_in {
            Some(first) if first != name => format!("{name}: "),
            _ => String::new(),
        };
        self.unknown_in.get_or_insert_with(|| name.to_owned());
        self.unknown.extend(faults.iter().map(|(n, fault)| {
            let column = number::column_letters(*n);
            format!("{sheet}Row {line}, column {column}: {}", fault.detail)
        }));
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
        let rows = std::mem::take(&mut self.rows).into_iter().enumerate();
        let mut rows: Vec<_> =
            rows.map(|(n, row)| ((rank(&row.1), parents.above(n)), row)).collect();
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

impl Cell {
    fn into_text(self) -> String {
        match self {
            Self::Text(text) | Self::Fault(text) => text,
            Self::Formula => String::new(),
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Text(text) if text.trim().is_empty())
    }
}

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

/// The cells of a row that hold the error of a formula, or one without what it comes to.
fn faults_of(cells: &[Cell], headings: &Headings, origin: &Origin) -> Vec<Rejection> {
    let faulty = cells.iter().enumerate().filter_map(|(n, cell)| match cell {
        Cell::Fault(error) => {
            let reason = format!("The cell holds the error {error}; expected a value.");
            headings.heading(n).map(|heading| (heading, error.clone(), reason))
        }
        Cell::Formula => {
            let reason = "The cell holds a formula without what it comes to. Open the file in a \
                          spreadsheet and save it there, or write the value."
                .to_owned();
            headings.heading(n).map(|heading| (heading, String::new(), reason))
        }
        Cell::Text(_) => None,
    });
    let rejection = |(column, value, reason)| Rejection {
        origin: origin.clone(),
        column,
        value,
        reason,
        severity: Severity::Rejected,
    };
    faulty.map(rejection).collect()
}
