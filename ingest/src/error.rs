//! Why an import cannot go on. Faults of single rows are not errors: they are
//! [`Rejection`](consortia_domain::import::Rejection)s, and reading continues.

use consortia_domain::import::StopReason;
use std::path::PathBuf;

/// Why reading the files as a whole failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read.
    #[error("Cannot read {}: {source}.", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// A table could not be read to its end.
    #[error("Cannot read {table} beyond line {line}: {source}.")]
    Broken {
        /// The table.
        table: String,
        /// The last line that was read, from 1.
        line: u64,
        /// What went wrong.
        source: std::io::Error,
    },
    /// A file is no bundle, or one of a version that is not known.
    #[error("{file} is no bundle that can be read. {reason}")]
    NoBundle {
        /// The file.
        file: String,
        /// Why not.
        reason: String,
    },
    /// A file is no workbook that can be read, or has columns nobody knows.
    #[error("{file} is no workbook that can be read. {reason}")]
    NoWorkbook {
        /// The file.
        file: String,
        /// Why not, and how to mend it.
        reason: String,
    },
    /// An archive is damaged, encrypted or compressed in a way that is not supported.
    #[error("Cannot open {archive}: {reason}. Unpack it and give the folder instead.")]
    Archive {
        /// The archive, or the archive and the member.
        archive: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An archive would unpack to more than the limit.
    #[error(
        "{archive} holds {declared} bytes unpacked in {members} files, more than the {limit} \
         bytes or {member_limit} files an import reads. Unpack it and give its tables one by one."
    )]
    TooLarge {
        /// The archive.
        archive: String,
        /// Its size unpacked, as it declares it.
        declared: u64,
        /// How many files it holds.
        members: usize,
        /// The limit in bytes.
        limit: u64,
        /// The limit in files.
        member_limit: usize,
    },
    /// None of the files given is a CORDIS table.
    #[error(
        "No CORDIS table in {paths}. Expected project.csv or organization.csv (or both) in a zip, \
         a folder or on their own.{skipped}"
    )]
    NothingFound {
        /// What was given.
        paths: String,
        /// The files that were seen and why each was left out; begins with a blank.
        skipped: String,
    },
    /// A table lacks columns without which its rows mean nothing.
    #[error(
        "{table} is read as a table of {kind} but has no column {missing}. Columns found: {found}."
    )]
    MissingColumns {
        /// The table.
        table: String,
        /// What it was taken for.
        kind: &'static str,
        /// The columns missing, by today's names.
        missing: String,
        /// The columns it has.
        found: String,
    },
    /// A table is written in an encoding that is not read.
    #[error("{table} is written in {encoding}. Save it as UTF-8 and try again.")]
    Encoding {
        /// The table.
        table: String,
        /// The encoding.
        encoding: &'static str,
    },
    /// The receiver of the records asked to stop.
    #[error("The import was stopped: {0}")]
    Stopped(StopReason),
}
