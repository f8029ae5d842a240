//! Filling the registry from files: what the command line and the API share.

mod brought;
mod cordis;
mod counters;
mod jobs;
mod sink;
mod upload;

pub use counters::Counters;
pub(crate) use jobs::ADVICE;
pub use jobs::{Jobs, Slot};
pub use upload::Upload;

use consortia_db::import::{Conflict, ConflictKind, Counts};
use consortia_db::{Actor, Db};
use consortia_domain::id::EntityKind;
use consortia_domain::import::{Rejection, Severity};
use consortia_ingest::bundle::Bundle;
use consortia_ingest::source::Sources;
use consortia_ingest::workbook::Workbook;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

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
    /// Rows or lines read.
    pub rows: u64,
    /// The records met, by kind, in the order in which they were stored.
    pub counts: Vec<(EntityKind, Counts)>,
    /// Rows and records left out, by the reader or by the store.
    pub rejected: u64,
    /// Cells and references left out or read in a way worth knowing.
    pub notices: u64,
    /// Where the registry's own value was kept.
    pub conflicts: u64,
    /// How long it took.
    pub elapsed: Duration,
    /// Whether nothing was kept because that was asked for.
    pub dry_run: bool,
}

impl Report {
    /// Whether nothing was written.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        self.counts.iter().all(|(_, counts)| counts.created + counts.updated == 0)
    }
}

/// What is imported.
pub enum Files {
    /// Tables of CORDIS.
    Cordis(Sources),
    /// A bundle, in the name of whoever brings it.
    Bundle(Bundle, Actor),
    /// A workbook, in the name of whoever brings it.
    Workbook(Workbook, Actor),
}

/// Reads `files` and stores what they say. `counters` tell others how far that has come;
/// `listen` is told of everything that could not be taken as it stands. Blocks, for seconds
/// to minutes.
///
/// # Errors
/// When the files cannot be read, or the database refuses.
pub fn run(
    db: &Db,
    files: Files,
    dry_run: bool,
    counters: &Arc<Counters>,
    listen: impl FnMut(&Rejection) -> io::Result<()> + Send + 'static,
) -> Result<Report, ImportFault> {
    let started = Instant::now();
    let done = match files {
        Files::Cordis(sources) => cordis::run(db, sources, dry_run, counters, listen),
        Files::Bundle(read, actor) => brought::run(db, read, &actor, dry_run, counters, listen),
        Files::Workbook(read, actor) => brought::run(db, read, &actor, dry_run, counters, listen),
    };
    let done = done?;
    if !dry_run {
        db.optimise()?;
    }
    Ok(Report { elapsed: started.elapsed(), dry_run, ..done })
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
