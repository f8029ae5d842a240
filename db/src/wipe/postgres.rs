//! Wiping the files of PostgreSQL's tables. Its write-ahead log is the server's own: nobody but
//! who runs it reaches that.

use super::{TABLES, until};
use crate::config::DbConfig;
use crate::error::{Error, Result};
use crate::postgres::{PostgresUrl, Session};

/// How long a table may be waited for, so that nobody waits long behind us.
const SHORT_WAIT: &str = "SET lock_timeout = '1s'";

/// Whether nobody sees what was there before the erasures: no transaction, no replica (which has
/// no database of its own), no prepared transaction, and no setting that has VACUUM wait for so
/// many transactions more. Only then it takes them for dead.
const UNSEEN: &str = "
    SELECT NOT EXISTS (
        SELECT FROM erasures WHERE seq <= $last AND (
            age(xmin) <= age(pg_snapshot_xmin(pg_current_snapshot())::xid)
                + coalesce(current_setting('vacuum_defer_cleanup_age', true), '0')::int
            OR EXISTS (SELECT FROM pg_stat_activity AS other
                        WHERE (other.datname = current_database() OR other.datname IS NULL)
                          AND other.pid <> pg_backend_pid()
                          AND age(other.backend_xmin) >= age(erasures.xmin))
            OR EXISTS (SELECT FROM pg_replication_slots AS slot
                        WHERE age(slot.xmin) >= age(erasures.xmin))))";

pub(crate) fn run(url: &PostgresUrl, config: &DbConfig) -> Result<()> {
    let session = Session::open(url, config)?;
    let last = one(&session, "SELECT max(seq) FROM erasures")?;
    let Some(last) = last else { return Ok(()) };
    session.run(SHORT_WAIT)?;
    let unseen = UNSEEN.replace("$last", &last);
    until(|| Ok(one(&session, &unseen)?.as_deref() == Some("t")))?;
    for table in TABLES {
        rewrite(&session, table)?;
    }
    session.run(&format!("DELETE FROM erasures WHERE seq <= {last}"))
}

/// Writes a table and its indexes to new files.
fn rewrite(session: &Session, table: &str) -> Result<()> {
    let file = format!("SELECT pg_relation_filenode('{table}')");
    let before = one(session, &file)?;
    until(|| match session.run(&format!("VACUUM (FULL) {table}")) {
        Ok(()) => Ok(true),
        Err(Error::Unavailable { .. }) => Ok(false),
        Err(fault) => Err(fault),
    })?;
    if one(session, &file)? != before {
        return Ok(());
    }
    // PostgreSQL warns only.
    Err(Error::Config(format!(
        "The table {table} cannot be wiped, because it belongs to another role; make the role of \
         the database URL its owner (ALTER TABLE {table} OWNER TO …)."
    )))
}

/// The value of a query that gives one.
fn one(session: &Session, sql: &str) -> Result<Option<String>> {
    let rows = session.rows(sql)?;
    Ok(rows.first().and_then(|row| row.get(0)).map(str::to_owned))
}
