//! What tells whether a row, or the record behind it, changed since the row was written.

use super::{Extent, Place, Sheet};
use crate::bundle::id_of;
use serde_json::Value;

/// Letters of each half.
const LENGTH: usize = 8;

/// The sum of a row's cells, of those columns that hold something of the record.
pub(super) fn of_cells<'a>(cells: impl Iterator<Item = (&'a Place, &'a str)>) -> String {
    let mut text = String::new();
    for (place, cell) in cells.filter(|(place, _)| place.column.holds.path().is_some()) {
        text.extend([place.heading().as_str(), "\u{1f}", place.plain(cell).as_str(), "\u{1e}"]);
    }
    sum(&text)
}

/// The sum of all that a sheet can show of a record, whatever columns a file has.
pub(super) fn of_record(sheet: &'static Sheet, fields: &Value) -> String {
    let mut extent = Extent::default();
    extent.include(sheet, fields);
    let places = extent.places(sheet);
    let cells: Vec<String> =
        places.iter().map(|place| place.show(fields, &|_, id| id.to_string())).collect();
    of_cells(places.iter().zip(cells.iter().map(String::as_str)))
}

fn sum(text: &str) -> String {
    let mut sum = id_of(text).simple().to_string();
    sum.truncate(LENGTH);
    sum
}

/// Both sums, as they stand in a cell.
pub(super) fn write(cells: &str, record: &str) -> String {
    format!("{cells}-{record}")
}

/// The sums of a cell: of the row's cells and of the record. `None` where it holds neither.
pub(super) fn read(cell: &str) -> Option<(&str, &str)> {
    let (cells, record) = cell.trim().split_once('-')?;
    (cells.len() == LENGTH && record.len() == LENGTH).then_some((cells, record))
}
