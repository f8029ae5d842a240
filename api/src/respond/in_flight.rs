//! Requests with an idempotency key that are at work now.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// The keys of requests at work in this process, each its bearer's own.
///
/// It spares a repeat the wait; that nothing is made twice is for the transaction to see to,
/// also where another process works on the same database.
#[derive(Default)]
pub(crate) struct InFlight(Mutex<HashSet<(String, String)>>);

/// A key at work, until dropped.
pub(crate) struct AtWork<'a> {
    all: &'a InFlight,
    own: (String, String),
}

impl InFlight {
    /// Marks the `key` of `actor` as at work, unless it is already.
    pub(crate) fn begin(&self, actor: &str, key: &str) -> Option<AtWork<'_>> {
        let own = (actor.to_owned(), key.to_owned());
        self.change(|keys| keys.insert(own.clone())).then(|| AtWork { all: self, own })
    }

    fn change<T>(&self, change: impl FnOnce(&mut HashSet<(String, String)>) -> T) -> T {
        // A set is whole whatever panicked beside it.
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.all.change(|keys| keys.remove(&self.own));
    }
}

#[cfg(test)]
mod tests {
    use super::InFlight;

    #[test]
    fn a_key_is_at_work_once_for_each_bearer_until_it_is_done() {
        let all = InFlight::default();
        let first = all.begin("ada", "key");
        assert!(first.is_some());
        // Nor does asking in vain free it.
        assert!((0..2).all(|_| all.begin("ada", "key").is_none()));
        assert!(all.begin("ada", "other").is_some() && all.begin("bob", "key").is_some());
        drop(first);
        assert!(all.begin("ada", "key").is_some());
    }
}
