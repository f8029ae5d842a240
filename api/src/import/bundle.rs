//! Importing bundles.

use super::{Counters, ImportFault, Report};
use consortia_db::bundle::{self, BundleOutcome, Numbered};
use consortia_db::{Actor, Db, Tx, import};
use consortia_domain::bundle::{ORDER, RecordLine};
use consortia_domain::import::{Origin, Progress, Rejection};
use consortia_ingest::bundle::Bundle;
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// Records stored in one transaction.
const BATCH: usize = 500;

/// Imports, or only tries to.
pub(super) fn run(
    db: &Db,
    file: Bundle,
    actor: &Actor,
    dry_run: bool,
    counters: &Arc<Counters>,
    mut listen: impl FnMut(&Rejection) -> io::Result<()> + Send + 'static,
) -> Result<Report, ImportFault> {
    counters.read(Progress { rows: file.lines(), bytes: 1, total_bytes: 1 });
    counters.expect(file.records());
    let lines = file.lines();
    let mut refused: BTreeSet<u64> = BTreeSet::new();
    for rejection in file.rejections() {
        refused.insert(rejection.origin.line);
        listen(rejection).map_err(|fault| cannot_tell(&fault))?;
    }
    let outcome = if dry_run {
        let counters = counters.clone();
        import::rehearse(db, actor.clone(), move |tx| {
            let mut outcome = BundleOutcome::default();
            let read = file.read(BATCH, |records| {
                let stored = records.len() as u64;
                apply(tx, &mut outcome, records)?;
                counters.add_stored(stored);
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
                apply(tx, &mut so_far, records)?;
                Ok(so_far)
            })?;
            counters.add_stored(stored);
            Ok::<_, ImportFault>(())
        })?;
        outcome
    };
    for rejection in &outcome.rejections {
        refused.insert(rejection.origin.line);
        listen(rejection).map_err(|fault| cannot_tell(&fault))?;
    }
    let counts = |kind| outcome.counts.get(kind).copied().unwrap_or_default();
    Ok(Report {
        rows: lines,
        counts: ORDER.iter().map(|kind| (*kind, counts(kind))).collect(),
        rejected: refused.len() as u64,
        notices: 0,
        conflicts: 0,
        elapsed: Duration::ZERO,
        dry_run,
    })
}

fn apply(
    tx: &mut Tx<'_>,
    outcome: &mut BundleOutcome,
    records: Vec<(Origin, RecordLine)>,
) -> consortia_db::Result<()> {
    let lines = records.into_iter().map(|(origin, record)| Numbered { origin, record });
    bundle::apply(tx, outcome, &lines.collect::<Vec<_>>())
}

fn cannot_tell(fault: &io::Error) -> ImportFault {
    ImportFault::Internal(fault.to_string())
}
