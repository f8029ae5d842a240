//! The schema's history, embedded in the binary: the same names on both engines.

use crate::conn::{Conn, Inner};
use crate::error::{Error, Result};
use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::sync::OnceLock;

/// A migration's name, `0001_registry_core`.
pub type MigrationName = String;

type Fault = Box<dyn std::error::Error + Send + Sync>;

fn failed(fault: Fault) -> Error {
    match fault.downcast::<diesel::result::Error>() {
        Ok(engine) => (*engine).into(),
        Err(fault) => Error::Internal(std::sync::Arc::from(fault)),
    }
}

/// A fault inside the transaction that holds the migrations together.
enum Undone {
    Engine(diesel::result::Error),
    Migration(Fault),
    /// A condition for going on could not be told.
    Unknown(Error),
    /// The database holds a migration of this version, which the program does not know.
    Newer(String),
}

impl From<diesel::result::Error> for Undone {
    fn from(error: diesel::result::Error) -> Self {
        Self::Engine(error)
    }
}

impl From<Undone> for Error {
    fn from(undone: Undone) -> Self {
        match undone {
            Undone::Engine(error) => error.into(),
            Undone::Migration(fault) => failed(fault),
            Undone::Unknown(error) => error,
            Undone::Newer(version) => Self::Config(format!(
                "The database was made by a newer version of Consortia (its migration {version} \
                 is unknown here); use that version, or another database."
            )),
        }
    }
}

/// Does `work` in a transaction in which nobody else migrates; the migrations' own
/// transactions become savepoints of it.
#[expect(clippy::disallowed_methods, reason = "schemas are not records")]
fn alone_on_sqlite<T>(
    conn: &mut crate::sqlite::Conn,
    work: impl FnOnce(&mut crate::sqlite::Conn) -> std::result::Result<T, Undone>,
) -> std::result::Result<T, Undone> {
    conn.immediate_transaction(work)
}

/// As [`alone_on_sqlite`].
#[expect(clippy::disallowed_methods, reason = "schemas are not records")]
fn alone_on_postgres<T>(
    conn: &mut crate::postgres::Conn,
    work: impl FnOnce(&mut crate::postgres::Conn) -> std::result::Result<T, Undone>,
) -> std::result::Result<T, Undone> {
    conn.transaction(|conn| {
        // The first number is "migrate!" in ASCII; the second lock is that of those who write: one
        // who has seen that the schema is theirs commits before it changes. Building an index may
        // take its time.
        conn.batch_execute(
            "SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(7883946363647714593); \
             SELECT pg_advisory_xact_lock(7165066974239814761)",
        )?;
        work(conn)
    })
}

/// The functions of one engine.
macro_rules! engine {
    ($name:ident, $folder:literal, $alone:ident, $begun:literal) => {
        pub(crate) mod $name {
            use super::*;
            use crate::$name::{Backend, Conn};

            pub(super) const ALL: EmbeddedMigrations = embed_migrations!($folder);

            /// The last migration applied. Changes nothing, even where none ever was.
            pub(crate) fn last(conn: &mut Conn) -> Result<Option<MigrationName>> {
                let begun: Vec<Version> = diesel::sql_query($begun).load(conn)?;
                if begun.is_empty() {
                    return Ok(None);
                }
                let last = "SELECT version FROM __diesel_schema_migrations \
                            ORDER BY version DESC LIMIT 1";
                let Some(last) = diesel::sql_query(last).load::<Version>(conn)?.pop() else {
                    return Ok(None);
                };
                let mut all: Vec<Box<dyn Migration<Backend>>> =
                    MigrationSource::<Backend>::migrations(&ALL).map_err(failed)?;
                all.retain(|known| known.name().version().to_string() == last.version);
                match names(&all).pop() {
                    None => Err(Undone::Newer(last.version).into()),
                    known => Ok(known),
                }
            }

            /// Refuses a database whose last migration is not the last one of this program: another
            /// one has brought it further, or back, since this one began to use it.
            ///
            /// # Errors
            /// [`Error::OtherSchema`], or the conditions of any read.
            pub(crate) fn must_be_ours(conn: &mut Conn) -> Result<()> {
                let last = "SELECT version FROM __diesel_schema_migrations \
                            ORDER BY version DESC LIMIT 1";
                let last = diesel::sql_query(last).load::<Version>(conn)?.pop();
                let last = last.map(|last| last.version);
                if last.as_deref() == Some(newest()) {
                    return Ok(());
                }
                let back = last.as_deref().is_none_or(|last| last < newest());
                Err(Error::OtherSchema { last: last.unwrap_or_else(|| "none".to_owned()), back })
            }

            pub(crate) fn pending(conn: &mut Conn) -> Result<Vec<MigrationName>> {
                Ok(names(&wanting(conn)?))
            }

            /// The migrations not yet applied, in order. Refuses a database that knows others.
            /// Changes nothing, so that it can be asked of a database that takes no writes.
            fn wanting(
                conn: &mut Conn,
            ) -> std::result::Result<Vec<Box<dyn Migration<Backend>>>, Undone> {
                let mut all: Vec<Box<dyn Migration<Backend>>> =
                    MigrationSource::<Backend>::migrations(&ALL).map_err(Undone::Migration)?;
                let begun: Vec<Version> = diesel::sql_query($begun).load(conn)?;
                if !begun.is_empty() {
                    let applied = "SELECT version FROM __diesel_schema_migrations";
                    for Version { version } in diesel::sql_query(applied).load(conn)? {
                        let known = |it: &Box<dyn Migration<Backend>>| {
                            it.name().version().to_string() == version
                        };
                        let known = all.iter().position(known);
                        drop(all.remove(known.ok_or(Undone::Newer(version))?));
                    }
                }
                all.sort_by_key(|migration| migration.name().to_string());
                Ok(all)
            }

            pub(crate) fn run(conn: &mut Conn) -> Result<Vec<MigrationName>> {
                Ok($alone(conn, |conn| {
                    let pending = wanting(conn)?;
                    // Makes the table in which they are noted.
                    conn.applied_migrations().map_err(Undone::Migration)?;
                    conn.run_migrations(&pending).map_err(Undone::Migration)?;
                    Ok(names(&pending))
                })?)
            }

            pub(crate) fn revert(conn: &mut Conn) -> Result<Option<MigrationName>> {
                Ok($alone(conn, |conn| {
                    let applied = conn.applied_migrations().map_err(Undone::Migration)?;
                    let Some(last) = applied.first() else { return Ok(None) };
                    let all: Vec<Box<dyn Migration<Backend>>> =
                        MigrationSource::<Backend>::migrations(&ALL).map_err(Undone::Migration)?;
                    let known = all.iter().find(|migration| migration.name().version() == *last);
                    let Some(migration) = known else {
                        return Err(Undone::Newer(last.to_string()));
                    };
                    conn.revert_migration(migration).map_err(Undone::Migration)?;
                    Ok(Some(migration.name().to_string()))
                })?)
            }

            fn names(migrations: &[Box<dyn Migration<Backend>>]) -> Vec<MigrationName> {
                migrations.iter().map(|migration| migration.name().to_string()).collect()
            }
        }
    };
}

engine!(
    sqlite,
    "migrations/sqlite",
    alone_on_sqlite,
    "SELECT name AS version FROM sqlite_master WHERE name = '__diesel_schema_migrations'"
);
engine!(
    postgres,
    "migrations/postgres",
    alone_on_postgres,
    "SELECT relname::text AS version FROM pg_class \
     WHERE oid = to_regclass('__diesel_schema_migrations')"
);

/// The version of a migration, as the database keeps it.
#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = diesel::sql_types::Text)]
    version: String,
}

/// The version of the last migration of this program, `0013`.
fn newest() -> &'static str {
    static NEWEST: OnceLock<String> = OnceLock::new();
    NEWEST.get_or_init(|| {
        let all = MigrationSource::<crate::sqlite::Backend>::migrations(&sqlite::ALL);
        let versions = all.into_iter().flatten().map(|it| it.name().version().to_string());
        versions.max().unwrap_or_default()
    })
}

/// Refuses a database that another program has brought further, or back, since this one began to
/// use it.
///
/// # Errors
/// [`Error::OtherSchema`], or the conditions of any read.
pub fn schema_must_be_ours(c: &mut Conn<'_>) -> Result<()> {
    match &mut c.inner {
        Inner::Sqlite(conn) => sqlite::must_be_ours(conn),
        Inner::Postgres(conn) => postgres::must_be_ours(conn),
    }
}

/// Whether this program has the migration called `name`.
pub(crate) fn is_known(name: &str) -> bool {
    let all = MigrationSource::<crate::sqlite::Backend>::migrations(&sqlite::ALL);
    all.is_ok_and(|all| all.iter().any(|known| known.name().to_string() == name))
}

/// Brings PostgreSQL's schema to where `last` was the last migration, up or down; unless
/// `obstacle` finds something in the way, which is given back and nothing changed.
pub(crate) fn bring_to<T>(
    conn: &mut crate::postgres::Conn,
    last: Option<&str>,
    obstacle: impl FnOnce(&mut crate::postgres::Conn) -> Result<Option<T>>,
) -> Result<Option<T>> {
    Ok(alone_on_postgres(conn, |conn| {
        if let Some(found) = obstacle(conn).map_err(Undone::Unknown)? {
            return Ok(Some(found));
        }
        let mut all: Vec<Box<dyn Migration<crate::postgres::Backend>>> =
            MigrationSource::<crate::postgres::Backend>::migrations(&postgres::ALL)
                .map_err(Undone::Migration)?;
        all.sort_by_key(|migration| migration.name().to_string());
        let applied = conn.applied_migrations().map_err(Undone::Migration)?;
        let wanted = |migration: &dyn Migration<_>| {
            last.is_some_and(|last| *migration.name().to_string() <= *last)
        };
        let is_applied =
            |migration: &dyn Migration<_>| applied.contains(&migration.name().version());
        for migration in all.iter().rev() {
            if is_applied(migration) && !wanted(migration) {
                conn.revert_migration(migration).map_err(Undone::Migration)?;
            }
        }
        for migration in &all {
            if wanted(migration) && !is_applied(migration) {
                conn.run_migration(migration).map_err(Undone::Migration)?;
            }
        }
        Ok(None)
    })?)
}
