//! The queries, written once and compiled for each engine: the module that mounts this one
//! says which `Conn`, `Backend` and `CHUNK` it is.

pub(crate) mod account;
pub(crate) mod agreement;
pub(crate) mod any;
pub(crate) mod bundle;
pub(crate) mod call;
pub(crate) mod claim;
pub(crate) mod contact;
pub(crate) mod draft;
pub(crate) mod erasure;
pub(crate) mod external_ids;
pub(crate) mod facts;
mod heavy;
pub(crate) mod idempotency;
pub(crate) mod import;
pub(crate) mod imports;
pub(crate) mod keyset;
mod levels;
pub(crate) mod lookup;
pub(crate) mod membership;
pub(crate) mod organisation;
pub(crate) mod participation;
pub(crate) mod programme;
pub(crate) mod project;
pub(crate) mod quality;
pub(crate) mod read_token;
pub(crate) mod references;
pub(crate) mod relation;
pub(crate) mod revision;
pub(crate) mod rights;
pub(crate) mod rows;
pub(crate) mod search;
pub(crate) mod session;
pub(crate) mod source;
pub(crate) mod statement;
pub(crate) mod theme;
pub(crate) mod tombstones;
mod usage;
mod written;

use super::{Backend, CHUNK, Conn, fulltext, statistics};
use crate::error::{Error, Result};

/// How many values one look-up lists.
const LOOKUP: usize = 500;

/// Refuses a change of a record that is at another version than the caller knows.
/// `None` accepts any.
fn check_version(expected: Option<u32>, current: u32) -> Result<()> {
    match expected {
        Some(version) if version != current => Err(Error::Stale { current }),
        _ => Ok(()),
    }
}
