//! Who may write: bearer tokens signed with the registry's own key.
//!
//! Reading is open. Accounts, when they come, change [`principal`] alone: everything else
//! asks only for a [`Principal`] with a [`Role`].

mod key;
mod principal;
mod token;

pub use key::{KeyFault, SigningKeys};
pub use principal::{Admin, Principal, Role, Staff, Writer};
pub use token::{Claims, Tokens};
