//! The files in which an engine keeps a database, byte by byte.

use crate::place::{Engine, Place};
use memchr::memmem;
use std::fs;
use std::path::PathBuf;

/// Every file of the database of `place`, with all that it holds.
fn files(place: &Place) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = match place.engine() {
        Engine::Sqlite => place.folder().to_owned(),
        Engine::Postgres => {
            // Pages that are in memory only are written down.
            let _ = place.query("CHECKPOINT");
            let at = "SELECT current_setting('data_directory') || '/' || \
                      regexp_replace(pg_relation_filepath('accounts'), '/[^/]*$', '')";
            PathBuf::from(&place.query(at)[0])
        }
    };
    let all = fs::read_dir(&folder).unwrap_or_else(|fault| panic!("{}: {fault}", folder.display()));
    let files = all.flatten().map(|entry| entry.path()).filter(|path| path.is_file());
    // One may go while it is looked at.
    files.filter_map(|path| Some((path.clone(), fs::read(&path).ok()?))).collect()
}

/// Which of `needles`, by their places, are in which files.
///
/// # Panics
/// When the files cannot be seen: PostgreSQL must be on this machine.
#[must_use]
pub fn held(place: &Place, needles: &[impl AsRef<[u8]>]) -> Vec<(usize, PathBuf)> {
    let mut held = Vec::new();
    for (path, bytes) in files(place) {
        for (n, needle) in needles.iter().enumerate() {
            if memmem::find(&bytes, needle.as_ref()).is_some() {
                held.push((n, path.clone()));
            }
        }
    }
    held
}
