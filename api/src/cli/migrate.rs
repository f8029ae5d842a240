//! `consortia migrate`.

use super::arguments::Migrate;
use crate::config::Config;
use crate::server::{is_served, open_database, open_existing};
use anyhow::bail;

/// Brings the schema up to date, shows what is missing, or undoes the last step.
pub(super) fn run(config: &Config, how: &Migrate) -> anyhow::Result<()> {
    if how.revert && is_served(config) {
        bail!(
            "A server runs on this data directory; stop it first. Undoing a step loses what only \
             that step keeps, so back up before it: consortia backup."
        );
    }
    let needs_one = how.status || how.revert;
    let db = if needs_one { open_existing(config)? } else { open_database(config)? };
    let said = if how.status {
        match db.pending_migrations()?.as_slice() {
            [] => format!("{} is up to date.\n", db.name()),
            pending => format!("{} waits for:\n  {}\n", db.name(), pending.join("\n  ")),
        }
    } else if how.revert {
        match db.revert()? {
            Some(name) => format!("Undid {name} on {}.\n", db.name()),
            None => format!("{} has no migration to undo.\n", db.name()),
        }
    } else {
        match db.migrate()?.as_slice() {
            [] => format!("{} was up to date.\n", db.name()),
            applied => format!("Applied to {}:\n  {}\n", db.name(), applied.join("\n  ")),
        }
    };
    super::print(&said);
    Ok(())
}
