//! `consortia backup` and `consortia restore`.

use crate::config::Config;
use crate::server::{database_settings, lock_database, make_data_dir};
use crate::words;
use consortia_db::DatabaseUrl;
use consortia_db::backup::{self, Manifest, Restored};
use std::path::Path;
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
    make_data_dir(config)?;
    // A server that comes meanwhile finds the whole registry, or waits.
    let lock = match &settings.url {
        DatabaseUrl::Sqlite(path) => Some(lock_database(path)?),
        DatabaseUrl::Postgres(_) => None,
    };
    let Restored { manifest, left_out, applied } = backup::restore(&settings, file, &mut tell)?;
    drop(lock);
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
