//! Sessions: how long an account stays open, and what keeps it so.
//!
//! A session is kept going by refresh tokens, each of which can be used once. One that comes a
//! second time was copied by somebody, so its session ends. Times are absolute: a session lasts
//! at most [`LONGEST`], and [`IDLE`] without being renewed.

use crate::{Conn, Error, Result};
use chrono::{DateTime, TimeDelta, Utc};
use consortia_domain::account::Account;
use uuid::Uuid;

/// How long a session lasts at most.
pub const LONGEST: TimeDelta = TimeDelta::days(90);
/// How long it lasts without being renewed.
pub const IDLE: TimeDelta = TimeDelta::days(14);
/// Failures to open an account, in a row, after which nobody can for a while.
pub const FAILURES: i32 = 10;
/// That while, counted from the failure that was one too many; trying meanwhile does not make it
/// longer. Failures further apart are not in a row.
pub const LOCKED_FOR: TimeDelta = TimeDelta::minutes(15);

/// SHA-256 of a token, or of a name with a secret.
pub type Hash = [u8; 32];

/// A session as it was begun or renewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// The session.
    pub id: Uuid,
    /// Whose it is.
    pub account: Account,
    /// When it ends, unless it is renewed.
    pub expires_at: DateTime<Utc>,
}

/// What came of renewing a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// It goes on.
    Renewed(Live),
    /// The token had been used before; the session of this account was ended.
    Reused(Uuid),
    /// There is no such token, or its session is over.
    Unknown,
}

crate::conn::dispatch! { session:
    /// Begins a session of an account, kept going by the token with this hash, and forgets the
    /// failures of `name`. `None` when the account is not there, is shut, has another password
    /// by now than the one with the hash `password`, or its name is locked by now.
    write begin(account: Uuid, name: &Hash, password: &str, token: &Hash) -> Option<Live>;

    /// Renews the session whose token has the hash `token`: from now on it is kept going by
    /// `next`.
    write renew(token: &Hash, next: &Hash) -> Renewal;

    /// Ends a session; false when it was not going on.
    write end(id: Uuid) -> bool;

    /// The account of a session that goes on and has not been shut; `None` when there is none.
    read account(id: Uuid, now: DateTime<Utc>) -> Option<Account>;

    /// Notes a failure to open the account whose name has this hash, and tells how many there
    /// were in a row.
    write fail(name: &Hash) -> i32;

    /// Forgets the failures of a name; tells whether there were any.
    write forgive(name: &Hash) -> bool;

    /// Whether a name has failed so often that nobody may try now.
    read is_locked(name: &Hash, now: DateTime<Utc>) -> bool;

    /// Forgets sessions, failures and read tokens that are long over; tells how many.
    write sweep() -> usize;
}

/// The account `id` as it is now, of somebody who asks with it, in one of its sessions if told.
///
/// # Errors
/// [`Error::AccountShut`] when the session has ended, or the account was shut or erased.
pub fn check_open(c: &mut Conn<'_>, id: Uuid, session: Option<Uuid>) -> Result<Account> {
    let found = match session {
        Some(session) => account(c, session, Utc::now())?,
        None => crate::account::find(c, id)?.filter(|account| !account.content.disabled),
    };
    found.ok_or(Error::AccountShut)
}
