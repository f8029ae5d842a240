//! One thread does all writing of the process, in the order asked, several jobs a commit.
//!
//! A commit that survives a power cut waits for the disk; while it waits, further jobs
//! queue up, and the next transaction takes them all. So many small writers share the
//! price of one commit, none overtakes another, and none finds the database locked.

use crate::conn::{Actor, Conn, Engine, Stamp, Tx};
use crate::database::begin;
use crate::error::{Error, Result};
use crate::lender::Lender;
use crate::migrations::schema_must_be_ours;
use diesel::connection::SimpleConnection as _;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};
use tracing::Span;

/// The most jobs one transaction takes.
const GROUP: usize = 64;
/// A transaction that has lasted this long takes no further job.
const GROUP_TIME: Duration = Duration::from_millis(25);

/// Something to be written, and someone to be told how it went.
trait Job: Send {
    /// Does the work; true when it succeeded and wants to be committed.
    fn run(&mut self, tx: Tx<'_>) -> bool;
    /// Who does it.
    fn actor(&self) -> Actor;
    /// What it failed by.
    fn fault(&self) -> Option<&Error>;
    /// Tells the result, which is `fault` when the transaction failed as a whole.
    fn answer(self: Box<Self>, fault: Option<&Error>);
}

/// A [`Job`] made of a closure.
struct Task<W, T, A> {
    actor: Actor,
    span: Span,
    work: Option<W>,
    result: Option<Result<T>>,
    reply: A,
}

impl<W, T, A> Job for Task<W, T, A>
where
    W: FnOnce(&mut Tx<'_>) -> Result<T> + Send,
    T: Send,
    A: FnOnce(Result<T>) + Send,
{
    fn run(&mut self, mut tx: Tx<'_>) -> bool {
        let Some(work) = self.work.take() else { return false };
        // What a panic leaves half done is rolled back, so nothing broken is observed.
        let done = self.span.in_scope(|| catch_unwind(AssertUnwindSafe(|| work(&mut tx))));
        let result = done.unwrap_or_else(|_| Err(Error::internal("a write panicked")));
        self.result.insert(result).is_ok()
    }

    fn actor(&self) -> Actor {
        self.actor.clone()
    }

    fn fault(&self) -> Option<&Error> {
        self.result.as_ref().and_then(|result| result.as_ref().err())
    }

    fn answer(self: Box<Self>, fault: Option<&Error>) {
        let result = match (self.result, fault) {
            // A job's own fault says more than the transaction's that it caused.
            (Some(Err(own)), _) => Err(own),
            (_, Some(fault)) => Err(fault.clone()),
            (Some(done), None) => done,
            (None, None) => Err(Error::internal("a write was not run")),
        };
        (self.reply)(result);
    }
}

/// The queue in front of the writing thread. Cheap to clone; the thread ends, after what
/// is queued, when the last clone is dropped.
#[derive(Clone)]
pub(crate) struct Writer {
    queue: SyncSender<Box<dyn Job>>,
    /// Jobs handed in and not yet answered.
    queued: Arc<AtomicUsize>,
    /// The most of them, but for those handed in patiently.
    capacity: usize,
}

impl Writer {
    /// Starts the thread. It takes its connection from `lender` for each transaction.
    ///
    /// # Errors
    /// [`Error::Internal`] when the system gives no thread.
    pub(crate) fn start<L: Lender>(lender: L, capacity: usize) -> Result<Self> {
        let capacity = capacity.max(1);
        let (queue, jobs) = sync_channel(capacity);
        let queued = Arc::new(AtomicUsize::new(0));
        let answered = queued.clone();
        thread::Builder::new()
            .name("db-writer".to_owned())
            .spawn(move || serve(&lender, &jobs, &answered))
            .map_err(|error| Error::internal(format!("no thread for the writer: {error}")))?;
        Ok(Self { queue, queued, capacity })
    }

    /// How many jobs wait or are being done.
    pub(crate) fn queued(&self) -> usize {
        self.queued.load(Ordering::Relaxed)
    }

    /// Queues `work`; `reply` is called with its result after the commit.
    ///
    /// # Errors
    /// [`Error::QueueFull`] at once when it is.
    pub(crate) fn submit<T, W, A>(&self, actor: Actor, work: W, reply: A) -> Result<()>
    where
        T: Send + 'static,
        W: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
        A: FnOnce(Result<T>) + Send + 'static,
    {
        if self.queued.fetch_add(1, Ordering::Relaxed) >= self.capacity {
            self.forget_one();
            return Err(Error::QueueFull);
        }
        let sent = self.queue.try_send(task(actor, work, reply));
        sent.inspect_err(|_| self.forget_one()).map_err(|refused| match refused {
            TrySendError::Full(_) => Error::QueueFull,
            TrySendError::Disconnected(_) => stopped(),
        })
    }

    /// As [`Writer::submit`], but waits for a place in the queue.
    ///
    /// # Errors
    /// [`Error::Internal`] when the writer has stopped.
    pub(crate) fn submit_patiently<T, W, A>(&self, actor: Actor, work: W, reply: A) -> Result<()>
    where
        T: Send + 'static,
        W: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
        A: FnOnce(Result<T>) + Send + 'static,
    {
        self.queued.fetch_add(1, Ordering::Relaxed);
        let sent = self.queue.send(task(actor, work, reply));
        sent.inspect_err(|_| self.forget_one()).map_err(|_| stopped())
    }

    fn forget_one(&self) {
        self.queued.fetch_sub(1, Ordering::Relaxed);
    }
}

fn task<T, W, A>(actor: Actor, work: W, reply: A) -> Box<dyn Job>
where
    T: Send + 'static,
    W: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    A: FnOnce(Result<T>) + Send + 'static,
{
    Box::new(Task { actor, span: Span::current(), work: Some(work), result: None, reply })
}

pub(crate) fn stopped() -> Error {
    Error::internal("the writing thread has stopped")
}

/// Serves jobs until nobody can send any more.
fn serve<L: Lender>(lender: &L, jobs: &Receiver<Box<dyn Job>>, queued: &AtomicUsize) {
    let mut waiting: VecDeque<Box<dyn Job>> = VecDeque::new();
    loop {
        if waiting.is_empty() {
            match jobs.recv() {
                Ok(job) => waiting.push_back(job),
                Err(_) => return,
            }
        }
        while waiting.len() < GROUP
            && let Ok(job) = jobs.try_recv()
        {
            waiting.push_back(job);
        }
        let (done, fault) = match begin_to_write(lender) {
            Ok(mut conn) => {
                let (done, fault) = group(&mut *conn, &mut waiting);
                if done.iter().any(|job| matches!(job.fault(), Some(Error::ReadOnly))) {
                    leave(&mut *conn);
                }
                (done, fault)
            }
            Err(error) => (waiting.drain(..).collect(), Some(error)),
        };
        tell(lender, &done, fault.as_ref());
        queued.fetch_sub(done.len(), Ordering::Relaxed);
        for job in done {
            job.answer(fault.as_ref());
        }
    }
}

/// A connection on which a transaction that writes has begun. What another version of the program
/// made of the schema meanwhile, this one does not know how to write.
fn begin_to_write<L: Lender>(lender: &L) -> Result<L::Lent> {
    let mut conn = begin(lender, L::Conn::BEGIN_WRITE)?;
    let ours = schema_must_be_ours(&mut Conn { inner: conn.inner(), totals: None });
    if ours.is_err() {
        // The fault that matters is the first.
        drop(conn.batch_execute("ROLLBACK"));
    }
    ours.map(|()| conn)
}

/// Tells `lender` how it went, once it has its connection back.
fn tell<L: Lender>(lender: &L, done: &[Box<dyn Job>], fault: Option<&Error>) {
    let mut faults = done.iter().filter_map(|job| job.fault()).chain(fault).peekable();
    if faults.peek().is_none() {
        lender.wrote();
    }
    faults.for_each(|fault| lender.failed(fault));
}

/// Has the pool open another connection in the place of one that may not write: that may have
/// changed since it was opened.
fn leave<C: Engine>(conn: &mut C) {
    let left = C::LEAVE.map(|sql| conn.batch_execute(sql));
    // The connection is gone before the answer comes.
    drop(left);
}

/// Runs jobs in the transaction begun on `conn` and commits. Gives back the jobs run, and
/// the fault that undid them all, if any. Jobs there was no time for stay in `waiting`.
fn group<C: Engine>(
    conn: &mut C,
    waiting: &mut VecDeque<Box<dyn Job>>,
) -> (Vec<Box<dyn Job>>, Option<Error>) {
    let began = Instant::now();
    // A job alone needs no savepoint: the transaction is its own.
    let shared = waiting.len() > 1;
    let mut done = Vec::with_capacity(waiting.len());
    let mut outcome = Ok(());
    while let Some(mut job) = waiting.pop_front() {
        outcome = run(conn, job.as_mut(), shared);
        done.push(job);
        if outcome.is_err() || began.elapsed() > GROUP_TIME {
            break;
        }
    }
    let outcome = outcome.and_then(|()| conn.batch_execute("COMMIT"));
    let fault = outcome.err().map(|error| {
        // Fails when the engine has rolled back already, as SQLite does on a full disk.
        if let Err(undo) = conn.batch_execute("ROLLBACK") {
            tracing::debug!(%undo, "nothing left to roll back");
        }
        Error::from(error)
    });
    (done, fault)
}

/// Runs one job. An error means that the transaction as a whole is lost.
fn run<C: Engine>(conn: &mut C, job: &mut dyn Job, shared: bool) -> diesel::QueryResult<()> {
    if shared {
        conn.batch_execute("SAVEPOINT job")?;
    }
    let stamp = Stamp::now(job.actor());
    let kept = job.run(Tx { conn: Conn { inner: conn.inner(), totals: None }, stamp });
    match (kept, shared) {
        (true, true) => conn.batch_execute("RELEASE SAVEPOINT job"),
        (true, false) => Ok(()),
        (false, true) => conn.batch_execute("ROLLBACK TO SAVEPOINT job; RELEASE SAVEPOINT job"),
        // Nothing else is in the transaction, so the commit that follows keeps nothing.
        (false, false) => conn.batch_execute("ROLLBACK; BEGIN"),
    }
}
