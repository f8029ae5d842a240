//! What can go wrong in the store, in words that know neither SQL nor HTTP.
//!
//! Everything a database engine or driver reports is translated here and nowhere else.

use chrono::{DateTime, Utc};
use consortia_domain::id::EntityKind;
use consortia_domain::{Errors, Invalid, Location, Pointer};
use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};
use std::fmt;
use std::sync::Arc;
use uuid::Uuid;

/// The result of every operation of the store.
pub type Result<T> = std::result::Result<T, Error>;

/// The records of one kind that stand in the way of a deletion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The kind of the records that refer to the one to be deleted.
    pub kind: EntityKind,
    /// How many of them there are.
    pub count: i64,
    /// The ids of the first of them, in order of id: [`Usage::NAMED`] at most.
    pub ids: Vec<Uuid>,
    /// The filter of the list of their kind that finds them, these and no others, and its value.
    pub found_by: Option<(&'static str, Uuid)>,
}

/// Why an operation of the store failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// There is no such record and there never was one.
    #[error("There is no {kind} '{reference}'.")]
    NotFound {
        /// The kind of record looked for.
        kind: EntityKind,
        /// The id or external id it was looked for by.
        reference: String,
    },
    /// The record existed and was deleted.
    #[error("{}", gone(*kind, *id, *at, reason.as_deref()))]
    Gone {
        /// The kind of the record.
        kind: EntityKind,
        /// The id it had.
        id: Uuid,
        /// When it was deleted.
        at: DateTime<Utc>,
        /// Why it was withdrawn, if it was.
        reason: Option<String>,
    },
    /// The record changed since the caller read it.
    #[error("The record changed meanwhile: it is at version {current} now. Read it again.")]
    Stale {
        /// The version the record is at now.
        current: u32,
    },
    /// The content breaks a rule only the store can check (dangling reference, duplicate).
    #[error("{0}")]
    Invalid(Errors),
    /// Whoever asks may change or add to their own records only, and this is not one.
    #[error("{}", not_yours(*kind, *id))]
    NotYours {
        /// The kind of the record.
        kind: EntityKind,
        /// The record; `None` when it is not registered yet.
        id: Option<Uuid>,
    },
    /// Whoever asks had an account open when they began, and have none now.
    #[error(
        "The account was shut or erased meanwhile, or its session has ended; nothing was changed."
    )]
    AccountShut,
    /// Whoever asks may do something else now than when they began.
    #[error("What your account may do was changed meanwhile; nothing was done. Ask again.")]
    RightsChanged,
    /// Nobody would be administrator any more.
    #[error(
        "You are the only administrator: nobody could look after accounts any more. Make somebody \
         else administrator first, or use `consortia user` where the registry runs."
    )]
    LastAdministrator,
    /// The record cannot be deleted while others refer to it.
    #[error("The record is still referred to by {}.", Listed(.0))]
    InUse(Vec<Usage>),
    /// The external id belongs to several records.
    #[error("'{reference}' belongs to {} records; use one of their ids.", candidates.len())]
    Ambiguous {
        /// The external id looked for.
        reference: String,
        /// The ids of the records that carry it, in order of id.
        candidates: Vec<Uuid>,
    },
    /// The idempotency key was used before with another request.
    #[error("The idempotency key was used before with another request; choose a new key.")]
    IdempotencyMismatch,
    /// The store cannot serve just now; trying again later may help.
    #[error("The database is not available: {reason}")]
    Unavailable {
        /// What is the matter, without secrets.
        reason: String,
    },
    /// The files of the database are not there, or cannot be read or written.
    #[error(
        "The database is not available: its files cannot be read or written; its disk may have \
         failed, gone read-only, or not be mounted."
    )]
    FileFailed,
    /// What is asked for is being made ready; trying again in a moment helps.
    #[error("{what} is being loaded; try again in a moment.")]
    Loading {
        /// What it is, as the beginning of a sentence.
        what: &'static str,
    },
    /// What was erased cannot be wiped while others still see it.
    #[error(
        "somebody still reads what was there before, such as a backup or a long export, for longer \
         than it was waited for"
    )]
    StillRead,
    /// As many writes wait already as may.
    #[error("Too many writes are waiting; try again in a moment.")]
    QueueFull,
    /// It was broken off because it took longer than anything may.
    #[error("The database took too long.")]
    TooSlow,
    /// The database does not accept writes.
    #[error(
        "The database is read-only; check its disk, the permissions of its file and folder, or its \
         role."
    )]
    ReadOnly,
    /// Another program has brought the schema further, or back, since this one began to use it.
    #[error(
        "Another version of the program brought the database to another schema (its last migration \
         is {last}), so this server takes no writes from it. {}",
        if *back {
            "Start that version in its place, or have this one bring it up to date: consortia \
             migrate"
        } else {
            "Start that version in its place."
        }
    )]
    OtherSchema {
        /// The last migration now.
        last: String,
        /// Whether it is an earlier one than this program's.
        back: bool,
    },
    /// There is no room left for the database.
    #[error("The disk of the database is full; free some space.")]
    DiskFull,
    /// The configuration cannot be used.
    #[error("{0}")]
    Config(String),
    /// A fault of the program or of the database that no caller can mend.
    #[error("internal fault of the store: {0}")]
    Internal(Arc<dyn std::error::Error + Send + Sync>),
}

fn gone(kind: EntityKind, id: Uuid, at: DateTime<Utc>, reason: Option<&str>) -> String {
    let at = at.format("%Y-%m-%d");
    match reason {
        Some(reason) => format!("The {kind} '{id}' was withdrawn on {at}: {reason}"),
        None => format!("The {kind} '{id}' was deleted on {at}."),
    }
}

fn not_yours(kind: EntityKind, id: Option<Uuid>) -> String {
    let what = match id {
        Some(id) => format!("The {kind} '{id}' is not yours"),
        None => format!("{} with this content would belong to what is not yours", {
            let kind = kind.with_article();
            kind[..1].to_uppercase() + &kind[1..]
        }),
    };
    format!(
        "{what}. Editors change what they registered, their organisations, the projects these \
         lead, and what belongs to any of these; ask staff, or have an administrator add your \
         organisation to your account."
    )
}

/// "7 projects (ID, ID, ID, ID, ID, …), 1 call (ID)" from a list of usages.
struct Listed<'a>(&'a [Usage]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, usage) in self.0.iter().enumerate() {
            let comma = if n > 0 { ", " } else { "" };
            let plural = if usage.count == 1 { "" } else { "s" };
            write!(f, "{comma}{} {}{plural}", usage.count, usage.kind)?;
            let ids: Vec<_> = usage.ids.iter().map(Uuid::to_string).collect();
            let more = if usage.is_cut() { ", …" } else { "" };
            if !ids.is_empty() {
                write!(f, " ({}{more})", ids.join(", "))?;
            }
        }
        Ok(())
    }
}

impl Error {
    /// A fault nobody outside can mend, said in a sentence.
    pub fn internal(what: impl Into<String>) -> Self {
        Self::Internal(Arc::from(Box::<dyn std::error::Error + Send + Sync>::from(what.into())))
    }

    /// A fault at one place of the body.
    pub(crate) fn invalid(at: &Pointer, code: &'static str, detail: impl Into<String>) -> Self {
        let mut errors = Errors::new();
        errors.push(Location::Pointer(at.clone()), Invalid::new(code, detail));
        Self::Invalid(errors)
    }

    /// The store cannot serve just now.
    pub fn unavailable(reason: impl Into<String>) -> Self {
        Self::Unavailable { reason: reason.into() }
    }

    /// Whether the statement never reached a server because the connection is gone.
    pub(crate) fn is_lost_connection(error: &DieselError) -> bool {
        use DatabaseErrorKind::{ClosedConnection, UnableToSendCommand};
        match error {
            DieselError::DatabaseError(ClosedConnection | UnableToSendCommand, _)
            | DieselError::BrokenTransactionManager => true,
            DieselError::DatabaseError(_, info) => is_shutdown(info.message()),
            _ => false,
        }
    }
}

impl From<Errors> for Error {
    fn from(errors: Errors) -> Self {
        Self::Invalid(errors)
    }
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        if Self::is_lost_connection(&error) {
            tracing::warn!(%error, "the connection to the database was lost");
            return Self::unavailable("the connection was lost");
        }
        match error {
            DieselError::DatabaseError(kind, info) => from_database(kind, info.as_ref()),
            other => Self::Internal(Arc::new(other)),
        }
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(told) = error.as_db_error() else {
            tracing::warn!(%error, "the connection to the database was lost");
            return Self::unavailable("the connection was lost");
        };
        from_message(told.message()).unwrap_or_else(|| Self::internal(told.to_string()))
    }
}

/// Translates what an engine said. SQLite has words only; PostgreSQL's words are English
/// here because the connection sets `lc_messages`.
fn from_database(kind: DatabaseErrorKind, info: &dyn DatabaseErrorInformation) -> Error {
    let message = info.message();
    match kind {
        DatabaseErrorKind::UniqueViolation => Error::invalid(
            &Pointer::root(),
            "duplicate",
            "Another record already holds a value that must be unique; read it and update it.",
        ),
        DatabaseErrorKind::ForeignKeyViolation | DatabaseErrorKind::RestrictViolation => {
            Error::invalid(
                &Pointer::root(),
                "dangling_reference",
                "A record referred to does not exist, or is still referred to.",
            )
        }
        DatabaseErrorKind::ReadOnlyTransaction => Error::ReadOnly,
        DatabaseErrorKind::SerializationFailure => {
            Error::unavailable("another writer was faster; try again")
        }
        _ => from_message(message).unwrap_or_else(|| match info.table_name() {
            Some(table) => Error::internal(format!("{kind:?} on {table}: {message}")),
            None => Error::internal(message),
        }),
    }
}

/// Conditions of the machine and of the server, which drivers tell apart by words only.
fn from_message(message: &str) -> Option<Error> {
    let says = |words: &str| message.contains(words);
    if says("disk is full") || says("No space left on device") {
        Some(Error::DiskFull)
    } else if says("readonly database") || says("read-only") {
        Some(Error::ReadOnly)
    } else if says("is locked") || says("lock timeout") {
        Some(Error::unavailable("another process holds its lock for too long"))
    } else if says("statement timeout") || says("interrupted") {
        Some(Error::TooSlow)
    } else if says("too many clients") || says("remaining connection slots") {
        Some(Error::unavailable("the server has no connection left"))
    } else if FAILED.iter().any(|words| says(words)) {
        tracing::error!(message, "the files of the database cannot be used");
        Some(Error::FileFailed)
    } else if says("disk image is malformed") || says("is not a database") {
        Some(Error::internal(format!(
            "the database is damaged ({message}); consortia doctor says more, and what to do then \
             docs/operations.md"
        )))
    } else {
        None
    }
}

/// What SQLite says of a file that cannot be used, and PostgreSQL before it stops itself.
const FAILED: [&str; 4] = [
    "unable to open database file",
    "disk I/O error",
    "Read-only file system",
    "Input/output error",
];

/// Whether PostgreSQL ended the session because it stops or starts.
fn is_shutdown(message: &str) -> bool {
    ["terminating connection", "is shutting down", "is starting up"]
        .iter()
        .any(|words| message.contains(words))
}

impl Usage {
    /// The most records of one kind that are named.
    pub const NAMED: i64 = 5;

    /// Whether there are more than are named.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        usize::try_from(self.count).is_ok_and(|count| count > self.ids.len())
    }

    /// The same, found by `filter` with the id of the record they refer to.
    pub(crate) fn found_by(self, filter: &'static str, id: Uuid) -> Self {
        Self { found_by: Some((filter, id)), ..self }
    }

    /// Refuses a deletion while anything stands in its way.
    pub(crate) fn none(usages: impl IntoIterator<Item = Self>) -> Result<()> {
        let standing: Vec<Self> = usages.into_iter().filter(|usage| usage.count > 0).collect();
        if standing.is_empty() { Ok(()) } else { Err(Error::InUse(standing)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, SqliteConnection};

    /// What SQLite's refusal of `sql` becomes.
    fn refused(conn: &mut SqliteConnection, sql: &str) -> Error {
        conn.batch_execute(sql).expect_err("a refusal").into()
    }

    #[test]
    fn conditions_of_the_machine_are_told_apart() {
        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let path = folder.path().join("test.db");
        let open = || SqliteConnection::establish(path.to_str().expect("UTF-8")).expect("opened");
        let (mut one, mut other) = (open(), open());
        one.batch_execute("CREATE TABLE t (a TEXT UNIQUE)").expect("a table");
        let twice = "INSERT INTO t VALUES ('x'); INSERT INTO t VALUES ('x')";
        assert!(matches!(refused(&mut one, twice), Error::Invalid(_)));
        one.batch_execute("PRAGMA query_only = ON").expect("a setting");
        assert!(matches!(refused(&mut one, "DELETE FROM t"), Error::ReadOnly));
        one.batch_execute("PRAGMA query_only = OFF; BEGIN IMMEDIATE").expect("a lock");
        assert!(matches!(refused(&mut other, "BEGIN IMMEDIATE"), Error::Unavailable { .. }));
        one.batch_execute("ROLLBACK; PRAGMA max_page_count = 4").expect("a setting");
        let much = "INSERT INTO t VALUES (zeroblob(1000000))";
        assert!(matches!(refused(&mut one, much), Error::DiskFull));
        assert!(matches!(refused(&mut one, "SELECT nothing"), Error::Internal(_)));
    }

    #[test]
    fn usages_read_like_a_sentence() {
        let usage = |kind, count, ids: &[u128]| {
            let ids = ids.iter().copied().map(Uuid::from_u128).collect();
            Usage { kind, count, ids, found_by: None }
        };
        let usages = [
            usage(EntityKind::Project, 3, &[1, 2]),
            usage(EntityKind::Call, 1, &[3]),
            usage(EntityKind::Programme, 0, &[]),
        ];
        let refused = Usage::none(usages).expect_err("a refusal").to_string();
        let id = |n: u128| Uuid::from_u128(n);
        assert_eq!(
            refused,
            format!(
                "The record is still referred to by 3 projects ({}, {}, …), 1 call ({}).",
                id(1),
                id(2),
                id(3)
            )
        );
    }
}
