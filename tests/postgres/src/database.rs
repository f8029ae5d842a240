//! Databases inside a test cluster.

use crate::cluster::Cluster;

/// A database that lives as long as this value.
#[derive(Debug)]
pub struct Database {
    cluster: &'static Cluster,
    name: String,
    url: String,
}

impl Database {
    pub(crate) fn new(cluster: &'static Cluster, name: String) -> Self {
        let url = cluster.database_url(&name);
        Self { cluster, name, url }
    }

    /// Its address, `postgres://user@host:port/name`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Runs `sql` in it and gives back the rows as psql prints them: unaligned, columns
    /// separated by `|`, no heading.
    ///
    /// # Panics
    /// When the statement fails, with PostgreSQL's message.
    #[must_use]
    pub fn query(&self, sql: &str) -> String {
        self.cluster.psql(&self.url, sql).unwrap_or_else(|fault| panic!("{fault}"))
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // The cluster ends with the test process, so a failure to drop harms nobody; on a
        // server that is not ours it leaves a database behind, which is worth a line.
        let statement = format!(r#"DROP DATABASE IF EXISTS "{}" WITH (FORCE)"#, self.name);
        if let Err(fault) = self.cluster.administer(&statement) {
            eprintln!("The test database {} was not dropped: {fault}", self.name);
        }
    }
}

/// A prepared database that others are copied from; see [`Cluster::template`].
#[derive(Clone, Debug)]
pub struct Template {
    pub(crate) name: String,
}

impl Template {
    /// The name of the database it is kept in.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}
