//! Queues of bounded length.

use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};

/// One more in a queue, until dropped.
pub(crate) struct InQueue<Q: Deref<Target = AtomicUsize>>(Q);

impl<Q: Deref<Target = AtomicUsize>> InQueue<Q> {
    /// A place in a queue of at most `most`, if one is left.
    pub(crate) fn join(queue: Q, most: usize) -> Option<Self> {
        let before = queue.fetch_add(1, Ordering::Relaxed);
        let joined = Self(queue);
        (before < most).then_some(joined)
    }
}

impl<Q: Deref<Target = AtomicUsize>> Drop for InQueue<Q> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::InQueue;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn a_queue_holds_as_many_as_it_may_and_forgets_who_leaves() {
        let queue = AtomicUsize::new(0);
        let first = InQueue::join(&queue, 1);
        assert!(first.is_some() && InQueue::join(&queue, 1).is_none());
        drop(first);
        assert_eq!(queue.load(Ordering::Relaxed), 0);
        assert!(InQueue::join(&queue, 1).is_some());
    }
}
