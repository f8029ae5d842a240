//! Sheets as csv files in a folder.

use super::Sheets;
use consortia_domain::sheet::{Place, Sheet};
use consortia_domain::text::guarded;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// Writes a csv file for each sheet (RFC 4180, UTF-8 with a byte order mark, by which
/// spreadsheets tell the encoding).
pub struct Tables {
    folder: PathBuf,
    /// The file being written, and which of its columns are numbers.
    current: Option<(csv::Writer<BufWriter<File>>, Vec<bool>)>,
}

impl Tables {
    /// Writes into `folder`, which is made where it is missing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn new(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned(), current: None })
    }
}

impl Sheets for Tables {
    fn begin(&mut self, sheet: &'static Sheet, places: &[Place]) -> io::Result<()> {
        self.finish()?;
        let name = format!("{}.csv", sheet.name.to_lowercase());
        let mut file = BufWriter::new(File::create(self.folder.join(name))?);
        file.write_all("\u{feff}".as_bytes())?;
        let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(file);
        csv.write_record(places.iter().map(Place::heading))?;
        let numeric = places.iter().map(|place| place.column.is_numeric()).collect();
        self.current = Some((csv, numeric));
        Ok(())
    }

    fn row(&mut self, cells: &[String]) -> io::Result<()> {
        let Some((csv, numeric)) = &mut self.current else { return Ok(()) };
        for (cell, is_numeric) in cells.iter().zip(numeric) {
            // A number may begin with a minus, and runs nothing.
            if *is_numeric && cell.parse::<f64>().is_ok() {
                csv.write_field(cell)?;
            } else {
                csv.write_field(guarded(cell).as_bytes())?;
            }
        }
        csv.write_record(None::<&[u8]>)?;
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let Some((csv, _)) = self.current.take() else { return Ok(()) };
        let file = csv.into_inner().map_err(csv::IntoInnerError::into_error)?;
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    }
}
