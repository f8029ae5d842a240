//! Databases to test on: each test runs its body once on each engine.

use consortia_db::{Actor, Db, DbConfig, Result, Tx};
use consortia_test_postgres::{Cluster, Database};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use std::path::PathBuf;
use tempfile::TempDir;

/// A database of its own, gone with the value.
pub(crate) struct TestDb {
    pub(crate) db: Db,
    pub(crate) url: String,
    _place: Place,
}

enum Place {
    Folder { _folder: TempDir },
    Cluster { _database: Database },
}

impl TestDb {
    /// An empty, migrated database in a temporary file.
    pub(crate) fn sqlite() -> Self {
        let this = Self::bare_sqlite();
        this.db.migrate().expect("migrations apply");
        this
    }

    /// An empty, migrated database on a PostgreSQL server.
    pub(crate) fn postgres() -> Self {
        let this = Self::bare_postgres();
        this.db.migrate().expect("migrations apply");
        this
    }

    /// A database without tables, in a temporary file.
    pub(crate) fn bare_sqlite() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let path: PathBuf = folder.path().join("test.db");
        let url = format!("sqlite://{}", path.display());
        Self { db: open(&url), url, _place: Place::Folder { _folder: folder } }
    }

    /// A database without tables, on a PostgreSQL server.
    pub(crate) fn bare_postgres() -> Self {
        let database = Cluster::shared().create_database();
        let url = database.url().to_owned();
        Self { db: open(&url), url, _place: Place::Cluster { _database: database } }
    }
}

/// Opens a database as configured for tests: small pools, so that many fit on a server.
pub(crate) fn open(url: &str) -> Db {
    let mut config = DbConfig::new(url.parse().expect("a database URL"));
    config.pool_size = 4;
    Db::open(&config).expect("the database opens")
}

/// A connection to an SQLite file past the store, which waits for others as the store's own do:
/// those are opened by threads in the background, and lock the file while they are.
pub(crate) fn past_the_store(url: &str) -> SqliteConnection {
    let path = url.trim_start_matches("sqlite://");
    let mut conn = SqliteConnection::establish(path).expect("the file opens");
    conn.batch_execute("PRAGMA busy_timeout = 10000").expect("it waits");
    conn
}

/// Runs `test` on a fresh database of each engine.
pub(crate) fn on_both(test: impl Fn(&Db)) {
    for fresh in [TestDb::sqlite(), TestDb::postgres()] {
        println!("on {:?}", fresh.db.engine());
        test(&fresh.db);
    }
}

/// Writes as "user:test".
pub(crate) fn write<T, F>(db: &Db, work: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
{
    db.write_blocking(Actor::new("user:test"), work)
}

/// Content read from JSON, as the API reads it.
#[expect(clippy::needless_pass_by_value, reason = "callers write json!(…) in place")]
pub(crate) fn content<T: consortia_domain::Decode>(json: serde_json::Value) -> T {
    consortia_domain::decode::decode(&json).unwrap_or_else(|faults| panic!("{faults}: {json}"))
}
