//! Finding the CORDIS tables among the files, folders and archives given.
//!
//! Nothing is ever unpacked to disk: members of an archive are read as streams, and their
//! names serve for messages only.

use crate::columns::{Kind, Layout};
use crate::error::Error;
use crate::table::{self, Opening};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zip::ZipArchive;

/// The most bytes the members of one archive may unpack to: 8 GiB. All of CORDIS since 1984
/// is a quarter of that.
pub const MAX_ARCHIVE_BYTES: u64 = 8 << 30;

/// The most members one archive may have.
pub const MAX_ARCHIVE_MEMBERS: usize = 10_000;

/// How many folders deep tables are looked for.
pub const MAX_DEPTH: usize = 8;

/// A CORDIS table that was found.
#[derive(Clone, Debug)]
pub struct Table {
    /// What it is a table of.
    pub kind: Kind,
    /// Its name for messages: `table.csv`, `folder/table.csv` or `archive.zip/table.csv`.
    pub name: Arc<str>,
    /// Its size in bytes, unpacked.
    pub bytes: u64,
    /// How its columns are laid out.
    pub(crate) layout: Layout,
    place: Place,
}

/// Where a table lies.
#[derive(Clone, Debug)]
enum Place {
    File(PathBuf),
    Member { archive: PathBuf, index: usize },
}

/// A file that is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its name for messages.
    pub name: String,
    /// Why it is left out.
    pub reason: String,
}

/// The tables found among the paths given.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The tables, in the order they were found (paths as given, names sorted within each).
    pub tables: Vec<Table>,
    /// The files seen and left out.
    pub skipped: Vec<Skipped>,
}

impl Sources {
    /// Looks for tables among `paths`: archives, folders (searched to [`MAX_DEPTH`]) and single
    /// files. What a table holds is told by its header, not by its name.
    ///
    /// # Errors
    /// When a path cannot be read, an archive is damaged or too large, a table has the name
    /// but not the columns of one, or no table is found at all.
    pub fn find(paths: &[PathBuf]) -> Result<Self, Error> {
        let mut search = Search { found: Self::default() };
        for path in paths {
            let metadata = std::fs::metadata(path).map_err(|source| io_error(path, source))?;
            let name = last_name(path);
            if metadata.is_dir() {
                search.folder(path, &name, MAX_DEPTH)?;
            } else if is_archive(path)? {
                search.archive(path, &name)?;
            } else {
                search.file(path, &name)?;
            }
        }
        if search.found.tables.is_empty() {
            return Err(search.found.nothing(paths));
        }
        Ok(search.found)
    }

    /// The tables of a kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Table> {
        self.tables.iter().filter(move |table| table.kind == kind)
    }

    fn nothing(&self, paths: &[PathBuf]) -> Error {
        let paths: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
        let skipped: Vec<_> =
            self.skipped.iter().map(|file| format!("{} ({})", file.name, file.reason)).collect();
        Error::NothingFound {
            paths: paths.join(", "),
            skipped: match skipped.len() {
                0 => String::new(),
                _ => format!(" Left out: {}.", skipped.join(", ")),
            },
        }
    }
}

impl Table {
    /// Opens the table and hands its bytes to `read`.
    ///
    /// # Errors
    /// When the file or archive cannot be opened, and whatever `read` reports.
    pub(crate) fn open<T>(
        &self,
        read: impl FnOnce(&mut dyn Read) -> Result<T, Error>,
    ) -> Result<T, Error> {
        match &self.place {
            Place::File(path) => {
                let mut file = File::open(path).map_err(|source| io_error(path, source))?;
                read(&mut file)
            }
            Place::Member { archive, index } => {
                let mut zip = open_archive(archive, &last_name(archive))?;
                let member =
                    zip.by_index(*index).map_err(|error| archive_error(&self.name, &error))?;
                // What the archive declared was checked; what it yields must keep to it.
                read(&mut Bounded { inner: member, left: self.bytes })
            }
        }
    }
}

/// A reader that fails rather than yield more bytes than were declared.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, "it unpacks to more than it declares")
        })?;
        Ok(read)
    }
}

struct Search {
    found: Sources,
}

impl Search {
    fn folder(&mut self, path: &Path, name: &str, depth: usize) -> Result<(), Error> {
        let entries = std::fs::read_dir(path)
            .and_then(Iterator::collect::<io::Result<Vec<_>>>)
            .map_err(|source| io_error(path, source))?;
        let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            let name = format!("{name}/{}", last_name(&path));
            let metadata = std::fs::metadata(&path).map_err(|source| io_error(&path, source))?;
            if is_hidden(&name) {
                continue;
            }
            if metadata.is_dir() && depth == 0 {
                self.skip(&name, format!("more than {MAX_DEPTH} folders deep"));
            } else if metadata.is_dir() {
                self.folder(&path, &name, depth - 1)?;
            } else if has_extension(&name, &["zip"]) {
                self.archive(&path, &name)?;
            } else if has_extension(&name, TABLE_EXTENSIONS) {
                self.file(&path, &name)?;
            } else {
                self.skip(&name, "not a csv file");
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path, name: &str) -> Result<(), Error> {
        let bytes = std::fs::metadata(path).map_err(|source| io_error(path, source))?.len();
        let mut file = File::open(path).map_err(|source| io_error(path, source))?;
        let place = Place::File(path.to_owned());
        self.table(name, bytes, place, &mut file)
    }

    fn archive(&mut self, path: &Path, name: &str) -> Result<(), Error> {
        let mut zip = open_archive(path, name)?;
        check_size(&mut zip, name)?;
        let mut members = Vec::with_capacity(zip.len());
        for index in 0..zip.len() {
            let member = zip.by_index_raw(index).map_err(|error| archive_error(name, &error))?;
            let inner = member.enclosed_name();
            let shown = String::from_utf8_lossy(member.name_raw()).into_owned();
            if member.is_dir() || is_hidden(&shown) {
                continue;
            }
            members.push((shown, index, member.size(), inner.is_some(), member.encrypted()));
        }
        members.sort();
        for (inner, index, bytes, is_safe, is_encrypted) in members {
            let name = format!("{name}/{}", printable(&inner));
            if !has_extension(&inner, TABLE_EXTENSIONS) {
                let reason = if has_extension(&inner, &["zip"]) {
                    "an archive within an archive; unpack the outer one"
                } else {
                    "not a csv file"
                };
                self.skip(&name, reason);
            } else if !is_safe {
                self.skip(&name, "its name leads out of the archive");
            } else if is_encrypted {
                self.skip(&name, "it is encrypted");
            } else {
                let place = Place::Member { archive: path.to_owned(), index };
                let mut member =
                    zip.by_index(index).map_err(|error| archive_error(&name, &error))?;
                self.table(&name, bytes, place, &mut member)?;
            }
        }
        Ok(())
    }

    /// Adds the table that `reader` begins, if it is one.
    fn table(
        &mut self,
        name: &str,
        bytes: u64,
        place: Place,
        reader: &mut dyn Read,
    ) -> Result<(), Error> {
        match table::recognise(name, reader)? {
            Opening::Table(kind, layout) => {
                let name = Arc::from(name);
                let found = Table { kind, name, bytes, layout: *layout, place };
                self.found.tables.push(found);
            }
            Opening::Other(reason) => self.skip(name, reason),
        }
        Ok(())
    }

    fn skip(&mut self, name: &str, reason: impl Into<String>) {
        self.found.skipped.push(Skipped { name: name.to_owned(), reason: reason.into() });
    }
}

const TABLE_EXTENSIONS: &[&str] = &["csv", "tsv", "txt"];

fn check_size(zip: &mut ZipArchive<BufReader<File>>, name: &str) -> Result<(), Error> {
    let members = zip.len();
    let mut declared: u64 = 0;
    for index in 0..members.min(MAX_ARCHIVE_MEMBERS) {
        let member = zip.by_index_raw(index).map_err(|error| archive_error(name, &error))?;
        declared = declared.saturating_add(member.size());
    }
    if declared > MAX_ARCHIVE_BYTES || members > MAX_ARCHIVE_MEMBERS {
        return Err(Error::TooLarge {
            archive: name.to_owned(),
            declared,
            members,
            limit: MAX_ARCHIVE_BYTES,
            member_limit: MAX_ARCHIVE_MEMBERS,
        });
    }
    Ok(())
}

pub(crate) fn open_archive(path: &Path, name: &str) -> Result<ZipArchive<BufReader<File>>, Error> {
    let file = File::open(path).map_err(|source| io_error(path, source))?;
    ZipArchive::new(BufReader::new(file)).map_err(|error| archive_error(name, &error))
}

pub(crate) fn archive_error(archive: &str, error: &zip::result::ZipError) -> Error {
    Error::Archive { archive: archive.to_owned(), reason: error.to_string() }
}

pub(crate) fn io_error(path: &Path, source: io::Error) -> Error {
    Error::Io { path: path.to_owned(), source }
}

/// Whether a file is a zip archive, told by its first bytes.
pub(crate) fn is_archive(path: &Path) -> Result<bool, Error> {
    let mut start = Vec::with_capacity(4);
    let read = File::open(path).and_then(|file| file.take(4).read_to_end(&mut start));
    read.map_err(|source| io_error(path, source))?;
    Ok(start == *b"PK\x03\x04" || start == *b"PK\x05\x06")
}

pub(crate) fn has_extension(name: &str, extensions: &[&str]) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    extensions.iter().any(|wanted| extension.eq_ignore_ascii_case(wanted))
}

/// Whether a name is that of a file people did not put there themselves.
fn is_hidden(name: &str) -> bool {
    name.split(['/', '\\']).any(|part| part == "__MACOSX" || part == "Thumbs.db")
        || name.rsplit(['/', '\\']).next().is_some_and(|last| last.starts_with('.'))
}

pub(crate) fn last_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    printable(&name.to_string_lossy())
}

fn printable(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}
