//! [`Db`]: the one door to the store.

use crate::config::{DatabaseUrl, DbConfig};
use crate::conn::{Actor, Conn, Engine, Tx};
use crate::deadline::{self, Deadline};
use crate::error::{Error, Result};
use crate::lender::Lender;
use crate::migrations::{self, MigrationName, schema_must_be_ours};
use crate::sqlite::Beside;
use crate::totals::Totals;
use crate::writer::{Writer, stopped};
use crate::{postgres, sqlite, wipe};
use diesel::connection::SimpleConnection;
use diesel::r2d2::Pool;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tracing::Span;

/// The store: connections to one database, shared by everyone who clones it.
#[derive(Clone)]
pub struct Db(Arc<Store>);

struct Store {
    pools: Pools,
    writer: Writer,
    totals: Totals,
    /// Reads that wait for a connection.
    reads_waiting: AtomicUsize,
    /// How long a read of a request may take.
    read_limit: Option<Duration>,
    /// The file or server, without the password.
    name: String,
    /// How it was opened.
    config: DbConfig,
}

enum Pools {
    Sqlite { readers: sqlite::Connections, writer: sqlite::Connections },
    Postgres(Pool<postgres::Manager>),
}

/// Which engine serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineKind {
    /// The bundled SQLite.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

impl fmt::Display for EngineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// How busy the store is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workload {
    /// Connections that work.
    pub in_use: u32,
    /// Connections that lie idle.
    pub idle: u32,
    /// Reads that wait for a connection.
    pub reads_waiting: usize,
    /// Writes that wait for their turn or are under way.
    pub writes_queued: usize,
}

impl Db {
    /// Opens the database. Does not migrate it. Blocks: call it outside async code, or by
    /// `spawn_blocking`.
    ///
    /// # Errors
    /// [`Error::Config`] for what the configuration must mend, [`Error::Unavailable`] when
    /// the file or server cannot be used now.
    pub fn open(config: &DbConfig) -> Result<Self> {
        let (pools, writer) = match &config.url {
            DatabaseUrl::Sqlite(path) => {
                let (readers, pool) = sqlite::open(path, config)?;
                let writer = Writer::start(pool.clone(), config.write_queue)?;
                (Pools::Sqlite { readers, writer: pool }, writer)
            }
            DatabaseUrl::Postgres(url) => {
                let pool = postgres::open(url, config)?;
                let writer = Writer::start(pool.clone(), config.write_queue)?;
                (Pools::Postgres(pool), writer)
            }
        };
        Ok(Self(Arc::new(Store {
            pools,
            writer,
            totals: Totals::new(),
            reads_waiting: AtomicUsize::new(0),
            read_limit: Some(config.statement_timeout).filter(|limit| !limit.is_zero()),
            name: config.url.to_string(),
            config: config.clone(),
        })))
    }

    /// Has what a server keeps open beside an SQLite file closed while its disk takes no writes,
    /// for as long as the server holds it.
    pub fn keep_beside(&self, beside: &Arc<dyn Beside>) {
        if let Pools::Sqlite { writer, .. } = &self.0.pools {
            writer.keep_beside(beside);
        }
    }

    /// The file or server, without its password.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Which engine serves.
    #[must_use]
    pub fn engine(&self) -> EngineKind {
        match self.0.pools {
            Pools::Sqlite { .. } => EngineKind::Sqlite,
            Pools::Postgres(_) => EngineKind::Postgres,
        }
    }

    /// How busy it is now.
    #[must_use]
    pub fn workload(&self) -> Workload {
        let (all, idle) = match &self.0.pools {
            Pools::Sqlite { readers, writer } => {
                let (readers, writer) = (readers.count(), writer.count());
                (readers.0 + writer.0, readers.1 + writer.1)
            }
            Pools::Postgres(pool) => (pool.state().connections, pool.state().idle_connections),
        };
        Workload {
            in_use: all.saturating_sub(idle),
            idle,
            reads_waiting: self.0.reads_waiting.load(Ordering::Relaxed),
            writes_queued: self.writes_queued(),
        }
    }

    /// Writes that wait for their turn or are under way.
    #[must_use]
    pub fn writes_queued(&self) -> usize {
        self.0.writer.queued()
    }

    /// Runs `work` on one snapshot of the data, off the async threads, in the caller's
    /// tracing span, for as long as a statement may take and somebody waits for it: what was begun
    /// for a client that went away is broken off.
    ///
    /// # Errors
    /// What `work` fails with, [`Error::Unavailable`] when there is no connection, or
    /// [`Error::TooSlow`].
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn<'_>) -> Result<T> + Send + 'static,
    {
        let db = self.clone();
        let span = Span::current();
        let until = self.0.read_limit.map(|limit| Instant::now() + limit);
        let (deadline, _waiting) = Deadline::awaited(until);
        let work = move || deadline::within(deadline, || db.read_blocking(work));
        tokio::task::spawn_blocking(move || span.in_scope(work))
            .await
            .map_err(|error| Error::internal(format!("a read did not finish: {error}")))?
    }

    /// As [`Db::read`], on the calling thread, which must not be one of async code.
    ///
    /// # Errors
    /// As [`Db::read`].
    pub fn read_blocking<T>(&self, work: impl FnOnce(&mut Conn<'_>) -> Result<T>) -> Result<T> {
        match &self.0.pools {
            Pools::Sqlite { readers, .. } => read(readers, &self.0, work),
            Pools::Postgres(pool) => read(pool, &self.0, work),
        }
    }

    /// Runs `work` in a write transaction, after every write asked for earlier, and
    /// answers once it is committed. When `work` fails nothing of it is kept.
    ///
    /// # Errors
    /// What `work` or the commit fails with; [`Error::QueueFull`] when too many writes are
    /// waiting.
    pub async fn write<T, F>(&self, actor: Actor, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        // Nobody may be waiting any more when a client went away; the write stands.
        let reply = move |result| drop(answer.send(result));
        self.0.writer.submit(actor, work, reply)?;
        answered.await.map_err(|_| stopped())?
    }

    /// As [`Db::write`], blocking the calling thread, and patient when the queue is full.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub fn write_blocking<T, F>(&self, actor: Actor, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let (answer, answered) = mpsc::sync_channel(1);
        let reply = move |result| drop(answer.send(result));
        self.0.writer.submit_patiently(actor, work, reply)?;
        answered.recv().map_err(|_| stopped())?
    }

    /// Applies the migrations that are pending, all or none. Any number of processes may
    /// do so at the same time. Blocks.
    ///
    /// # Errors
    /// [`Error::Internal`] when a migration fails, [`Error::Config`] when a database of
    /// PostgreSQL has another encoding than UTF8, or the conditions of any write.
    pub fn migrate(&self) -> Result<Vec<MigrationName>> {
        match &self.0.pools {
            Pools::Sqlite { writer, .. } => migrations::sqlite::run(&mut *writer.lend()?),
            Pools::Postgres(pool) => {
                let mut conn = pool.lend()?;
                postgres::must_be_unicode(&mut conn)?;
                migrations::postgres::run(&mut conn)
            }
        }
    }

    /// The migrations not yet applied, in order. Blocks.
    ///
    /// # Errors
    /// [`Error::Config`] when a database of PostgreSQL has another encoding than UTF8, or the
    /// conditions of any read.
    pub fn pending_migrations(&self) -> Result<Vec<MigrationName>> {
        match &self.0.pools {
            Pools::Sqlite { writer, .. } => migrations::sqlite::pending(&mut *writer.lend()?),
            Pools::Postgres(pool) => {
                let mut conn = pool.lend()?;
                postgres::must_be_unicode(&mut conn)?;
                migrations::postgres::pending(&mut conn)
            }
        }
    }

    /// Whether it holds a registry, of whatever version. Blocks.
    ///
    /// # Errors
    /// [`Error::Config`] when it was made by a newer version, or the conditions of any read.
    pub fn holds_registry(&self) -> Result<bool> {
        let last = match &self.0.pools {
            Pools::Sqlite { writer, .. } => migrations::sqlite::last(&mut *writer.lend()?)?,
            Pools::Postgres(pool) => migrations::postgres::last(&mut *pool.lend()?)?,
        };
        Ok(last.is_some())
    }

    /// Undoes the last migration applied; `None` when there is none. Blocks.
    ///
    /// # Errors
    /// As [`Db::migrate`].
    pub fn revert(&self) -> Result<Option<MigrationName>> {
        match &self.0.pools {
            Pools::Sqlite { writer, .. } => migrations::sqlite::revert(&mut *writer.lend()?),
            Pools::Postgres(pool) => migrations::postgres::revert(&mut *pool.lend()?),
        }
    }

    /// The first fault found in the pages of an SQLite file; nothing of a PostgreSQL, which
    /// watches over its own. Reads the whole file.
    ///
    /// # Errors
    /// When it cannot be looked at.
    pub fn damage(&self) -> Result<Option<String>> {
        match &self.0.pools {
            Pools::Sqlite { readers, .. } => sqlite::damage(&mut *readers.lend()?),
            Pools::Postgres(_) => Ok(None),
        }
    }

    /// Brings the planner's statistics up to date; worth doing after an import. Blocks.
    ///
    /// # Errors
    /// The conditions of any write.
    pub fn optimise(&self) -> Result<()> {
        match &self.0.pools {
            Pools::Sqlite { writer, .. } => {
                Ok(writer.lend()?.batch_execute(sqlite::Conn::OPTIMISE)?)
            }
            Pools::Postgres(pool) => Ok(pool.lend()?.batch_execute(postgres::Conn::OPTIMISE)?),
        }
    }

    /// Takes what was erased out of the files of the database, if that was not done yet, and tells
    /// of the log of writes. Waits some seconds for those who still see it. Blocks.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when somebody goes on seeing it, or the conditions of any write. It
    /// stays to be done then.
    pub fn wipe(&self) -> Result<wipe::WriteLog> {
        match &self.0.config.url {
            DatabaseUrl::Sqlite(path) => wipe::sqlite::run(path),
            DatabaseUrl::Postgres(url) => wipe::postgres::run(url, &self.0.config),
        }
    }
}

/// A connection with the transaction `sql` begun. A connection that the server closed
/// while it lay idle shows here, is thrown away by the pool, and another one is tried.
pub(crate) fn begin<L: Lender>(lender: &L, sql: &str) -> Result<L::Lent> {
    let mut attempts = lender.most();
    loop {
        let mut conn = lender.lend()?;
        match conn.batch_execute(sql) {
            Ok(()) => return Ok(conn),
            Err(error) if attempts > 0 && Error::is_lost_connection(&error) => attempts -= 1,
            Err(error) => return Err(error.into()),
        }
    }
}

fn read<L: Lender, T>(
    lender: &L,
    store: &Store,
    work: impl FnOnce(&mut Conn<'_>) -> Result<T>,
) -> Result<T> {
    store.reads_waiting.fetch_add(1, Ordering::Relaxed);
    let begun = begin(lender, L::Conn::BEGIN_READ);
    store.reads_waiting.fetch_sub(1, Ordering::Relaxed);
    let done = begun.and_then(|mut conn| {
        let result = work(&mut Conn { inner: conn.inner(), totals: Some(&store.totals) });
        // Nothing was written, so nothing is lost by rolling back, whatever `work` met.
        let ended = conn.batch_execute("ROLLBACK");
        // Some faults end the transaction themselves, and say more than that it is over.
        let result = result.map_err(|fault| explained(&mut *conn, fault))?;
        ended?;
        Ok(result)
    });
    done.inspect_err(|error| lender.failed(error))
}

/// Why a read failed with `fault` that nobody can mend, if the schema is not the program's own.
fn explained<C: Engine>(conn: &mut C, fault: Error) -> Error {
    if !matches!(fault, Error::Internal(_)) {
        return fault;
    }
    match schema_must_be_ours(&mut Conn { inner: conn.inner(), totals: None }) {
        Err(other @ Error::OtherSchema { .. }) => other,
        _ => fault,
    }
}
