//! Who is let in when more is asked than can be answered at once.
//!
//! A request needs a place while the processor or the database works for it, not while its body
//! arrives, while it waits for the disk or for its turn at something long, nor while its answer
//! is read: so slow clients and long computations take nothing from others. There is a short
//! queue in front; who finds it full is told at once to come back. In a crowd that does not
//! pass it is shorter still, for then it only adds to the wait of those let in. What was let in
//! once is never sent away later, it waits patiently for its place.

mod pressure;

use crate::problem::{Code, Problem};
use actix_web::http::header::RETRY_AFTER;
use pressure::Pressure;
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The longest a request waits in the queue.
const PATIENCE: Duration = Duration::from_secs(1);
/// How many wait for each place in a crowd: the next is there when a place becomes free.
const IN_A_CROWD: usize = 2;

tokio::task_local! {
    /// The place of the request that this task answers.
    static PASS: Pass;
}

/// A place (and, of a stream, its share of those), held by everything that works for one
/// request: given back by the last of them, so that work whose client went away still counts.
pub(crate) type Place = Arc<[Option<OwnedSemaphorePermit>; 2]>;

/// What a request was let in with.
pub(crate) enum Pass {
    /// It is not counted.
    Free,
    /// It has a place, or will ask for one when it needs it.
    Counted(RefCell<Option<Place>>),
}

/// The places and the queue.
pub(crate) struct Admission {
    places: Arc<Semaphore>,
    /// Half of the places: the most that answers sent piece by piece may have together.
    streams: Arc<Semaphore>,
    count: usize,
    queue: usize,
    waiting: AtomicUsize,
    pressure: Pressure,
    shed: AtomicU64,
}

/// One more in a queue, until dropped.
pub(crate) struct InQueue<'a>(&'a AtomicUsize);

impl<'a> InQueue<'a> {
    /// A place in a queue of at most `most`, if one is left.
    pub(crate) fn join(queue: &'a AtomicUsize, most: usize) -> Option<Self> {
        let joined = Self(queue);
        (queue.fetch_add(1, Ordering::Relaxed) < most).then_some(joined)
    }
}

impl Drop for InQueue<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Admission {
    /// So many places, and so many that may wait for one.
    pub(crate) fn new(places: usize, queue: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places)),
            streams: Arc::new(Semaphore::new(places.div_ceil(2))),
            count: places,
            queue,
            waiting: AtomicUsize::new(0),
            pressure: Pressure::default(),
            shed: AtomicU64::new(0),
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

    /// Requests sent away so far.
    pub(crate) fn shed(&self) -> u64 {
        self.shed.load(Ordering::Relaxed)
    }

    /// How many there may be now, at work and waiting together.
    pub(crate) fn room(&self) -> usize {
        self.count + self.queue_now()
    }

    fn queue_now(&self) -> usize {
        if self.pressure.is_high() { self.queue.min(self.count * IN_A_CROWD) } else { self.queue }
    }

    /// Lets a request in that needs its place at once.
    ///
    /// # Errors
    /// `overloaded` when the queue is full or does not move.
    pub(crate) async fn enter(&self) -> Result<Pass, Problem> {
        Ok(Pass::Counted(RefCell::new(Some(self.queued().await?))))
    }

    /// Lets a request in whose body is still to come.
    ///
    /// # Errors
    /// `overloaded` when the queue is full.
    pub(crate) fn enter_later(&self) -> Result<Pass, Problem> {
        if self.places.available_permits() == 0 && self.waiting() >= self.queue_now() {
            return Err(self.overloaded());
        }
        Ok(Pass::Counted(RefCell::new(None)))
    }

    /// The place of the current request, whose body has arrived.
    ///
    /// # Errors
    /// `overloaded` when the queue is full or does not move.
    pub(crate) async fn take_place(&self) -> Result<(), Problem> {
        if wants_place() {
            keep(&self.queued().await?);
        }
        Ok(())
    }

    /// A place for work done now: the one the current request has, or else one it waits for.
    /// What has no request any more is an answer sent piece by piece, or work of our own.
    pub(crate) async fn place(&self) -> Place {
        match PASS.try_with(Pass::place) {
            Ok(Some(place)) => place,
            Ok(None) => {
                let place = Arc::new([self.places.clone().acquire_owned().await.ok(), None]);
                keep(&place);
                place
            }
            Err(_) => {
                let stream = self.streams.clone().acquire_owned().await.ok();
                let place = self.places.clone().acquire_owned().await.ok();
                Arc::new([place, stream])
            }
        }
    }

    /// A place for something long that holds a connection to the database for as long as its
    /// client takes.
    ///
    /// # Errors
    /// `overloaded` when half of the places are taken by such.
    pub(crate) async fn place_of_stream(&self) -> Result<Place, Problem> {
        let stream = self.streams.clone().try_acquire_owned().map_err(|_| self.overloaded())?;
        let place = self.places.clone().acquire_owned().await.map_err(Problem::internal)?;
        Ok(Arc::new([Some(place), Some(stream)]))
    }

    async fn queued(&self) -> Result<Place, Problem> {
        let place = match self.places.clone().try_acquire_owned() {
            Ok(place) => place,
            Err(_) => self.in_turn().await?,
        };
        self.pressure.let_in();
        Ok(Arc::new([Some(place), None]))
    }

    async fn in_turn(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let Some(_queued) = InQueue::join(&self.waiting, self.queue_now()) else {
            return Err(self.overloaded());
        };
        let turn = self.places.clone().acquire_owned();
        let place = actix_web::rt::time::timeout(PATIENCE, turn).await;
        place.map_err(|_| self.overloaded())?.map_err(Problem::internal)
    }

    /// Counts a request sent away.
    pub(crate) fn count_shed(&self) {
        self.pressure.sent_away();
        self.shed.fetch_add(1, Ordering::Relaxed);
    }

    /// The answer to whoever is sent away.
    pub(crate) fn overloaded(&self) -> Problem {
        self.count_shed();
        let detail = "More is being asked than can be answered just now; ask again in a moment.";
        Problem::new(Code::Overloaded, detail).header(RETRY_AFTER, "1")
    }
}

impl Pass {
    /// Its place, unless it has to ask for one.
    fn place(&self) -> Option<Place> {
        match self {
            Self::Free => Some(Arc::default()),
            Self::Counted(place) => place.borrow().clone(),
        }
    }

    /// Has `answering` done under this pass.
    pub(crate) async fn scope<F: Future>(self, answering: F) -> F::Output {
        PASS.scope(self, answering).await
    }
}

fn wants_place() -> bool {
    PASS.try_with(|pass| pass.place().is_none()).unwrap_or(false)
}

fn keep(place: &Place) {
    // Work that belongs to no request keeps its place by itself.
    let _ = PASS.try_with(|pass| match pass {
        Pass::Free => None,
        Pass::Counted(kept) => kept.replace(Some(place.clone())),
    });
}

/// Gives up the place of the current request, which is about to wait for something else.
pub(crate) fn step_aside() {
    // Work that belongs to no request has none to give up.
    let _ = PASS.try_with(|pass| match pass {
        Pass::Free => None,
        Pass::Counted(kept) => kept.take(),
    });
}

#[cfg(test)]
mod tests {
    use super::{Admission, InQueue, Pass, step_aside};
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

    #[actix_web::test]
    async fn a_request_beyond_places_and_queue_is_sent_away_at_once() {
        let admission = Admission::new(1, 1);
        let first = admission.enter().await.expect("a place");
        assert_eq!(admission.at_work(), 1);
        let second = async { admission.enter().await.map(|_| ()) };
        let third = async {
            assert_eq!(admission.waiting(), 1);
            assert!(admission.enter_later().is_err(), "a body would come in vain");
            let refused = admission.enter().await.err().expect("the queue is full");
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
        let pass = admission.enter().await.expect("a place");
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
        assert_eq!((uncounted.iter().flatten().count(), admission.at_work()), (0, 0));
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
            drop(admission.enter().await.expect("a place"));
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
}
