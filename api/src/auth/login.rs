//! Opening an account, keeping it open, leaving it.

use super::authenticate::{invalid_credentials, no_account};
use super::security_log::security_event;
use super::token::refused;
use super::{opaque, password};
use crate::problem::Problem;
use crate::state::State;
use chrono::Utc;
use consortia_db::session::{self, FAILURES, Hash, Live, Renewal};
use consortia_db::{Actor, Tx, account};
use consortia_domain::account::{AccountName, Candidate, Credentials, SessionTokens};
use std::time::Duration;
use uuid::Uuid;

/// How long an access token lasts.
const ACCESS: Duration = Duration::from_mins(15);
/// Who writes down what happens at the door.
const DOOR: &str = "system:sessions";

/// The hash of a password, to be kept.
///
/// # Errors
/// `internal` when the machine gives no random salt.
pub(crate) async fn hash(state: &State, password: &str) -> Result<String, Problem> {
    password::hash(state, password).await
}

/// Opens the account that `credentials` name.
///
/// Whether the account is there or not, is locked, shut or given a wrong password: the answer is
/// the same, and as much is done for it — one look at the failures and the account, one hash,
/// one write.
///
/// # Errors
/// `invalid_credentials` when they open none.
pub(crate) async fn open(
    state: &State,
    credentials: Credentials,
) -> Result<SessionTokens, Problem> {
    let name = credentials.name.parse::<AccountName>().ok();
    let key = state.tokens().keys().names().hash(&credentials.name.to_lowercase());
    let found = state.read(move |c| {
        let locked = session::is_locked(c, &key, Utc::now())?;
        let name = name.as_ref().map_or("", AccountName::as_str);
        let account = account::named(c, None, name)?;
        // Looked for in either case: as many looks for a name that is not there.
        let id = account.as_ref().map(|account| account.id);
        let hash = account::password_hash(c, id.unwrap_or_default())?;
        Ok((locked, account, hash))
    });
    let (locked, account, hash) = found.await?;
    let fits = password::verify(state, credentials.password.reveal(), hash.clone()).await?;
    let account = account.map(|account| account.id);
    let id = account.filter(|_| fits && !locked);
    let token = opaque::generate(opaque::REFRESH);
    let kept = opaque::hash(&token);
    let live = match id.zip(hash) {
        Some((id, hash)) => {
            let begun = move |tx: &mut Tx<'_>| session::begin(tx, id, &key, &hash, &kept);
            state.db().write(Actor::new(DOOR), begun).await?
        }
        None => None,
    };
    if let Some(live) = live {
        security_event!("opened", account = %live.account.id, session = %live.id);
        return tokens(state, &live, token);
    }
    let failures = state.db().write(Actor::new(DOOR), move |tx| session::fail(tx, &key)).await?;
    // Told whose it is, for the log is read by who runs the registry; the answer is the same.
    security_event!("not_opened", account = account.map(tracing::field::display), failures, locked);
    if failures == FAILURES {
        security_event!("locked", account = account.map(tracing::field::display));
    }
    Err(no_account())
}

/// Keeps a session going by its refresh token, which is not good any more afterwards.
///
/// # Errors
/// `invalid_token` when there is no such token, its session is over, or it was used before:
/// then somebody copied it, and the session ends for everybody.
pub(crate) async fn renew(state: &State, token: &str) -> Result<SessionTokens, Problem> {
    let next = opaque::generate(opaque::REFRESH);
    let (old, new) = (opaque::hash(token), opaque::hash(&next));
    let renewed = state.db().write(Actor::new(DOOR), move |tx| session::renew(tx, &old, &new));
    match renewed.await? {
        Renewal::Renewed(live) => {
            security_event!("renewed", account = %live.account.id, session = %live.id);
            tokens(state, &live, next)
        }
        Renewal::Reused(account) => {
            security_event!("refresh_token_reused", %account);
            Err(refused(
                "It was used before, so somebody may have copied it: its session is ended. Open \
                 the account again.",
            ))
        }
        Renewal::Unknown => Err(refused(
            "It keeps no session going: there is none, or it is over. Open the account again.",
        )),
    }
}

/// Ends a session.
///
/// # Errors
/// When the store fails.
pub(crate) async fn leave(state: &State, account: Uuid, session: Uuid) -> Result<(), Problem> {
    state.db().write(Actor::new(DOOR), move |tx| session::end(tx, session)).await?;
    security_event!("left", %account, %session);
    Ok(())
}

/// Changes the password of the account `id`, whose present one is `current`; other sessions
/// than `session` end.
///
/// # Errors
/// `invalid_credentials` when `current` is wrong, counted like a failure to open it.
pub(crate) async fn change_password(
    state: &State,
    (id, session): (Uuid, Option<Uuid>),
    current: &Candidate,
    new: &str,
) -> Result<(), Problem> {
    let names = state.tokens().keys().names();
    let found = state.read(move |c| {
        let Some(found) = account::find(c, id)? else { return Ok(None) };
        let key = names.hash(found.content.name.as_str());
        Ok(Some((key, session::is_locked(c, &key, Utc::now())?, account::password_hash(c, id)?)))
    });
    let (key, locked, hash) = found.await?.ok_or_else(no_account)?;
    let before = hash.clone();
    if !password::verify(state, current.reveal(), hash).await? || locked {
        return Err(not_changed(state, id, key).await?);
    }
    let hash = password::hash(state, new).await?;
    let set = move |tx: &mut Tx<'_>| {
        session::check_open(tx.conn(), id, session)?;
        // Looked at once more: there may have been the tenth failure since.
        if session::is_locked(tx.conn(), &key, Utc::now())? {
            return Ok(None);
        }
        account::set_password(tx, id, before.as_deref(), &hash, session).map(Some)
    };
    match state.db().write(Actor::new(DOOR), set).await? {
        None => return Err(not_changed(state, id, key).await?),
        Some(false) => return Err(no_account()),
        Some(true) => {}
    }
    security_event!("password_changed", account = %id);
    Ok(())
}

/// Notes a failure to change the password of the account `id`, whose name has the hash `name`;
/// the problem it is answered with.
async fn not_changed(state: &State, id: Uuid, name: Hash) -> Result<Problem, Problem> {
    state.db().write(Actor::new(DOOR), move |tx| session::fail(tx, &name)).await?;
    security_event!("password_not_changed", account = %id);
    let detail = "`current_password` is not the account's present password, or there were ten \
                  failures in a row: then nobody can change it for 15 minutes.";
    Ok(invalid_credentials(detail))
}

fn tokens(state: &State, live: &Live, refresh_token: String) -> Result<SessionTokens, Problem> {
    let access_token = state.tokens().issue_in_session(live.account.id, live.id, ACCESS);
    Ok(SessionTokens {
        access_token: access_token.map_err(Problem::internal)?,
        token_type: "Bearer",
        expires_in: ACCESS.as_secs(),
        refresh_token,
        refresh_expires_at: live.expires_at,
    })
}
