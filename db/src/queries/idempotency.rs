//! Answering a repeated request as the first time, instead of doing it again.

use super::Conn;
use super::rows::naive;
use crate::conn::Stamp;
use crate::error::{Error, Result};
use crate::schema::idempotency_keys;
use chrono::TimeDelta;
use diesel::prelude::*;

/// How long a key is remembered.
const LIFETIME: TimeDelta = TimeDelta::hours(24);

/// The answer given before to the request of this key, if any.
pub(crate) fn begin(
    c: &mut Conn,
    by: &Stamp,
    key: &str,
    request_hash: &str,
) -> Result<Option<Vec<u8>>> {
    let known: Option<(String, Vec<u8>)> = idempotency_keys::table
        .find((by.actor.as_str(), key))
        .filter(idempotency_keys::created_at.gt(naive(by.now - LIFETIME)))
        .select((idempotency_keys::request_hash, idempotency_keys::answer))
        .first(c)
        .optional()?;
    match known {
        Some((hash, _)) if hash != request_hash => Err(Error::IdempotencyMismatch),
        Some((_, answer)) => Ok(Some(answer)),
        None => Ok(None),
    }
}

/// Remembers the answer given to the request of this key.
pub(crate) fn finish(
    c: &mut Conn,
    by: &Stamp,
    key: &str,
    request_hash: &str,
    answer: &[u8],
) -> Result<()> {
    let own = idempotency_keys::table.find((by.actor.as_str(), key));
    // One that has expired but was not swept yet.
    diesel::delete(own).execute(c)?;
    diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::actor.eq(by.actor.as_str()),
            idempotency_keys::key.eq(key),
            idempotency_keys::request_hash.eq(request_hash),
            idempotency_keys::answer.eq(answer),
            idempotency_keys::created_at.eq(naive(by.now)),
        ))
        .execute(c)?;
    Ok(())
}

/// Forgets so many of the answers given to `actor`, at most; gives their number.
pub(super) fn forget(c: &mut Conn, actor: &str, most: i64) -> Result<usize> {
    let own = idempotency_keys::table.filter(idempotency_keys::actor.eq(actor));
    let some = own.select(idempotency_keys::key).limit(most);
    let keys: Vec<String> = some.load(c)?;
    let those = own.filter(idempotency_keys::key.eq_any(keys));
    Ok(diesel::delete(those).execute(c)?)
}

/// Forgets keys older than a day; gives their number.
pub(crate) fn sweep(c: &mut Conn, by: &Stamp) -> Result<usize> {
    let expired = idempotency_keys::created_at.le(naive(by.now - LIFETIME));
    Ok(diesel::delete(idempotency_keys::table.filter(expired)).execute(c)?)
}
