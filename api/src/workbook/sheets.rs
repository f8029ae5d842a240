//! What every kind of workbook can do.

use consortia_domain::sheet::{Place, Sheet};
use std::io;

/// What sheets are written to.
pub trait Sheets {
    /// Begins a sheet with these columns.
    ///
    /// # Errors
    /// When it cannot be written.
    fn begin(&mut self, sheet: &'static Sheet, places: &[Place]) -> io::Result<()>;

    /// Writes a row of the sheet that was begun last.
    ///
    /// # Errors
    /// When it cannot be written, or the sheet has no room for it.
    fn row(&mut self, cells: &[String]) -> io::Result<()>;

    /// Completes what was written.
    ///
    /// # Errors
    /// When it cannot be written.
    fn finish(&mut self) -> io::Result<()>;
}
