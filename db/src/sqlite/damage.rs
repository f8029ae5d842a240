//! Whether the file is what SQLite wrote.

use super::Conn;
use crate::error::Result;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;

/// The first fault of its pages, in SQLite's words.
pub(crate) fn damage(conn: &mut Conn) -> Result<Option<String>> {
    let told: String = sql::<Text>("PRAGMA quick_check(1)").get_result(conn)?;
    Ok((told != "ok").then(|| told.lines().collect::<Vec<_>>().join(" ")))
}
