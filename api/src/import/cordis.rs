//! Importing the tables of CORDIS.

use super::sink::{ImportSink, tell};
use super::{Counters, ImportFault, Report, counters};
use consortia_db::import::{self, Outcome};
use consortia_db::{Actor, Db};
use consortia_domain::import::{Rejection, Severity};
use consortia_ingest::cordis::Summary;
use consortia_ingest::source::Sources;
use std::io;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

/// Batches read ahead of the one being written.
const AHEAD: usize = 3;

/// Who an import of CORDIS files is in the history.
fn actor() -> Actor {
    Actor::new("import:cordis")
}

/// Imports, or only tries to.
pub(super) fn run(
    db: &Db,
    sources: Sources,
    dry_run: bool,
    counters: &Arc<Counters>,
    listen: impl FnMut(&Rejection) -> io::Result<()> + Send + 'static,
) -> Result<Report, ImportFault> {
    let (summary, outcome) = if dry_run {
        rehearse(db, sources, counters.clone(), listen)?
    } else {
        store(db, &sources, counters, listen)?
    };
    let refused = |severity: Severity| {
        let refused = outcome.rejections.iter();
        refused.filter(|rejection| rejection.severity == severity).count() as u64
    };
    Ok(Report {
        rows: summary.rows,
        counts: outcome.by_kind().map(|(kind, counts)| (kind, *counts)).into(),
        rejected: summary.rejected + refused(Severity::Rejected),
        notices: summary.notices + refused(Severity::Notice),
        conflicts: outcome.conflicts.len() as u64,
        elapsed: Duration::ZERO,
        dry_run,
    })
}

/// Reads on this thread and stores on another: the two overlap.
fn store(
    db: &Db,
    sources: &Sources,
    counters: &Arc<Counters>,
    mut listen: impl FnMut(&Rejection) -> io::Result<()>,
) -> Result<(Summary, Outcome), ImportFault> {
    let (batches, queue) = mpsc::sync_channel(AHEAD);
    let (store, stored) = (db.clone(), counters.clone());
    let storing = thread::spawn(move || {
        let mut outcome = Outcome::default();
        for batch in queue {
            let records = counters::len(&batch);
            let applied = store.write_blocking(actor(), move |tx| import::apply(tx, &batch))?;
            stored.add_stored(records);
            outcome.add(applied);
        }
        Ok::<_, consortia_db::Error>(outcome)
    });
    let apply = |batch| batches.send(batch).map_err(|_| "the database stopped".into());
    let mut sink = ImportSink { apply, listen: &mut listen, counters };
    let read = consortia_ingest::cordis::read(sources, &mut sink);
    drop(batches);
    let joined = storing.join().map_err(|_| ImportFault::Internal("storing panicked".into()))?;
    // When storing failed, reading failed because of it.
    let outcome = joined?;
    tell(&outcome, &mut listen).map_err(|error| ImportFault::Internal(error.to_string()))?;
    Ok((read?, outcome))
}

/// Does everything in one transaction that is rolled back.
fn rehearse(
    db: &Db,
    sources: Sources,
    counters: Arc<Counters>,
    mut listen: impl FnMut(&Rejection) -> io::Result<()> + Send + 'static,
) -> Result<(Summary, Outcome), ImportFault> {
    let done = import::rehearse(db, actor(), move |tx| {
        let mut outcome = Outcome::default();
        let mut fault = None;
        let apply = |batch| match import::apply(tx, &batch) {
            Ok(applied) => {
                counters.add_stored(counters::len(&batch));
                outcome.add(applied);
                Ok(())
            }
            Err(error) => {
                fault = Some(error);
                Err("the database stopped".into())
            }
        };
        let mut sink = ImportSink { apply, listen: &mut listen, counters: &counters };
        let read = consortia_ingest::cordis::read(&sources, &mut sink);
        if let Some(error) = fault {
            return Err(error);
        }
        let told = tell(&outcome, &mut listen).map_err(|error| error.to_string());
        Ok((read, outcome, told))
    });
    let (read, outcome, told) = done?;
    told.map_err(ImportFault::Internal)?;
    Ok((read?, outcome))
}
