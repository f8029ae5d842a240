//! Accounts: administrators look after all of them, everybody after their own.

mod own;
mod view;

use super::errors::{AccountChangeErrors, AccountDeleteErrors, AccountErrors, AdminReadErrors};
use super::examples;
use crate::auth::{Admin, account_changed, account_edited, login};
use crate::erasure;
use crate::extract::{Body, IfMatch, PatchBody, Query, RecordPath};
use crate::problem::{Code, Problem};
use crate::respond::{Answer, List, RecordQuery, answer_list, answer_record, changed, created};
use crate::state::State;
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put, web};
use consortia_db::account::{self, Erased, Opening};
use consortia_db::{Conn, Tx, session};
use consortia_domain::account::{Account, AccountContent, NewAccount, NewPassword, PersonalData};
use consortia_domain::erasure::Erasure;
use consortia_domain::id::RecordRef;
use consortia_domain::merge_patch::MergePatch;
use consortia_domain::page::ListRequest;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use view::AccountListQuery;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    // Before those with an id, which "me" would be taken for.
    config.configure(own::register);
    config.service(list_accounts).service(get_account).service(create_account);
    config.service(update_account).service(delete_account);
    config.service(replace_account_password).service(get_account_data);
}

/// How an account may be shown.
type AccountQuery = RecordQuery<Account>;
/// A change of an account, as the document shows it.
type AccountPatch = MergePatch<AccountContent>;

fn no_account(reference: &impl std::fmt::Display) -> Problem {
    Problem::new(Code::NotFound, format!("There is no account '{reference}'."))
}

/// The id that a path names an account by.
fn id_of(path: &RecordPath) -> Result<Uuid, Problem> {
    match &path.0 {
        RecordRef::Id(id) => Ok(*id),
        external @ RecordRef::External(_) => Err(no_account(external)),
    }
}

/// List the accounts
///
/// The oldest first. Needs the role admin.
#[utoipa::path(tag = "accounts", security(("bearer" = [])), params(AccountListQuery), responses(
    (status = 200, description = "A page of accounts.", body = List<Account>,
     example = examples::account_list),
    (status = 304, description = "The page has not changed."),
    AdminReadErrors,
))]
#[get("")]
async fn list_accounts(
    http: HttpRequest,
    state: web::Data<State>,
    _: Admin,
    query: Query<AccountListQuery>,
) -> Answer {
    let load = |c: &mut Conn<'_>, request: &ListRequest<_>| {
        let after = request.cursor.as_ref().map(|cursor| cursor.id);
        account::list(c, after, request.limit, request.fingerprint)
    };
    answer_list(&http, &state, query.0.0, load).await
}

/// Get an account
///
/// Needs the role admin.
#[utoipa::path(tag = "accounts", security(("bearer" = [])), params(RecordPath, AccountQuery),
    responses(
        (status = 200, description = "The account.",
         headers(("ETag" = String,
                  description = "Version and digest; give it back in `If-Match`.")),
         body = Account, example = examples::account),
        (status = 304, description = "It has not changed."),
        AdminReadErrors,
    )
)]
#[get("/{id}")]
async fn get_account(
    http: HttpRequest,
    state: web::Data<State>,
    _: Admin,
    path: RecordPath,
    query: Query<AccountQuery>,
) -> Answer {
    let id = id_of(&path)?;
    let account = state.read(move |c| account::find(c, id)).await?;
    answer_record(&http, &query.0, &path.0, &account.ok_or_else(|| no_account(&id))?)
}

/// Create an account
///
/// With its first password, which its holder should change. Needs the role admin.
#[utoipa::path(tag = "accounts", security(("bearer" = [])),
    request_body(content = NewAccount, example = examples::new_account),
    responses(
        (status = 201, description = "It was created.",
         headers(("Location" = String, description = "Where it is."),
                 ("ETag" = String, description = "Its version and digest.")),
         body = Account, example = examples::account),
        AccountErrors,
    )
)]
#[post("")]
async fn create_account(state: web::Data<State>, admin: Admin, body: Body<NewAccount>) -> Answer {
    let hash = login::hash(&state, body.value.password.reveal()).await?;
    let content = body.value.content();
    let work =
        move |tx: &mut Tx<'_>| account::create(tx, &content, Opening::Password(hash.as_str()));
    let account = state.write(&admin.0, work).await?;
    account_changed("created", account.id, &admin.0.actor());
    created(&account)
}

/// Change an account
///
/// A JSON Merge Patch of its name, role, organisations, and whether it is shut. Shutting it ends
/// its sessions and withdraws its read tokens for good; to say that it is not shut opens it, and
/// unlocks it after failures. The role of an account of an outside
/// provider follows what that says. Administrators cannot give up their role while nobody else has
/// it. Needs the role admin.
#[utoipa::path(tag = "accounts", security(("bearer" = [])), params(RecordPath, IfMatch),
    request_body(content = AccountPatch, content_type = "application/merge-patch+json",
                 example = examples::account_patch),
    responses(
        (status = 200, description = "It was changed.",
         headers(("ETag" = String, description = "Its new version and digest.")),
         body = Account, example = examples::account),
        AccountChangeErrors,
    )
)]
#[patch("/{id}")]
async fn update_account(
    state: web::Data<State>,
    admin: Admin,
    path: RecordPath,
    if_match: IfMatch,
    body: PatchBody<AccountContent>,
) -> Answer {
    let (id, names) = (id_of(&path)?, state.tokens().keys().names());
    let own = admin.0.account() == Some(id);
    let says_open = body.0.changed_fields().any(|field| field == "disabled");
    let work = move |tx: &mut Tx<'_>| {
        let Some(old) = account::find(tx.conn(), id)? else { return Ok(None) };
        if_match.check(old.stamp.version)?;
        let content = body.0.apply(&old.content)?;
        if own && !content.administers() {
            account::check_other_administrator(tx.conn(), id)?;
        }
        let opened = says_open && !content.disabled;
        let forgiven = opened && session::forgive(tx, &names.hash(content.name.as_str()))?;
        let new = account::update(tx, id, old.stamp.version, &content)?;
        Ok(new.map(|new| (old.content, new, forgiven)))
    };
    let written = state.write(&admin.0, work).await?;
    let (old, account, forgiven) = written.ok_or_else(|| no_account(&id))?;
    if forgiven {
        account_changed("unlocked", id, &admin.0.actor());
    }
    account_edited(id, (&old, &account.content), &admin.0.actor());
    changed(&account)
}

/// Erase an account
///
/// Forgets its name, password, sessions, read tokens and drafts, and wipes them from the files of
/// the database; waits some seconds for those who still read them. The history keeps what was
/// changed with it, under an id that means nobody any more. Needs the role admin.
#[utoipa::path(tag = "accounts", security(("bearer" = [])), params(RecordPath, IfMatch),
    responses(
        (status = 200, description = "It was erased; where bytes of it may still lie.",
         body = Erasure, example = examples::erasure),
        AccountDeleteErrors,
    )
)]
#[delete("/{id}")]
async fn delete_account(
    state: web::Data<State>,
    admin: Admin,
    path: RecordPath,
    if_match: IfMatch,
) -> Answer {
    let (id, names) = (id_of(&path)?, state.tokens().keys().names());
    let own = admin.0.account() == Some(id);
    // Once it has begun it is not called off by a change.
    let mut condition = Some(if_match);
    loop {
        let condition = condition.take();
        let work = move |tx: &mut Tx<'_>| {
            let Some(old) = account::find(tx.conn(), id)? else { return Ok(Erased::NotThere) };
            if let Some(condition) = condition {
                condition.check(old.stamp.version)?;
            }
            // In every part: the other one may have been erased since the part before.
            if own {
                account::check_other_administrator(tx.conn(), id)?;
            }
            session::forgive(tx, &names.hash(old.content.name.as_str()))?;
            account::erase(tx, id)
        };
        match state.write(&admin.0, work).await? {
            Erased::NotThere => return Err(no_account(&id)),
            Erased::InPart => {}
            Erased::Wholly => break,
        }
    }
    account_changed("erased", id, &admin.0.actor());
    Ok(HttpResponse::Ok().json(erasure::wiped(&state).await))
}

/// Replace an account's password
///
/// For somebody who forgot theirs, or whose was found out. Ends the account's sessions and
/// withdraws its read tokens. Needs the role admin.
#[utoipa::path(tag = "accounts", security(("bearer" = [])), params(RecordPath),
    request_body(content = NewPassword, example = examples::new_password),
    responses(
        (status = 204, description = "It was replaced."),
        AccountErrors,
    )
)]
#[put("/{id}/password")]
async fn replace_account_password(
    state: web::Data<State>,
    admin: Admin,
    path: RecordPath,
    body: Body<NewPassword>,
) -> Answer {
    let id = id_of(&path)?;
    let found = state.read(move |c| account::find(c, id)).await?;
    let account = found.ok_or_else(|| no_account(&id))?;
    own::check_password(&body.value.password, &account)?;
    let hash = login::hash(&state, body.value.password.reveal()).await?;
    let name = state.tokens().keys().names().hash(account.content.name.as_str());
    let work = move |tx: &mut Tx<'_>| {
        session::forgive(tx, &name)?;
        account::set_password(tx, id, None, &hash, None)
    };
    if !state.write(&admin.0, work).await? {
        return Err(no_account(&id));
    }
    account_changed("password_replaced", id, &admin.0.actor());
    crate::respond::deleted()
}

/// Get what is known about an account's holder
///
/// Everything, to be given to them. Needs the role admin.
#[utoipa::path(tag = "accounts", security(("bearer" = [])), params(RecordPath), responses(
    (status = 200, description = "All that is known.", body = PersonalData,
     example = examples::personal_data),
    AdminReadErrors,
))]
#[get("/{id}/data")]
async fn get_account_data(state: web::Data<State>, admin: Admin, path: RecordPath) -> Answer {
    own::data_of(&state, admin.0, id_of(&path)?).await
}
