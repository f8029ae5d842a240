//! A deadline for what a read does, whichever engine it asks: until when it may work, and whether
//! anybody waits for it still.
//!
//! Between statements it is looked at here; within one, PostgreSQL looks at its
//! `statement_timeout` and SQLite at this deadline (`sqlite/deadline.rs`).

use crate::error::{Error, Result};
use std::cell::RefCell;
use std::sync::{Arc, Weak};
use std::time::Instant;

/// How long a read may go on.
#[derive(Default)]
pub(crate) struct Deadline {
    /// Until when.
    until: Option<Instant>,
    /// What whoever waits for it holds; none where that is the thread itself.
    waiting: Option<Weak<()>>,
}

impl Deadline {
    /// Until `until`, or until what is given back is dropped.
    pub(crate) fn awaited(until: Option<Instant>) -> (Self, Arc<()>) {
        let waiting = Arc::new(());
        (Self { until, waiting: Some(Arc::downgrade(&waiting)) }, waiting)
    }

    fn is_over(&self) -> bool {
        self.waiting.as_ref().is_some_and(|waiting| waiting.strong_count() == 0)
            || self.until.is_some_and(|until| Instant::now() > until)
    }
}

impl From<Instant> for Deadline {
    fn from(until: Instant) -> Self {
        Self { until: Some(until), waiting: None }
    }
}

thread_local! {
    /// How long this thread may work. Statements are asked for and, on SQLite, run by the
    /// thread of the read, so no connection needs to know.
    static DEADLINE: RefCell<Deadline> = RefCell::default();
}

/// Does `work` on this thread; what of it comes after `deadline` is broken off.
pub(crate) fn within<T>(deadline: Deadline, work: impl FnOnce() -> T) -> T {
    /// Lifts the deadline, also when `work` panics: threads are used again.
    struct Lift;
    impl Drop for Lift {
        fn drop(&mut self) {
            DEADLINE.take();
        }
    }
    DEADLINE.set(deadline);
    let _lift = Lift;
    work()
}

/// Whether the work of this thread takes too long, or is done for nobody.
pub(crate) fn is_over() -> bool {
    DEADLINE.with_borrow(Deadline::is_over)
}

/// Breaks off work that takes too long, or is done for nobody.
///
/// # Errors
/// [`Error::TooSlow`].
pub(crate) fn check() -> Result<()> {
    if is_over() { Err(Error::TooSlow) } else { Ok(()) }
}
