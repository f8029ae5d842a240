//! Totals counted before. Counting a filtered list costs many times what a page of it does.

use crate::key::Key;
use moka::sync::Cache;

/// The most lists whose totals are remembered, of some hundred bytes each.
const MOST: u64 = 10_000;

/// The totals of lists. Each holds for one state of the registry, told by the number of its
/// last revision, so what is remembered is never out of date.
pub(crate) struct Totals(Cache<Key, (i64, u64)>);

impl Totals {
    pub(crate) fn new() -> Self {
        Self(Cache::new(MOST))
    }

    /// The length of `list` in the state `seq`, if it was counted then.
    pub(crate) fn get(&self, list: &Key, seq: i64) -> Option<u64> {
        self.0.get(list).filter(|(counted, _)| *counted == seq).map(|(_, total)| total)
    }

    /// Remembers the length of `list` in the state `seq`.
    pub(crate) fn put(&self, list: Key, seq: i64, total: u64) {
        self.0.insert(list, (seq, total));
    }
}
