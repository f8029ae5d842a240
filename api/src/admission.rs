//! Who is let in when more is asked than can be answered at once.
//!
//! A request needs a place while the processor or the database works for it, not while its body
//! arrives, while it waits for the disk or for its turn at something long, nor while its answer
//! is read: so slow clients and long computations take nothing from others. There is a short
//! queue in front; who finds it full is told at once to come back. In a crowd that does not
//! pass it is shorter still, for then it only adds to the wait of those let in. What was let in
//! once is never sent away later, it waits patiently for its place.

mod pass;
mod pressure;
mod queue;
mod share;

pub(crate) use pass::{Pass, Place, Underway, step_aside, underway};
pub(crate) use queue::InQueue;

use crate::limits::Client;
use crate::problem::{Code, Problem};
use actix_web::http::header::RETRY_AFTER;
use pass::{Counted, Held, Holds};
use pressure::Pressure;
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
    /// What each client may have, half of the places as well.
    shares: Shares,
    count: usize,
    queue: usize,
    waiting: AtomicUsize,
    pressure: Pressure,
    shed: AtomicU64,
    over_share: AtomicU64,
}

/// Why there is no room.
pub(crate) enum Full {
    /// Everybody together asks too much.
    House,
    /// The client alone does, for which so many requests at once are kept.
    Share(usize),
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
            shares: Shares::new(half),
            count: places,
            queue,
            waiting: AtomicUsize::new(0),
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
                    Some(share) => share.places.clone().acquire_owned().await.ok(),
                    None => None,
                };
                let place = self.places.clone().acquire_owned().await.ok();
                let place = Arc::new([place, share]);
                pass::change(|holds| holds.place = Some(place.clone()));
                place
            }
            None => {
                let share = self.streams.clone().acquire_owned().await.ok();
                let place = self.places.clone().acquire_owned().await.ok();
                Arc::new([place, share])
            }
        }
    }

    /// A place for something long that holds a connection to the database for as long as its
    /// client takes.
    ///
    /// # Errors
    /// `overloaded` when half of the places are taken by such.
    pub(crate) async fn place_of_stream(&self) -> Result<Place, Problem> {
        let share = self.streams.clone().try_acquire_owned();
        let share = share.map_err(|_| self.send_away(&Full::House))?;
        let place = self.places.clone().acquire_owned().await.map_err(Problem::internal)?;
        Ok(Arc::new([Some(place), Some(share)]))
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
        let queued = InQueue::join(queue, most).ok_or(Full::House)?;
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
        let share = share.map(|share| share.places.clone().try_acquire_owned().ok());
        let share = share.map_or(Some(None), |permit| permit.map(Some))?;
        Some([Some(self.places.clone().try_acquire_owned().ok()?), share])
    }

    /// Waits for one's share first: so nobody has more than that before others in the queue for
    /// the places themselves.
    async fn in_turn(&self, share: Option<&Arc<Share>>) -> Result<Held, Full> {
        let _queued = InQueue::join(&self.waiting, self.queue_now()).ok_or(Full::House)?;
        let until = Instant::now() + PATIENCE;
        let share = match share {
            Some(share) => {
                let half = self.count.div_ceil(2);
                Some(permit(&share.places, until).await.ok_or(Full::Share(half))?)
            }
            None => None,
        };
        let place = permit(&self.places, until).await.ok_or(Full::House)?;
        Ok([Some(place), share])
    }

    /// Counts a request sent away because everybody together asks too much.
    pub(crate) fn count_shed(&self) {
        self.pressure.sent_away();
        self.shed.fetch_add(1, Ordering::Relaxed);
    }

    /// The answer to whoever finds no room.
    pub(crate) fn send_away(&self, full: &Full) -> Problem {
        let (code, detail) = match full {
            Full::House => {
                self.count_shed();
                let detail = "More is being asked than can be answered just now; ask again in a \
                              moment.";
                (Code::Overloaded, detail.to_owned())
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
mod tests {
    use super::{Admission, Client, Full, Pass, step_aside};
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;

    #[actix_web::test]
    async fn a_request_beyond_places_and_queue_is_sent_away_at_once() {
        let admission = Admission::new(1, 1);
        let first = admission.enter(None).await.expect("a place");
        assert_eq!(admission.at_work(), 1);
        let second = async { admission.enter(None).await.map(|_| ()) };
        let third = async {
            assert_eq!(admission.waiting(), 1);
            assert!(admission.enter_later(None).is_err(), "a body would come in vain");
            let refused = admission.enter(None).await.err().expect("the queue is full");
            drop(first);
            refused.code().name()
        };
        let (second, third) = futures_util::future::join(second, third).await;
        assert!(second.is_ok(), "it waited for its turn");
        assert_eq!(third, "overloaded");
        assert_eq!((admission.at_work(), admission.waiting(), admission.shed()), (0, 0, 2));
    }

    #[actix_web::test]
    async fn who_waits_for_something_else_leaves_its_place_to_others() {
        let admission = Admission::new(1, 1);
        let pass = admission.enter(None).await.expect("a place");
        pass.scope(async {
            let work = admission.place().await;
            assert_eq!(admission.at_work(), 1, "the place is the request's own");
            step_aside();
            assert_eq!(admission.at_work(), 1, "the work goes on");
            drop(work);
            assert_eq!(admission.at_work(), 0);
            let _again = admission.place().await;
            assert_eq!(admission.at_work(), 1);
        })
        .await;
        assert_eq!(admission.at_work(), 0);
        let uncounted = Pass::Free.scope(admission.place()).await;
        assert!(uncounted.iter().flatten().count() == 0 && admission.at_work() == 0);
    }

    #[actix_web::test]
    async fn in_a_crowd_fewer_wait() {
        let admission = Admission::new(2, 100);
        assert_eq!(admission.room(), 102);
        for _ in 0..100 {
            admission.count_shed();
        }
        assert_eq!(admission.room(), 6);
        for _ in 0..100 {
            drop(admission.enter(None).await.expect("a place"));
        }
        assert_eq!(admission.room(), 102, "the crowd is gone");
    }

    #[actix_web::test]
    async fn streams_have_half_of_the_places_at_most() {
        let admission = Admission::new(4, 1);
        let pieces = [admission.place().await, admission.place().await];
        assert!(admission.place_of_stream().await.is_err());
        assert_eq!(admission.at_work(), 2);
        drop(pieces);
        assert!(admission.place_of_stream().await.is_ok());
    }

    /// Lets so many requests of `client` in at once, and tells of those it could not.
    async fn crowd(admission: &Admission, client: Client, requests: usize) -> Vec<&'static str> {
        let asking = (0..requests).map(|_| admission.enter(Some(client)));
        let answered = futures_util::future::join_all(asking).await;
        answered.into_iter().filter_map(|pass| Some(pass.err()?.code().name())).collect()
    }

    #[actix_web::test]
    async fn one_client_leaves_places_and_queue_to_others() {
        let (one, other) = (Client::Bearer(1), Client::Bearer(2));
        let admission = Admission::new(4, 8);
        let _at_work = [admission.enter(Some(one)).await, admission.enter(Some(one)).await];
        // Of the room of twelve nine are for one client, who has two of the four places.
        let greedy = crowd(&admission, one, 10);
        let others = async {
            assert_eq!((admission.at_work(), admission.waiting()), (2, 7));
            let late = admission.enter_later(Some(one)).err().expect("a body would come in vain");
            assert_eq!(late.code().name(), "too_many_at_once");
            assert!(late.to_string().contains("which is 9 requests now"), "{late}");
            assert!(admission.enter_later(Some(other)).is_ok());
            drop(admission.enter(Some(other)).await.expect("a place at once"));
            drop(admission.enter(None).await.expect("a place at once"));
        };
        let (refused, ()) = futures_util::future::join(greedy, others).await;
        assert_eq!(refused, ["too_many_at_once"; 10], "three at once, seven after a second");
        assert_eq!((admission.over_share(), admission.shed()), (11, 0), "nobody else is there");
        assert_eq!(admission.room(), 12, "that is no crowd");
    }

    #[actix_web::test]
    async fn one_client_has_half_of_a_queue_apart() {
        let (queue, most) = (Arc::new(AtomicUsize::new(0)), 3);
        let admission = Admission::new(1, 1);
        let pass = async |n| admission.enter_later(Some(Client::Bearer(n))).expect("room");
        let (one, again, other) = (pass(1).await, pass(1).await, pass(2).await);
        let wait = async || Admission::wait_apart(queue.clone(), most);
        let _first = one.scope(async { [wait().await, wait().await].map(Result::ok) }).await;
        let full = again.scope(wait()).await.err();
        assert!(matches!(full, Some(Full::Share(2))));
        let (third, full) = other.scope(async { (wait().await, wait().await.err()) }).await;
        assert!(third.is_ok() && matches!(full, Some(Full::House)));
    }
}
