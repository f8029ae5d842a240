//! Emptying PostgreSQL's write-ahead log of what it had of before, as far as the server lets us.
//!
//! It is a row of files (segments), written one after the other. A checkpoint takes away those
//! before it, or gives them the name of one to come, with all that is in them, until that one is
//! written: `wal_recycle`. Where it is off, files to come are made of zeros. So whatever is there
//! now is gone as soon as writes have passed its last file and a checkpoint has passed them.

use super::{WriteLog, until};
use crate::error::Result;
use crate::postgres::Session;

/// Whether it can be done, and would be of use: the role may do what it takes, no checkpoint
/// recycles (what a session sees for itself alone says nothing of that), and nobody has copies.
const MAY: &str = "
    SELECT has_function_privilege('pg_switch_wal()', 'EXECUTE')
       AND has_function_privilege('pg_ls_waldir()', 'EXECUTE')
       AND pg_has_role('pg_checkpoint', 'USAGE')
       AND EXISTS (SELECT FROM pg_settings WHERE name = 'wal_recycle' AND setting = 'off'
                      AND source IN ('configuration file', 'command line'))
       AND current_setting('archive_mode') = 'off'
       AND NOT EXISTS (SELECT FROM pg_replication_slots)
       AND NOT EXISTS (SELECT FROM pg_stat_replication)";

/// The last file there is, of those to come too; without the timeline, as the server compares.
const LAST: &str = r#"
    SELECT max(substr(name, 9) COLLATE "C") FROM (
        SELECT name FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$'
        UNION ALL SELECT pg_walfile_name(pg_current_wal_insert_lsn())) AS files"#;

/// Goes on towards the file after `$last`, a few at a time; one nothing was written to is not left.
const GO_ON: &str = r#"
    SELECT pg_logical_emit_message(false, '', ''), pg_switch_wal()
      FROM generate_series(1, (
          SELECT greatest(1, least(8, count(*))) FROM pg_ls_waldir()
           WHERE substr(name, 9) COLLATE "C" <= '$last'
             AND substr(name, 9) COLLATE "C"
                 >= substr(pg_walfile_name(pg_current_wal_insert_lsn()), 9)))"#;

/// Whether writes have passed the file `$last`.
const PASSED: &str = r#"
    SELECT substr(pg_walfile_name(pg_current_wal_insert_lsn()), 9) COLLATE "C" > '$last'"#;

/// Whether every file with rows in it is later than `$last`.
const GONE: &str = r#"
    SELECT NOT EXISTS (SELECT FROM pg_ls_waldir()
                        WHERE name !~ '\.(history|backup)$'
                          AND NOT (name ~ '^[0-9A-F]{24}$'
                                   AND substr(name, 9) COLLATE "C" > '$last'))"#;

/// Empties it of all that was written until now, if that can be done.
pub(super) fn empty(session: &Session) -> Result<WriteLog> {
    if !session.holds(MAY)? {
        return Ok(WriteLog::Kept);
    }
    // One that began while files were still recycled is over then.
    session.run("CHECKPOINT")?;
    let Some(last) = session.value(LAST)? else { return Ok(WriteLog::Kept) };
    let [go_on, passed, gone] = [GO_ON, PASSED, GONE].map(|sql| sql.replace("$last", &last));
    let emptied = until(|| {
        session.run(&go_on)?;
        session.holds(&passed)
    })? && until(|| {
        session.run("CHECKPOINT")?;
        session.holds(&gone)
    })? && session.holds(MAY)?;
    Ok(if emptied { WriteLog::Emptied } else { WriteLog::Kept })
}
