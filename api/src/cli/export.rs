//! `consortia export`.

use crate::config::Config;
use crate::export::export;
use crate::server::{open_database, prepare};
use anyhow::Context as _;
use consortia_domain::id::EntityKind;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes a bundle, telling on standard error how far it has come. A file appears under its
/// name when it is complete.
pub(super) fn run(config: &Config, path: Option<&Path>) -> anyhow::Result<()> {
    let db = open_database(config)?;
    prepare(&db)?;
    let tell = |kind: EntityKind, records: u64| eprintln!("{records:>10} {kind}s");
    let Some(path) = path else {
        let out = BufWriter::new(io::stdout().lock());
        return export(&db, out, tell).map(|_| ()).or_else(|fault| match fault.kind() {
            // A reader that has seen enough (`| head`) is no fault.
            io::ErrorKind::BrokenPipe => Ok(()),
            _ => Err(anyhow::Error::new(fault).context("cannot write to standard output")),
        });
    };
    let begun = PathBuf::from(format!("{}.part", path.display()));
    let cannot_write = || format!("cannot write {}", path.display());
    let file = File::create(&begun).with_context(cannot_write)?;
    let written = export(&db, BufWriter::new(file), tell).and_then(|(mut out, records)| {
        out.flush()?;
        out.get_ref().sync_all()?;
        std::fs::rename(&begun, path)?;
        Ok(records)
    });
    if written.is_err() {
        // What was begun is of no use; that it cannot be removed is told by the error below.
        let _ = std::fs::remove_file(&begun);
    }
    let records = written.with_context(cannot_write)?;
    eprintln!("{records:>10} records in {}", path.display());
    Ok(())
}
