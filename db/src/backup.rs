//! Backups: everything a database holds at one moment, in one file, and back.
//!
//! The file is a zip archive. `manifest.json` says what it is and, of each table, how many
//! rows it has and a digest of them; beside it lies the content in the engine's own words: of
//! SQLite the database itself, `registry.db`; of PostgreSQL what COPY writes of each table,
//! `tables/NAME.copy`. Which tables there are the database tells, so none is forgotten.
//!
//! ```no_run
//! # fn run() -> Result<(), consortia_db::backup::Fault> {
//! use consortia_db::{DbConfig, backup};
//! use std::path::Path;
//!
//! let file = Path::new("registry.zip");
//! let config = DbConfig::new("sqlite://consortia.db".parse()?);
//! let taken = backup::take(&config, file, &mut |table, rows| println!("{rows} {table}"))?;
//! assert_eq!(backup::check(file)?.tables, taken.tables);
//! let elsewhere = DbConfig::new("sqlite://other.db".parse()?);
//! backup::restore(&elsewhere, file, &mut |_, _| {})?;
//! # Ok(()) }
//! ```

mod archive;
mod digest;
mod manifest;
mod postgres;
mod sqlite;

pub use manifest::{Manifest, Sequence, Table};

use crate::config::{DatabaseUrl, DbConfig};
use crate::database::EngineKind;
use crate::migrations::MigrationName;
use archive::Archive;
use std::io;
use std::path::{Path, PathBuf};

/// Told, as each table is done, its name and its rows.
pub type Tell<'a> = dyn FnMut(&str, u64) + 'a;

/// Why a backup was not taken, not found sound, or not restored. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The file or the place is not one for this.
    #[error("{0}")]
    Refused(String),
    /// The file is not what was once written.
    #[error("{} is damaged or cut short: {what}. Use another backup.", file.display())]
    Damaged {
        /// The backup.
        file: PathBuf,
        /// What shows it.
        what: String,
    },
    /// A file cannot be read or written.
    #[error("{} cannot be used: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The database refused.
    #[error(transparent)]
    Database(#[from] crate::Error),
}

impl Fault {
    /// Of `path`, as the system says.
    fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        |source| Self::Io { path: path.to_owned(), source }
    }
}

impl From<diesel::result::Error> for Fault {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

/// What was restored.
#[derive(Clone, Debug)]
pub struct Restored {
    /// What the backup says of itself; the tables of the database agree with it.
    pub manifest: Manifest,
    /// Tables that are not the registry's, which were left out.
    pub left_out: Vec<String>,
    /// Migrations made after the backup was taken, applied to what was restored.
    pub applied: Vec<MigrationName>,
}

/// A name, as SQL quotes it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Writes what the database holds now to `file`, which must not exist, while others read and
/// write. Blocks.
///
/// # Errors
/// When there is no database, the file cannot be written, or either engine refuses.
pub fn take(config: &DbConfig, file: &Path, tell: &mut Tell<'_>) -> Result<Manifest, Fault> {
    archive::must_not_exist(file)?;
    match &config.url {
        DatabaseUrl::Sqlite(path) => sqlite::take(path, config, file, tell),
        DatabaseUrl::Postgres(url) => postgres::take(url, config, file, tell),
    }
}

/// Reads a whole backup and compares it with what its manifest says. Needs no database. Blocks.
///
/// # Errors
/// When the file is none, damaged, or cut short.
pub fn check(file: &Path) -> Result<Manifest, Fault> {
    let mut archive = Archive::open(file)?;
    match archive.manifest().engine {
        EngineKind::Sqlite => sqlite::check(&mut archive)?,
        EngineKind::Postgres => postgres::check(&mut archive)?,
    }
    Ok(archive.into_manifest())
}

/// Puts a backup into an empty place, all of it or nothing, and brings its schema up to date.
/// What came out is compared with the manifest before it counts. Blocks.
///
/// # Errors
/// When the file is damaged or of another engine or a newer version, or the place not empty.
pub fn restore(config: &DbConfig, file: &Path, tell: &mut Tell<'_>) -> Result<Restored, Fault> {
    let mut archive = Archive::open(file)?;
    let place = match config.url {
        DatabaseUrl::Sqlite(_) => EngineKind::Sqlite,
        DatabaseUrl::Postgres(_) => EngineKind::Postgres,
    };
    archive.must_suit(place)?;
    match &config.url {
        DatabaseUrl::Sqlite(path) => sqlite::restore(path, &mut archive, tell),
        DatabaseUrl::Postgres(url) => postgres::restore(url, config, &mut archive, tell),
    }
}
