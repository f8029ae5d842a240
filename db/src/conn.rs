//! What a piece of work on the database is given: a connection, and for writes a stamp.

use crate::totals::Totals;
use chrono::{DateTime, SubsecRound, Utc};
use diesel::connection::SimpleConnection;
use std::fmt;

/// A connection inside a transaction, to either engine.
pub struct Conn<'a> {
    pub(crate) inner: Inner<'a>,
    /// Totals counted before; none inside a write, whose changes may yet be undone.
    pub(crate) totals: Option<&'a Totals>,
}

/// Which engine it is; the [`dispatch`](crate::dispatch) macro looks here.
pub(crate) enum Inner<'a> {
    Sqlite(&'a mut crate::sqlite::Conn),
    Postgres(&'a mut crate::postgres::Conn),
}

/// What the two engines say differently around a piece of work.
pub(crate) trait Engine: SimpleConnection + Send + Sized + 'static {
    /// Begins a transaction that sees one snapshot and changes nothing.
    const BEGIN_READ: &'static str;
    /// Begins a transaction that is the only one writing.
    const BEGIN_WRITE: &'static str;
    /// Ends the connection from the other end, where what it was told when it was opened holds as
    /// long as it lasts, such as that it may not write.
    const LEAVE: Option<&'static str>;
    /// Brings the planner's statistics up to date.
    const OPTIMISE: &'static str;

    /// The connection, for either engine.
    fn inner(&mut self) -> Inner<'_>;
}

/// Who makes a change, as written in the revision log: "user:anna", "import:cordis",
/// "system:seed".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor(String);

impl Actor {
    /// The actor called `name`.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name as written in the log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who writes and when: the same for every change of one transaction's job.
#[derive(Clone, Debug)]
pub(crate) struct Stamp {
    pub(crate) actor: Actor,
    pub(crate) now: DateTime<Utc>,
    /// Why, where it is told.
    pub(crate) reason: Option<String>,
}

impl Stamp {
    /// A stamp of this moment, cut to the microseconds both engines keep.
    pub(crate) fn now(actor: Actor) -> Self {
        Self { actor, now: Utc::now().trunc_subsecs(6), reason: None }
    }
}

/// A write transaction: everything done through it is committed together or not at all.
pub struct Tx<'a> {
    pub(crate) conn: Conn<'a>,
    pub(crate) stamp: Stamp,
}

impl<'a> Tx<'a> {
    /// The connection, for reads inside the transaction.
    pub fn conn(&mut self) -> &mut Conn<'a> {
        &mut self.conn
    }

    /// Notes `reason` with what is deleted from now on.
    pub fn because(&mut self, reason: String) {
        self.stamp.reason = Some(reason);
    }

    /// Who makes the changes.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.stamp.actor
    }

    /// The moment written to every record and revision of this job, to the microsecond.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.stamp.now
    }
}

/// Declares the public face of a query module that is mounted once per engine.
///
/// `read` functions take a [`Conn`], `write` functions a [`Tx`]; both call the function of
/// the same name in the module of the engine that the connection is to. `list` functions are
/// `read` functions that are told the totals counted before.
macro_rules! dispatch {
    ($module:ident: $(
        $(#[$doc:meta])*
        $kind:ident $name:ident($($arg:ident: $type:ty),* $(,)?) -> $result:ty;
    )+) => {$(
        $crate::conn::dispatch!(@$kind $module, [$(#[$doc])*], $name, [$($arg: $type),*], $result);
    )+};
    (@read $module:ident, [$($doc:tt)*], $name:ident, [$($arg:ident: $type:ty),*], $result:ty) => {
        $($doc)*
        ///
        /// # Errors
        /// As [`Error`](crate::Error) says, for the record, the request or the database.
        pub fn $name(c: &mut $crate::Conn<'_>, $($arg: $type),*) -> $crate::Result<$result> {
            $crate::deadline::check()?;
            match &mut c.inner {
                $crate::conn::Inner::Sqlite(c) => $crate::sqlite::queries::$module::$name(c, $($arg),*),
                $crate::conn::Inner::Postgres(c) => $crate::postgres::queries::$module::$name(c, $($arg),*),
            }
        }
    };
    (@list $module:ident, [$($doc:tt)*], $name:ident, [$($arg:ident: $type:ty),*], $result:ty) => {
        $($doc)*
        ///
        /// # Errors
        /// As [`Error`](crate::Error) says, for the request or the database.
        pub fn $name(c: &mut $crate::Conn<'_>, $($arg: $type),*) -> $crate::Result<$result> {
            $crate::deadline::check()?;
            let totals = c.totals;
            match &mut c.inner {
                $crate::conn::Inner::Sqlite(c) => {
                    $crate::sqlite::queries::$module::$name(c, totals, $($arg),*)
                }
                $crate::conn::Inner::Postgres(c) => {
                    $crate::postgres::queries::$module::$name(c, totals, $($arg),*)
                }
            }
        }
    };
    (@write $module:ident, [$($doc:tt)*], $name:ident, [$($arg:ident: $type:ty),*], $result:ty) => {
        $($doc)*
        ///
        /// # Errors
        /// As [`Error`](crate::Error) says, for the record, the content or the database.
        pub fn $name(tx: &mut $crate::Tx<'_>, $($arg: $type),*) -> $crate::Result<$result> {
            let by = &tx.stamp;
            match &mut tx.conn.inner {
                $crate::conn::Inner::Sqlite(c) => $crate::sqlite::queries::$module::$name(c, by, $($arg),*),
                $crate::conn::Inner::Postgres(c) => {
                    $crate::postgres::queries::$module::$name(c, by, $($arg),*)
                }
            }
        }
    };
}
pub(crate) use dispatch;
