//! Importing what people bring: bundles and workbooks.

use super::{Counters, ImportFault, Report};
use consortia_db::bundle::{self, BundleOutcome, Incoming, Numbered};
use consortia_db::{Actor, Db, import};
use consortia_domain::bundle::ORDER;
use consortia_domain::id::EntityKind;
use consortia_domain::import::{Origin, Progress, Rejection, Severity};
use consortia_domain::sheet::SHEETS;
use consortia_ingest::bundle::Bundle;
use consortia_ingest::workbook::Workbook;
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// Records stored in one transaction.
const BATCH: usize = 500;

/// A file of records that was looked through.
pub(super) trait Brought: Send + 'static {
    /// The number of lines or rows.
    fn lines(&self) -> u64;

    /// The number of those that can be stored.
    fn records(&self) -> u64;

    /// The kinds of records it may hold, in the order in which they are stored.
    fn kinds() -> Vec<EntityKind>;

    /// What cannot be read.
    fn rejections(&self) -> &[Rejection];

    /// Hands over all records, those first that others refer to, at most `size` at a time.
    ///
    /// # Errors
    /// When the file cannot be read any more; what `take` fails with.
    fn read<E: From<consortia_ingest::Error>>(
        self,
        size: usize,
        take: impl FnMut(Vec<Numbered>) -> Result<(), E>,
    ) -> Result<(), E>;
}

macro_rules! brought {
    ($($file:ident as $kind:ident, of $kinds:expr;)+) => {$(
        impl Brought for $file {
            fn lines(&self) -> u64 {
                $file::lines(self)
            }

            fn records(&self) -> u64 {
                $file::records(self)
            }

            fn kinds() -> Vec<EntityKind> {
                $kinds
            }

            fn rejections(&self) -> &[Rejection] {
                $file::rejections(self)
            }

            fn read<E: From<consortia_ingest::Error>>(
                self,
                size: usize,
                mut take: impl FnMut(Vec<Numbered>) -> Result<(), E>,
            ) -> Result<(), E> {
                let numbered = |(origin, record): (Origin, _)| {
                    Numbered { origin, record: Incoming::$kind(record) }
                };
                $file::read(self, size, |records| {
                    take(records.into_iter().map(numbered).collect())
                })
            }
        }
    )+};
}

brought! {
    Bundle as Line, of ORDER.to_vec();
    Workbook as Row, of SHEETS.iter().map(|sheet| sheet.kind).collect();
}

/// Imports, or only tries to.
pub(super) fn run<F: Brought>(
    db: &Db,
    file: F,
    actor: &Actor,
    dry_run: bool,
    counters: &Arc<Counters>,
    mut listen: impl FnMut(&Rejection) -> io::Result<()> + Send + 'static,
) -> Result<Report, ImportFault> {
    counters.read(Progress { rows: file.lines(), bytes: 1, total_bytes: 1 });
    counters.expect(file.records());
    let lines = file.lines();
    let mut refused = Refused::default();
    for rejection in file.rejections() {
        refused.note(rejection);
        listen(rejection).map_err(|fault| cannot_tell(&fault))?;
    }
    let outcome = if dry_run {
        let counters = counters.clone();
        import::rehearse(db, actor.clone(), move |tx| {
            let mut outcome = BundleOutcome::telling_changes();
            let read = file.read(BATCH, |records| {
                bundle::apply(tx, &mut outcome, &records)?;
                counters.add_stored(records.len() as u64);
                Ok::<_, ImportFault>(())
            });
            Ok(read.map(|()| outcome))
        })??
    } else {
        let mut outcome = BundleOutcome::default();
        file.read(BATCH, |records| {
            let stored = records.len() as u64;
            let mut so_far = std::mem::take(&mut outcome);
            outcome = db.write_blocking(actor.clone(), move |tx| {
                bundle::apply(tx, &mut so_far, &records)?;
                Ok(so_far)
            })?;
            counters.add_stored(stored);
            Ok::<_, ImportFault>(())
        })?;
        outcome
    };
    let changes = outcome.changes.iter().chain(&outcome.created);
    for rejection in outcome.rejections.iter().chain(changes) {
        refused.note(rejection);
        listen(rejection).map_err(|fault| cannot_tell(&fault))?;
    }
    let counts = |kind: &EntityKind| outcome.counts.get(kind).copied().unwrap_or_default();
    Ok(Report {
        rows: lines,
        counts: F::kinds().into_iter().map(|kind| (kind, counts(&kind))).collect(),
        rejected: refused.rows.len() as u64,
        notices: refused.notices,
        conflicts: 0,
        elapsed: Duration::ZERO,
        dry_run,
    })
}

/// The lines that were left out, each once however many faults it has.
#[derive(Default)]
struct Refused {
    rows: BTreeSet<(Arc<str>, u64)>,
    notices: u64,
}

impl Refused {
    fn note(&mut self, rejection: &Rejection) {
        let Origin { file, line } = &rejection.origin;
        match rejection.severity {
            Severity::Rejected => drop(self.rows.insert((file.clone(), *line))),
            Severity::Notice => self.notices += 1,
            Severity::Change => {}
        }
    }
}

fn cannot_tell(fault: &io::Error) -> ImportFault {
    ImportFault::Internal(fault.to_string())
}
