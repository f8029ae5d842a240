//! Accounts: who may write, for which organisations, and how they are opened.

use crate::{Conn, Error, Result};
use consortia_domain::account::{Account, AccountContent, PersonalData, UserRole};
use consortia_domain::page::Page;
use uuid::Uuid;

/// What an account is opened by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening<'a> {
    /// A password of this registry, as its hash (PHC string).
    Password(&'a str),
    /// An outside identity provider, by its issuer.
    Issuer(&'a str),
}

/// What became of an account that was to be erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erased {
    /// There is none.
    NotThere,
    /// Some of its drafts and kept answers are gone. Whoever waited to write comes in between;
    /// then it is to be erased again.
    InPart,
    /// It is gone, and all that was known of its holder.
    Wholly,
}

crate::conn::dispatch! { account:
    /// Opens an account. Fails where the name is taken.
    write create(content: &AccountContent, opening: Opening<'_>) -> Account;

    /// Puts new content in the place of the old, which is at `version`. A shut account's
    /// sessions end and its read tokens are withdrawn. `None` when there is no such account.
    write update(id: Uuid, version: u32, content: &AccountContent) -> Option<Account>;

    /// Gives an account of an outside provider the role that this says it has. `None` when there
    /// is no such account.
    write follow_provider(id: Uuid, role: UserRole) -> Option<Account>;

    /// Forgets an account and all that is known of its holder, or a part of that where it is
    /// much. What the history says was changed with it stays, under an id that means nobody any
    /// more.
    write erase(id: Uuid) -> Erased;

    /// Sets the hash of an account's password and ends its sessions but `except`; false when
    /// there is no such account, it has no password here, or the hash is not `before` any more.
    /// Who does not say `before` replaces it for somebody else: then the read tokens are
    /// withdrawn as well.
    write set_password(
        id: Uuid, before: Option<&str>, hash: &str, except: Option<Uuid>,
    ) -> bool;

    /// The account with this id; `None` when there is none.
    read find(id: Uuid) -> Option<Account>;

    /// Whether an account but this one is an administrator's, and not shut.
    read is_other_administrator(id: Uuid) -> bool;

    /// The account of `issuer` (`None`: this registry's own) with this name.
    read named(issuer: Option<&str>, name: &str) -> Option<Account>;

    /// The accounts called `name`, of this registry and of outside providers, or the one with this
    /// id.
    read called(name: &str) -> Vec<Account>;

    /// The hash of an account's password; `None` when it has none here.
    read password_hash(id: Uuid) -> Option<String>;

    /// Everything that is known of an account's holder but their drafts, which may be too much at
    /// once; `None` when there is no such account.
    read personal_data(id: Uuid) -> Option<PersonalData>;

    /// A page of accounts, the oldest first, those after `after` (an id) if given.
    /// `fingerprint` goes into the cursor of the next page.
    read list(after: Option<Uuid>, limit: u32, fingerprint: u64) -> Page<Account>;
}

/// Refuses to go on when nobody but the holder of the account `id` is administrator.
///
/// # Errors
/// [`Error::LastAdministrator`].
pub fn check_other_administrator(c: &mut Conn<'_>, id: Uuid) -> Result<()> {
    if is_other_administrator(c, id)? { Ok(()) } else { Err(Error::LastAdministrator) }
}
