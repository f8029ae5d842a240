//! What one client may have of what all share.

use super::queue::InQueue;
use crate::limits::Client;
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

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
    places: Arc<Semaphore>,
    /// Requests at work or waiting to be let in.
    asking: AtomicUsize,
    /// Requests that wait apart for something long.
    apart: AtomicUsize,
    /// Bytes of answers that were made and are not sent yet.
    pub(super) held: AtomicUsize,
    turns: [Arc<Semaphore>; 4],
}

/// What is done for everybody in turn, and how often for one client at a time: it waits for
/// its own turn first, so that others wait for no more of it than that.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Long {
    /// A measure of a whole network.
    Measure,
    /// A drawing.
    Drawing,
    /// A password that is hashed.
    Password,
    /// A write; some together share a commit.
    Write,
}

impl Long {
    const ALL: [Self; 4] = [Self::Measure, Self::Drawing, Self::Password, Self::Write];

    fn at_a_time(self) -> usize {
        match self {
            Self::Measure | Self::Drawing | Self::Password => 1,
            Self::Write => 4,
        }
    }
}

/// A request of a client at work or waiting.
pub(super) struct Asking(Arc<Share>);

/// A request of a client that waits apart.
pub(super) struct Apart(Arc<Share>);

/// A place or a turn, and the share it is of, which must not be forgotten while it is held.
pub(crate) struct Permit {
    _permit: OwnedSemaphorePermit,
    _share: Option<Arc<Share>>,
}

impl From<OwnedSemaphorePermit> for Permit {
    fn from(permit: OwnedSemaphorePermit) -> Self {
        Self { _permit: permit, _share: None }
    }
}

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
            held: AtomicUsize::new(0),
            turns: Long::ALL.map(|long| Arc::new(Semaphore::new(long.at_a_time()))),
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
    /// One of the client's places, if one is left.
    pub(super) fn try_place(self: &Arc<Self>) -> Option<Permit> {
        self.places.clone().try_acquire_owned().ok().map(|permit| self.keep(permit))
    }

    /// One of the client's places, when it is its turn.
    pub(super) async fn place(self: &Arc<Self>) -> Option<Permit> {
        self.places.clone().acquire_owned().await.ok().map(|permit| self.keep(permit))
    }

    /// One of the client's own turns at something long.
    pub(super) async fn turn(self: &Arc<Self>, long: Long) -> Option<Permit> {
        let turns = self.turns[long as usize].clone();
        turns.acquire_owned().await.ok().map(|permit| self.keep(permit))
    }

    fn keep(self: &Arc<Self>, permit: OwnedSemaphorePermit) -> Permit {
        Permit { _permit: permit, _share: Some(self.clone()) }
    }

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
