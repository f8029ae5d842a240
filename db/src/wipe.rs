//! Taking what was erased out of the files of the database.
//!
//! A deleted row leaves its bytes behind: in free pages and free parts of pages, in copies that
//! were made when a page was split, in the log of writes, in what the planner noted of its values.
//! So the tables that hold what is known of people are written anew, and those only: they are
//! small, and the rest of the registry is never theirs. Which erasures have yet to be wiped is a
//! row each of the table `erasures`, so none is forgotten. See ADR 39.

pub(crate) mod postgres;
pub(crate) mod sqlite;
mod wal;

use crate::error::{Error, Result};
use std::thread;
use std::time::{Duration, Instant};

/// The tables that hold what is known of people.
const TABLES: [&str; 10] = [
    "accounts",
    "account_organisations",
    "sessions",
    "refresh_tokens",
    "login_failures",
    "read_tokens",
    "idempotency_keys",
    "drafts",
    "draft_revisions",
    "contacts",
];

/// How long to wait for those who still see what was erased.
const PATIENCE: Duration = Duration::from_secs(10);
/// Time between two looks, in which others may write.
const PAUSE: Duration = Duration::from_millis(100);

/// What became of the log of writes when the files of the database were wiped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteLog {
    /// Nothing of what was erased is in it any more.
    Emptied,
    /// It may still hold it: it is the server's own, and out of reach.
    Kept,
}

/// Tries until it is true, or patience is over; gives which.
#[expect(clippy::disallowed_methods, reason = "a thread of its own, never one of async code")]
fn until(mut tried: impl FnMut() -> Result<bool>) -> Result<bool> {
    let begun = Instant::now();
    while !tried()? {
        if begun.elapsed() > PATIENCE {
            return Ok(false);
        }
        thread::sleep(PAUSE);
    }
    Ok(true)
}

/// As [`until`], for what others keep from becoming true by reading.
fn patiently(tried: impl FnMut() -> Result<bool>) -> Result<()> {
    if until(tried)? {
        return Ok(());
    }
    Err(Error::StillRead)
}
