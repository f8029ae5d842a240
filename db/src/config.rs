//! Where the database is and how it is to be used.

use crate::error::{Error, Result};
use crate::postgres::PostgresUrl;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// Everything the store can be told.
#[derive(Clone, Debug)]
pub struct DbConfig {
    /// Which database.
    pub url: DatabaseUrl,
    /// How many connections may read at the same time. At least 1.
    pub pool_size: u32,
    /// How long SQLite waits for another process's lock.
    pub busy_timeout: Duration,
    /// How long to wait for a connection, a new one or one of the pool.
    pub connect_timeout: Duration,
    /// How long one statement may take on PostgreSQL, and one read asked for by async code on
    /// either engine; zero means for ever.
    pub statement_timeout: Duration,
    /// How many writes may wait or be under way before more are refused. At least 1.
    pub write_queue: usize,
}

impl DbConfig {
    /// The defaults for a database: 8 readers, waits of 5 s, statements of 30 s, 1,024
    /// waiting writes.
    #[must_use]
    pub fn new(url: DatabaseUrl) -> Self {
        Self {
            url,
            pool_size: 8,
            busy_timeout: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(30),
            write_queue: 1024,
        }
    }
}

/// A database's address. Its `Debug` and `Display` never show a password.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// `sqlite://PATH`: a file, made when it does not exist.
    Sqlite(PathBuf),
    /// `postgres://user:password@host:port/database?sslmode=…`.
    Postgres(Box<PostgresUrl>),
}

const FORMS: &str = "Write sqlite://PATH (for instance sqlite://consortia.db or \
    sqlite:///var/lib/consortia/consortia.db) or \
    postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full.";

impl FromStr for DatabaseUrl {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim();
        let Some((scheme, rest)) = text.split_once("://") else {
            // The text may hold a password, so it is not repeated.
            let detail = format!("The database URL has no scheme. {FORMS}");
            return Err(Error::Config(detail));
        };
        match scheme.to_ascii_lowercase().as_str() {
            "sqlite" | "sqlite3" => sqlite_path(rest).map(Self::Sqlite),
            "postgres" | "postgresql" => {
                PostgresUrl::parse(rest).map(|url| Self::Postgres(Box::new(url)))
            }
            other => Err(Error::Config(format!(
                "The database URL's scheme '{other}' is not known. {FORMS}"
            ))),
        }
    }
}

/// The file named by what follows `sqlite://`.
fn sqlite_path(rest: &str) -> Result<PathBuf> {
    if rest.is_empty() || rest.ends_with('/') {
        return Err(Error::Config(format!("The SQLite URL names no file. {FORMS}")));
    }
    if rest.contains(":memory:") {
        return Err(Error::Config(format!(
            "SQLite in memory cannot be shared by several connections; name a file. {FORMS}"
        )));
    }
    Ok(PathBuf::from(rest))
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(url) => write!(f, "{url}"),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        text.parse::<DatabaseUrl>().expect_err("an unusable URL").to_string()
    }

    #[test]
    fn sqlite_paths_are_taken_as_written() {
        for (text, path) in [
            ("sqlite://a.db", "a.db"),
            ("sqlite:///var/lib/a b.db", "/var/lib/a b.db"),
            ("SQLITE://./x/y.db", "./x/y.db"),
        ] {
            match text.parse().expect("a good URL") {
                DatabaseUrl::Sqlite(found) => assert_eq!(found, PathBuf::from(path)),
                other @ DatabaseUrl::Postgres(_) => panic!("{other}"),
            }
        }
    }

    #[test]
    fn faults_help_and_never_repeat_a_password() {
        assert!(fault("consortia.db").contains("no scheme"));
        assert!(fault("sqlite://").contains("names no file"));
        assert!(fault("sqlite://:memory:").contains("name a file"));
        assert!(fault("mysql://u:secret@h/d").contains("'mysql' is not known"));
        for text in [
            "u:secret@host/d",
            "mysql://u:secret@h/d",
            "postgres://u:secret@h:port/d",
            "postgres://u:secret@h/d?sslmode=secretive",
            "postgres://u:secret@h/d?nonsense=1",
        ] {
            assert!(!fault(text).contains("secret@"), "{text}: {}", fault(text));
        }
    }

    #[test]
    fn showing_a_url_hides_its_password() {
        let url: DatabaseUrl =
            "postgres://anna:s3cret@db.example.org:6432/registry".parse().expect("a good URL");
        assert_eq!(format!("{url}"), "postgres://anna@db.example.org:6432/registry");
        assert!(!format!("{url:?}").contains("s3cret"));
    }
}
