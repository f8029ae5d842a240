//! The schema's history, embedded in the binary: the same names on both engines.

use crate::error::{Error, Result};
use diesel::Connection;
use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

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
        // The number is "migrate!" in ASCII. Building an index may take its time.
        conn.batch_execute(
            "SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(7883946363647714593)",
        )?;
        work(conn)
    })
}

/// The functions of one engine.
macro_rules! engine {
    ($name:ident, $folder:literal, $alone:ident) => {
        pub(crate) mod $name {
            use super::*;
            use crate::$name::{Backend, Conn};

            const ALL: EmbeddedMigrations = embed_migrations!($folder);

            pub(crate) fn pending(conn: &mut Conn) -> Result<Vec<MigrationName>> {
                Ok(names(&wanting(conn)?))
            }

            /// The migrations not yet applied. Refuses a database that knows others.
            fn wanting(
                conn: &mut Conn,
            ) -> std::result::Result<Vec<Box<dyn Migration<Backend>>>, Undone> {
                let all: Vec<Box<dyn Migration<Backend>>> =
                    MigrationSource::<Backend>::migrations(&ALL).map_err(Undone::Migration)?;
                let applied = conn.applied_migrations().map_err(Undone::Migration)?;
                for version in applied {
                    if !all.iter().any(|known| known.name().version() == version) {
                        return Err(Undone::Newer(version.to_string()));
                    }
                }
                conn.pending_migrations(ALL).map_err(Undone::Migration)
            }

            pub(crate) fn run(conn: &mut Conn) -> Result<Vec<MigrationName>> {
                Ok($alone(conn, |conn| {
                    let pending = wanting(conn)?;
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

engine!(sqlite, "migrations/sqlite", alone_on_sqlite);
engine!(postgres, "migrations/postgres", alone_on_postgres);
