//! Making read tokens.

use super::opaque;
use super::principal::Principal;
use crate::problem::Problem;
use chrono::{TimeDelta, Utc};
use consortia_db::session::Hash;
use consortia_domain::account::ReadTokenContent;
use consortia_domain::error::{Errors, Invalid, Pointer};

/// Longest life of a read token.
const LONGEST: TimeDelta = TimeDelta::days(366);

/// A new read token that `maker` may give with this content, and what is kept of it.
///
/// # Errors
/// `invalid_body` when they may not read so much themselves, or it would end too late or has
/// ended already.
pub(crate) fn issue_read_token(
    maker: &Principal,
    content: &ReadTokenContent,
) -> Result<(String, Hash), Problem> {
    let mut errors = Errors::new();
    for (n, scope) in content.scopes.iter().enumerate() {
        if !maker.may_read_by_role(*scope) {
            let detail = format!("You may not read what '{scope}' opens yourself; leave it out.");
            let at = Pointer::root().field("scopes").index(n);
            errors.body(&at, Invalid::new("beyond_your_rights", detail));
        }
    }
    let now = Utc::now();
    let at = Pointer::root().field("expires_at");
    if content.expires_at <= now {
        errors.body(
            &at,
            Invalid::new("in_the_past", "It ends before it begins; choose a later day."),
        );
    } else if content.expires_at > now + LONGEST {
        let detail = format!(
            "It would last more than {} days; choose a day before {}.",
            LONGEST.num_days(),
            (now + LONGEST).format("%Y-%m-%d")
        );
        errors.body(&at, Invalid::new("too_late", detail));
    }
    if !errors.is_empty() {
        return Err(Problem::invalid_body(&errors));
    }
    let token = opaque::generate(opaque::READ);
    let hash = opaque::hash(&token);
    Ok((token, hash))
}
