//! `consortia import`.

use super::arguments::{Import, Taking};
use super::progress::{Lines, Shown};
use crate::attribution::ADVICE;
use crate::config::Config;
use crate::import::{self, Counters, Files, Report};
use crate::server::open_begun;
use crate::words;
use anyhow::Context as _;
use consortia_db::Actor;
use consortia_domain::import::{Rejection, Severity};
use consortia_ingest::bundle::Bundle;
use consortia_ingest::report::RejectsWriter;
use consortia_ingest::source::Sources;
use consortia_ingest::workbook::Workbook;
use std::fmt::Write as _;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Faults, and changes, shown one by one on the terminal; the rest are in the report.
const SHOWN_FAULTS: u64 = 10;

/// Imports files, with progress and a summary. What people wrote themselves must be taken whole
/// for the program to succeed; published files always have rows that cannot be taken.
pub(super) fn run(config: &Config, wanted: &Import) -> anyhow::Result<ExitCode> {
    let (files, Taking { report, dry_run }) = match wanted {
        Import::Cordis { paths, taking } => (cordis(paths)?, taking),
        Import::Bundle { path, taking } => (bundle(path)?, taking),
        Import::Workbook { paths, taking } => (workbook(paths)?, taking),
    };
    let db = open_begun(config)?;
    let done = watched(&db, files, report.as_deref(), *dry_run)?;
    let published = matches!(wanted, Import::Cordis { .. });
    let printed = super::print(&table(&done));
    if published && !done.dry_run && config.data_attribution.is_empty() {
        eprintln!("{ADVICE}");
    }
    Ok(if published || done.rejected == 0 { printed } else { ExitCode::FAILURE })
}

fn cordis(paths: &[PathBuf]) -> anyhow::Result<Files> {
    let sources = Sources::find(paths)?;
    for skipped in &sources.skipped {
        eprintln!("skipped {}: {}", skipped.name, skipped.reason);
    }
    Ok(Files::Cordis(sources))
}

/// The bundle at `path`, brought by the file's name; `-` is standard input.
pub(super) fn bundle(path: &Path) -> anyhow::Result<Files> {
    let path = if path == Path::new("-") { Path::new("/dev/stdin") } else { path };
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let stem = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
    let read = Bundle::open(path, &name)?;
    Ok(Files::Bundle(read, Actor::new(format!("bundle:{stem}"))))
}

/// The tables among `paths`, brought by the first one's name.
fn workbook(paths: &[PathBuf]) -> anyhow::Result<Files> {
    let read = Workbook::open(paths)?;
    let stem = paths.first().and_then(|path| path.file_stem()).unwrap_or_default();
    Ok(Files::Workbook(read, Actor::new(format!("workbook:{}", stem.to_string_lossy()))))
}

/// Imports while showing progress, and writes the report on what was not taken.
pub(super) fn watched(
    db: &consortia_db::Db,
    files: Files,
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
    let (faults, changes) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let listener = Listener {
        writer: writer.clone(),
        lines: shown.lines(),
        faults: faults.clone(),
        notices: 0,
        changes: changes.clone(),
        is_published: matches!(files, Files::Cordis(_)),
    };
    let done = import::run(db, files, dry_run, &counters, listener.listen());
    shown.end();
    for (many, what) in [(faults, "faults"), (changes, "changes")] {
        let many = many.load(Ordering::Relaxed);
        if many > SHOWN_FAULTS {
            let whole = report.map(|path| format!("{} has all of them", path.display()));
            let whole = whole.unwrap_or_else(|| "--report FILE writes all of them down".to_owned());
            eprintln!("{many} {what}, of which {SHOWN_FAULTS} are shown; {whole}");
        }
    }
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
    /// How many faults there were.
    faults: Arc<AtomicU64>,
    notices: u64,
    /// How many changes a dry run told of.
    changes: Arc<AtomicU64>,
    /// Whether the files are of others, who have their own ways: notices on them are no news.
    is_published: bool,
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
        let Rejection { origin, column, value, reason, severity } = rejection;
        let place = if column.is_empty() { "" } else { &format!(", {column}") };
        let shown = match severity {
            Severity::Rejected => self.faults.fetch_add(1, Ordering::Relaxed),
            // Of the file or a sheet as a whole.
            Severity::Notice if column.is_empty() && !self.is_published => {
                self.notices += 1;
                self.notices - 1
            }
            Severity::Notice => return Ok(()),
            Severity::Change => self.changes.fetch_add(1, Ordering::Relaxed),
        };
        if shown < SHOWN_FAULTS {
            let value = match severity {
                Severity::Change => format!(" {value} –"),
                _ => String::new(),
            };
            self.lines.show(&format!("{} {origin}{place}:{value} {reason}", severity.code()));
        }
        Ok(())
    }
}

/// What came of an import, as a table.
pub(super) fn table(done: &Report) -> String {
    let mut text = format!("\n{:<16}{:>10}{:>10}{:>10}\n", "", "created", "updated", "unchanged");
    for (kind, counts) in &done.counts {
        let name = format!("{kind}s");
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{name:<16}{:>10}{:>10}{:>10}",
            counts.created, counts.updated, counts.unchanged
        );
    }
    let seconds = done.elapsed.as_secs_f64();
    let _ = writeln!(
        text,
        "\n{} {} read in {seconds:.1} s, {} rejected, {} {}, {} {} with edits.",
        done.rows,
        words::of(done.rows, "row"),
        done.rejected,
        done.notices,
        words::of(done.notices, "notice"),
        done.conflicts,
        words::of(done.conflicts, "conflict")
    );
    if done.dry_run {
        text.push_str("Dry run: nothing was kept.\n");
    } else if done.is_unchanged() && done.rejected == 0 {
        text.push_str("Nothing changed: the registry knew all of it.\n");
    }
    text
}
