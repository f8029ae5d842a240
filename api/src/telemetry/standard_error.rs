//! Standard error, written to without waiting for whoever reads it: a reader that stalls would
//! stop everything that has something to say, which is every request.

use chrono::{SecondsFormat, Utc};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, OFlags, fstat};
use rustix::io::{retry_on_intr, write};
use serde_json::json;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsFd as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// What a pipe that takes anything takes without waiting (`PIPE_BUF` of Linux).
const AT_ONCE: usize = 4096;

/// Time for a reader to make room.
const PATIENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

/// Lines lost since the process began.
static LOST: AtomicU64 = AtomicU64::new(0);

/// Held while a line is written, so that nobody takes the room that another was promised.
static WRITTEN: Mutex<Written> = Mutex::new(Written { told: 0, broken_off: false, behind: false });

/// What stands in the log.
struct Written {
    /// Lines lost that it tells of.
    told: u64,
    /// Whether its last line is a part of one.
    broken_off: bool,
    /// Whether the last line found no room.
    behind: bool,
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
    /// Whether `line` could be written, all of it. A reader that keeps up may take a moment; one
    /// that has lost a line is not waited for until there is room again.
    fn put(&mut self, line: &[u8]) -> bool {
        let end = if self.broken_off { &b"\n"[..] } else { &[] };
        let line = [end, line].concat();
        let mut rest = &line[..];
        let mut patience = if self.behind { Timespec::default() } else { PATIENCE };
        while !rest.is_empty() {
            match put(&rest[..rest.len().min(AT_ONCE)], &patience) {
                0 => break,
                length => rest = &rest[length..],
            }
            patience = PATIENCE;
        }
        self.behind = !rest.is_empty();
        if rest.len() < line.len() {
            self.broken_off = self.behind;
        }
        !self.behind
    }
}

/// How much of `piece` could be written, where there is room for some within `patience`.
fn put(piece: &[u8], patience: &Timespec) -> usize {
    let stderr = io::stderr();
    // By the descriptor itself: whoever waits for the reader holds the lock of `stderr`, as what
    // tells of a panic does.
    let out = unhindered().map_or(stderr.as_fd(), File::as_fd);
    let room = retry_on_intr(|| poll(&mut [PollFd::new(&out, PollFlags::OUT)], Some(patience)));
    if !room.is_ok_and(|ready| ready > 0) {
        return 0;
    }
    retry_on_intr(|| write(out, piece)).unwrap_or(0)
}

/// The pipe or terminal that standard error is, opened once more so that writing never waits: a
/// terminal has room for less than [`AT_ONCE`], and others may write into the same pipe. `None`
/// where it is something else, or cannot be opened.
fn unhindered() -> Option<&'static File> {
    static OPENED: OnceLock<Option<File>> = OnceLock::new();
    let open = || {
        let kind = FileType::from_raw_mode(fstat(io::stderr()).ok()?.st_mode);
        if !matches!(kind, FileType::Fifo | FileType::CharacterDevice) {
            return None;
        }
        let never_wait = (OFlags::NONBLOCK | OFlags::NOCTTY).bits().try_into().ok()?;
        OpenOptions::new().write(true).custom_flags(never_wait).open("/proc/self/fd/2").ok()
    };
    OPENED.get_or_init(open).as_ref()
}
