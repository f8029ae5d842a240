//! Work that is done to its end even when nobody waits for it any more.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread;

/// Work that a task of its own goes on with when this is dropped before it has ended.
pub(super) struct ToItsEnd<F: Future + 'static>(Option<Pin<Box<F>>>);

impl<F: Future + 'static> ToItsEnd<F> {
    /// `work`, of which nothing is done yet.
    pub(super) fn new(work: F) -> Self {
        Self(Some(Box::pin(work)))
    }
}

impl<F: Future + 'static> Future for ToItsEnd<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // Nobody may ask again for what has ended.
        let Some(work) = &mut self.0 else { return Poll::Pending };
        let polled = work.as_mut().poll(context);
        if polled.is_ready() {
            self.0 = None;
        }
        polled
    }
}

impl<F: Future + 'static> Drop for ToItsEnd<F> {
    fn drop(&mut self) {
        let Some(work) = self.0.take() else { return };
        if !thread::panicking() {
            actix_web::rt::spawn(async move { drop(work.await) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ToItsEnd;
    use std::cell::Cell;
    use std::rc::Rc;
    use std::time::Duration;
    use tokio::time::{sleep, timeout};

    #[actix_web::test]
    async fn what_has_begun_ends_though_nobody_waits() {
        let done = Rc::new(Cell::new(0));
        let work = |done: Rc<Cell<u32>>| async move {
            sleep(Duration::from_millis(20)).await;
            done.set(done.get() + 1);
        };
        let waited = timeout(Duration::from_millis(1), ToItsEnd::new(work(done.clone()))).await;
        assert!(waited.is_err() && done.get() == 0);
        ToItsEnd::new(work(done.clone())).await;
        sleep(Duration::from_millis(20)).await;
        assert_eq!(done.get(), 2, "each once");
    }
}
