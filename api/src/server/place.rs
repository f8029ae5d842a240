//! The place a server takes before it touches anything: its addresses and, for an SQLite
//! file, the sole right to serve it.

use super::{StartFault, make_data_dir};
use crate::config::Config;
use consortia_db::{Beside, DatabaseUrl};
use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpSocket;

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;

/// A server's place, held until dropped.
pub struct Place {
    sockets: Vec<(SocketAddr, TcpSocket)>,
    locks: Arc<Locks>,
}

/// What a server holds on to for as long as it runs, but for while its disk takes no writes.
pub(super) struct Locks {
    /// The SQLite file that it has the sole right to serve; `None` with PostgreSQL.
    pub(super) database: Option<PathBuf>,
    /// Shared by all servers of one data directory.
    data_dir: PathBuf,
    /// Whether no other server used the data directory when this one came.
    pub(super) alone: bool,
    /// The locks, while they are held.
    held: Mutex<Vec<File>>,
}

impl Beside for Locks {
    fn let_go(&self) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn take(&self) -> consortia_db::Result<()> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_empty() {
            *held = self.take_again().map_err(|error| {
                tracing::error!(%error, "the locks of before cannot be had again");
                consortia_db::Error::unavailable("its locks cannot be had; another may serve it")
            })?;
        }
        Ok(())
    }
}

impl Locks {
    /// Both locks, on the files of before: none is made where their disk is not mounted.
    fn take_again(&self) -> io::Result<Vec<File>> {
        let database = self.database.as_deref().map(|path| {
            let lock = File::open(lock_of_database(path))?;
            lock.try_lock()?;
            io::Result::Ok(lock)
        });
        let data_dir = File::open(&self.data_dir)?;
        data_dir.try_lock_shared()?;
        let mut held = vec![data_dir];
        held.extend(database.transpose()?);
        Ok(held)
    }
}

impl Place {
    /// Takes the addresses that `config` names, and then the locks. An address that is taken
    /// leaves no trace on the disk.
    ///
    /// # Errors
    /// When an address is in use, or another server has the database.
    pub fn take(config: &Config) -> Result<Self, StartFault> {
        let sockets = config.listen.iter().map(|address| {
            let bound = bind(*address);
            let bound = bound.map_err(|error| StartFault::Listen(address.to_string(), error))?;
            Ok((*address, bound))
        });
        let sockets = sockets.collect::<Result<_, StartFault>>()?;
        make_data_dir(config)?;
        let database = match config.database_url.parse::<DatabaseUrl>()? {
            DatabaseUrl::Sqlite(path) => Some((lock_database(&path)?, path)),
            DatabaseUrl::Postgres(_) => None,
        };
        let data_dir = lock_of(config);
        let (shared, alone) = share(&data_dir)
            .map_err(|error| StartFault::Lock(data_dir.display().to_string(), error))?;
        let (sole, database) = database.unzip();
        let held = Mutex::new(std::iter::once(shared).chain(sole).collect());
        Ok(Self { sockets, locks: Arc::new(Locks { database, data_dir, alone, held }) })
    }

    /// The locks, and the sockets that do not listen yet.
    pub(super) fn into_parts(self) -> (Vec<(SocketAddr, TcpSocket)>, Arc<Locks>) {
        (self.sockets, self.locks)
    }
}

/// The file that the servers of one data directory share a lock on.
fn lock_of(config: &Config) -> PathBuf {
    config.data_dir.join("serve.lock")
}

/// Whether a server runs on the data directory of `config`, as far as can be seen. Makes nothing.
pub(crate) fn is_served(config: &Config) -> bool {
    let lock = File::open(lock_of(config));
    lock.is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)))
}

/// A socket that has `address` but does not listen, so that nobody waits for a server that
/// is still getting ready.
fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // Elsewhere this would allow two servers on one address.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Begins to listen; who takes nothing of an answer for `patience` is cut off. Must be called
/// inside an actix system.
pub(super) fn listen(socket: TcpSocket, patience: Duration) -> io::Result<TcpListener> {
    // Accepted connections inherit it. The framework has no deadline for clients that read
    // nothing: each would keep its answer in memory for as long as it likes.
    #[cfg(target_os = "linux")]
    socket2::SockRef::from(&socket).set_tcp_user_timeout(Some(patience))?;
    #[cfg(not(target_os = "linux"))]
    let _ = patience;
    socket.listen(BACKLOG)?.into_std()
}

fn open(path: &Path) -> io::Result<File> {
    File::options().read(true).write(true).create(true).truncate(false).open(path)
}

/// The file beside the SQLite file `database` that the sole right to serve it lies on: opening
/// and closing the database itself would give up SQLite's own locks.
pub(crate) fn lock_of_database(database: &Path) -> PathBuf {
    // By whatever name it is called, the same file has the same lock.
    let real = database.canonicalize().unwrap_or_else(|_| database.to_owned());
    let mut name = OsString::from(real);
    name.push(".lock");
    name.into()
}

/// The sole right to serve the SQLite file `database`.
pub(crate) fn lock_database(database: &Path) -> Result<File, StartFault> {
    let path = lock_of_database(database);
    let shown = || path.display().to_string();
    let file = open(&path).map_err(|error| StartFault::Lock(shown(), error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(StartFault::Served(database.display().to_string(), shown()))
        }
        Err(TryLockError::Error(error)) => Err(StartFault::Lock(shown(), error)),
    }
}

/// A shared lock on `path`, and whether nobody else had one.
fn share(path: &Path) -> io::Result<(File, bool)> {
    let file = open(path)?;
    let alone = match file.try_lock() {
        Ok(()) => {
            file.unlock()?;
            true
        }
        Err(TryLockError::WouldBlock) => false,
        Err(TryLockError::Error(error)) => return Err(error),
    };
    file.lock_shared()?;
    Ok((file, alone))
}
