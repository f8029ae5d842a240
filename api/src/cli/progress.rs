//! Progress on standard error: a bar for people, a line now and then for logs.

use crate::import::Counters;
use crate::words;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal as _;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Time between two looks where there is a terminal.
const FRAME: Duration = Duration::from_millis(100);
/// Time between two lines where there is none.
const PAUSE: Duration = Duration::from_secs(2);
/// Steps of the bar.
const STEPS: u64 = 1000;

const BAR: &str = "{bar:32} {percent:>3} %  {msg}, {elapsed} gone";

/// Shows, on a thread of its own, how far an import has come.
pub(super) struct Shown {
    ends: Sender<()>,
    thread: JoinHandle<()>,
    lines: Lines,
}

/// Shows lines without breaking the bar.
#[derive(Clone)]
pub(super) struct Lines(Option<ProgressBar>);

impl Lines {
    pub(super) fn show(&self, text: &str) {
        match &self.0 {
            Some(bar) => bar.println(text),
            None => eprintln!("{text}"),
        }
    }
}

impl Shown {
    /// Starts showing `counters`.
    pub(super) fn start(counters: Arc<Counters>) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(STEPS);
            // The template is fixed above; were it wrong, the default style would do.
            bar.with_style(
                ProgressStyle::with_template(BAR)
                    .unwrap_or_else(|_| ProgressStyle::default_bar())
                    .progress_chars("━━─"),
            )
        });
        let lines = Lines(bar);
        let (ends, ended) = channel();
        let watched = lines.clone();
        let thread = thread::spawn(move || watch(&counters, &watched, &ended));
        Self { ends, thread, lines }
    }

    /// For showing lines meanwhile.
    pub(super) fn lines(&self) -> Lines {
        self.lines.clone()
    }

    /// Stops showing, and clears the bar.
    pub(super) fn end(self) {
        drop(self.ends);
        if self.thread.join().is_err() {
            tracing::debug!("the progress bar broke");
        }
        if let Lines(Some(bar)) = self.lines {
            bar.finish_and_clear();
        }
    }
}

fn watch(counters: &Counters, lines: &Lines, ended: &Receiver<()>) {
    let started = Instant::now();
    let pause = if lines.0.is_some() { FRAME } else { PAUSE };
    while ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        let elapsed = started.elapsed();
        let done = counters.fraction();
        let (rows, stored) = (counters.rows(), counters.stored());
        let message = format!(
            "{rows} {} read, {stored} {} stored ({}/s), {} left",
            words::of(rows, "row"),
            words::of(stored, "record"),
            per_second(stored, elapsed),
            left(done, elapsed)
        );
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
        #[expect(clippy::cast_precision_loss, reason = "a small constant")]
        let steps = (done * STEPS as f64) as u64;
        match &lines.0 {
            Some(bar) => {
                bar.set_message(message);
                bar.set_position(steps);
            }
            None => eprintln!("{:>3} %, {message}", steps / 10),
        }
    }
}

/// How many a second, on average.
fn per_second(count: u64, elapsed: Duration) -> u64 {
    let ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
    count.saturating_mul(1000) / ms
}

/// The time left at the speed so far, in words.
fn left(done: f64, elapsed: Duration) -> String {
    if done < 0.02 {
        return "some time".to_owned();
    }
    let seconds = elapsed.as_secs_f64() * (1.0 - done) / done;
    if seconds < 100.0 { format!("{seconds:.0} s") } else { format!("{:.0} min", seconds / 60.0) }
}
