//! Who makes a request, and what they may do.
//!
//! | module | what it is for |
//! | --- | --- |
//! | [`principal`] | who somebody is and what handlers ask of them |
//! | [`authenticate`] | from a request's header to a principal |
//! | [`token`] | JSON Web Tokens of the registry itself |
//! | [`key`], [`keyring`] | what these are signed with, and how that is replaced |
//! | [`unchecked`] | what tokens say before they are believed |
//! | [`issuers`] | tokens of outside identity providers |
//! | [`login`] | opening accounts, and keeping them open |
//! | [`read_token`] | what dashboards read with |
//! | [`password`], [`opaque`], [`failed_name`] | what of secrets is kept |
//! | [`security_log`] | what is written down of all this |

mod authenticate;
mod failed_name;
mod issuers;
mod key;
mod keyring;
pub(crate) mod login;
mod opaque;
mod password;
mod principal;
mod read_token;
mod security_log;
mod token;
mod unchecked;

pub(crate) use authenticate::authenticate;
pub use issuers::{IssuerFault, Issuers};
pub(crate) use key::private_folder;
pub use key::{KeyFault, KeyPair};
pub use keyring::Keyring;
pub use password::hash_now as hash_password;
pub use principal::{
    Admin, DraftReader, Holder, ImportReader, Principal, QualityReader, Staff, UserRole, Who,
    Writer,
};
pub(crate) use read_token::issue_read_token;
pub use security_log::TARGET as SECURITY_TARGET;
pub(crate) use security_log::{
    account_changed, account_edited, address, asked_from, contact_changed, contacts_erased,
    key_changed, note_refusal, read_token_changed, token_made,
};
pub(crate) use token::refused as token_refused;
pub use token::{Bearer, Claims, Tokens};
