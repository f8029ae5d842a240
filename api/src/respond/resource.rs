//! What answering needs to know of a kind of record.

use super::csv::Column;
use chrono::Utc;
use consortia_db::{Conn, Result};
use consortia_domain::record::{Stamp, Timestamp};
use serde::Serialize;

/// A kind of record as the API shows it.
pub trait Resource: Serialize + Sized + Send + 'static {
    /// Its path below `/api/v1`, for `Location`.
    const PATH: &'static str;
    /// Its top-level fields, in order; what `fields` may name.
    const FIELDS: &'static [&'static str];
    /// Words somebody might search for, for the document.
    const SEARCH_EXAMPLE: &'static str;
    /// Whether it is for everybody, and may be reused under the licence of the data.
    const REUSABLE: bool = true;
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
