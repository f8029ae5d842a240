//! Wiping the files of PostgreSQL's tables, and its write-ahead log where the role may.

use super::{TABLES, WriteLog, patiently, wal};
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

pub(crate) fn run(url: &PostgresUrl, config: &DbConfig) -> Result<WriteLog> {
    let session = Session::open(url, config)?;
    let last = session.value("SELECT max(seq) FROM erasures")?;
    // Whoever was quicker did not say what became of the log.
    let Some(last) = last else { return Ok(WriteLog::Kept) };
    session.run(SHORT_WAIT)?;
    let unseen = UNSEEN.replace("$last", &last);
    patiently(|| session.holds(&unseen))?;
    for table in TABLES {
        rewrite(&session, table)?;
    }
    let log = wal::empty(&session).unwrap_or_else(|error| {
        tracing::warn!(%error, "the write-ahead log was not emptied of what was erased");
        WriteLog::Kept
    });
    session.run(&format!("DELETE FROM erasures WHERE seq <= {last}"))?;
    Ok(log)
}

/// Writes a table and its indexes to new files.
fn rewrite(session: &Session, table: &str) -> Result<()> {
    let file = format!("SELECT pg_relation_filenode('{table}')");
    let before = session.value(&file)?;
    patiently(|| match session.run(&format!("VACUUM (FULL) {table}")) {
        Ok(()) => Ok(true),
        Err(Error::Unavailable { .. }) => Ok(false),
        Err(fault) => Err(fault),
    })?;
    if session.value(&file)? != before {
        return Ok(());
    }
    // PostgreSQL warns only.
    Err(Error::Config(format!(
        "The table {table} cannot be wiped, because it belongs to another role; make the role of \
         the database URL its owner (ALTER TABLE {table} OWNER TO …)."
    )))
}
