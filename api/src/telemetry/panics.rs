//! Panics, in the log instead of past it.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic;
use tracing::{Level, field};

/// Has panics told by one line of the log each: where, and what was said; the backtrace only where
/// `RUST_BACKTRACE` asks for it. Where there is no log, or the log itself panics, they are told as
/// before.
pub fn log_panics() {
    let unlogged = panic::take_hook();
    panic::set_hook(Box::new(move |told| {
        if !tracing::enabled!(Level::ERROR) {
            return unlogged(told);
        }
        let place = told.location().map(field::display);
        let said = told.payload_as_str().unwrap_or("of unknown kind");
        let backtrace = Backtrace::capture();
        let wanted = backtrace.status() == BacktraceStatus::Captured;
        let backtrace = wanted.then(|| field::display(&backtrace));
        tracing::error!(place, backtrace, "panicked: {said}");
    }));
}
