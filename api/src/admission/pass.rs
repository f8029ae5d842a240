//! What a request was let in with, and holds while it is answered.

use super::held;
use super::queue::InQueue;
use super::share::{Asking, Long, Permit, Share};
use std::cell::RefCell;
use std::sync::Arc;

tokio::task_local! {
    /// What the request was let in with that this task answers.
    static PASS: Pass;
}

/// A place, held by everything that works for one request: given back by the last of them, so
/// that work whose client went away still counts.
pub(crate) type Place = Arc<Held>;

/// A place, and what it takes of the share of its client, or of that of streams.
pub(super) type Held = [Option<Permit>; 2];

/// What a request was let in with.
pub(crate) enum Pass {
    /// It is not counted.
    Free,
    /// It has a place, or will ask for one when it needs it.
    Counted(Counted),
}

/// What a counted request has.
#[derive(Default)]
pub(crate) struct Counted {
    /// The share of its client; none of this machine's own.
    pub(super) share: Option<Arc<Share>>,
    pub(super) holds: RefCell<Holds>,
}

/// What it has of that share, and its place.
#[derive(Default)]
pub(super) struct Holds {
    pub(super) asking: Option<InQueue<Asking>>,
    pub(super) place: Option<Place>,
}

impl Pass {
    /// Has `answering` done under this pass.
    pub(crate) async fn scope<F: Future>(self, answering: F) -> F::Output {
        PASS.scope(self, answering).await
    }
}

/// What `look` sees of what the current request was let in with; `None` for work that belongs
/// to no request, and what is not counted is `Pass::Free`.
pub(super) fn of_request<T>(look: impl FnOnce(&Pass) -> T) -> Option<T> {
    PASS.try_with(look).ok()
}

/// The share of the client whose request this is.
pub(super) fn share() -> Option<Arc<Share>> {
    of_request(|pass| match pass {
        Pass::Free => None,
        Pass::Counted(counted) => counted.share.clone(),
    })
    .flatten()
}

/// A turn of the current request's client at something long.
pub(crate) struct ClientTurn(Option<Arc<Share>>, Long);

/// See [`ClientTurn`].
pub(crate) fn client_turn(long: Long) -> ClientTurn {
    ClientTurn(share(), long)
}

impl ClientTurn {
    /// Waits for it; it ends when what is given back is dropped. This machine's own requests, and
    /// work that belongs to none, wait for nothing.
    pub(crate) async fn begin(self) -> Option<Permit> {
        self.0?.turn(self.1).await
    }
}

/// One request more of a client's, and what its answer holds, until dropped.
pub(crate) struct Underway {
    _asking: Option<InQueue<Asking>>,
    pub(super) share: Option<Arc<Share>>,
    pub(super) held: Option<held::Held>,
}

impl Underway {
    /// What holds nothing yet, of the client whose `share` it is.
    pub(super) fn of(share: Option<Arc<Share>>) -> Self {
        Self { _asking: None, share, held: None }
    }
}

/// Has the current request count for its client until what is given back is dropped, when its
/// answer was sent.
pub(crate) fn underway() -> Underway {
    let mut asking = None;
    change(|holds| asking = holds.asking.take());
    Underway { _asking: asking, ..Underway::of(share()) }
}

/// Whether the current request has to ask for a place.
pub(super) fn wants_place() -> bool {
    let wants = |pass: &Pass| match pass {
        Pass::Free => false,
        Pass::Counted(counted) => counted.holds.borrow().place.is_none(),
    };
    of_request(wants).unwrap_or(false)
}

/// Changes what the current request holds. Work that belongs to no request keeps its place by
/// itself.
pub(super) fn change(change: impl FnOnce(&mut Holds)) {
    of_request(|pass| {
        if let Pass::Counted(counted) = pass {
            change(&mut counted.holds.borrow_mut());
        }
    });
}

/// Gives up the place of the current request, which is about to wait for something else.
pub(crate) fn step_aside() {
    change(|holds| holds.place = None);
}
