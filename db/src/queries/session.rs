//! Sessions, their refresh tokens, and failures to begin them.

use super::rows::naive;
use super::{Conn, account};
use crate::conn::Stamp;
use crate::error::Result;
use crate::schema::{accounts, login_failures, read_tokens, refresh_tokens, sessions};
use crate::session::{FAILURES, Hash, IDLE, LOCKED_FOR, LONGEST, Live, Renewal};
use crate::types::Id;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use consortia_domain::account::{Account, SessionSeen};
use diesel::prelude::*;
use uuid::Uuid;

/// How long what is over is remembered, so that a token used again is known for one.
const REMEMBERED: TimeDelta = TimeDelta::days(30);

fn keep_by(c: &mut Conn, session: Uuid, token: &Hash) -> Result<()> {
    diesel::insert_into(refresh_tokens::table)
        .values((refresh_tokens::hash.eq(&token[..]), refresh_tokens::session_id.eq(Id(session))))
        .execute(c)?;
    Ok(())
}

pub(crate) fn begin(
    c: &mut Conn,
    by: &Stamp,
    account: Uuid,
    name: &Hash,
    password: &str,
    token: &Hash,
) -> Result<Option<Live>> {
    // Looked at once more: it may have changed since the password was found right.
    let open = accounts::table
        .find(Id(account))
        .filter(accounts::disabled.eq(false))
        .filter(accounts::password_hash.eq(Some(password)));
    let open = open.select(accounts::id).first::<Id>(c).optional()?;
    if open.is_none() || is_locked(c, name, by.now)? {
        return Ok(None);
    }
    forgive(c, by, name)?;
    let Some(account) = account::find(c, account)? else { return Ok(None) };
    let (id, expires_at) = (Uuid::now_v7(), by.now + IDLE);
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(Id(id)),
            sessions::account_id.eq(Id(account.id)),
            sessions::started_at.eq(naive(by.now)),
            sessions::seen_at.eq(naive(by.now)),
            sessions::expires_at.eq(naive(expires_at)),
        ))
        .execute(c)?;
    keep_by(c, id, token)?;
    Ok(Some(Live { id, account, expires_at }))
}

pub(crate) fn renew(c: &mut Conn, by: &Stamp, token: &Hash, next: &Hash) -> Result<Renewal> {
    let found: Option<(Id, Option<NaiveDateTime>, Id, NaiveDateTime)> = refresh_tokens::table
        .inner_join(sessions::table.on(sessions::id.eq(refresh_tokens::session_id)))
        .filter(refresh_tokens::hash.eq(&token[..]))
        .select((sessions::id, refresh_tokens::used_at, sessions::account_id, sessions::started_at))
        .first(c)
        .optional()?;
    let Some((Id(id), used_at, Id(account), started_at)) = found else {
        return Ok(Renewal::Unknown);
    };
    if used_at.is_some() {
        return Ok(if end(c, by, id)? { Renewal::Reused(account) } else { Renewal::Unknown });
    }
    let Some(account) = account::of_session(c, id, naive(by.now))? else {
        return Ok(Renewal::Unknown);
    };
    let expires_at = (by.now + IDLE).min(started_at.and_utc() + LONGEST);
    diesel::update(refresh_tokens::table.find(&token[..]))
        .set(refresh_tokens::used_at.eq(Some(naive(by.now))))
        .execute(c)?;
    diesel::update(sessions::table.find(Id(id)))
        .set((sessions::seen_at.eq(naive(by.now)), sessions::expires_at.eq(naive(expires_at))))
        .execute(c)?;
    keep_by(c, id, next)?;
    Ok(Renewal::Renewed(Live { id, account, expires_at }))
}

pub(crate) fn end(c: &mut Conn, by: &Stamp, id: Uuid) -> Result<bool> {
    let going_on = sessions::table.find(Id(id)).filter(sessions::ended_at.is_null());
    let ended = diesel::update(going_on).set(sessions::ended_at.eq(Some(naive(by.now))));
    Ok(ended.execute(c)? == 1)
}

/// Ends the sessions of an account, but `except`.
pub(super) fn end_all(c: &mut Conn, by: &Stamp, account: Uuid, except: Option<Uuid>) -> Result<()> {
    let going_on = sessions::table
        .filter(sessions::account_id.eq(Id(account)))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::id.ne(Id(except.unwrap_or_default())));
    diesel::update(going_on).set(sessions::ended_at.eq(Some(naive(by.now)))).execute(c)?;
    Ok(())
}

pub(crate) fn account(c: &mut Conn, id: Uuid, now: DateTime<Utc>) -> Result<Option<Account>> {
    account::of_session(c, id, naive(now))
}

/// The sessions of an account, the earliest first.
pub(super) fn seen(c: &mut Conn, account: Uuid) -> Result<Vec<SessionSeen>> {
    let rows: Vec<(NaiveDateTime, NaiveDateTime, Option<NaiveDateTime>)> = sessions::table
        .filter(sessions::account_id.eq(Id(account)))
        .select((sessions::started_at, sessions::seen_at, sessions::ended_at))
        .order(sessions::id.asc())
        .load(c)?;
    let seen = rows.into_iter().map(|(started_at, seen_at, ended_at)| SessionSeen {
        started_at: started_at.and_utc(),
        seen_at: seen_at.and_utc(),
        ended_at: ended_at.map(|at| at.and_utc()),
    });
    Ok(seen.collect())
}

/// The failures of a name in a row, as of `now`.
fn failures(c: &mut Conn, name: &Hash, now: DateTime<Utc>) -> Result<i32> {
    let recent: Option<i32> = login_failures::table
        .find(&name[..])
        .filter(login_failures::last_at.gt(naive(now - LOCKED_FOR)))
        .select(login_failures::failures)
        .first(c)
        .optional()?;
    Ok(recent.unwrap_or(0))
}

pub(crate) fn fail(c: &mut Conn, by: &Stamp, name: &Hash) -> Result<i32> {
    let before = failures(c, name, by.now)?;
    let failures = before.saturating_add(1);
    if before >= FAILURES {
        // It stays locked no longer for being tried; the write is made all the same.
        let own = login_failures::table.find(&name[..]);
        diesel::update(own).set(login_failures::failures.eq(failures)).execute(c)?;
        return Ok(failures);
    }
    forgive(c, by, name)?;
    diesel::insert_into(login_failures::table)
        .values((
            login_failures::name_hash.eq(&name[..]),
            login_failures::failures.eq(failures),
            login_failures::last_at.eq(naive(by.now)),
        ))
        .execute(c)?;
    Ok(failures)
}

pub(crate) fn forgive(c: &mut Conn, _: &Stamp, name: &Hash) -> Result<bool> {
    Ok(diesel::delete(login_failures::table.find(&name[..])).execute(c)? > 0)
}

pub(crate) fn is_locked(c: &mut Conn, name: &Hash, now: DateTime<Utc>) -> Result<bool> {
    Ok(failures(c, name, now)? >= FAILURES)
}

pub(crate) fn sweep(c: &mut Conn, by: &Stamp) -> Result<usize> {
    let over = naive(by.now - REMEMBERED);
    let sessions = sessions::table.filter(sessions::expires_at.lt(over));
    let tokens = read_tokens::table.filter(read_tokens::expires_at.lt(over));
    Ok(diesel::delete(sessions).execute(c)?
        + diesel::delete(tokens).execute(c)?
        + forget_failures(c, by)?)
}

/// Forgets failures that lock nothing any more.
pub(super) fn forget_failures(c: &mut Conn, by: &Stamp) -> Result<usize> {
    let over = login_failures::last_at.lt(naive(by.now - LOCKED_FOR));
    Ok(diesel::delete(login_failures::table.filter(over)).execute(c)?)
}
