//! `consortia token`.

use super::arguments::Token;
use super::user::resolve;
use crate::auth::token_made;
use crate::config::Config;
use crate::server::{must_be_begun, open_tokens};

/// Prints a token, and nothing else, to standard output.
pub(super) fn run(config: &Config, wanted: &Token) -> anyhow::Result<()> {
    must_be_begun(config)?;
    let tokens = open_tokens(config)?;
    let organisations = resolve(config, &wanted.organisations)?;
    let organisations: Vec<_> = organisations.into_iter().map(Into::into).collect();
    let token = tokens.issue(&wanted.subject, wanted.role, &organisations, wanted.expires)?;
    token_made(&wanted.subject, wanted.role);
    let until = chrono::Utc::now() + wanted.expires;
    eprintln!(
        "Token for '{}' with the role {}, valid until {}. Send it as: Authorization: Bearer TOKEN",
        wanted.subject,
        wanted.role,
        until.format("%Y-%m-%d %H:%M UTC")
    );
    super::print(&format!("{token}\n"));
    Ok(())
}
