//! Read tokens: what dashboards and scripts read with.

use crate::session::Hash;
use chrono::{DateTime, Utc};
use consortia_domain::account::{ReadToken, ReadTokenContent, UserRole};
use consortia_domain::page::Page;
use uuid::Uuid;

/// The most read tokens that an account has at a time, those withdrawn or over not counted.
pub const MOST: u32 = 100;

/// Whose read tokens are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maker<'a> {
    /// Everybody's.
    Anybody,
    /// Those that this actor made.
    Actor(&'a str),
}

crate::conn::dispatch! { read_token:
    /// Keeps a read token that `account` made, by the hash of what its bearer sends, unless it
    /// has [`MOST`] already.
    write create(content: &ReadTokenContent, hash: &Hash, account: Uuid) -> ReadToken;

    /// Withdraws a read token; false when there is none, or it was withdrawn before.
    write revoke(id: Uuid, maker: Maker<'_>) -> bool;

    /// The read token with this hash that is good at `now`, of an account that is open, and the
    /// role this account has.
    read good(hash: &Hash, now: DateTime<Utc>) -> Option<(ReadToken, UserRole)>;

    /// The role of the account that made a read token, while the token is good at `now` and the
    /// account is open.
    read makers_role(id: Uuid, now: DateTime<Utc>) -> Option<UserRole>;

    /// A page of read tokens, the oldest first, those after `after` (an id) if given.
    /// `fingerprint` goes into the cursor of the next page.
    read list(
        maker: Maker<'_>, after: Option<Uuid>, limit: u32, fingerprint: u64,
    ) -> Page<ReadToken>;
}
