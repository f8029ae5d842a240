//! What a backup says of itself.

use crate::database::EngineKind;
use crate::migrations::MigrationName;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The first words of every manifest.
pub(super) const FORMAT: &str = "consortia-backup";
/// The format written here; an older program refuses a newer one.
pub(super) const FORMAT_VERSION: u32 = 1;

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Always `consortia-backup`.
    pub format: String,
    /// How the rest is to be read.
    pub format_version: u32,
    /// Which engine it was taken from, and can be restored to.
    pub engine: EngineKind,
    /// The version of the program that took it.
    pub program_version: String,
    /// The last migration of the schema it was taken from.
    pub migration: MigrationName,
    /// When it was taken: nothing committed later is in it.
    pub taken_at: DateTime<Utc>,
    /// The tables, none before one that its rows refer to.
    pub tables: Vec<Table>,
    /// Where numbering goes on. SQLite keeps that in a table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sequences: Vec<Sequence>,
}

/// One table of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// The columns that are stored, in order.
    pub columns: Vec<String>,
    /// The columns its rows are ordered by: the primary key, or all.
    pub key: Vec<String>,
    /// How many rows it has.
    pub rows: u64,
    /// The SHA-256 of its rows in the order of the key, as hexadecimal digits.
    pub sha256: String,
}

/// A sequence: where the numbers that the database gives go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequence {
    /// Its name.
    pub name: String,
    /// The last number given, or the first to give.
    pub value: i64,
    /// Whether `value` was given already.
    pub is_called: bool,
}

impl Manifest {
    /// Rows of all tables.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }

    /// The manifest of a backup taken now.
    pub(super) fn new(engine: EngineKind, migration: MigrationName) -> Self {
        Self {
            format: FORMAT.to_owned(),
            format_version: FORMAT_VERSION,
            engine,
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            migration,
            taken_at: Utc::now(),
            tables: Vec::new(),
            sequences: Vec::new(),
        }
    }
}
