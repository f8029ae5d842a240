//! What a request was doing, and when, for whoever collects traces (OpenTelemetry).
//!
//! Off unless an endpoint is set; then what is not recorded costs a look at a variable of the
//! task. Parts of a request are told apart by [`part`] and its like where they are done.

mod otlp;
mod parent;
mod queue;
mod span;

pub(crate) use parent::Parent;
pub(crate) use span::{Begun, Here, Kind};

use crate::config::Traced;
use actix_web::http::header::HeaderMap;
use otlp::Sender;
use queue::Queue;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::futures::TaskLocalFuture;

/// Time for the last spans to be sent when the service ends.
const LAST: Duration = Duration::from_secs(3);

tokio::task_local! {
    /// Where the work of this task is in its trace, if that is recorded.
    static HERE: Option<Here>;
}

/// Records traces and sends them.
pub(crate) struct Traces {
    queue: Arc<Queue>,
    ratio: f64,
}

impl Traces {
    /// Sends to whom `config` names from now on.
    pub(crate) fn start(config: &Traced) -> Self {
        let queue = Queue::start(Sender::new(&config.endpoint));
        Self { queue, ratio: config.sample_ratio }
    }

    /// Begins the span of a request; `None` when it is not to be recorded. Who asks decides that
    /// for the whole trace, where they say so; else the share that is to be recorded does.
    pub(crate) fn begin(&self, headers: &HeaderMap) -> Option<Begun> {
        let parent = Parent::of(headers);
        let trace = parent.map_or_else(|| rand::random::<u128>().max(1), |parent| parent.trace);
        let wanted = parent.map_or_else(|| is_sampled(trace, self.ratio), |parent| parent.sampled);
        let here = Here { queue: self.queue.clone(), trace, span: fresh() };
        wanted.then(|| Begun::new(here, parent.map(|parent| parent.span), "HTTP", Kind::Server))
    }

    /// Spans that were sent.
    pub(crate) fn sent(&self) -> u64 {
        self.queue.sent()
    }

    /// Spans that were lost.
    pub(crate) fn lost(&self) -> u64 {
        self.queue.lost()
    }

    /// Sends what is left, for a few seconds at most. Blocks.
    pub(crate) fn end(&self) {
        self.queue.end(LAST);
    }
}

/// Whether a trace is one of the share that is recorded. Told by its id alone, so that services
/// with the same share record the same traces.
fn is_sampled(trace: u128, ratio: f64) -> bool {
    #[expect(clippy::cast_possible_truncation, reason = "the half that is random in any case")]
    let low = (trace as u64) >> 1;
    #[expect(clippy::cast_precision_loss, reason = "a share is not that exact")]
    let place = low as f64 / (1_u64 << 63) as f64;
    // The last places round to 1.
    place < ratio || ratio >= 1.0
}

fn fresh() -> u64 {
    rand::random::<u64>().max(1)
}

/// Begins a part of what is being done here; `None` when that is not recorded. It goes on until
/// what is given back is dropped.
pub(crate) fn begin_part(name: &'static str, kind: Kind) -> Option<Begun> {
    let of = |here: &Here| {
        let inner = Here { span: fresh(), ..here.clone() };
        Begun::new(inner, Some(here.span), name, kind)
    };
    HERE.try_with(|here| here.as_ref().map(of)).ok()?
}

/// Does `work` as a part of what is being done here.
pub(crate) async fn part<F: Future>(name: &'static str, work: F) -> F::Output {
    within(begin_part(name, Kind::Internal).as_ref(), work).await
}

/// Does `work` inside of `span`, if there is one.
pub(crate) fn within<F: Future>(span: Option<&Begun>, work: F) -> Within<F> {
    HERE.scope(span.map(Begun::here), work)
}

/// Work inside of a span.
pub(crate) type Within<F> = TaskLocalFuture<Option<Here>, F>;

/// Where the caller is, to be taken to another thread.
pub(crate) fn here() -> Option<Here> {
    HERE.try_with(Clone::clone).ok().flatten()
}

/// Does `work`, which another task takes over, as if it were done there.
pub(crate) fn taken<F: Future>(here: Option<Here>, work: F) -> Within<F> {
    HERE.scope(here, work)
}

/// Does `work` as if it were done there.
pub(crate) fn at<T>(here: Option<Here>, work: impl FnOnce() -> T) -> T {
    HERE.sync_scope(here, work)
}

#[cfg(test)]
mod tests {
    use super::is_sampled;

    #[test]
    fn the_share_that_is_recorded_is_the_share_asked_for() {
        let traces = || (0..1000_u128).map(|n| n * (u128::from(u64::MAX) / 1000));
        for (ratio, expected) in [(0.0, 0), (0.25, 250), (1.0, 1000)] {
            let count = traces().filter(|trace| is_sampled(*trace, ratio)).count();
            assert!(count.abs_diff(expected) <= 1, "{count} of {expected}");
        }
        assert!(is_sampled(u128::MAX, 1.0));
    }
}
