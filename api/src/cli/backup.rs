//! `consortia backup` and `consortia restore`.

use crate::config::Config;
use crate::server::{database_settings, lock_database, lock_of_database, make_data_dir};
use crate::words;
use consortia_db::backup::{self, Manifest, Restored};
use consortia_db::{DatabaseUrl, DbConfig};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Writes everything to `file`, telling on standard error how far that has come.
pub(super) fn take(config: &Config, file: &Path) -> anyhow::Result<()> {
    let settings = database_settings(config)?;
    let manifest = backup::take(&settings, file, &mut tell)?;
    let bytes = std::fs::metadata(file)?.len();
    super::print(&format!(
        "Backed up {} to {} ({}).\n{}\nThe signing key is not in it; keep {} too, if tokens are \
         to stay valid.\n",
        settings.url,
        file.display(),
        size(bytes),
        content(&manifest),
        config.signing_key_path().display()
    ));
    Ok(())
}

/// Reads a whole backup and says what it holds.
pub(super) fn verify(file: &Path) -> anyhow::Result<ExitCode> {
    let manifest = backup::check(file)?;
    let shown = file.display();
    Ok(super::print(&format!("{shown} is sound.\n{}\n", content(&manifest))))
}

/// Fills an empty database, telling on standard error how far that has come.
pub(super) fn restore(config: &Config, file: &Path) -> anyhow::Result<()> {
    let settings = database_settings(config)?;
    let made = to_be_made(config, &settings.url);
    let mut lock = None;
    let restored = restore_locked(config, &settings, file, &mut lock);
    if restored.is_err() {
        for path in &made {
            remove(path);
        }
    }
    drop(lock);
    let Restored { manifest, left_out, applied } = restored?;
    let mut said = vec![
        format!("Restored {} to {}; every table is what it was.", file.display(), settings.url),
        content(&manifest),
    ];
    if !applied.is_empty() {
        said.push(format!("Brought up to date by {}.", applied.join(", ")));
    }
    if !left_out.is_empty() {
        said.push(format!("Left out, being no tables of the registry: {}.", left_out.join(", ")));
    }
    said.push(format!(
        "The signing key is not in a backup; put the one of before at {}, or make new tokens.\n",
        config.signing_key_path().display()
    ));
    super::print(&said.join("\n"));
    Ok(())
}

/// Restores while nobody can serve what is not whole yet: a server that comes meanwhile finds the
/// whole registry, or waits.
fn restore_locked(
    config: &Config,
    settings: &DbConfig,
    file: &Path,
    lock: &mut Option<File>,
) -> anyhow::Result<Restored> {
    make_data_dir(config)?;
    if let DatabaseUrl::Sqlite(path) = &settings.url {
        *lock = Some(lock_database(path)?);
    }
    Ok(backup::restore(settings, file, &mut tell)?)
}

/// The lock and the folders that are not there yet, in the order in which they can be removed.
fn to_be_made(config: &Config, url: &DatabaseUrl) -> Vec<PathBuf> {
    let lock = match url {
        DatabaseUrl::Sqlite(path) => Some(lock_of_database(path)).filter(|path| !path.exists()),
        DatabaseUrl::Postgres(_) => None,
    };
    let folders = config.data_dir.ancestors().take_while(|path| !path.exists());
    lock.into_iter().chain(folders.map(Path::to_path_buf)).collect()
}

/// Removes a lock, or a folder with nothing in it; what has become somebody else's stays.
fn remove(path: &Path) {
    let removed =
        if path.is_dir() { std::fs::remove_dir(path) } else { std::fs::remove_file(path) };
    // Not made, or not empty.
    drop(removed);
}

fn tell(table: &str, rows: u64) {
    if rows > 0 {
        eprintln!("{rows:>10} {} of {table}", words::of(rows, "row"));
    }
}

fn content(manifest: &Manifest) -> String {
    let (rows, tables) = (manifest.rows(), manifest.tables.len());
    format!(
        "{rows} {} in {tables} {} of {}, as of {}, schema {}, by Consortia {}.",
        words::of(rows, "row"),
        words::of(tables as u64, "table"),
        manifest.engine,
        manifest.taken_at.format("%Y-%m-%d %H:%M:%S UTC"),
        manifest.migration,
        manifest.program_version
    )
}

fn size(bytes: u64) -> String {
    match bytes {
        0..10_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}
