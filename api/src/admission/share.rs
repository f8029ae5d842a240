//! What one client may have of what all share.

use super::queue::InQueue;
use crate::limits::Client;
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::Semaphore;

/// Clients known at least before those are looked for that have nothing under way.
const FEW: usize = 64;

/// The shares of all who have something under way.
pub(super) struct Shares {
    /// Places one client may have at a time.
    places: usize,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    shares: HashMap<Client, Weak<Share>>,
    /// How many there may be until the next look for those that went.
    sweep_at: usize,
}

/// What one client has under way.
pub(crate) struct Share {
    /// The places it may have yet.
    pub(super) places: Arc<Semaphore>,
    /// Requests at work or waiting to be let in.
    asking: AtomicUsize,
    /// Requests that wait apart for something long.
    apart: AtomicUsize,
}

/// A request of a client at work or waiting.
pub(super) struct Asking(Arc<Share>);

/// A request of a client that waits apart.
pub(super) struct Apart(Arc<Share>);

impl Shares {
    /// Each client may have `places` at a time.
    pub(super) fn new(places: usize) -> Self {
        Self { places, known: Mutex::default() }
    }

    /// The share of `client`, forgotten when nobody holds it.
    pub(super) fn of(&self, client: Client) -> Arc<Share> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(share) = known.shares.get(&client).and_then(Weak::upgrade) {
            return share;
        }
        let share = Arc::new(Share {
            places: Arc::new(Semaphore::new(self.places)),
            asking: AtomicUsize::new(0),
            apart: AtomicUsize::new(0),
        });
        known.shares.insert(client, Arc::downgrade(&share));
        if known.shares.len() >= known.sweep_at {
            known.shares.retain(|_, share| share.strong_count() > 0);
            known.sweep_at = known.shares.len() * 2 + FEW;
        }
        share
    }
}

impl Share {
    /// One more at work or waiting, of at most `most`.
    pub(super) fn ask(self: &Arc<Self>, most: usize) -> Option<InQueue<Asking>> {
        InQueue::join(Asking(self.clone()), most)
    }

    /// One more that waits apart, of at most `most`.
    pub(super) fn wait_apart(self: &Arc<Self>, most: usize) -> Option<InQueue<Apart>> {
        InQueue::join(Apart(self.clone()), most)
    }
}

impl Deref for Asking {
    type Target = AtomicUsize;

    fn deref(&self) -> &AtomicUsize {
        &self.0.asking
    }
}

impl Deref for Apart {
    type Target = AtomicUsize;

    fn deref(&self) -> &AtomicUsize {
        &self.0.apart
    }
}

#[cfg(test)]
mod tests {
    use super::{FEW, Shares};
    use crate::limits::Client;

    #[test]
    fn a_share_is_its_clients_and_forgotten_with_its_last_request() {
        let shares = Shares::new(1);
        let one = shares.of(Client::Bearer(0));
        let asking = one.ask(1).expect("room");
        assert!(shares.of(Client::Bearer(0)).ask(1).is_none(), "the same client");
        assert!(one.wait_apart(1).is_some(), "apart is counted apart");
        for other in 1..100_000 {
            assert!(shares.of(Client::Bearer(other)).ask(1).is_some(), "another client");
            let known = shares.known.lock().expect("no panic").shares.len();
            assert!(known <= 2 * FEW, "{known} are known");
        }
        drop(asking);
        assert!(shares.of(Client::Bearer(0)).ask(1).is_some());
    }
}
