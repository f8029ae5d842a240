//! The connections to an SQLite file: kept for the next who asks, but not while its disk takes no
//! writes, so that it can be unmounted and mounted anew. See ADR 44.

use super::Conn;
use super::file::RegistryFile;
use crate::config::DbConfig;
use crate::error::{Error, Result};
use crate::lender::Lender;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection, R2D2Connection as _};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, OnceLock, PoisonError, RwLock, Weak};

/// What a server keeps open beside its SQLite file, on the same disk as a rule.
pub trait Beside: Send + Sync {
    /// Closes it.
    fn let_go(&self);

    /// Opens it again where it is not open.
    ///
    /// # Errors
    /// When it cannot be had any more; the file may not be written then.
    fn take(&self) -> Result<()>;
}

/// Lends connections to read by, or to write by.
#[derive(Clone)]
pub(crate) struct Connections {
    shared: Arc<Shared>,
    purpose: Purpose,
}

/// What connections are for.
#[derive(Clone, Copy)]
enum Purpose {
    Read,
    Write,
}

struct Shared {
    file: Arc<RegistryFile>,
    config: DbConfig,
    /// None while nothing is kept.
    kept: RwLock<Option<Kept>>,
    /// Whoever serves holds it, and ends it by going.
    beside: OnceLock<Weak<dyn Beside>>,
}

struct Kept {
    readers: Pool<Manager>,
    writer: Pool<Manager>,
}

/// Makes connections for a pool.
pub(crate) struct Manager {
    file: Arc<RegistryFile>,
    purpose: Purpose,
}

/// A connection, given back or closed when dropped.
pub(crate) enum Lent {
    Kept(PooledConnection<Manager>),
    Once(Box<Conn>),
}

impl Connections {
    /// Those of `file`: the readers' and the writer's.
    pub(super) fn of(file: RegistryFile, config: &DbConfig) -> (Self, Self) {
        let file = Arc::new(file);
        let kept = RwLock::new(Some(Kept::of(&file, config)));
        let beside = OnceLock::new();
        let shared = Arc::new(Shared { file, config: config.clone(), kept, beside });
        let readers = Self { shared: Arc::clone(&shared), purpose: Purpose::Read };
        (readers, Self { shared, purpose: Purpose::Write })
    }

    /// Has what lies open beside the file let go of and taken with the connections.
    pub(crate) fn keep_beside(&self, beside: &Arc<dyn Beside>) {
        // Only the first is kept: a store has one server.
        drop(self.shared.beside.set(Arc::downgrade(beside)));
    }

    /// How many there are, and how many of them lie idle.
    pub(crate) fn count(&self) -> (u32, u32) {
        let state = self.pool().map(|pool| pool.state());
        state.map_or((0, 0), |state| (state.connections, state.idle_connections))
    }

    fn pool(&self) -> Option<Pool<Manager>> {
        let kept = self.shared.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().map(|kept| match self.purpose {
            Purpose::Read => kept.readers.clone(),
            Purpose::Write => kept.writer.clone(),
        })
    }
}

impl Lender for Connections {
    type Conn = Conn;
    type Lent = Lent;

    fn lend(&self) -> Result<Lent> {
        if let Some(pool) = self.pool() {
            return Ok(Lent::Kept(pool.lend()?));
        }
        let opened = self.shared.file.open(self.purpose.settings())?;
        if matches!(self.purpose, Purpose::Write) {
            self.shared.take_beside()?;
        }
        Ok(Lent::Once(Box::new(opened)))
    }

    fn most(&self) -> u32 {
        // Nobody closes them from the other end.
        0
    }

    fn failed(&self, error: &Error) {
        if matches!(error, Error::FileFailed | Error::ReadOnly) {
            self.shared.let_go();
        }
    }

    fn wrote(&self) {
        if self.pool().is_none() {
            self.shared.keep();
        }
    }
}

impl Shared {
    /// Closes what lies idle; what is in use is closed when it is given back.
    fn let_go(&self) {
        let kept = self.kept.write().unwrap_or_else(PoisonError::into_inner).take();
        if kept.is_some() {
            tracing::error!(
                "the disk of the database takes no writes; until it does, no file on it is kept \
                 open, so that it can be unmounted and mounted anew"
            );
        }
        drop(kept);
        if let Some(beside) = self.beside() {
            beside.let_go();
        }
    }

    fn take_beside(&self) -> Result<()> {
        self.beside().map_or(Ok(()), |beside| beside.take())
    }

    fn beside(&self) -> Option<Arc<dyn Beside>> {
        self.beside.get().and_then(Weak::upgrade)
    }

    /// Keeps connections again.
    fn keep(&self) {
        // A reader may have let go of it while the writer was at work.
        if let Err(error) = self.take_beside() {
            tracing::error!(%error, "the database takes writes, but is not kept open");
            return;
        }
        let kept = Kept::of(&self.file, &self.config);
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        tracing::info!("the disk of the database takes writes again");
    }
}

impl Kept {
    fn of(file: &Arc<RegistryFile>, config: &DbConfig) -> Self {
        let build = |size: u32, purpose| {
            Pool::builder()
                .max_size(size)
                .min_idle(Some(1))
                .connection_timeout(config.connect_timeout)
                .test_on_check_out(false)
                .error_handler(Box::new(diesel::r2d2::LoggingErrorHandler))
                .build_unchecked(Manager { file: Arc::clone(file), purpose })
        };
        let readers = build(config.pool_size.max(1), Purpose::Read);
        Self { readers, writer: build(1, Purpose::Write) }
    }
}

impl Purpose {
    /// Settings of these connections only.
    fn settings(self) -> &'static str {
        match self {
            Self::Read => "PRAGMA cache_size = -16384; PRAGMA query_only = ON;",
            Self::Write => "PRAGMA cache_size = -65536;",
        }
    }
}

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = Error;

    fn connect(&self) -> Result<Conn> {
        self.file.open(self.purpose.settings())
    }

    fn is_valid(&self, _: &mut Conn) -> Result<()> {
        Ok(())
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        // A panic may have left a transaction open.
        std::thread::panicking() || conn.is_broken()
    }
}

impl Deref for Lent {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        match self {
            Self::Kept(conn) => conn,
            Self::Once(conn) => conn,
        }
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut Conn {
        match self {
            Self::Kept(conn) => conn,
            Self::Once(conn) => conn,
        }
    }
}
