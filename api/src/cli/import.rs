//! `consortia import cordis`.

use super::arguments::Import;
use super::progress::{Lines, Shown};
use crate::config::Config;
use crate::import::{self, Counters, Report};
use crate::server::{open_database, prepare};
use anyhow::Context as _;
use consortia_domain::import::{Rejection, Severity};
use consortia_ingest::report::RejectsWriter;
use consortia_ingest::source::Sources;
use std::fmt::Write as _;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Faults shown one by one on the terminal; the rest are in the report.
const SHOWN_FAULTS: u64 = 10;

/// Imports CORDIS files, with progress and a summary.
pub(super) fn run(config: &Config, wanted: &Import) -> anyhow::Result<()> {
    let Import::Cordis { paths, report, dry_run } = wanted;
    let sources = Sources::find(paths)?;
    for skipped in &sources.skipped {
        eprintln!("skipped {}: {}", skipped.name, skipped.reason);
    }
    let db = open_database(config)?;
    prepare(&db)?;
    let done = watched(&db, sources, report.as_deref(), *dry_run)?;
    super::print(&table(&done));
    Ok(())
}

/// Imports while showing progress, and writes the report on what was not taken.
pub(super) fn watched(
    db: &consortia_db::Db,
    sources: Sources,
    report: Option<&Path>,
    dry_run: bool,
) -> anyhow::Result<Report> {
    let cannot_write = || format!("cannot write {}", report.unwrap_or(Path::new("")).display());
    let writer = match report {
        Some(path) => {
            let file = File::create(path).with_context(cannot_write)?;
            Some(RejectsWriter::new(BufWriter::new(file)).with_context(cannot_write)?)
        }
        None => None,
    };
    // Shared, because the import owns its listener while the report is closed here.
    let writer = Arc::new(Mutex::new(writer));
    let counters = Arc::new(Counters::default());
    let shown = Shown::start(counters.clone());
    let listener = Listener { writer: writer.clone(), lines: shown.lines(), rejected: 0 };
    let done = import::run(db, sources, dry_run, &counters, listener.listen());
    shown.end();
    if let Some(writer) = lock(&writer).take() {
        writer.finish().with_context(cannot_write)?;
    }
    Ok(done?)
}

type Writer = RejectsWriter<BufWriter<File>>;

/// The lock's content, even after another holder panicked: a report is still a report.
fn lock(writer: &Mutex<Option<Writer>>) -> MutexGuard<'_, Option<Writer>> {
    writer.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Shows faults, and writes them down.
struct Listener {
    writer: Arc<Mutex<Option<Writer>>>,
    lines: Lines,
    rejected: u64,
}

impl Listener {
    fn listen(mut self) -> impl FnMut(&Rejection) -> std::io::Result<()> + Send + 'static {
        move |rejection| self.rejection(rejection)
    }

    fn rejection(&mut self, rejection: &Rejection) -> std::io::Result<()> {
        let mut writer = lock(&self.writer);
        if let Some(writer) = writer.as_mut() {
            writer.write(rejection)?;
        }
        if rejection.severity == Severity::Rejected {
            self.rejected += 1;
            if self.rejected <= SHOWN_FAULTS {
                let Rejection { origin, reason, .. } = rejection;
                self.lines.show(&format!("rejected {origin}: {reason}"));
            } else if self.rejected == SHOWN_FAULTS + 1 && writer.is_none() {
                self.lines.show("more was rejected; --report FILE writes all of it down");
            }
        }
        Ok(())
    }
}

/// What came of an import, as a table.
pub(super) fn table(done: &Report) -> String {
    let Report { summary, outcome, elapsed, dry_run } = done;
    let mut text = format!("\n{:<16}{:>10}{:>10}{:>10}\n", "", "created", "updated", "unchanged");
    for (kind, counts) in outcome.by_kind() {
        let name = format!("{kind}s");
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{name:<16}{:>10}{:>10}{:>10}",
            counts.created, counts.updated, counts.unchanged
        );
    }
    let seconds = elapsed.as_secs_f64();
    let _ = writeln!(
        text,
        "\n{} rows read in {seconds:.1} s, {} rejected, {} notices, {} conflicts with edits.",
        summary.rows,
        done.rejected(),
        done.notices(),
        outcome.conflicts.len()
    );
    if *dry_run {
        text.push_str("Dry run: nothing was kept.\n");
    } else if outcome.is_unchanged() {
        text.push_str("Nothing changed: the registry knew all of it.\n");
    }
    text
}
