//! `consortia export`.

use super::arguments::Export;
use crate::config::Config;
use crate::export::export;
use crate::extract::pairs;
use crate::server::open_current;
use crate::words;
use crate::workbook::{self, Selection, Tables, Xlsx};
use anyhow::Context as _;
use consortia_db::{Conn, Db};
use consortia_domain::filter::{Filter as _, QueryReader};
use consortia_domain::id::EntityKind;
use consortia_domain::project::ProjectFilter;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes files, telling on standard error how far that has come.
pub(super) fn run(config: &Config, wanted: &Export) -> anyhow::Result<()> {
    match wanted {
        Export::Bundle { path } => bundle(&open_current(config)?, path.as_deref()),
        Export::Workbook { path, projects, template } => {
            let selection = match projects {
                _ if *template => Selection::Template,
                Some(conditions) => Selection::Projects(Box::new(filter(conditions)?)),
                None => Selection::Everything,
            };
            write_workbook(&open_current(config)?, path, &selection)
        }
    }
}

fn tell(kind: EntityKind, records: u64) {
    eprintln!("{records:>10} {}", words::of(records, kind.code()));
}

fn bundle(db: &Db, path: Option<&Path>) -> anyhow::Result<()> {
    let Some(path) = path else {
        let out = BufWriter::new(io::stdout().lock());
        return export(db, out, tell).map(|_| ()).or_else(|fault| match fault.kind() {
            // A reader that has seen enough (`| head`) is no fault.
            io::ErrorKind::BrokenPipe => Ok(()),
            _ => Err(anyhow::Error::new(fault).context("cannot write to standard output")),
        });
    };
    let records = whole(path, |file| {
        let (mut out, records) = export(db, BufWriter::new(file), tell)?;
        out.flush()?;
        out.get_ref().sync_all()?;
        Ok(records)
    })?;
    let noun = words::of(records, "record");
    eprintln!("{records:>10} {noun} in {}", path.display());
    Ok(())
}

fn write_workbook(db: &Db, path: &Path, selection: &Selection) -> anyhow::Result<()> {
    let is_xlsx = path.extension().is_some_and(|it| it.eq_ignore_ascii_case("xlsx"));
    let records = if is_xlsx {
        whole(path, |file| {
            let mut out = Xlsx::new(file, &std::env::temp_dir())?;
            at_one_moment(db, |c| workbook::write(c, selection, &mut out, tell))
        })?
    } else {
        let written = Tables::new(path).and_then(|mut out| {
            at_one_moment(db, |c| workbook::write(c, selection, &mut out, tell))
        });
        written.with_context(|| format!("cannot write into {}", path.display()))?
    };
    let noun = words::of(records, "record");
    eprintln!("{records:>10} {noun} in {}", path.display());
    Ok(())
}

/// Does `work` on what the registry holds at one moment.
fn at_one_moment<T>(db: &Db, work: impl FnOnce(&mut Conn<'_>) -> io::Result<T>) -> io::Result<T> {
    db.read_blocking(|c| Ok(work(c))).map_err(io::Error::other)?
}

/// Writes a file that appears under its name when it is complete.
fn whole<T>(path: &Path, write: impl FnOnce(File) -> io::Result<T>) -> anyhow::Result<T> {
    let begun = PathBuf::from(format!("{}.part", path.display()));
    let cannot_write = || format!("cannot write {}", path.display());
    let file = File::create(&begun).with_context(cannot_write)?;
    let written = write(file).and_then(|done| {
        std::fs::rename(&begun, path)?;
        Ok(done)
    });
    if written.is_err() {
        // What was begun is of no use; that it cannot be removed is told by the error below.
        let _ = std::fs::remove_file(&begun);
    }
    written.with_context(cannot_write)
}

/// Conditions on projects, as in the API.
fn filter(conditions: &str) -> anyhow::Result<ProjectFilter> {
    let read = || {
        let pairs = pairs(conditions)?;
        let mut query = QueryReader::new(&pairs);
        let filter = ProjectFilter::read(&mut query);
        query.finish().map(|()| filter)
    };
    read().map_err(|faults| anyhow::anyhow!("--projects: {faults}"))
}
