//! Wiping an SQLite file and the log of writes beside it.

use super::{TABLES, WriteLog, patiently};
use crate::conn::Engine as _;
use crate::error::{Error, Result};
use crate::schema::erasures;
use crate::sqlite::Conn;
use crate::sqlite::file::existing;
use diesel::connection::SimpleConnection as _;
use diesel::dsl::max;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use std::path::Path;

/// Foreign keys off, so that a table others refer to can be emptied page by page; everything
/// freed becomes zeros; rows set aside are in a file without a name, for answers and drafts may be
/// more than memory holds. The short wait, because whoever waits for readers keeps writers waiting.
const SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL; \
    PRAGMA foreign_keys = OFF; PRAGMA secure_delete = ON; PRAGMA temp_store = FILE;";
const SHORT_WAIT: &str = "PRAGMA busy_timeout = 100";

/// What was set aside goes afterwards, while others write again.
const COMMIT: &str = "COMMIT; DROP TABLE IF EXISTS aside";

/// What the planner noted of the values of indexes; there once it was asked to.
const SAMPLES: &str = "sqlite_stat4";

#[derive(QueryableByName)]
struct Checkpoint {
    #[diesel(sql_type = Integer)]
    busy: i32,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

pub(crate) fn run(path: &Path) -> Result<WriteLog> {
    let cannot = |error| Error::unavailable(format!("cannot open {}: {error}", path.display()));
    let mut conn = Conn::establish(&existing(path)).map_err(cannot)?;
    conn.batch_execute(SETTINGS)?;
    let last: Option<i64> = erasures::table.select(max(erasures::seq)).first(&mut conn)?;
    let Some(last) = last else { return Ok(WriteLog::Emptied) };
    // One after the other, so that writers come in between.
    for table in TABLES {
        conn.batch_execute(Conn::BEGIN_WRITE)?;
        rewrite(&mut conn, table)?;
        conn.batch_execute(COMMIT)?;
    }
    conn.batch_execute(Conn::BEGIN_WRITE)?;
    forget_samples(&mut conn)?;
    conn.batch_execute(COMMIT)?;
    // Only now the file has no copy any more; the log of writes still has the pages of before.
    conn.batch_execute(SHORT_WAIT)?;
    patiently(|| {
        let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
        let told: Checkpoint = diesel::sql_query(sql).get_result(&mut conn)?;
        Ok(told.busy == 0)
    })?;
    diesel::delete(erasures::table.filter(erasures::seq.le(last))).execute(&mut conn)?;
    Ok(WriteLog::Emptied)
}

/// Writes a table anew, from its first page on; its rows are left set aside.
fn rewrite(conn: &mut Conn, table: &str) -> Result<()> {
    conn.batch_execute(&format!(
        "CREATE TEMP TABLE aside AS SELECT * FROM {table}; DELETE FROM {table}; \
         INSERT INTO {table} SELECT * FROM aside"
    ))?;
    Ok(())
}

/// Forgets what the planner noted of the values of these tables.
fn forget_samples(conn: &mut Conn) -> Result<()> {
    let known = "SELECT name FROM sqlite_master WHERE name = ?";
    let known: Option<Name> =
        diesel::sql_query(known).bind::<Text, _>(SAMPLES).get_result(conn).optional()?;
    let Some(Name { name }) = known else { return Ok(()) };
    let tables = TABLES.map(|table| format!("'{table}'")).join(", ");
    conn.batch_execute(&format!("DELETE FROM {name} WHERE tbl IN ({tables})"))?;
    rewrite(conn, &name)
}
