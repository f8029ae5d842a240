//! Answers that were made and are not sent yet: they stay in memory until their clients took them.

use super::Full;
use super::share::Share;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The most bytes of answers that wait for their clients.
const MOST: usize = 512 << 20;
/// As many again are kept for clients for whom none waits yet, so that who reads nothing does not
/// shut them out.
const RESERVE: usize = MOST;
/// The most of these that wait for one.
const MOST_OF_ONE: usize = 64 << 20;

/// So many bytes of an answer, until dropped.
pub(super) struct Held {
    bytes: usize,
    all: Arc<AtomicUsize>,
    share: Option<Arc<Share>>,
}

impl Held {
    /// Counts `bytes` more among `all`, and for the client whose `share` it is. A client for
    /// whom nothing waits may have any one answer, while the reserve lasts.
    pub(super) fn count(
        bytes: usize,
        all: &Arc<AtomicUsize>,
        share: Option<Arc<Share>>,
    ) -> Result<Self, Full> {
        let held = Self { bytes, all: all.clone(), share };
        let before = all.fetch_add(bytes, Ordering::Relaxed);
        let of_one =
            held.share.as_ref().map_or(0, |share| share.held.fetch_add(bytes, Ordering::Relaxed));
        if of_one > 0 && of_one + bytes > MOST_OF_ONE {
            return Err(Full::Unread(MOST_OF_ONE));
        }
        let most = if of_one > 0 { MOST } else { MOST + RESERVE };
        if before > 0 && before + bytes > most { Err(Full::Queue) } else { Ok(held) }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.all.fetch_sub(self.bytes, Ordering::Relaxed);
        if let Some(share) = &self.share {
            share.held.fetch_sub(self.bytes, Ordering::Relaxed);
        }
    }
}
