//! Finding PostgreSQL's programs on this machine.

use std::env;
use std::path::{Path, PathBuf};

/// Names a folder with `initdb`, `postgres` and `psql`, tried before all others.
const FOLDER_VARIABLE: &str = "CONSORTIA_PG_BIN";

const WHAT_TO_DO: &str = "These tests need PostgreSQL 15 or newer. Install it (Debian: \
    `apt-get install postgresql`), or name the folder of its programs in CONSORTIA_PG_BIN, \
    or name a running server in CONSORTIA_TEST_POSTGRES_URL \
    (postgres://user:password@host:port/database, a user that may create databases).";

/// The folder that holds the server's programs.
///
/// Tried in order: `CONSORTIA_PG_BIN`, the newest `/usr/lib/postgresql/*/bin`, `PATH`.
pub(crate) fn server_folder() -> Result<PathBuf, String> {
    let stated = env::var_os(FOLDER_VARIABLE).map(PathBuf::from);
    if let Some(folder) = &stated
        && !is_server_folder(folder)
    {
        let folder = folder.display();
        return Err(format!("{FOLDER_VARIABLE}={folder} has no initdb and postgres. {WHAT_TO_DO}"));
    }
    stated
        .or_else(newest_versioned_folder)
        .or_else(|| path_folders().find(|folder| is_server_folder(folder)))
        .ok_or_else(|| format!("PostgreSQL was not found. {WHAT_TO_DO}"))
}

/// The program `psql`, from the server's folder or from `PATH`.
pub(crate) fn psql() -> Result<PathBuf, String> {
    server_folder()
        .into_iter()
        .chain(path_folders())
        .map(|folder| folder.join("psql"))
        .find(|program| program.is_file())
        .ok_or_else(|| format!("The program psql was not found. {WHAT_TO_DO}"))
}

fn is_server_folder(folder: &Path) -> bool {
    folder.join("initdb").is_file() && folder.join("postgres").is_file()
}

fn path_folders() -> impl Iterator<Item = PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).collect::<Vec<_>>().into_iter()
}

/// Debian and its relatives keep each major version in a folder of its own.
fn newest_versioned_folder() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    versions
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path())))
        .map(|(version, folder)| (version, folder.join("bin")))
        .filter(|(_, folder)| is_server_folder(folder))
        .max_by_key(|(version, _)| *version)
        .map(|(_, folder)| folder)
}
