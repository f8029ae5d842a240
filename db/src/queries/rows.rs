//! What every query module needs to turn columns into values and back.

use crate::error::{Error, Result};
use crate::types::{Doc, Id};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use consortia_domain::decode::Decode;
use consortia_domain::money::{Currency, Money};
use consortia_domain::page::{Cursor, Page};
use consortia_domain::period::{Bound, Period};
use consortia_domain::record::Stamp as RecordStamp;
use consortia_domain::{Invalid, decode};
use serde::Serialize;
use std::fmt::Display;
use std::str::FromStr;

/// A column's text as the type it was written from.
///
/// # Errors
/// [`Error::Internal`] when somebody else wrote to the database.
pub(crate) fn parse<T: FromStr<Err = Invalid>>(text: &str) -> Result<T> {
    held(text.parse())
}

/// A value made of columns.
///
/// # Errors
/// As of [`parse`].
pub(crate) fn held<T>(value: std::result::Result<T, Invalid>) -> Result<T> {
    value.map_err(|fault| Error::internal(format!("the database holds {fault}")))
}

/// As [`parse`], for columns that may be null.
pub(crate) fn parse_opt<T: FromStr<Err = Invalid>>(text: Option<&str>) -> Result<Option<T>> {
    text.map(parse).transpose()
}

/// A document column as the type it was written from.
pub(crate) fn from_doc<T: Decode>(doc: &Doc) -> Result<T> {
    decode::decode(&doc.0)
        .map_err(|faults| Error::internal(format!("the database holds a document: {faults}")))
}

/// A value as a document.
pub(crate) fn to_doc<T: Serialize>(value: &T) -> Result<Doc> {
    Ok(Doc(to_json(value)?))
}

/// A value as JSON.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<serde_json::Value> {
    serde_json::to_value(value).map_err(|error| Error::Internal(std::sync::Arc::new(error)))
}

/// The text of a value that may be absent.
pub(crate) fn text<T: Display>(value: Option<&T>) -> Option<String> {
    value.map(ToString::to_string)
}

/// Money of its two columns.
pub(crate) fn money(minor: Option<i64>, currency: Option<&str>) -> Result<Option<Money>> {
    let Some((minor, currency)) = minor.zip(currency) else { return Ok(None) };
    let currency: Currency = parse(currency)?;
    held(Money::from_minor(minor, currency)).map(Some)
}

/// The currency column of an amount.
pub(crate) fn currency(money: Option<Money>) -> Option<String> {
    money.map(|money| money.currency().code().to_owned())
}

/// An end of a period as its column holds it: null is unknown, `..` is open.
pub(crate) fn bound_text(bound: Bound) -> Option<String> {
    (!bound.is_unknown()).then(|| bound.to_string())
}

/// A period of its two columns.
pub(crate) fn period(starts: Option<&str>, ends: Option<&str>) -> Result<Period> {
    let bound = |text: Option<&str>| parse::<Bound>(text.unwrap_or_default());
    held(Period::new(bound(starts)?, bound(ends)?))
}

/// The columns every record ends with.
pub(crate) fn stamp(
    version: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
) -> Result<RecordStamp> {
    Ok(RecordStamp {
        version: unsigned(version)?,
        created_at: created_at.and_utc(),
        updated_at: updated_at.and_utc(),
    })
}

/// A count or number that is never negative.
pub(crate) fn unsigned(number: i32) -> Result<u32> {
    u32::try_from(number).map_err(|_| Error::internal(format!("the database holds {number}")))
}

/// A total as the pages give it.
pub(crate) fn total(count: i64) -> Result<u64> {
    u64::try_from(count).map_err(|_| Error::internal(format!("the database counted {count}")))
}

/// A page of rows in order of their ids, of which one more than `limit` was read.
pub(crate) fn page<R, T>(
    mut rows: Vec<R>,
    (limit, fingerprint, total): (u32, u64, i64),
    id: impl Fn(&R) -> Id,
    read: impl FnOnce(Vec<R>) -> Result<Vec<T>>,
) -> Result<Page<T>> {
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let last = rows.last().filter(|_| more);
    let next = last.map(|last| Cursor { fingerprint, values: Vec::new(), id: id(last).0 });
    let total = self::total(total)?;
    Ok(Page { data: read(rows)?, next, total, corrections: Vec::new() })
}

/// The place of an element in its list.
pub(crate) fn position(index: usize) -> Result<i32> {
    i32::try_from(index).map_err(|_| Error::internal("a list is too long for its column"))
}

/// A small number as its column holds it; the domain's bounds leave room enough.
pub(crate) fn integer(number: u32) -> Result<i32> {
    i32::try_from(number).map_err(|_| {
        Error::invalid(
            &consortia_domain::Pointer::root(),
            "too_large",
            format!("{number} is too large. Expected at most {}.", i32::MAX),
        )
    })
}

/// An instant as its column holds it.
pub(crate) fn naive(at: DateTime<Utc>) -> NaiveDateTime {
    at.naive_utc()
}

/// This day, by which statuses are derived.
pub(crate) fn today() -> NaiveDate {
    Utc::now().date_naive()
}
