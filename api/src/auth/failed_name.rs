//! What is kept of a name that an account could not be opened by: its hash with a secret that is
//! not in the database. Names can be guessed, so a hash that anybody can make would tell them to
//! who has the database alone.

use consortia_db::session::Hash;
use sha2::{Digest as _, Sha256};

/// Sets apart what the secret is used for here from what else the key is used for.
const PURPOSE: &[u8] = b"consortia: names that failed";

/// Hashes names.
#[derive(Clone, Copy)]
pub(crate) struct NameHash([u8; 32]);

impl NameHash {
    /// With a secret made from `key`, the private part of the signing key.
    pub(super) fn of(key: &[u8; 32]) -> Self {
        Self(Sha256::new().chain_update(PURPOSE).chain_update(key).finalize().into())
    }

    /// What is kept of `name`. The secret comes first and is of one length, so it hides all that
    /// follows.
    #[must_use]
    pub(crate) fn hash(&self, name: &str) -> Hash {
        Sha256::new().chain_update(self.0).chain_update(name).finalize().into()
    }
}
