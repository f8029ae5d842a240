//! Whether more are sent away than are let in.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The most that is counted: so many have to be let in again before a crowd is forgotten.
const MOST: usize = 64;

/// How many more were sent away than let in of late, from none to 64. A burst passes; a crowd
/// that stays keeps it high.
#[derive(Default)]
pub(super) struct Pressure(AtomicUsize);

impl Pressure {
    /// One was let in.
    pub(super) fn let_in(&self) {
        self.change(|more| more.checked_sub(1));
    }

    /// One was sent away.
    pub(super) fn sent_away(&self) {
        self.change(|more| (more < MOST).then_some(more + 1));
    }

    /// Whether there is a crowd.
    pub(super) fn is_high(&self) -> bool {
        self.0.load(Ordering::Relaxed) > MOST / 2
    }

    fn change(&self, change: impl Fn(usize) -> Option<usize>) {
        // At either end nothing changes.
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, change);
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Pressure};

    #[test]
    fn it_is_high_while_more_are_sent_away_than_let_in() {
        let pressure = Pressure::default();
        let burst = |n: usize| (0..n).for_each(|_| pressure.sent_away());
        pressure.let_in();
        burst(MOST / 2);
        assert!(!pressure.is_high(), "a burst passes");
        burst(10 * MOST);
        assert!(pressure.is_high());
        for _ in 0..1000 {
            pressure.let_in();
            burst(2);
        }
        assert!(pressure.is_high(), "the crowd stays");
        (0..MOST / 2).for_each(|_| pressure.let_in());
        assert!(!pressure.is_high(), "it is forgotten however long it lasted");
    }
}
