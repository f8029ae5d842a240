//! [`Db`]: the one door to the store.

use crate::config::{DatabaseUrl, DbConfig};
use crate::conn::{Actor, Conn, Engine, Tx};
use crate::deadline::{self, Deadline};
use crate::error::{Error, Result};
use crate::migrations::{self, MigrationName};
use crate::totals::Totals;
use crate::writer::{Writer, stopped};
use crate::{postgres, sqlite, wipe};
use diesel::connection::SimpleConnection;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection};
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
    Sqlite { readers: Pool<sqlite::Manager>, writer: Pool<sqlite::Manager> },
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
        let states = match &self.0.pools {
            Pools::Sqlite { readers, writer } => vec![readers.state(), writer.state()],
            Pools::Postgres(pool) => vec![pool.state()],
        };
        let all: u32 = states.iter().map(|state| state.connections).sum();
        let idle = states.iter().map(|state| state.idle_connections).sum();
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
    /// [`Error::Internal`] when a migration fails, or the conditions of any write.
    pub fn migrate(&self) -> Result<Vec<MigrationName>> {
        match &self.0.pools {
            Pools::Sqlite { writer, .. } => migrations::sqlite::run(&mut *get(writer)?),
            Pools::Postgres(pool) => migrations::postgres::run(&mut *get(pool)?),
        }
    }

    /// The migrations not yet applied, in order. Blocks.
    ///
    /// # Errors
    /// The conditions of any read.
    pub fn pending_migrations(&self) -> Result<Vec<MigrationName>> {
        match &self.0.pools {
            Pools::Sqlite { writer, .. } => migrations::sqlite::pending(&mut *get(writer)?),
            Pools::Postgres(pool) => migrations::postgres::pending(&mut *get(pool)?),
        }
    }

    /// Whether it holds a registry, of whatever version. Blocks.
    ///
    /// # Errors
    /// [`Error::Config`] when it was made by a newer version, or the conditions of any read.
    pub fn holds_registry(&self) -> Result<bool> {
        let last = match &self.0.pools {
            Pools::Sqlite { writer, .. } => migrations::sqlite::last(&mut *get(writer)?)?,
            Pools::Postgres(pool) => migrations::postgres::last(&mut *get(pool)?)?,
        };
        Ok(last.is_some())
    }

    /// Undoes the last migration applied; `None` when there is none. Blocks.
    ///
    /// # Errors
    /// As [`Db::migrate`].
    pub fn revert(&self) -> Result<Option<MigrationName>> {
        match &self.0.pools {
            Pools::Sqlite { writer, .. } => migrations::sqlite::revert(&mut *get(writer)?),
            Pools::Postgres(pool) => migrations::postgres::revert(&mut *get(pool)?),
        }
    }

    /// Brings the planner's statistics up to date; worth doing after an import. Blocks.
    ///
    /// # Errors
    /// The conditions of any write.
    pub fn optimise(&self) -> Result<()> {
        match &self.0.pools {
            Pools::Sqlite { writer, .. } => Ok(get(writer)?.batch_execute(sqlite::Conn::OPTIMISE)?),
            Pools::Postgres(pool) => Ok(get(pool)?.batch_execute(postgres::Conn::OPTIMISE)?),
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

/// How long to wait where the pool has no connection at all, so that nobody will give one back:
/// the server is gone, as a rule, and whoever asks is better told than kept.
const ALL_GONE: Duration = Duration::from_secs(1);

/// A connection of the pool.
fn get<M: ManageConnection>(pool: &Pool<M>) -> Result<PooledConnection<M>> {
    let patience = pool.connection_timeout();
    let first = patience.min(ALL_GONE);
    let got = pool.get_timeout(first).or_else(|error| match pool.state().connections {
        0 => Err(error),
        _ => pool.get_timeout(patience.saturating_sub(first)),
    });
    got.map_err(|error| {
        tracing::warn!(%error, "no connection to the database");
        Error::unavailable("no connection could be had in time")
    })
}

/// A connection with the transaction `sql` begun. A connection that the server closed
/// while it lay idle shows here, is thrown away by the pool, and another one is tried.
pub(crate) fn begin<M>(pool: &Pool<M>, sql: &str) -> Result<PooledConnection<M>>
where
    M: ManageConnection,
    M::Connection: Engine,
{
    let mut attempts = pool.max_size();
    loop {
        let mut conn = get(pool)?;
        match conn.batch_execute(sql) {
            Ok(()) => return Ok(conn),
            Err(error) if attempts > 0 && Error::is_lost_connection(&error) => attempts -= 1,
            Err(error) => return Err(error.into()),
        }
    }
}

fn read<M, T>(
    pool: &Pool<M>,
    store: &Store,
    work: impl FnOnce(&mut Conn<'_>) -> Result<T>,
) -> Result<T>
where
    M: ManageConnection,
    M::Connection: Engine,
{
    store.reads_waiting.fetch_add(1, Ordering::Relaxed);
    let begun = begin(pool, M::Connection::BEGIN_READ);
    store.reads_waiting.fetch_sub(1, Ordering::Relaxed);
    let mut conn = begun?;
    let result = work(&mut Conn { inner: conn.inner(), totals: Some(&store.totals) });
    // Nothing was written, so nothing is lost by rolling back, whatever `work` met.
    conn.batch_execute("ROLLBACK")?;
    result
}
