//! Reading tables: separators, quotes, byte order marks, encodings, line numbers.

use crate::columns::{Column, Kind, Layout};
use crate::error::Error;
use csv::{ByteRecord, Terminator};
use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// The most bytes one row may have: 16 MiB. The longest real one has 20 thousand.
pub(crate) const MAX_ROW_BYTES: u64 = 16 << 20;

/// The bytes looked at to find the header.
const HEADER_BYTES: u64 = 64 << 10;

/// Separators that occur, the usual first.
pub(crate) const DELIMITERS: &[u8] = b";,\t|";

/// What the beginning of a file shows it to be.
pub(crate) enum Opening {
    /// A CORDIS table.
    Table(Kind, Box<Layout>),
    /// Something else; why it is left out.
    Other(String),
}

/// Tells from its header whether a file is a CORDIS table, and how it is laid out.
///
/// # Errors
/// When it cannot be read, is in UTF-16, or has the name of a table but not its columns.
pub(crate) fn recognise(name: &str, reader: &mut dyn Read) -> Result<Opening, Error> {
    let mut start = Vec::new();
    reader.take(HEADER_BYTES).read_to_end(&mut start).map_err(|source| Error::Broken {
        table: name.to_owned(),
        line: 0,
        source,
    })?;
    if start.starts_with(b"\xFF\xFE") || start.starts_with(b"\xFE\xFF") {
        return Err(Error::Encoding { table: name.to_owned(), encoding: "UTF-16" });
    }
    // The separator is the one that yields most names of CORDIS columns.
    let candidates = DELIMITERS.iter().map(|delimiter| (header(&start, *delimiter), *delimiter));
    let best = candidates.rev().max_by_key(|(names, _)| Layout::known_names(names));
    let Some((names, delimiter)) = best.filter(|(names, _)| !names.is_empty()) else {
        return Ok(Opening::Other("it is empty".to_owned()));
    };
    if let Some((kind, layout)) = Layout::recognise(&names, delimiter) {
        return Ok(Opening::Table(kind, Box::new(layout)));
    }
    match Kind::of_name(name) {
        Some(kind) => Err(Error::MissingColumns {
            table: name.to_owned(),
            kind: kind.label(),
            missing: Layout::missing_in(&names, kind).join(", "),
            found: names.join(", "),
        }),
        None => Ok(Opening::Other("not a table of CORDIS projects or participations".to_owned())),
    }
}

/// The cells of the first row of `start`.
fn header(start: &[u8], delimiter: u8) -> Vec<String> {
    let mut record = ByteRecord::new();
    // Reading from memory cannot fail, and no header yields no names.
    let found = configured(delimiter).from_reader(start).read_byte_record(&mut record);
    if !found.unwrap_or(false) {
        return Vec::new();
    }
    let mut names: Vec<String> =
        record.iter().map(|cell| decode(cell).0.trim().to_owned()).collect();
    while names.last().is_some_and(String::is_empty) {
        names.pop();
    }
    names
}

pub(crate) fn configured(delimiter: u8) -> csv::ReaderBuilder {
    let mut builder = csv::ReaderBuilder::new();
    // Ending rows at LF alone keeps the line count right in files with CR LF; the CR left at
    // the end of the last cell is trimmed with its blanks.
    builder
        .delimiter(delimiter)
        .terminator(Terminator::Any(b'\n'))
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(256 << 10);
    builder
}

/// The text of a cell, and whether it was not UTF-8 (and was read as Windows-1252 instead).
pub(crate) fn decode(cell: &[u8]) -> (Cow<'_, str>, bool) {
    match std::str::from_utf8(cell) {
        Ok(text) => (Cow::Borrowed(text), false),
        Err(_) => (encoding_rs::WINDOWS_1252.decode_without_bom_handling(cell).0, true),
    }
}

/// Bytes read from a table, counted for progress and against rows without an end.
#[derive(Clone, Default)]
struct Meter {
    total: Rc<Cell<u64>>,
    since_row: Rc<Cell<u64>>,
}

struct Metered<'r> {
    inner: &'r mut dyn Read,
    meter: Meter,
}

impl Read for Metered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.meter.total.set(self.meter.total.get() + read as u64);
        self.meter.since_row.set(self.meter.since_row.get() + read as u64);
        if self.meter.since_row.get() > MAX_ROW_BYTES {
            let detail = "a row has more than 16 MiB; a quotation mark in it may never be closed";
            return Err(io::Error::new(io::ErrorKind::InvalidData, detail));
        }
        Ok(read)
    }
}

/// The line a row starts on, from where its reader stood before and stands after it.
pub(crate) fn first_line(before: u64, after: u64, record: &ByteRecord) -> u64 {
    // Blank lines before the row are passed too: they are what the row itself and its own
    // line end do not account for.
    before + (after - before).saturating_sub(line_breaks(record) + 1)
}

/// The line breaks within the cells of a row.
fn line_breaks(record: &ByteRecord) -> u64 {
    record.as_slice().iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

/// The rows of a table, one after another.
pub(crate) struct Rows<'r> {
    csv: csv::Reader<Metered<'r>>,
    name: &'r str,
    layout: &'r Layout,
    record: ByteRecord,
    meter: Meter,
    line: u64,
    legacy_line: Cell<Option<u64>>,
}

impl<'r> Rows<'r> {
    /// Starts behind the header.
    pub(crate) fn new(
        name: &'r str,
        layout: &'r Layout,
        reader: &'r mut dyn Read,
    ) -> Result<Self, Error> {
        let meter = Meter::default();
        let metered = Metered { inner: reader, meter: meter.clone() };
        let csv = configured(layout.delimiter).from_reader(metered);
        let record = ByteRecord::new();
        let legacy_line = Cell::new(None);
        let mut rows = Self { csv, name, layout, record, meter, line: 1, legacy_line };
        rows.advance()?;
        Ok(rows)
    }

    /// The next row that is not blank.
    pub(crate) fn next(&mut self) -> Result<Option<Row<'_>>, Error> {
        while self.advance()? {
            if self.record.iter().any(|cell| !cell.trim_ascii().is_empty()) {
                return Ok(Some(Row {
                    record: &self.record,
                    layout: self.layout,
                    line: self.line,
                    legacy_line: &self.legacy_line,
                }));
            }
        }
        Ok(None)
    }

    /// Bytes read so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.meter.total.get()
    }

    /// The first line with a cell that is not UTF-8.
    pub(crate) fn legacy_line(&self) -> Option<u64> {
        self.legacy_line.get()
    }

    fn advance(&mut self) -> Result<bool, Error> {
        let before = self.csv.position().line();
        let read = self.csv.read_byte_record(&mut self.record).map_err(|error| {
            let source = match error.into_kind() {
                csv::ErrorKind::Io(source) => source,
                other => io::Error::other(format!("{other:?}")),
            };
            Error::Broken { table: self.name.to_owned(), line: before, source }
        })?;
        self.meter.since_row.set(0);
        self.line = first_line(before, self.csv.position().line(), &self.record);
        Ok(read)
    }
}

/// One row.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    record: &'a ByteRecord,
    /// How the table is laid out.
    pub(crate) layout: &'a Layout,
    /// The line it starts on, from 1.
    pub(crate) line: u64,
    legacy_line: &'a Cell<Option<u64>>,
}

impl<'a> Row<'a> {
    /// The text of a cell without the blanks around it; empty where there is no such column.
    pub(crate) fn text(&self, column: Column) -> Cow<'a, str> {
        let cell = self.layout.place(column).and_then(|place| self.record.get(place));
        let (text, is_legacy) = decode(cell.unwrap_or_default());
        if is_legacy && self.legacy_line.get().is_none() {
            self.legacy_line.set(Some(self.line));
        }
        match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        }
    }

    /// The number of cells, those behind the last column counted only if they hold something.
    pub(crate) fn width(&self) -> usize {
        let stray = self.record.iter().skip(self.layout.width());
        let is_blank = stray.into_iter().all(|cell| cell.trim_ascii().is_empty());
        if is_blank { self.record.len().min(self.layout.width()) } else { self.record.len() }
    }

    /// How many lines the row spans.
    pub(crate) fn lines(&self) -> u64 {
        1 + line_breaks(self.record)
    }
}
