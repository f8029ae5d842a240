//! PostgreSQL, reached through tokio-postgres and rustls: no system library is needed.

mod encoding;
mod fulltext;
#[path = "queries/mod.rs"]
pub(crate) mod queries;
mod session;
mod statistics;
mod tls;
mod url;

pub(crate) use encoding::must_be_unicode;
pub(crate) use session::Session;
pub(crate) use url::PostgresUrl;

use crate::config::DbConfig;
use crate::conn::{Engine, Inner};
use crate::error::{Error, Result};
use diesel::connection::SimpleConnection;
use diesel::r2d2::{ManageConnection, Pool};
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::{AsyncConnectionWrapper, BlockOn};
use std::cell::RefCell;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres_rustls::MakeRustlsConnect;

/// The connection the query modules mounted here are compiled for.
pub(crate) type Conn = AsyncConnectionWrapper<AsyncPgConnection, Rt>;
/// The dialect the query modules mounted here are compiled for.
pub(crate) type Backend = diesel::pg::Pg;

/// How many rows one INSERT takes: the fewer statements, the fewer round trips. At 24
/// columns far below the 65,535 values a statement may bind.
pub(crate) const CHUNK: usize = 500;

impl Engine for Conn {
    const BEGIN_READ: &'static str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    // One message for both. The lock is held until the transaction ends, so that
    // revisions become visible in the order of their numbers. READ COMMITTED, because
    // the snapshot of a stricter level would be older than the lock. The number is
    // "consorti" in ASCII.
    const BEGIN_WRITE: &'static str =
        "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(7165066974239814761)";
    const LEAVE: Option<&'static str> = Some("SELECT pg_terminate_backend(pg_backend_pid())");
    const OPTIMISE: &'static str = "ANALYZE";

    fn inner(&mut self) -> Inner<'_> {
        Inner::Postgres(self)
    }
}

/// The small runtime of one connection, used on blocking threads only.
///
/// Dropping a plain [`Runtime`] in async code panics; this one is shut down in the
/// background instead, so a pool may be dropped anywhere.
pub(crate) struct Rt(Option<Runtime>);

thread_local! {
    /// The runtime in which the connection about to be wrapped was made: its socket
    /// belongs to that runtime, and diesel's wrapper asks for one by a bare function.
    static MADE_IN: RefCell<Option<Rt>> = const { RefCell::new(None) };
}

impl Rt {
    fn build() -> std::io::Result<Self> {
        Builder::new_current_thread().enable_all().build().map(|runtime| Self(Some(runtime)))
    }
}

impl BlockOn for Rt {
    fn block_on<F: Future>(&self, f: F) -> F::Output {
        let Some(runtime) = &self.0 else { unreachable!("the runtime goes when it is dropped") };
        runtime.block_on(f)
    }

    fn get_runtime() -> Self {
        let Some(runtime) = MADE_IN.take() else {
            unreachable!("connections are made by `connect` alone, which leaves the runtime")
        };
        runtime
    }
}

impl Drop for Rt {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Makes connections for the pool.
pub(crate) struct Manager {
    config: tokio_postgres::Config,
    tls: MakeRustlsConnect,
    connect_timeout: Duration,
    setup: String,
}

/// Why no connection could be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error("no runtime: {0}")]
    Runtime(#[from] std::io::Error),
    #[error("{}", chain(.0))]
    Connect(#[from] tokio_postgres::Error),
    #[error("no answer within {} s", .0.as_secs_f32())]
    Timeout(Duration),
    #[error("{0}")]
    Setup(#[from] diesel::ConnectionError),
    #[error("{0}")]
    Settings(#[from] diesel::result::Error),
}

/// An error with all its causes; tokio-postgres says only "db error" by itself.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

impl Manager {
    fn new(url: &PostgresUrl, config: &DbConfig) -> Result<Self> {
        let setup = format!(
            "SET statement_timeout = {}; SET lc_messages = 'C'; SET jit = off; \
             SET idle_in_transaction_session_timeout = '60s'",
            config.statement_timeout.as_millis(),
        );
        Ok(Self {
            config: url.config().clone(),
            tls: tls::connector(url.security())?,
            connect_timeout: config.connect_timeout,
            setup,
        })
    }
}

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = ConnectError;

    fn connect(&self) -> std::result::Result<Conn, ConnectError> {
        let runtime = Rt::build()?;
        let made = runtime.block_on(async {
            let connecting = async {
                let (client, connection) = self.config.connect(self.tls.clone()).await?;
                let made =
                    AsyncPgConnection::try_from_client_and_connection(client, connection).await?;
                Ok::<_, ConnectError>(made)
            };
            tokio::time::timeout(self.connect_timeout, connecting)
                .await
                .map_err(|_| ConnectError::Timeout(self.connect_timeout))?
        })?;
        MADE_IN.set(Some(runtime));
        let mut conn = Conn::from(made);
        // `lc_messages` may be set by superusers only; a server in another language
        // still works, its conditions are then reported as internal faults.
        match conn.batch_execute(&self.setup) {
            Ok(()) => {}
            Err(error) if error.to_string().contains("lc_messages") => {
                conn.batch_execute(&self.setup.replace("SET lc_messages = 'C'; ", ""))?;
            }
            Err(error) => return Err(error.into()),
        }
        Ok(conn)
    }

    fn is_valid(&self, conn: &mut Conn) -> std::result::Result<(), ConnectError> {
        Ok(conn.batch_execute("")?)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        // A panic may have left a transaction open.
        std::thread::panicking() || diesel::r2d2::R2D2Connection::is_broken(conn)
    }
}

/// One connection by itself.
///
/// # Errors
/// As [`open`].
pub(crate) fn connect(url: &PostgresUrl, config: &DbConfig) -> Result<Conn> {
    Manager::new(url, config)?
        .connect()
        .map_err(|error| Error::unavailable(format!("cannot connect to {url}: {error}")))
}

/// Opens a pool after one connection was made, so that a wrong URL fails with its reason.
///
/// # Errors
/// [`Error::Config`] for unusable certificates, [`Error::Unavailable`] when the server
/// cannot be reached or refuses.
pub(crate) fn open(url: &PostgresUrl, config: &DbConfig) -> Result<Pool<Manager>> {
    drop(connect(url, config)?);
    let manager = Manager::new(url, config)?;
    Ok(Pool::builder()
        // One more than the readers: the writer's.
        .max_size(config.pool_size.max(1) + 1)
        .min_idle(Some(1))
        .connection_timeout(config.connect_timeout)
        // A lost connection shows when its transaction begins, and is replaced then.
        .test_on_check_out(false)
        .error_handler(Box::new(diesel::r2d2::LoggingErrorHandler))
        .build_unchecked(manager))
}
