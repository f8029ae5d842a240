//! What tells which cells of a row, and whether the record behind it, changed since the row was
//! written.
//!
//! A seal names the registry and gives the sum of the record, then `heading:sum` of each cell that
//! was not empty: `5d20c1-9c0f5a1e id:41d8a0 acronym:7be2c9`. Each cell is known by its heading, so
//! that columns may be moved, left out and added.

use super::{Extent, Holds, Place, Sheet};
use crate::bundle::id_of;
use serde_json::Value;
use std::collections::HashMap;
use std::fmt::Write as _;

/// Letters of the sum of a record.
const RECORD: usize = 8;

/// Letters of the sum of a cell.
const CELL: usize = 6;

/// What an export wrote down of a row.
pub(super) struct Seal<'a> {
    pub(super) registry: &'a str,
    record: &'a str,
    cells: HashMap<&'a str, &'a str>,
}

impl<'a> Seal<'a> {
    /// The seal that stands in a cell; `None` where none does.
    pub(super) fn read(cell: &'a str) -> Option<Self> {
        let mut words = cell.split_whitespace();
        let (registry, record) = words.next()?.split_once('-')?;
        let cells = words.map(|word| word.rsplit_once(':')).collect::<Option<_>>()?;
        (record.len() == RECORD).then_some(Self { registry, record, cells })
    }

    /// Whether a cell is still as it was written.
    pub(super) fn holds(&self, place: &Place, cell: &str) -> bool {
        match self.cells.get(place.heading().as_str()) {
            None => cell.trim().is_empty(),
            Some(sum) => *sum == of_cell(place, cell),
        }
    }

    /// Whether the record is still as it was.
    pub(super) fn is_of(&self, sheet: &'static Sheet, fields: &Value) -> bool {
        self.record == of_record(sheet, fields)
    }
}

/// The seal of a row: of its record's fields and of the cells that show them, in a registry.
pub(super) fn write<'a>(
    registry: &str,
    sheet: &'static Sheet,
    fields: &Value,
    cells: impl Iterator<Item = (&'a Place, &'a str)>,
) -> String {
    let mut seal = format!("{registry}-{}", of_record(sheet, fields));
    for (place, cell) in cells {
        if place.column.holds != Holds::Seal && !cell.is_empty() {
            // Writing to a String cannot fail.
            let _ = write!(seal, " {}:{}", place.heading(), of_cell(place, cell));
        }
    }
    seal
}

fn of_cell(place: &Place, cell: &str) -> String {
    sum(&place.plain(cell), CELL)
}

/// The sum of all that a sheet can show of a record, whatever columns a file has.
fn of_record(sheet: &'static Sheet, fields: &Value) -> String {
    let mut extent = Extent::default();
    extent.include(sheet, fields);
    let mut text = String::new();
    for place in extent.places(sheet) {
        if place.column.holds.path().is_some() {
            let cell = place.show(fields, &|_, id| id.to_string());
            text.extend([&place.heading(), "\u{1f}", &place.plain(&cell), "\u{1e}"]);
        }
    }
    sum(&text, RECORD)
}

fn sum(text: &str, length: usize) -> String {
    let mut sum = id_of(text).simple().to_string();
    sum.truncate(length);
    sum
}
