//! Standard error, written to without waiting for whoever reads it: a reader that stalls would
//! stop everything that has something to say, which is every request.

use chrono::{SecondsFormat, Utc};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{retry_on_intr, write};
use serde_json::json;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// What a pipe that takes anything takes without waiting (`PIPE_BUF` of Linux).
const AT_ONCE: usize = 4096;

/// Time for a reader to make room for the rest of a long line.
const PATIENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

/// Lines lost since the process began.
static LOST: AtomicU64 = AtomicU64::new(0);

/// Held while a line is written, so that nobody takes the room that another was promised.
static WRITTEN: Mutex<Written> = Mutex::new(Written { told: 0, broken_off: false });

/// What stands in the log.
struct Written {
    /// Lines lost that it tells of.
    told: u64,
    /// Whether its last line is a part of one.
    broken_off: bool,
}

/// How many lines of the log were lost because nobody read them, or there was no room for them.
pub(crate) fn lost() -> u64 {
    LOST.load(Ordering::Relaxed)
}

/// Takes one line at a time.
#[derive(Clone, Copy)]
pub(super) struct StandardError {
    /// Whether its own lines are JSON.
    pub(super) json: bool,
}

impl Write for StandardError {
    /// Writes a whole line, or counts it as lost.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
        let untold = lost() - written.told;
        if untold > 0 && written.put(self.told_of(untold).as_bytes()) {
            written.told += untold;
        }
        if !written.put(line) {
            LOST.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl StandardError {
    /// The line that says how many are missing before it.
    fn told_of(self, lines: u64) -> String {
        let at = Utc::now().to_rfc3339_opts(SecondsFormat::Micros, true);
        let message = "lines of the log were lost: whoever reads it was too slow, or had no room";
        if self.json {
            let line =
                json!({"timestamp": at, "level": "WARN", "message": message, "lines": lines});
            format!("{line}\n")
        } else {
            format!("{at}  WARN {message} lines={lines}\n")
        }
    }
}

impl Written {
    /// Whether `line` could be written, all of it.
    fn put(&mut self, line: &[u8]) -> bool {
        let end = if self.broken_off { &b"\n"[..] } else { &[] };
        let line = [end, line].concat();
        for (n, piece) in line.chunks(AT_ONCE).enumerate() {
            let patience = if n == 0 { Timespec::default() } else { PATIENCE };
            if !put(piece, &patience) {
                self.broken_off |= n > 0;
                return false;
            }
        }
        self.broken_off = false;
        true
    }
}

/// Whether `piece` could be written, after `patience` at most. By the descriptor itself: whoever
/// waits for the reader holds the lock of `stderr`, as what tells of a panic does.
fn put(mut piece: &[u8], patience: &Timespec) -> bool {
    let out = io::stderr();
    let room = retry_on_intr(|| poll(&mut [PollFd::new(&out, PollFlags::OUT)], Some(patience)));
    if !room.is_ok_and(|ready| ready > 0) {
        return false;
    }
    while !piece.is_empty() {
        match retry_on_intr(|| write(&out, piece)) {
            Ok(length @ 1..) => piece = &piece[length..],
            _ => return false,
        }
    }
    true
}
