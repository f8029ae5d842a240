//! How far an import has come, for whoever watches it from another thread.

use consortia_domain::import::{Batch, Progress};
use std::sync::atomic::{AtomicU64, Ordering};

/// How much of an import is reading; the rest is storing. Measured on the H2020 data.
const READING: f64 = 0.25;
/// Records to be stored for each row read: every row is a project or a participation, and
/// organisations come on top.
const RECORDS_A_ROW: f64 = 1.2;

/// Counts that grow while an import runs.
#[derive(Debug, Default)]
pub struct Counters {
    rows: AtomicU64,
    bytes: AtomicU64,
    total_bytes: AtomicU64,
    stored: AtomicU64,
    /// The records there are to be stored; 0 while that is not known.
    expected: AtomicU64,
}

impl Counters {
    /// Rows read so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// Records stored so far, known ones included.
    #[must_use]
    pub fn stored(&self) -> u64 {
        self.stored.load(Ordering::Relaxed)
    }

    /// The part that is done, 0 to 1, as far as that can be told: how much there is to store
    /// is estimated from what was read.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "an estimate for people")]
    pub fn fraction(&self) -> f64 {
        let total = self.total_bytes.load(Ordering::Relaxed).max(1);
        let read = (self.bytes.load(Ordering::Relaxed) as f64 / total as f64).min(1.0);
        let expected = match self.expected.load(Ordering::Relaxed) {
            0 => self.rows() as f64 / read.max(0.01) * RECORDS_A_ROW,
            known => known as f64,
        };
        let stored = (self.stored() as f64 / expected.max(1.0)).min(1.0);
        READING * read + (1.0 - READING) * stored
    }

    pub(super) fn read(&self, progress: Progress) {
        self.rows.store(progress.rows, Ordering::Relaxed);
        self.bytes.store(progress.bytes, Ordering::Relaxed);
        self.total_bytes.store(progress.total_bytes, Ordering::Relaxed);
    }

    pub(super) fn expect(&self, records: u64) {
        self.expected.store(records, Ordering::Relaxed);
    }

    pub(super) fn add_stored(&self, records: u64) {
        self.stored.fetch_add(records, Ordering::Relaxed);
    }
}

/// How many records a batch holds.
pub(super) fn len(batch: &Batch) -> u64 {
    let len = match batch {
        Batch::Programmes(records) => records.len(),
        Batch::Calls(records) => records.len(),
        Batch::Organisations(records) => records.len(),
        Batch::Projects(records) => records.len(),
        Batch::Participations(projects) => {
            projects.iter().map(|project| project.participations.len()).sum()
        }
    };
    len as u64
}
