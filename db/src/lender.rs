//! Who lends connections: a pool, or whoever opens one for each piece of work.

use crate::conn::Engine;
use crate::error::{Error, Result};
use diesel::r2d2::{ManageConnection, Pool, PooledConnection};
use std::ops::DerefMut;
use std::time::Duration;

/// Lends connections, and hears how work on them went once they were given back.
pub(crate) trait Lender: Clone + Send + 'static {
    /// The connections.
    type Conn: Engine;
    /// One of them, given back when dropped.
    type Lent: DerefMut<Target = Self::Conn>;

    /// A connection.
    ///
    /// # Errors
    /// When none can be had in time.
    fn lend(&self) -> Result<Self::Lent>;

    /// The most that may lie idle, and have been closed from the other end meanwhile.
    fn most(&self) -> u32;

    /// Hears that work failed.
    fn failed(&self, _error: &Error) {}

    /// Hears that something was written.
    fn wrote(&self) {}
}

/// How long to wait where the pool has no connection at all, so that nobody will give one back:
/// the server is gone, as a rule, and whoever asks is better told than kept.
const ALL_GONE: Duration = Duration::from_secs(1);

impl<M> Lender for Pool<M>
where
    M: ManageConnection,
    M::Connection: Engine,
{
    type Conn = M::Connection;
    type Lent = PooledConnection<M>;

    fn lend(&self) -> Result<Self::Lent> {
        let patience = self.connection_timeout();
        let first = patience.min(ALL_GONE);
        let got = self.get_timeout(first).or_else(|error| match self.state().connections {
            0 => Err(error),
            _ => self.get_timeout(patience.saturating_sub(first)),
        });
        got.map_err(|error| {
            tracing::warn!(%error, "no connection to the database");
            Error::unavailable("no connection could be had in time")
        })
    }

    fn most(&self) -> u32 {
        self.max_size()
    }
}
