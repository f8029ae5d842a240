//! Interrupting SQLite. PostgreSQL has `statement_timeout`; SQLite asks, every so many steps of its
//! machine, whether to go on.

use crate::deadline;
use libsqlite3_sys as ffi;
use std::ffi::{c_char, c_int, c_void};
use std::ptr;
use std::sync::Once;

/// Steps between two looks at the clock: a fraction of a millisecond.
const STEPS: c_int = 10_000;

/// Has every connection opened from now on look at the clock.
#[expect(unsafe_code, reason = "diesel offers no way to set a progress handler")]
pub(super) fn watch_connections() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: `watch` has the signature SQLite asks for and lives as long as the program.
        unsafe { ffi::sqlite3_auto_extension(Some(watch)) };
    });
}

/// Called by SQLite for each connection it opens.
#[expect(unsafe_code, reason = "called by SQLite")]
unsafe extern "C" fn watch(
    connection: *mut ffi::sqlite3,
    _message: *mut *mut c_char,
    _routines: *const ffi::sqlite3_api_routines,
) -> c_int {
    // SAFETY: SQLite gives a connection that is open; `is_late` needs nothing of its own.
    unsafe { ffi::sqlite3_progress_handler(connection, STEPS, Some(is_late), ptr::null_mut()) };
    ffi::SQLITE_OK
}

/// Called by SQLite while it works; anything but 0 interrupts the statement.
#[expect(unsafe_code, reason = "called by SQLite; safe in itself")]
unsafe extern "C" fn is_late(_: *mut c_void) -> c_int {
    deadline::is_over().into()
}

#[cfg(test)]
mod tests {
    use super::watch_connections;
    use crate::deadline::within;
    use crate::error::Error;
    use diesel::Connection as _;
    use diesel::connection::SimpleConnection as _;
    use std::time::{Duration, Instant};

    #[test]
    fn a_statement_without_end_is_interrupted_and_the_connection_stays_good() {
        watch_connections();
        let mut conn = crate::sqlite::Conn::establish(":memory:").expect("a database");
        let endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
                       SELECT count(*) FROM n";
        let begun = Instant::now();
        let deadline = (begun + Duration::from_millis(50)).into();
        let error = within(deadline, || conn.batch_execute(endless)).expect_err("no end");
        assert!(matches!(Error::from(error), Error::TooSlow));
        assert!(begun.elapsed() < Duration::from_secs(10));
        conn.batch_execute("SELECT 1").expect("the next statement has no deadline");
    }
}
