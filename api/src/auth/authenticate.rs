//! From the header `Authorization` to who makes a request: the one place where this is found
//! out, for every operation, before it is reached.

use super::opaque;
use super::principal::{Principal, Who, role_for};
use super::token::{Bearer, refused};
use super::unchecked;
use crate::problem::{Code, Problem};
use crate::state::State;
use actix_web::http::header::{AUTHORIZATION, HeaderMap, WWW_AUTHENTICATE};
use chrono::Utc;
use consortia_db::{read_token, session};
use consortia_domain::account::Account;
use uuid::Uuid;

/// Who sends these headers; `None` when they say nothing of it.
///
/// # Errors
/// `invalid_token` when what they say is not true any more or never was.
pub(crate) async fn authenticate(
    state: &State,
    headers: &HeaderMap,
) -> Result<Option<Principal>, Problem> {
    let mut given = headers.get_all(AUTHORIZATION);
    let Some(value) = given.next() else { return Ok(None) };
    if given.next().is_some() {
        return Err(refused("The header 'Authorization' is there twice."));
    }
    let Some((scheme, token)) = value.to_str().ok().and_then(|text| text.split_once(' ')) else {
        return Ok(None);
    };
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Ok(None);
    }
    let token = token.trim();
    if token.starts_with(opaque::READ) {
        return by_read_token(state, token).await.map(Some);
    }
    let header = unchecked::header(token).map_err(refused)?;
    if let Some(issuers) = state.issuers()
        && let Some(issuer) = issuers.of(token)
    {
        return issuer.principal(state, token, &header).await.map(Some);
    }
    match state.tokens().check(token, &header)? {
        Bearer::Named { subject, role, organisations } => {
            Ok(Some(Principal { who: Who::Named(subject), role: Some(role), organisations }))
        }
        Bearer::Session(id) => in_session(state, id).await.map(Some),
    }
}

async fn by_read_token(state: &State, token: &str) -> Result<Principal, Problem> {
    let hash = opaque::hash(token);
    let found = state.read(move |c| read_token::good(c, &hash, Utc::now())).await?;
    let (found, role) = found.ok_or_else(|| {
        refused("It is no read token of this registry, or has expired, or was withdrawn.")
    })?;
    let (id, made_by) = (found.id, found.made_by);
    // What its maker may not read any more it does not either.
    let mut scopes = found.content.scopes;
    scopes.retain(|scope| role >= role_for(*scope));
    let who = Who::ReadToken { id, made_by, scopes };
    Ok(Principal { who, role: None, organisations: Vec::new() })
}

async fn in_session(state: &State, id: Uuid) -> Result<Principal, Problem> {
    let found = state.read(move |c| session::account(c, id, Utc::now())).await?;
    let account = found.ok_or_else(|| {
        refused("Its session is over, or the account was shut. Open the account again.")
    })?;
    Ok(holder(account, Some(id)))
}

/// The holder of `account`, in what it lets them do.
pub(super) fn holder(account: Account, session: Option<Uuid>) -> Principal {
    Principal {
        who: Who::Account { id: account.id, session },
        role: Some(account.content.role),
        organisations: account.content.organisations.into_iter().map(Into::into).collect(),
    }
}

/// The problem of credentials that open nothing, without a word on why.
pub(super) fn no_account() -> Problem {
    let detail = "Name and password do not open an account. Either is wrong, or the account is \
                  shut, or it failed ten times in a row: then nobody can open it for 15 minutes, \
                  unless an administrator unlocks it.";
    invalid_credentials(detail)
}

/// The problem of credentials that are not good.
pub(super) fn invalid_credentials(detail: &str) -> Problem {
    Problem::new(Code::InvalidCredentials, detail)
        .header(WWW_AUTHENTICATE, "Bearer realm=\"consortia\"")
}
