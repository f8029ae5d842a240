//! Erasures whose bytes have yet to be wiped from the files of the database.

use super::Conn;
use super::rows::naive;
use crate::conn::Stamp;
use crate::error::Result;
use crate::schema::erasures;
use diesel::prelude::*;

/// Notes that something was erased, so that it is wiped even if this process ends before.
pub(super) fn note(c: &mut Conn, by: &Stamp) -> Result<()> {
    diesel::insert_into(erasures::table)
        .values(erasures::erased_at.eq(naive(by.now)))
        .execute(c)?;
    Ok(())
}
