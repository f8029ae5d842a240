//! SQLite's planner needs no help while an import fills empty tables: without statistics it
//! trusts its indexes.

use super::Conn;
use crate::error::Result;

/// Leaves the statistics of `tables` as they are.
#[expect(clippy::unnecessary_wraps, reason = "the other engine's can fail")]
pub(crate) fn refresh(_: &mut Conn, _tables: &[&str]) -> Result<()> {
    Ok(())
}
