//! Between a reader of files and the store.

use super::conflict_row;
use super::counters::Counters;
use consortia_db::import::Outcome;
use consortia_domain::import::{Batch, Progress, Rejection, Sink, StopReason};
use std::io;

/// Takes what a reader finds: batches go to `apply`, what could not be taken to `listen`.
pub(super) struct ImportSink<'l, A, L> {
    pub(super) apply: A,
    pub(super) listen: &'l mut L,
    pub(super) counters: &'l Counters,
}

impl<A, L> Sink for ImportSink<'_, A, L>
where
    A: FnMut(Batch) -> Result<(), StopReason>,
    L: FnMut(&Rejection) -> io::Result<()>,
{
    fn batch(&mut self, batch: Batch) -> Result<(), StopReason> {
        (self.apply)(batch)
    }

    fn rejection(&mut self, rejection: Rejection) -> Result<(), StopReason> {
        Ok((self.listen)(&rejection)?)
    }

    fn progress(&mut self, progress: Progress) {
        self.counters.read(progress);
    }
}

/// Tells what the store could not take.
pub(super) fn tell(
    outcome: &Outcome,
    listen: &mut impl FnMut(&Rejection) -> io::Result<()>,
) -> io::Result<()> {
    outcome.rejections.iter().try_for_each(&mut *listen)?;
    outcome.conflicts.iter().map(conflict_row).try_for_each(|row| listen(&row))
}
