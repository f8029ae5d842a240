//! Reading bundles, in the order in which their records can be stored.
//!
//! The file is read twice: once to find where each record stands and what refers to what, once
//! to hand the records over. So lines may come in any order, and no more than a batch is held
//! in memory: besides that some 100 bytes for each line.

use crate::error::Error;
use crate::parents::Parents;
use consortia_domain::bundle::{Line, ORDER, RecordLine};
use consortia_domain::import::{Origin, Rejection, Severity};
use consortia_domain::text::shown;
use consortia_domain::{Errors, Location, json};
use serde_json::Value;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The most bytes a line may have: 16 MiB. The longest record of CORDIS has a hundredth.
const LONGEST_LINE: u64 = 16 << 20;

/// A bundle that was looked through.
#[derive(Debug)]
pub struct Bundle {
    path: PathBuf,
    file: File,
    name: Arc<str>,
    entries: Vec<Entry>,
    lines: u64,
    rejections: Vec<Rejection>,
}

/// Where a record stands.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// The place of its kind in [`ORDER`].
    rank: usize,
    /// How many records above it, of those it is a part of, are in the bundle too.
    depth: usize,
    line: u64,
    offset: u64,
    bytes: u64,
}

/// The line a reader stands at.
struct Cursor {
    file: BufReader<File>,
    text: Vec<u8>,
    offset: u64,
    line: u64,
}

/// The byte order mark that some editors put before text in UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Whether a line that cannot be read says what the file is.
fn is_header(text: &[u8]) -> bool {
    serde_json::from_slice(text).is_ok_and(|value: Value| value.get("format").is_some())
}

/// A line without the mark some files begin with.
fn unmarked(text: &[u8]) -> &[u8] {
    text.strip_prefix(MARK).unwrap_or(text)
}

impl Cursor {
    /// The line, without the mark some files begin with.
    fn text(&self) -> &[u8] {
        unmarked(&self.text)
    }

    /// Reads the next line; false at the end. A line that is too long is cut.
    fn next(&mut self) -> io::Result<bool> {
        self.offset += self.text.len() as u64;
        self.line += 1;
        self.text.clear();
        let read = (&mut self.file).take(LONGEST_LINE).read_until(b'\n', &mut self.text)?;
        Ok(read > 0)
    }
}

impl Bundle {
    /// Looks through the bundle at `path`, a file or a pipe, which is called `name` in reports.
    ///
    /// # Errors
    /// When the file cannot be read, or a line is longer than 16 MiB.
    pub fn open(path: &Path, name: &str) -> Result<Self, Error> {
        let cannot_read = |source| Error::Io { path: path.to_owned(), source };
        let file = rereadable(path).map_err(cannot_read)?;
        let again = file.try_clone().map_err(cannot_read)?;
        let mut cursor =
            Cursor { file: BufReader::new(again), text: Vec::new(), offset: 0, line: 0 };
        let mut bundle = Self {
            path: path.to_owned(),
            file,
            name: name.into(),
            entries: Vec::new(),
            lines: 0,
            rejections: Vec::new(),
        };
        let mut parents = Parents::default();
        while cursor.next().map_err(cannot_read)? {
            if cursor.text.len() as u64 == LONGEST_LINE && !cursor.text.ends_with(b"\n") {
                let source = io::Error::other("the next line is longer than 16 MiB");
                let (table, line) = (name.to_owned(), cursor.line - 1);
                return Err(Error::Broken { table, line, source });
            }
            if cursor.line == 1 {
                bundle.refuse_other_formats(&cursor.text)?;
            }
            bundle.note(&cursor, &mut parents)?;
        }
        bundle.lines = cursor.line - 1;
        let depths = parents.depths(bundle.entries.len());
        for (entry, depth) in bundle.entries.iter_mut().zip(depths) {
            entry.depth = depth;
        }
        bundle.entries.sort_by_key(|entry| (entry.rank, entry.depth, entry.line));
        Ok(bundle)
    }

    /// Refuses files that are no lines of JSON in UTF-8 as a whole: each of their lines would be
    /// faulty.
    fn refuse_other_formats(&self, beginning: &[u8]) -> Result<(), Error> {
        const OTHERS: [(&[u8], &str); 4] = [
            (b"\xff\xfe", "text in UTF-16"),
            (b"\xfe\xff", "text in UTF-16"),
            (b"PK\x03\x04", "a zip archive or a workbook"),
            (b"\x1f\x8b", "compressed with gzip"),
        ];
        let refused = |reason| Err(Error::NoBundle { file: self.name.to_string(), reason });
        if let Some((_, what)) = OTHERS.iter().find(|(mark, _)| beginning.starts_with(mark)) {
            return refused(format!("It is {what}; expected lines of JSON in UTF-8."));
        }
        let first = unmarked(beginning).trim_ascii();
        if first.is_empty() || (first.starts_with(b"{") && first != b"{") {
            return Ok(());
        }
        refused(format!(
            "Its first line is {}; expected a JSON object of one line for each record, such as \
             {{\"entity\":\"project\",\"acronym\":\"DIME\"}}. A table (csv, xlsx) is imported as a \
             workbook.",
            shown(&String::from_utf8_lossy(first))
        ))
    }

    /// Notes where a line stands, or why it cannot be read.
    fn note(&mut self, cursor: &Cursor, parents: &mut Parents) -> Result<(), Error> {
        if cursor.text().iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        let record = match parse(cursor.text()) {
            Ok(Line::Header) => return Ok(()),
            Ok(Line::Record(record)) => record,
            Err(faults) if is_header(cursor.text()) => {
                let reason = faults.into_iter().map(|(_, reason)| reason).collect::<Vec<_>>();
                return Err(Error::NoBundle {
                    file: self.name.to_string(),
                    reason: reason.join(" "),
                });
            }
            Err(faults) => {
                let origin = self.origin(cursor.line);
                self.rejections.extend(faults.into_iter().map(|(column, reason)| Rejection {
                    origin: origin.clone(),
                    column,
                    value: String::new(),
                    reason,
                    severity: Severity::Rejected,
                }));
                return Ok(());
            }
        };
        parents.note(self.entries.len(), &record);
        self.entries.push(Entry {
            rank: ORDER.iter().position(|kind| *kind == record.entity).unwrap_or(ORDER.len()),
            depth: 0,
            line: cursor.line,
            offset: cursor.offset,
            bytes: cursor.text.len() as u64,
        });
        Ok(())
    }

    fn origin(&self, line: u64) -> Origin {
        Origin { file: self.name.clone(), line }
    }

    /// The lines that cannot be read at all.
    #[must_use]
    pub fn rejections(&self) -> &[Rejection] {
        &self.rejections
    }

    /// The number of lines.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// The number of records.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Hands over all records, those first that others refer to, at most `size` at a time.
    ///
    /// # Errors
    /// When the file cannot be read or changed meanwhile; what `take` fails with.
    pub fn read<E: From<Error>>(
        self,
        size: usize,
        mut take: impl FnMut(Vec<(Origin, RecordLine)>) -> Result<(), E>,
    ) -> Result<(), E> {
        let cannot_read = |source| Error::Io { path: self.path.clone(), source };
        let mut file = BufReader::new(&self.file);
        file.rewind().map_err(cannot_read)?;
        let mut at = 0_u64;
        for batch in self.entries.chunks(size.max(1)) {
            let mut records = Vec::with_capacity(batch.len());
            for entry in batch {
                if entry.offset != at {
                    file.seek(SeekFrom::Start(entry.offset)).map_err(cannot_read)?;
                }
                let mut text = Vec::new();
                (&mut file).take(entry.bytes).read_to_end(&mut text).map_err(cannot_read)?;
                at = entry.offset + entry.bytes;
                let Ok(Line::Record(record)) = parse(unmarked(&text)) else {
                    let source = io::Error::other("it changed while it was read");
                    return Err(cannot_read(source).into());
                };
                records.push((self.origin(entry.line), record));
            }
            take(records)?;
        }
        Ok(())
    }
}

/// The file at `path`; what a pipe gives, in a file without a name.
fn rereadable(path: &Path) -> io::Result<File> {
    let mut given = File::open(path)?;
    if given.metadata()?.is_file() {
        // Standard input may have been read in part already.
        given.rewind()?;
        return Ok(given);
    }
    let mut copy = tempfile::tempfile()?;
    io::copy(&mut given, &mut copy)?;
    copy.rewind()?;
    Ok(copy)
}

/// A line, or its faults, each with its place.
fn parse(text: &[u8]) -> Result<Line, Vec<(String, String)>> {
    let of_line = |reason: String| vec![(String::new(), reason)];
    if let Err(fault) = std::str::from_utf8(text) {
        let at = fault.valid_up_to() + 1;
        return Err(of_line(format!(
            "The line is not UTF-8 from byte {at} on. Save the file as UTF-8."
        )));
    }
    let value = json::read(text).map_err(|fault| match fault {
        json::Fault::Repeated(faults) => placed(&faults),
        json::Fault::Syntax(fault) => {
            // The parser was given this line alone, and counts from there.
            let said = fault.to_string();
            let what = said.split(" at line ").next().unwrap_or_default();
            of_line(format!("The line is not JSON at character {}: {what}.", fault.column()))
        }
    })?;
    Line::read(&value).map_err(|faults| placed(&faults))
}

fn placed(faults: &Errors) -> Vec<(String, String)> {
    let place = |at: &Location| match at {
        Location::Pointer(at) => at.to_string(),
        Location::Parameter(name) | Location::Header(name) => name.clone(),
    };
    faults.iter().map(|fault| (place(&fault.at), fault.detail.clone())).collect()
}
