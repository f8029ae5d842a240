//! Spans on their way out. Whoever has one lays it down and goes on, at once, in any case: where
//! there is no room the span is lost, and counted.

use super::otlp::{Outcome, Sender};
use super::span::Span;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Spans that wait at most: some seconds of a busy server, a megabyte or so.
const ROOM: usize = 4096;
/// Spans that are sent together.
const BATCH: usize = 512;
/// Longest time spans wait for others to go with.
const DELAY: Duration = Duration::from_secs(1);

/// Where spans wait, and what became of the others.
#[derive(Default)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    /// Something waits, or it is time to end; or all is over.
    changed: Condvar,
    sent: AtomicU64,
    lost: AtomicU64,
}

#[derive(Default)]
struct Waiting {
    spans: Vec<Span>,
    ending: bool,
    ended: bool,
}

impl Queue {
    /// A queue that `sender` empties on a thread of its own.
    pub(super) fn start(sender: Sender) -> Arc<Self> {
        let queue = Arc::new(Self::default());
        let served = queue.clone();
        let sending = thread::Builder::new().name("traces".into());
        if let Err(error) = sending.spawn(move || served.send_all(&sender)) {
            tracing::error!(%error, "there is no thread to send traces; none are sent");
            queue.lock().ended = true;
        }
        queue
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a span, if there is room.
    pub(super) fn push(&self, span: Span) {
        let mut waiting = self.lock();
        if waiting.ended || waiting.spans.len() >= ROOM {
            drop(waiting);
            self.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        waiting.spans.push(span);
        if waiting.spans.len() == BATCH {
            self.changed.notify_all();
        }
    }

    /// Spans that were taken by whoever collects them.
    pub(super) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Spans that were not: there was no room, or nobody took them.
    pub(super) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Has what waits sent, for `limit` at most. Blocks.
    pub(super) fn end(&self, limit: Duration) {
        let until = Instant::now() + limit;
        let mut waiting = self.lock();
        waiting.ending = true;
        self.changed.notify_all();
        while !waiting.ended {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                tracing::warn!(spans = waiting.spans.len(), "traces were not all sent");
                return;
            }
            let woken = self.changed.wait_timeout(waiting, left);
            waiting = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn send_all(&self, sender: &Sender) {
        let mut trouble = None;
        while let Some(batch) = self.batch(trouble.is_some()) {
            let of = batch.len() as u64;
            let Outcome { taken, fault } = sender.send(&batch);
            self.sent.fetch_add(taken, Ordering::Relaxed);
            self.lost.fetch_add(of.saturating_sub(taken), Ordering::Relaxed);
            // Once, not with every batch.
            match &fault {
                Some(fault) if trouble.is_none() => tracing::warn!(fault, "traces are lost"),
                None if trouble.is_some() => tracing::info!("traces are taken again"),
                _ => {}
            }
            trouble = fault;
        }
        self.lock().ended = true;
        self.changed.notify_all();
    }

    /// The next spans to send, when there are enough, or when they have waited long enough; after
    /// trouble in any case only then. `None` when all is over.
    fn batch(&self, after_trouble: bool) -> Option<Vec<Span>> {
        let mut until = Instant::now() + DELAY;
        let mut waiting = self.lock();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let enough = waiting.spans.len() >= BATCH && !after_trouble;
            if waiting.ending || enough || left.is_zero() {
                if !waiting.spans.is_empty() {
                    let count = waiting.spans.len().min(BATCH);
                    return Some(waiting.spans.drain(..count).collect());
                }
                if waiting.ending {
                    return None;
                }
                until = Instant::now() + DELAY;
                continue;
            }
            let woken = self.changed.wait_timeout(waiting, left);
            waiting = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
