//! An SQLite file that is there, and still the one it was: where its disk was unmounted there is
//! none, or one that somebody left below.

use super::Conn;
use crate::error::{Error, Result};
use diesel::Connection as _;
use diesel::connection::SimpleConnection as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The file of a registry.
pub(crate) struct RegistryFile {
    path: PathBuf,
    first: Option<Identity>,
    /// For every connection.
    settings: String,
}

/// What makes it this file on every mount of its disk: its number and when it was made.
type Identity = (u64, Option<SystemTime>);

impl RegistryFile {
    /// The file that is at `path` now.
    pub(super) fn at(path: &Path, settings: String) -> Self {
        Self { path: path.to_owned(), first: identity(path), settings }
    }

    /// A connection with these settings and some more.
    ///
    /// # Errors
    /// [`Error::FileFailed`] when the file is not there, or is another.
    pub(super) fn open(&self, more: &str) -> Result<Conn> {
        self.must_be_the_same()?;
        let opened = Conn::establish(&existing(&self.path));
        let mut conn = opened.map_err(|error| {
            tracing::error!(%error, file = %self.path.display(), "the database cannot be opened");
            Error::FileFailed
        })?;
        conn.batch_execute(&self.settings)?;
        conn.batch_execute(more)?;
        // A disk may have been mounted or unmounted in between.
        self.must_be_the_same()?;
        Ok(conn)
    }

    fn must_be_the_same(&self) -> Result<()> {
        let now = identity(&self.path);
        if now.is_some() && now == self.first {
            return Ok(());
        }
        let what = if now.is_some() { "another file is in its place" } else { "it is not there" };
        tracing::error!(file = %self.path.display(), what, "the database cannot be opened");
        Err(Error::FileFailed)
    }
}

fn identity(path: &Path) -> Option<Identity> {
    let known = std::fs::metadata(path).ok()?;
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(&known);
    #[cfg(not(unix))]
    let number = 0;
    Some((number, known.created().ok()))
}

/// The name by which SQLite opens `path` where it is there, and makes nothing where it is not.
pub(crate) fn existing(path: &Path) -> String {
    let path = path.to_string_lossy();
    let escaped = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let root = if escaped.starts_with('/') { "//" } else { "" };
    format!("file:{root}{escaped}?mode=rw")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_file_of_before_is_opened_and_none_is_made() {
        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let path = folder.path().join("50% #1?.db");
        std::fs::write(&path, "").expect("a file");
        let file = RegistryFile::at(&path, "PRAGMA journal_mode = WAL;".to_owned());
        let refused = || assert!(matches!(file.open(""), Err(Error::FileFailed)));
        file.open("CREATE TABLE t (a)").expect("opened");
        let away = folder.path().join("away.db");
        std::fs::rename(&path, &away).expect("moved");
        refused();
        assert!(!path.exists(), "nothing is made in its place");
        std::fs::copy(&away, &path).expect("a copy");
        refused();
        std::fs::rename(&away, &path).expect("moved back");
        file.open("INSERT INTO t VALUES (1)").expect("opened again");
    }
}
