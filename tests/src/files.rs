//! The files in which an engine keeps a database, byte by byte.

use crate::place::{Engine, Place};
use memchr::memmem;
use std::fs;
use std::path::{Path, PathBuf};

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
    let files = entries(&folder).into_iter().filter(|path| path.is_file());
    // One may go while it is looked at.
    files.filter_map(|path| Some((path.clone(), fs::read(&path).ok()?))).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(folder).unwrap_or_else(|fault| panic!("{}: {fault}", folder.display()));
    all.flatten().map(|entry| entry.path()).collect()
}

/// Every file in `folder` and the folders in it.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let below = |path: PathBuf| if path.is_dir() { files_below(&path) } else { vec![path] };
    entries(folder).into_iter().flat_map(below).collect()
}

/// Which of `needles`, by their places, are in which files.
///
/// # Panics
/// When the files cannot be seen: PostgreSQL must be on this machine.
#[must_use]
pub fn held(place: &Place, needles: &[impl AsRef<[u8]>]) -> Vec<(usize, PathBuf)> {
    let files = files(place);
    files.into_iter().flat_map(|(path, bytes)| held_by(&path, &bytes, needles)).collect()
}

/// The same for every file below a folder, such as a whole cluster of PostgreSQL.
///
/// # Panics
/// When a folder cannot be seen.
#[must_use]
pub fn held_below(folder: &Path, needles: &[impl AsRef<[u8]>]) -> Vec<(usize, PathBuf)> {
    let files = files_below(folder).into_iter();
    let files = files.filter_map(|path| Some((fs::read(&path).ok()?, path)));
    files.flat_map(|(bytes, path)| held_by(&path, &bytes, needles)).collect()
}

fn held_by(path: &Path, bytes: &[u8], needles: &[impl AsRef<[u8]>]) -> Vec<(usize, PathBuf)> {
    let found = |needle: &[u8]| memmem::find(bytes, needle).is_some();
    let held = needles.iter().enumerate().filter(|(_, needle)| found(needle.as_ref()));
    held.map(|(n, _)| (n, path.to_owned())).collect()
}
