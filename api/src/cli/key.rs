//! `consortia key`.

use super::arguments::Key;
use crate::auth::{Keyring, key_changed};
use crate::config::Config;
use crate::server::must_be_begun;
use anyhow::bail;
use std::fmt::Write as _;

/// Looks after the keys that tokens are signed with.
pub(super) fn run(config: &Config, wanted: &Key) -> anyhow::Result<()> {
    must_be_begun(config)?;
    let keys = Keyring::open_or_create(&config.signing_key_path())?;
    match wanted {
        Key::List => {
            let (current, former) = keys.ids();
            let mut text = format!("{current}  signs\n");
            for id in former {
                // Writing to a String cannot fail.
                let _ = writeln!(text, "{id}  former, still good");
            }
            super::print(&text);
        }
        Key::Rotate => {
            let (before, _) = keys.ids();
            let id = keys.rotate()?;
            key_changed("rotated", &id);
            super::print(&format!("{id}  signs\n"));
            eprintln!(
                "Running servers sign with it within a second. What {before} signed stays good \
                 until it ends; to end it now: consortia key retire {before}"
            );
        }
        Key::Retire { id } => {
            if !keys.retire(id)? {
                bail!("'{id}' is no former key; consortia key list shows those there are.");
            }
            key_changed("retired", id);
            eprintln!("What {id} signed is not good any more, within a second.");
        }
    }
    Ok(())
}
