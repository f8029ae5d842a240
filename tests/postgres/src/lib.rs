//! A private PostgreSQL cluster for tests, needing nothing but PostgreSQL's own programs.
//!
//! ```no_run
//! use consortia_test_postgres::Cluster;
//!
//! let cluster = Cluster::shared(); // started once per test process
//! let database = cluster.create_database(); // fresh and empty, dropped with the value
//! println!("{}", database.url()); // postgres://postgres@127.0.0.1:41873/t_4711_0
//!
//! // A database per test from one migrated template:
//! let template = cluster.template("migrated", |url| println!("migrate {url} here"));
//! let copy = cluster.create_from(template);
//! # drop(copy);
//! ```
//!
//! - [`Cluster::shared`] uses the server named by `CONSORTIA_TEST_POSTGRES_URL` when that is
//!   set (its user must be allowed to create databases) and starts a private one otherwise.
//! - [`Cluster::start`] always starts a private one, with [`Settings`] of its own (durable,
//!   TLS); it can be stopped and resumed, and have standbys.
//! - A private cluster listens on 127.0.0.1 and a socket in its own temporary folder. It ends
//!   when the test process does, however that dies: a small shell supervises it and watches a
//!   pipe that only the test process holds open.
//! - It sorts text by ICU rules on purpose: a column that forgot its `COLLATE "C"` shows.
//! - When the tests run as root, which PostgreSQL refuses, it runs as the user `postgres` of
//!   the Debian package, or as `nobody`.
//! - A missing PostgreSQL is a failure that says what to install, never a skipped test.

mod cluster;
mod database;
mod private;
mod programs;

pub use cluster::Cluster;
pub use database::{Database, Template};
pub use private::Settings;
