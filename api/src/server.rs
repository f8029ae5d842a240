//! The running service: built from a configuration, stopped with grace.

mod database;
mod housekeeping;
mod place;

pub use database::{
    database_settings, must_be_begun, open_begun, open_current, open_database, open_existing,
    prepare,
};
pub use place::Place;
pub(crate) use place::{is_served, lock_database, lock_of_database};

use crate::app::app;
use crate::attribution;
use crate::auth::{IssuerFault, Issuers, KeyFault, Keyring, Tokens, private_folder};
use crate::config::Config;
use crate::metrics;
use crate::state::State;
use actix_web::dev::ServerHandle;
use actix_web::{HttpServer, web};
use consortia_db::{Beside, Db, import, imports};
use housekeeping::{forget_clients, keep_house};
use place::Locks;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpSocket;

/// Time for a request's head to arrive.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Time an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartFault {
    /// The database cannot be opened or migrated.
    #[error("The database cannot be used: {0}")]
    Database(#[from] consortia_db::Error),
    /// Nothing was ever begun where something is to be looked at or changed.
    #[error(
        "There is no registry at {0}. Check --data-dir and --database-url; to begin one there: \
         consortia serve, or consortia user add NAME --role admin."
    )]
    NoRegistry(String),
    /// Its schema is that of an earlier version.
    #[error(
        "{0} is of an earlier version; it waits for {1}. Stop its servers, back it up, and run \
         consortia migrate, or serve it with this version, which does the same."
    )]
    Earlier(String, String),
    /// The signing key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyFault),
    /// The list of outside identity providers cannot be used.
    #[error(transparent)]
    Issuers(#[from] IssuerFault),
    /// The data directory cannot be made.
    #[error("The data directory {0} cannot be made: {1}. Choose another with data_dir.")]
    DataDir(String, std::io::Error),
    /// The address cannot be listened on.
    #[error("Cannot listen on {0}: {1}. Choose another address with --listen or CONSORTIA_LISTEN.")]
    Listen(String, std::io::Error),
    /// The address for metrics cannot be listened on.
    #[error("Cannot give metrics on {0}: {1}. Choose another address with metrics_listen.")]
    Metrics(SocketAddr, std::io::Error),
    /// Another server has the SQLite file.
    #[error(
        "Another server already serves the database {0}: it holds {1}. Stop it, or give this one \
         a database of its own (--data-dir or --database-url), or use PostgreSQL, which several \
         servers may share."
    )]
    Served(String, String),
    /// A lock that tells servers of one another cannot be taken.
    #[error("The lock file {0} cannot be used: {1}. Its directory must exist and be writable.")]
    Lock(String, std::io::Error),
    /// What earlier uploads left cannot be removed.
    #[error("The left-over uploads in {0} cannot be removed: {1}. Remove them by hand.")]
    Uploads(String, std::io::Error),
}

/// Makes the data directory where there is none: its owner's alone.
pub(crate) fn make_data_dir(config: &Config) -> Result<(), StartFault> {
    let made = private_folder().create(&config.data_dir);
    made.map_err(|error| StartFault::DataDir(config.data_dir.display().to_string(), error))
}

/// Opens the signing key, making it on first use, and the tokens made with it.
///
/// # Errors
/// When the key cannot be read, made, or trusted.
pub fn open_tokens(config: &Config) -> Result<Tokens, StartFault> {
    make_data_dir(config)?;
    let keys = Keyring::open_or_create(&config.signing_key_path())?;
    Ok(Tokens::new(keys, &config.token_issuer, &config.token_audience))
}

/// Everything a service needs, opened and up to date, but not yet listening.
pub struct Service {
    config: Config,
    db: Db,
    tokens: Tokens,
    issuers: Option<Issuers>,
    sockets: Vec<(SocketAddr, TcpSocket)>,
    locks: Arc<Locks>,
}

impl Service {
    /// Takes the place that `config` names and opens everything in it.
    ///
    /// # Errors
    /// As [`Place::take`] and [`Service::open_at`].
    pub fn open(config: Config) -> Result<Self, StartFault> {
        let place = Place::take(&config)?;
        Self::open_at(place, config)
    }

    /// Opens everything `config` names, migrates the database, adds the programmes that ship
    /// with the registry, and clears up what a server that ended badly left. Blocks, so it
    /// must be called outside of async code.
    ///
    /// # Errors
    /// When the database, the key or the data directory cannot be used.
    pub fn open_at(place: Place, config: Config) -> Result<Self, StartFault> {
        let (sockets, locks) = place.into_parts();
        let db = open_database(&config)?;
        let beside: Arc<dyn Beside> = locks.clone();
        db.keep_beside(&beside);
        prepare(&db)?;
        if attribution::is_wanted(&db, &config)? {
            tracing::warn!(
                "{}",
                attribution::ADVICE.replace("files:\n  ", "files: ").replace("\n  ", " and ")
            );
        }
        if locks.database.is_some() {
            // Nobody else serves this file, so what seems to run does not any more.
            let interrupted = db.write_blocking(import::seeder(), imports::interrupt)?;
            if interrupted > 0 {
                tracing::warn!(interrupted, "imports were interrupted; run them again");
            }
        }
        if locks.alone {
            remove_uploads(&config.uploads_dir())?;
        }
        let tokens = open_tokens(&config)?;
        let own = &config.token_issuer;
        let issuers = config.issuers_file.as_deref().map(|list| Issuers::load(list, own));
        let issuers = issuers.transpose()?;
        Ok(Self { config, db, tokens, issuers, sockets, locks })
    }

    /// Listens. Must be called inside an actix system.
    ///
    /// # Errors
    /// When an address cannot be listened on.
    pub fn listen(self) -> Result<Server, StartFault> {
        let Self { config, db, tokens, issuers, sockets, locks } = self;
        let (workers, grace) = (config.workers, config.shutdown_grace);
        let patience = config.request_timeout;
        let metrics_listen = config.metrics_listen.clone();
        let state = web::Data::new(State::new(config, db, tokens).with_issuers(issuers));
        actix_web::rt::spawn(crate::network::keep_current(state.clone()));
        let shared = state.clone();
        let mut http = HttpServer::new(move || app(shared.clone()))
            .workers(workers)
            .client_request_timeout(HEAD_TIMEOUT)
            .keep_alive(KEEP_ALIVE)
            // Head and body may go in two packets, and the second would wait for the client.
            .tcp_nodelay(true)
            .shutdown_timeout(grace.as_secs())
            .disable_signals();
        for (address, socket) in sockets {
            let fault = |error| StartFault::Listen(address.to_string(), error);
            let listener = place::listen(socket, patience).map_err(fault)?;
            http = http.listen(listener).map_err(fault)?;
        }
        let addresses = http.addrs();
        let mut server =
            Server { addresses, metrics: Vec::new(), running: http.run(), state, locks };
        if !metrics_listen.is_empty() {
            let (metrics, listening) = metrics::serve(&server.state, &metrics_listen)
                .map_err(|(address, error)| StartFault::Metrics(address, error))?;
            actix_web::rt::spawn(metrics);
            server.metrics = listening;
        }
        Ok(server)
    }
}

/// Removes the files of uploads that nobody receives or imports any more.
fn remove_uploads(folder: &Path) -> Result<(), StartFault> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StartFault::Uploads(folder.display().to_string(), error))
        }
        _ => Ok(()),
    }
}

/// A service that listens and is ready to run.
pub struct Server {
    running: actix_web::dev::Server,
    addresses: Vec<SocketAddr>,
    metrics: Vec<SocketAddr>,
    state: web::Data<State>,
    locks: Arc<Locks>,
}

impl Server {
    /// The addresses it really listens on.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The addresses it gives metrics on.
    #[must_use]
    pub fn metrics_addresses(&self) -> &[SocketAddr] {
        &self.metrics
    }

    /// Stops it from elsewhere.
    #[must_use]
    pub fn handle(&self) -> ServerHandle {
        self.running.handle()
    }

    /// Serves until told to stop by SIGTERM or SIGINT; a second signal stops at once.
    ///
    /// # Errors
    /// When serving fails.
    pub async fn run(self) -> std::io::Result<()> {
        let handle = self.handle();
        actix_web::rt::spawn(forget_clients(self.state.clone()));
        let housekeeping = actix_web::rt::spawn(keep_house(self.state.clone()));
        actix_web::rt::spawn(async move {
            stop_signal().await;
            tracing::info!("stopping: running requests may end; a second signal stops at once");
            let graceful = handle.stop(true);
            tokio::select! {
                () = graceful => {}
                () = stop_signal() => handle.stop(false).await,
            }
        });
        let served = self.running.await;
        housekeeping.abort();
        if let Some(traces) = self.state.traces() {
            traces.end();
        }
        drop(self.locks);
        served
    }
}

/// Waits for SIGTERM or SIGINT.
#[cfg(unix)]
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminate = signal(SignalKind::terminate());
    let Ok(mut terminate) = terminate else {
        return interrupt().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        () = interrupt() => {}
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
async fn stop_signal() {
    interrupt().await;
}

async fn interrupt() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::warn!(%error, "Ctrl-C cannot be heard");
        std::future::pending::<()>().await;
    }
}
