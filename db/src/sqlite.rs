//! SQLite, bundled: nothing to install, one file, one writer, any number of readers.

mod connections;
mod damage;
mod deadline;
pub(crate) mod file;
mod fulltext;
#[path = "queries/mod.rs"]
pub(crate) mod queries;
mod statistics;

pub use connections::Beside;
pub(crate) use connections::Connections;
pub(crate) use damage::damage;

use crate::config::DbConfig;
use crate::conn::{Engine, Inner};
use crate::error::{Error, Result};
use diesel::connection::SimpleConnection;
use file::RegistryFile;
use std::path::Path;

/// The connection the query modules mounted here are compiled for.
pub(crate) type Conn = diesel::SqliteConnection;
/// The dialect the query modules mounted here are compiled for.
pub(crate) type Backend = diesel::sqlite::Sqlite;

/// How many rows one INSERT takes. Statements of one size are prepared once; long ones cost
/// SQLite more to read than short ones to run.
pub(crate) const CHUNK: usize = 16;

impl Engine for Conn {
    const BEGIN_READ: &'static str = "BEGIN DEFERRED";
    // Never upgraded from a read lock, which fails with "database is locked" at once.
    const BEGIN_WRITE: &'static str = "BEGIN IMMEDIATE";
    const LEAVE: Option<&'static str> = None;
    const OPTIMISE: &'static str = "ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)";

    fn inner(&mut self) -> Inner<'_> {
        Inner::Sqlite(self)
    }
}

/// Settings of every connection. WAL lets readers and the writer work side by side; FULL
/// makes every acknowledged commit survive a power cut. The log is copied back at 32 MB,
/// not at the usual 4: an import changes the same pages again and again, and each copy
/// costs as much as a commit. What is deleted is overwritten with zeros, in pages and whole
/// pages: free ones may be used again by a table that is never wiped.
fn common(config: &DbConfig) -> String {
    format!(
        "PRAGMA busy_timeout = {}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
         PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; \
         PRAGMA wal_autocheckpoint = 8192; PRAGMA journal_size_limit = 67108864; \
         PRAGMA secure_delete = ON;",
        config.busy_timeout.as_millis(),
    )
}

/// Makes an empty file that only its owner may read, where there is none: SQLite would let
/// everybody read it. What SQLite keeps beside it has the same mode.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// The readers' connections and the writer's, which is one.
///
/// # Errors
/// [`Error::Unavailable`] when the file cannot be opened, [`Error::ReadOnly`] when it
/// cannot be written.
pub(crate) fn open(path: &Path, config: &DbConfig) -> Result<(Connections, Connections)> {
    let Some(name) = path.to_str() else {
        let detail = format!("The SQLite file's name {} is not UTF-8.", path.display());
        return Err(Error::Config(detail));
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(Error::Config(format!(
            "The folder {} of the SQLite file does not exist; create it.",
            folder.display()
        )));
    }
    create_private(path)
        .map_err(|error| Error::unavailable(format!("cannot make {}: {error}", path.display())))?;
    deadline::watch_connections();
    // Opened by hand first: a pool repeats a failing attempt and forgets the reason.
    let mut first = <Conn as diesel::Connection>::establish(name)
        .map_err(|error| Error::unavailable(format!("cannot open {}: {error}", path.display())))?;
    first.batch_execute(&common(config))?;
    drop(first);
    Ok(Connections::of(RegistryFile::at(path, common(config)), config))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lender::Lender as _;
    use diesel::dsl::sql;
    use diesel::prelude::*;
    use diesel::sql_types::Text;

    /// What SQLite says of a connection: how it writes, and whether it syncs every commit (2).
    fn told(connections: &Connections) -> String {
        let asked = "(SELECT journal_mode FROM pragma_journal_mode) || ' ' || \
                     (SELECT synchronous FROM pragma_synchronous)";
        let mut conn = connections.lend().expect("a connection");
        diesel::select(sql::<Text>(asked)).get_result(&mut *conn).expect("an answer")
    }

    #[test]
    fn the_writer_syncs_what_it_commits() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("test.db");
        let url = format!("sqlite://{}", path.display()).parse().expect("a database URL");
        let (_, writer) = open(&path, &DbConfig::new(url)).expect("it opens");
        assert_eq!(told(&writer), "wal 2");
    }
}
