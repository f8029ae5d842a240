//! `consortia contact`.

use super::arguments::Contact;
use crate::auth::contacts_erased;
use crate::config::Config;
use crate::erasure;
use crate::server::open_current;
use crate::words::counted;
use consortia_db::{Actor, contact};

/// Who the security log says did it.
const BY: &str = "system:command line";

/// Gives or forgets what is known of a contact person.
pub(super) fn run(config: &Config, wanted: &Contact) -> anyhow::Result<()> {
    let db = open_current(config)?;
    match wanted {
        Contact::Export { email } => {
            let known = db.read_blocking(|c| contact::with_email(c, email))?;
            super::print(&(serde_json::to_string_pretty(&known)? + "\n"));
        }
        Contact::Erase { email } => {
            let email = email.clone();
            let work = move |tx: &mut consortia_db::Tx<'_>| contact::erase(tx, &email);
            let erased = db.write_blocking(Actor::new(BY), work)?;
            contacts_erased(erased, BY);
            eprintln!("Erased {}.", counted(erased as u64, "contact"));
            if erased > 0 {
                super::print(&erasure::told(&erasure::wipe(&db)));
            }
        }
    }
    Ok(())
}
