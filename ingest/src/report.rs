//! What was rejected, as a table people can open and mend.

use consortia_domain::import::Rejection;
use consortia_domain::text::guarded;
use std::io::{self, Write};

/// The columns of the report.
const HEADER: [&str; 6] = ["severity", "file", "line", "column", "value", "reason"];

/// Writes rejections as csv, one a row, as they come.
pub struct RejectsWriter<W: Write>(csv::Writer<W>);

impl<W: Write> RejectsWriter<W> {
    /// Begins the report with its header.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(writer: W) -> io::Result<Self> {
        let mut csv = csv::Writer::from_writer(writer);
        csv.write_record(HEADER)?;
        Ok(Self(csv))
    }

    /// Writes one row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, rejection: &Rejection) -> io::Result<()> {
        let Rejection { origin, column, value, reason, severity } = rejection;
        let line = origin.line.to_string();
        let cells = [origin.file.as_ref(), line.as_str(), column, value, reason].map(guarded);
        self.0.write_field(severity.code())?;
        self.0.write_record(cells.iter().map(|cell| cell.as_bytes()))?;
        Ok(())
    }

    /// Writes what is still held back.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Writes a whole report: severity, file, line, column, value, reason.
///
/// # Errors
/// When it cannot be written.
pub fn write_rejects_csv<'a>(
    writer: impl Write,
    rejections: impl IntoIterator<Item = &'a Rejection>,
) -> io::Result<()> {
    let mut report = RejectsWriter::new(writer)?;
    for rejection in rejections {
        report.write(rejection)?;
    }
    report.finish()
}
