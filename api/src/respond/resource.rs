//! What answering needs to know of a kind of record.

use super::csv::Cell;
use chrono::Utc;
use consortia_db::{Conn, Result};
use consortia_domain::record::{Stamp, Timestamp};
use serde::Serialize;

/// A column of a table: the field it belongs to, its heading, and how a record fills it.
pub struct Column<T> {
    /// The field, as `fields` names it.
    pub field: &'static str,
    /// The heading.
    pub name: &'static str,
    /// The record's text in it.
    pub cell: fn(&T) -> Cell,
}

impl<T> Column<T> {
    /// A column headed by the name of its field.
    pub const fn new(field: &'static str, cell: fn(&T) -> Cell) -> Self {
        Self { field, name: field, cell }
    }

    /// A column headed `name`, one of several of its field.
    pub const fn of(field: &'static str, name: &'static str, cell: fn(&T) -> Cell) -> Self {
        Self { field, name, cell }
    }
}

/// A kind of record as the API shows it.
pub trait Resource: Serialize + Sized + Send + 'static {
    /// Its path below `/api/v1`, for `Location`.
    const PATH: &'static str;
    /// Its top-level fields, in order; what `fields` may name.
    const FIELDS: &'static [&'static str];
    /// Words somebody might search for, for the document.
    const SEARCH_EXAMPLE: &'static str;
    /// What `include` may name.
    const INCLUDES: &'static [&'static str] = &[];

    /// Adds what `wanted` names to each of `shown`, at one look-up for each kind of record.
    ///
    /// # Errors
    /// As the store says.
    fn include(_: &mut Conn<'_>, _wanted: &[&'static str], _shown: &mut [Self]) -> Result<()> {
        Ok(())
    }

    /// The columns of its table.
    fn columns() -> Vec<Column<Self>>;

    /// Its id, as in paths.
    fn id(&self) -> String;

    /// Where it stands in its history; `None` for what has none of its own.
    fn stamp(&self) -> Option<&Stamp>;

    /// When what is shown of it last changed, if that can be told from the record alone.
    fn modified(&self) -> Option<Timestamp> {
        self.stamp().map(|stamp| stamp.updated_at)
    }
}

/// When something shown that depends on the day last changed: then, or at midnight.
#[must_use]
pub(crate) fn changes_by_day(updated_at: Timestamp) -> Timestamp {
    let midnight = Utc::now().date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
    updated_at.max(midnight)
}
