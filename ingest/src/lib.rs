#![doc = "Readers of other registries' files: from their rows to records of the domain."]
//!
//! A reader turns files into [`Batch`](consortia_domain::import::Batch)es of records and
//! [`Rejection`](consortia_domain::import::Rejection)s of what could not be taken, and hands
//! both to a [`Sink`](consortia_domain::import::Sink). It knows nothing of the registry the
//! records end up in.
//!
//! - [`bundle`] and [`workbook`] read our own formats.
//! - [`source`] finds the tables in files, folders and archives.
//! - [`cordis`] reads them.
//! - [`report`] writes what was rejected as a table.

pub mod bundle;
mod cell;
mod columns;
pub mod cordis;
mod error;
mod parents;
pub mod report;
pub mod source;
mod table;
pub mod workbook;

pub use columns::Kind;
pub use error::Error;
