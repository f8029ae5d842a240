//! Taking the rows of a sheet, cell by cell. Only cells of the sheet's columns are kept.

use super::cell::Cell;
use super::merged::Merged;
use super::number::column_letters;
use super::{Workbook, known};
use crate::error::Error;
use consortia_domain::import::{Origin, Rejection, Severity};
use consortia_domain::sheet::{Column, Headings, Row, Sheet};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A sheet whose rows are taken.
pub(super) struct Rows<'w> {
    book: &'w mut Workbook,
    sheet: &'static Sheet,
    /// What it is called in reports.
    file: Arc<str>,
    merged: Merged,
    state: State,
    /// The row being read, from 1, and its cells by column, from 0.
    line: u64,
    cells: Vec<(u32, Cell)>,
}

/// How far a sheet has been read.
enum State {
    /// Its headings come next.
    Before,
    /// Its headings are known.
    Within(Columns),
    /// Its headings are faulty, so that its rows mean nothing.
    Refused,
}

/// The columns of a sheet, by where they stand.
struct Columns {
    headings: Arc<Headings>,
    /// Which of the headings each has.
    places: BTreeMap<u32, usize>,
    /// Those that are their author's own.
    own: Vec<u32>,
}

/// What a cell is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Text,
    Amount,
    /// It is not read.
    Nothing,
}

impl<'w> Rows<'w> {
    /// Begins with a sheet, called `file` in reports.
    pub(super) fn new(book: &'w mut Workbook, sheet: &'static Sheet, file: &str) -> Self {
        book.found += 1;
        Self {
            book,
            sheet,
            file: file.into(),
            merged: Merged::default(),
            state: State::Before,
            line: 0,
            cells: Vec::new(),
        }
    }

    /// The same sheet, with these areas of merged cells.
    pub(super) fn with(self, merged: Merged) -> Self {
        Self { merged, ..self }
    }

    /// What it is called in reports.
    pub(super) fn name(&self) -> &str {
        &self.file
    }

    /// The row being read, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Goes on to a cell, and tells what it is read for.
    ///
    /// # Errors
    /// When the rows become too many.
    pub(super) fn go_to(&mut self, line: u64, column: u32) -> Result<Use, Error> {
        if line != self.line {
            self.end_row()?;
            self.line = line;
        }
        Ok(match &self.state {
            State::Before => Use::Text,
            State::Refused => Use::Nothing,
            State::Within(columns) if columns.own.binary_search(&column).is_ok() => Use::Nothing,
            State::Within(Columns { headings, places, .. }) => {
                let known = places.get(&column).and_then(|place| headings.column(*place));
                if known.is_some_and(Column::is_amount) { Use::Amount } else { Use::Text }
            }
        })
    }

    /// Takes a cell of the row gone to.
    ///
    /// # Errors
    /// When the rows become too many.
    pub(super) fn put(&mut self, column: u32, cell: Cell) -> Result<(), Error> {
        if cell.is_empty() {
            return Ok(());
        }
        self.book.room.take(cell.bytes(), &self.file)?;
        self.cells.push((column, cell));
        Ok(())
    }

    /// Takes what was read of the last row.
    ///
    /// # Errors
    /// When the rows become too many.
    pub(super) fn end(mut self) -> Result<(), Error> {
        self.end_row()
    }

    fn end_row(&mut self) -> Result<(), Error> {
        let cells = std::mem::take(&mut self.cells);
        if cells.is_empty() {
            return Ok(());
        }
        self.book.room.give_back(cells.iter().map(|(_, cell)| cell.bytes()).sum());
        match &self.state {
            State::Before => self.state = self.begin(cells),
            State::Refused => {}
            State::Within(_) => self.row(cells)?,
        }
        Ok(())
    }

    /// Reads the headings.
    fn begin(&mut self, cells: Vec<(u32, Cell)>) -> State {
        let (mut columns, mut texts) = (Vec::new(), Vec::new());
        let (mut own, mut faults) = (Vec::new(), Vec::new());
        for (column, cell) in cells {
            match cell {
                Cell::Text(text) if Headings::is_own(&text) => own.push(column),
                Cell::Text(text) => {
                    columns.push(column);
                    texts.push(text);
                }
                Cell::Fault { reason, .. } => faults.push((column, reason)),
            }
        }
        let read = Headings::read(self.sheet, &texts).unwrap_or_else(|unknown| {
            faults.extend(unknown.into_iter().map(|(n, fault)| (columns[n], fault.detail)));
            Headings::default()
        });
        if !faults.is_empty() {
            self.no_columns(&faults);
            return State::Refused;
        }
        own.sort_unstable();
        let places = columns.into_iter().zip(0..).collect();
        State::Within(Columns { headings: Arc::new(read), places, own })
    }

    /// Notes all headings that are wrong, each with its column.
    fn no_columns(&mut self, faults: &[(u32, String)]) {
        let name = self.name().to_owned();
        let sheet = match &self.book.unknown_in {
            Some(first) if *first != name => format!("{name}: "),
            _ => String::new(),
        };
        self.book.unknown_in.get_or_insert(name);
        self.book.unknown.extend(faults.iter().map(|(column, fault)| {
            let column = column_letters(*column);
            format!("{sheet}Row {}, column {column}: {fault}", self.line)
        }));
    }

    /// Takes a row below the headings.
    fn row(&mut self, cells: Vec<(u32, Cell)>) -> Result<(), Error> {
        let State::Within(Columns { headings, places, .. }) = &self.state else { return Ok(()) };
        let heading = |place: usize| headings.heading(place).unwrap_or_default();
        let mut texts = vec![String::new(); places.len()];
        let mut faults = Vec::new();
        for (column, cell) in cells {
            match (places.get(&column), cell) {
                (Some(place), Cell::Text(text)) => texts[*place] = text,
                (Some(place), Cell::Fault { value, reason }) => {
                    faults.push((heading(*place), value, reason));
                }
                (None, cell) => faults.push(stray(column, &cell.into_text())),
            }
        }
        let row = u32::try_from(self.line - 1).unwrap_or(u32::MAX);
        for (place, (first_row, first_column)) in self.merged.covered(row, places) {
            let first = format!("{}{}", column_letters(first_column), u64::from(first_row) + 1);
            let reason = format!(
                "The cell is merged with {first}; unmerge it, and write what holds in each cell."
            );
            faults.push((heading(*place), texts[*place].clone(), reason));
        }
        self.book.lines += 1;
        let bytes = if faults.is_empty() {
            let cell = |text: &String| size_of::<Box<str>>() + text.len();
            size_of::<(Origin, Row)>() + texts.iter().map(cell).sum::<usize>()
        } else {
            let fault = |(_, value, reason): &Fault| value.len() + reason.len();
            faults.iter().map(|it| size_of::<Rejection>() + fault(it)).sum()
        };
        self.book.room.take(bytes, &self.file)?;
        let origin = Origin { file: Arc::clone(&self.file), line: self.line };
        if faults.is_empty() {
            self.book.rows.push((origin, Row::new(self.sheet, Arc::clone(headings), &texts)));
        } else {
            let rejection = |(column, value, reason)| Rejection {
                origin: origin.clone(),
                column,
                value,
                reason,
                severity: Severity::Rejected,
            };
            self.book.rejections.extend(faults.into_iter().map(rejection));
        }
        Ok(())
    }
}

/// A column, what stands in it, and why that cannot be taken.
type Fault = (String, String, String);

/// The most characters of a stray cell that a report shows.
const SHOWN: usize = 60;

/// A cell of a column without a heading.
fn stray(column: u32, text: &str) -> Fault {
    let letters = column_letters(column);
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    let reason = format!(
        "The cell stands under no heading; write what it says ('{shown}') where it belongs, or \
         head column {letters} with a # and a word of your own."
    );
    (letters, shown, reason)
}

/// The notice that a sheet is not read.
pub(super) fn unread(place: String) -> Rejection {
    Rejection {
        origin: Origin { file: place.into(), line: 1 },
        column: String::new(),
        value: String::new(),
        reason: format!("The sheet is not read. Those that are: {}.", known()),
        severity: Severity::Notice,
    }
}
