//! Erasing what is known of a person, and where it may lie all the same.

use serde::Serialize;
use utoipa::ToSchema;

crate::vocabulary! {
    /// Where bytes of what was erased may still lie.
    pub enum Residue: "residue" {
        Database = "database", "The files of the database, while somebody reads what was there before; tried again every hour";
        WriteAheadLog = "write_ahead_log", "The write-ahead log of PostgreSQL with its archives and standbys, until written over";
        Backups = "backups", "Backups taken before, until they are destroyed";
        Disk = "disk", "Blocks of the disk that files gave up, until written over";
    }
}

/// What became of an erasure. Nothing shows any more what was erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Erasure {
    /// Where bytes of it may still lie: what the registry cannot reach, or not yet.
    pub remains_in: Vec<Residue>,
}
