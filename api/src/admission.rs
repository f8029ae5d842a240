//! Who is let in when more is asked than can be answered at once.
//!
//! A request needs a place while the processor or the database works for it, not while its body
//! arrives, while it waits for the disk or for its turn at something long, nor while its answer
//! is read: so slow clients and long computations take nothing from others. There is a short
//! queue in front; who finds it full is told at once to come back. In a crowd that does not
//! pass it is shorter still, for then it only adds to the wait of those let in. What was let in
//! once is never sent away later, it waits patiently for its place.

mod held;
mod pass;
mod pressure;
mod queue;
mod share;

pub(crate) use pass::{ClientTurn, Pass, Place, Underway, client_turn, step_aside, underway};
pub(crate) use share::{Long, Permit};

use crate::limits::Client;
use crate::problem::{Code, Problem};
use actix_web::http::header::RETRY_AFTER;
use pass::{Counted, Held, Holds};
use pressure::Pressure;
use queue::InQueue;
use share::{Apart, Share, Shares};
use std::cell::RefCell;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

/// The longest a request waits in the queue.
const PATIENCE: Duration = Duration::from_secs(1);
/// How many wait for each place in a crowd: the next is there when a place becomes free.
const IN_A_CROWD: usize = 2;

/// The places and the queue.
pub(crate) struct Admission {
    places: Arc<Semaphore>,
    /// Half of the places: the most that answers sent piece by piece may have together.
    streams: Arc<Semaphore>,
    /// Answers that take a place for as long as their clients read, a quarter of the places.
    long_streams: Arc<Semaphore>,
    /// What each client may have, half of the places as well.
    shares: Shares,
    count: usize,
    queue: usize,
    waiting: AtomicUsize,
    /// Bytes of answers that were made and are not sent yet.
    held: Arc<AtomicUsize>,
    pressure: Pressure,
    shed: AtomicU64,
    over_share: AtomicU64,
}

/// Why there is no room.
pub(crate) enum Full {
    /// Everybody together asks too much.
    House,
    /// Too many wait for something long.
    Queue,
    /// The client alone does, for which so many requests at once are kept.
    Share(usize),
    /// The client does not take the answers it got, of so many bytes at most.
    Unread(usize),
}

/// A turn in a queue apart, until dropped.
pub(crate) struct WaitsApart<Q: Deref<Target = AtomicUsize>> {
    _queued: InQueue<Q>,
    _share: Option<InQueue<Apart>>,
}

impl Admission {
    /// So many places, and so many that may wait for one.
    pub(crate) fn new(places: usize, queue: usize) -> Self {
        let half = places.div_ceil(2);
        Self {
            places: Arc::new(Semaphore::new(places)),
            streams: Arc::new(Semaphore::new(half)),
            long_streams: Arc::new(Semaphore::new(places.div_ceil(4))),
            shares: Shares::new(half),
            count: places,
            queue,
            waiting: AtomicUsize::new(0),
            held: Arc::default(),
            pressure: Pressure::default(),
            shed: AtomicU64::new(0),
            over_share: AtomicU64::new(0),
        }
    }

    /// Requests at work now.
    pub(crate) fn at_work(&self) -> usize {
        self.count.saturating_sub(self.places.available_permits())
    }

    /// Requests that wait to be let in.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Requests sent away so far because everybody together asked too much.
    pub(crate) fn shed(&self) -> u64 {
        self.shed.load(Ordering::Relaxed)
    }

    /// Requests sent away so far because their client had its share.
    pub(crate) fn over_share(&self) -> u64 {
        self.over_share.load(Ordering::Relaxed)
    }

    /// How many there may be now, at work and waiting together.
    pub(crate) fn room(&self) -> usize {
        self.count + self.queue_now()
    }

    fn queue_now(&self) -> usize {
        if self.pressure.is_high() { self.queue.min(self.count * IN_A_CROWD) } else { self.queue }
    }

    /// How many of these may be one client's: three quarters, so that others find room.
    fn room_of_one(&self) -> usize {
        (self.room() * 3).div_ceil(4)
    }

    /// Lets a request of `client` in that needs its place at once; this machine's own are no
    /// client's.
    ///
    /// # Errors
    /// `overloaded` when the queue is full or does not move, `too_many_at_once` when the client
    /// has its share of it.
    pub(crate) async fn enter(&self, client: Option<Client>) -> Result<Pass, Problem> {
        let share = client.map(|client| self.shares.of(client));
        let holds = RefCell::new(self.queued(share.as_ref()).await?);
        Ok(Pass::Counted(Counted { share, holds }))
    }

    /// Lets a request of `client` in whose body is still to come.
    ///
    /// # Errors
    /// `overloaded` when the queue is full, `too_many_at_once` when the client has its share of it.
    pub(crate) fn enter_later(&self, client: Option<Client>) -> Result<Pass, Problem> {
        if self.places.available_permits() == 0 && self.waiting() >= self.queue_now() {
            return Err(self.send_away(&Full::House));
        }
        let share = client.map(|client| self.shares.of(client));
        let most = self.room_of_one();
        if share.as_ref().is_some_and(|share| share.ask(most).is_none()) {
            return Err(self.send_away(&Full::Share(most)));
        }
        Ok(Pass::Counted(Counted { share, ..Counted::default() }))
    }

    /// The place of the current request, whose body has arrived.
    ///
    /// # Errors
    /// As [`Admission::enter`].
    pub(crate) async fn take_place(&self) -> Result<(), Problem> {
        if pass::wants_place() {
            let holds = self.queued(pass::share().as_ref()).await?;
            pass::change(|held| *held = holds);
        }
        Ok(())
    }

    /// A place for work done now: the one the current request has, or else one it waits for.
    /// What has no request any more is an answer sent piece by piece, or work of our own.
    pub(crate) async fn place(&self) -> Place {
        let of_request = pass::of_request(|pass| match pass {
            Pass::Free => Ok(Place::default()),
            Pass::Counted(counted) => {
                counted.holds.borrow().place.clone().ok_or(counted.share.clone())
            }
        });
        match of_request {
            Some(Ok(place)) => place,
            Some(Err(share)) => {
                let share = match share {
                    Some(share) => share.place().await,
                    None => None,
                };
                let place = self.places.clone().acquire_owned().await.ok();
                let place = Arc::new([place.map(Permit::from), share]);
                pass::change(|holds| holds.place = Some(place.clone()));
                place
            }
            None => {
                let share = self.streams.clone().acquire_owned().await.ok();
                let place = self.places.clone().acquire_owned().await.ok();
                Arc::new([place, share].map(|permit| permit.map(Permit::from)))
            }
        }
    }

    /// A place for something long that holds a connection to the database for as long as its
    /// client takes.
    ///
    /// # Errors
    /// `overloaded` when a quarter of the places are taken by such, or none becomes free.
    pub(crate) async fn place_of_stream(&self) -> Result<Place, Problem> {
        step_aside();
        let share = self.long_streams.clone().try_acquire_owned();
        let share = share.map_err(|_| self.send_away(&Full::Queue))?;
        if self.count == 1 {
            // The only place is everybody's; there is a connection beside it.
            return Ok(Arc::new([None, Some(share.into())]));
        }
        let place = permit(&self.places, Instant::now() + PATIENCE).await;
        let place = place.ok_or_else(|| self.send_away(&Full::House))?;
        Ok(Arc::new([Some(place.into()), Some(share.into())]))
    }

    /// A turn in `queue`, of at most `most` that wait for something long, half of them one
    /// client's; the current request gives up its place for it.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn wait_apart<Q: Deref<Target = AtomicUsize>>(
        queue: Q,
        most: usize,
    ) -> Result<WaitsApart<Q>, Full> {
        let half = most.div_ceil(2);
        let share = pass::share().map(|share| share.wait_apart(half).ok_or(Full::Share(half)));
        let share = share.transpose()?;
        let queued = InQueue::join(queue, most).ok_or(Full::Queue)?;
        step_aside();
        Ok(WaitsApart { _queued: queued, _share: share })
    }

    async fn queued(&self, share: Option<&Arc<Share>>) -> Result<Holds, Problem> {
        let most = self.room_of_one();
        let asking = share.map(|share| share.ask(most).ok_or(Full::Share(most)));
        let asking = asking.transpose().map_err(|full| self.send_away(&full))?;
        let held = match self.free_place(share) {
            Some(held) => held,
            None => self.in_turn(share).await.map_err(|full| self.send_away(&full))?,
        };
        self.pressure.let_in();
        Ok(Holds { asking, place: Some(Arc::new(held)) })
    }

    fn free_place(&self, share: Option<&Arc<Share>>) -> Option<Held> {
        let share = match share {
            Some(share) => Some(share.try_place()?),
            None => None,
        };
        let place = self.places.clone().try_acquire_owned().ok()?;
        Some([Some(place.into()), share])
    }

    /// Waits for one's share first: so nobody has more than that before others in the queue for
    /// the places themselves, nor takes more room in it.
    async fn in_turn(&self, share: Option<&Arc<Share>>) -> Result<Held, Full> {
        let until = Instant::now() + PATIENCE;
        let share = match share {
            Some(share) => {
                let own = timeout_at(until, share.place()).await;
                Some(own.ok().flatten().ok_or(Full::Share(self.count.div_ceil(2)))?)
            }
            None => None,
        };
        let _queued = InQueue::join(&self.waiting, self.queue_now()).ok_or(Full::House)?;
        let place = permit(&self.places, until).await.ok_or(Full::House)?;
        Ok([Some(place.into()), share])
    }

    /// Has an answer of `bytes` count for its client, and among all that wait to be sent, as long
    /// as `underway` lasts.
    ///
    /// # Errors
    /// `too_many_at_once` when the client does not take the answers it got, `overloaded` when
    /// many do not.
    pub(crate) fn hold(&self, underway: &mut Underway, bytes: usize) -> Result<(), Problem> {
        let held = held::Held::count(bytes, &self.held, underway.share.clone());
        underway.held = Some(held.map_err(|full| self.send_away(&full))?);
        Ok(())
    }

    /// Counts a request sent away because everybody together asks too much.
    pub(crate) fn count_shed(&self) {
        self.pressure.sent_away();
        self.shed.fetch_add(1, Ordering::Relaxed);
    }

    /// The answer to whoever finds no room.
    pub(crate) fn send_away(&self, full: &Full) -> Problem {
        let (code, detail) = match full {
            Full::House | Full::Queue => {
                self.shed.fetch_add(1, Ordering::Relaxed);
                if matches!(full, Full::House) {
                    self.pressure.sent_away();
                }
                let detail = "More is being asked than can be answered just now; ask again in a \
                              moment.";
                (Code::Overloaded, detail.to_owned())
            }
            Full::Unread(most) => {
                self.over_share.fetch_add(1, Ordering::Relaxed);
                let detail = format!(
                    "Answers wait for you that you have not read yet, and with this one they would \
                     be more than {} MiB; read some before you ask again.",
                    most >> 20
                );
                (Code::TooManyAtOnce, detail)
            }
            Full::Share(most) => {
                self.over_share.fetch_add(1, Ordering::Relaxed);
                let plural = if *most == 1 { "" } else { "s" };
                let detail = format!(
                    "You ask more at once than is kept for one client, which is {most} \
                     request{plural} now; wait for some answers before you ask again."
                );
                (Code::TooManyAtOnce, detail)
            }
        };
        Problem::new(code, detail).header(RETRY_AFTER, "1")
    }
}

async fn permit(places: &Arc<Semaphore>, until: Instant) -> Option<OwnedSemaphorePermit> {
    timeout_at(until, places.clone().acquire_owned()).await.ok()?.ok()
}

#[cfg(test)]
mod tests;
