//! Filling the registry from files: what the command line and the API share.

mod counters;
mod jobs;
mod sink;

pub use counters::Counters;
pub use jobs::{Jobs, Slot};

use consortia_db::import::{self, Conflict, ConflictKind, Outcome};
use consortia_db::{Actor, Db};
use consortia_domain::import::{Rejection, Severity};
use consortia_ingest::cordis::Summary;
use consortia_ingest::source::Sources;
use sink::{ImportSink, tell};
use std::io;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// Batches read ahead of the one being written.
const AHEAD: usize = 3;

/// Why an import ended early. What was stored until then stays, and running the import again
/// completes it.
#[derive(Debug, thiserror::Error)]
pub enum ImportFault {
    /// The files cannot be read to their end.
    #[error(transparent)]
    Read(#[from] consortia_ingest::Error),
    /// The database refused.
    #[error("The database stopped the import: {0}")]
    Store(#[from] consortia_db::Error),
    /// A part of the program failed.
    #[error("The import failed inside: {0}")]
    Internal(String),
}

/// What came of an import.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was read.
    pub summary: Summary,
    /// What was stored.
    pub outcome: Outcome,
    /// How long it took.
    pub elapsed: Duration,
    /// Whether nothing was kept because that was asked for.
    pub dry_run: bool,
}

impl Report {
    /// Rows and records left out, by the reader or by the store.
    #[must_use]
    pub fn rejected(&self) -> u64 {
        self.summary.rejected + self.refused(Severity::Rejected)
    }

    /// Cells and references left out or read in a way worth knowing.
    #[must_use]
    pub fn notices(&self) -> u64 {
        self.summary.notices + self.refused(Severity::Notice)
    }

    fn refused(&self, severity: Severity) -> u64 {
        let refused = self.outcome.rejections.iter();
        refused.filter(|rejection| rejection.severity == severity).count() as u64
    }
}

/// Who an import of CORDIS files is in the history.
#[must_use]
pub fn cordis_actor() -> Actor {
    Actor::new("import:cordis")
}

/// Reads `sources` and stores what they say. `counters` tell others how far that has come;
/// `listen` is told of everything that could not be taken as it stands. Blocks, for seconds
/// to minutes.
///
/// # Errors
/// When the files cannot be read, or the database refuses.
pub fn run(
    db: &Db,
    sources: Sources,
    dry_run: bool,
    counters: &Arc<Counters>,
    listen: impl FnMut(&Rejection) -> io::Result<()> + Send + 'static,
) -> Result<Report, ImportFault> {
    let started = Instant::now();
    let (summary, outcome) = if dry_run {
        rehearse(db, sources, counters.clone(), listen)?
    } else {
        let done = store(db, &sources, counters, listen)?;
        db.optimise()?;
        done
    };
    Ok(Report { summary, outcome, elapsed: started.elapsed(), dry_run })
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
            let applied =
                store.write_blocking(cordis_actor(), move |tx| import::apply(tx, &batch))?;
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
    let done = import::rehearse(db, cordis_actor(), move |tx| {
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

/// A conflict as a row of the report on what was not taken.
pub(crate) fn conflict_row(conflict: &Conflict) -> Rejection {
    let Conflict { entity, record_id, kind, origin } = conflict;
    let (column, value, reason) = match kind {
        ConflictKind::Edited { field, kept, incoming } => (
            field.clone(),
            incoming.to_string(),
            format!(
                "Somebody changed this field of the {entity} {record_id} by hand; their value \
                 {kept} was kept."
            ),
        ),
        ConflictKind::Deleted => (
            String::new(),
            String::new(),
            format!("The {entity} {record_id} was deleted by hand and is not brought back."),
        ),
        ConflictKind::Taken { external_id, by } => (
            "external_ids".to_owned(),
            external_id.clone(),
            format!("It belongs to {by}; it was not given to the {entity} {record_id}."),
        ),
    };
    let origin = origin.clone();
    Rejection { origin, column, value, reason, severity: Severity::Notice }
}
