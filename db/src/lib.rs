//! The store: records, their history and searches over them, on SQLite or PostgreSQL.
//!
//! [`Db`] is the one door. Reads run on a snapshot by [`Db::read`], writes one after
//! another by [`Db::write`]; what they do is in one module per kind of record:
//!
//! ```no_run
//! # async fn run() -> consortia_db::Result<()> {
//! use consortia_db::{Actor, Db, DbConfig, project};
//! use consortia_domain::project::ProjectContent;
//!
//! let db = Db::open(&DbConfig::new("sqlite://consortia.db".parse()?))?;
//! db.migrate()?;
//! let content = ProjectContent::default();
//! let made = db.write(Actor::new("user:anna"), move |tx| project::create(tx, &content)).await?;
//! let read = db.read(move |c| project::get(c, &made.id.into())).await?;
//! # Ok(()) }
//! ```
//!
//! Queries are written once, in `queries/`, and compiled for each engine: `sqlite` and
//! `postgres` mount the same files beside their own `Conn`. [`Conn`] knows at run time
//! which of the two it is.

#![expect(clippy::duplicate_mod, reason = "queries are mounted once for each engine")]

pub mod account;
pub mod agreement;
pub mod backup;
pub mod bundle;
pub mod call;
pub mod claim;
mod config;
mod conn;
pub mod contact;
mod database;
mod days;
mod deadline;
pub mod draft;
mod error;
pub mod facts;
mod filters;
pub mod idempotency;
pub mod import;
pub mod imports;
mod key;
mod lender;
pub mod membership;
mod migrations;
pub mod organisation;
pub mod participation;
mod postgres;
pub mod programme;
pub mod project;
pub mod quality;
pub mod read_token;
pub mod relation;
pub mod revision;
pub mod rights;
mod schema;
mod search;
pub mod session;
pub mod source;
mod sqlite;
pub mod statement;
pub mod theme;
mod totals;
mod types;
mod wipe;
mod writer;

pub use config::{DatabaseUrl, DbConfig};
pub use conn::{Actor, Conn, Tx};
pub use database::{Db, EngineKind, Workload};
pub use error::{Error, Result, Usage};
pub use key::Key;
pub use migrations::{MigrationName, schema_must_be_ours};
pub use sqlite::Beside;
pub use wipe::WriteLog;
