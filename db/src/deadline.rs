//! A deadline for what a read does, whichever engine it asks.
//!
//! Between statements it is looked at here; within one, PostgreSQL looks at its
//! `statement_timeout` and SQLite at this deadline (`sqlite/deadline.rs`).

use crate::error::{Error, Result};
use std::cell::Cell;
use std::time::Instant;

thread_local! {
    /// Until when this thread may work. Statements are asked for and, on SQLite, run by the
    /// thread of the read, so no connection needs to know.
    static DEADLINE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Does `work` on this thread; what of it comes after `deadline` is broken off.
pub(crate) fn within<T>(deadline: Option<Instant>, work: impl FnOnce() -> T) -> T {
    /// Lifts the deadline, also when `work` panics: threads are used again.
    struct Lift;
    impl Drop for Lift {
        fn drop(&mut self) {
            DEADLINE.set(None);
        }
    }
    DEADLINE.set(deadline);
    let _lift = Lift;
    work()
}

/// Whether the work of this thread takes too long.
pub(crate) fn is_over() -> bool {
    DEADLINE.get().is_some_and(|deadline| Instant::now() > deadline)
}

/// Breaks off work that takes too long.
///
/// # Errors
/// [`Error::TooSlow`].
pub(crate) fn check() -> Result<()> {
    if is_over() { Err(Error::TooSlow) } else { Ok(()) }
}
