//! Accounts and what is known of their holders.

use super::references::References;
use super::rows::{integer, naive, page, parse, position, stamp};
use super::{Backend, Conn, check_version, draft, erasure, idempotency, read_token, session};
use crate::account::{Erased, Opening};
use crate::conn::Stamp;
use crate::error::{Error, Result};
use crate::schema::{account_organisations, accounts, idempotency_keys, revisions, sessions};
use crate::types::Id;
use chrono::NaiveDateTime;
use consortia_domain::account::{Account, AccountContent, PersonalData, UserRole};
use consortia_domain::error::{Errors, Invalid, Pointer};
use consortia_domain::id::OrganisationId;
use consortia_domain::page::Page;
use diesel::prelude::*;
use std::collections::HashMap;
use uuid::Uuid;

/// What the column of issuers says of this registry's own accounts.
const OWN: &str = "";

/// Drafts, versions of them and kept answers thrown away in one transaction: each may be of some
/// megabytes, which SQLite overwrites while nobody else writes.
const PORTION: i64 = 32;

/// How the history names what an account did.
pub(crate) fn actor(id: Uuid) -> String {
    format!("account:{id}")
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(Backend))]
struct Row {
    id: Id,
    issuer: String,
    name: String,
    role: String,
    disabled: bool,
    version: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl Row {
    fn read(self, organisations: Vec<OrganisationId>) -> Result<Account> {
        Ok(Account {
            id: self.id.0,
            issuer: (self.issuer != OWN).then_some(self.issuer),
            content: AccountContent {
                name: parse(&self.name)?,
                role: parse(&self.role)?,
                organisations,
                disabled: self.disabled,
            },
            stamp: stamp(self.version, self.created_at, self.updated_at)?,
        })
    }
}

fn read_all(c: &mut Conn, rows: Vec<Row>) -> Result<Vec<Account>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let found: Vec<(Id, Id)> = account_organisations::table
        .filter(account_organisations::account_id.eq_any(&ids))
        .select((account_organisations::account_id, account_organisations::organisation_id))
        .order((account_organisations::account_id, account_organisations::position))
        .load(c)?;
    let mut organisations: HashMap<Id, Vec<OrganisationId>> = HashMap::new();
    for (account, organisation) in found {
        organisations.entry(account).or_default().push(organisation.0.into());
    }
    let read = |row: Row| {
        let own = organisations.remove(&row.id).unwrap_or_default();
        row.read(own)
    };
    rows.into_iter().map(read).collect()
}

fn set_organisations(c: &mut Conn, id: Uuid, organisations: &[OrganisationId]) -> Result<()> {
    let mut references = References::default();
    for (n, organisation) in organisations.iter().enumerate() {
        let at = Pointer::root().field("organisations").index(n);
        references.organisation(at, Some(*organisation));
    }
    references.check(c)?;
    let former = account_organisations::account_id.eq(Id(id));
    diesel::delete(account_organisations::table.filter(former)).execute(c)?;
    for (n, organisation) in organisations.iter().enumerate() {
        diesel::insert_into(account_organisations::table)
            .values((
                account_organisations::account_id.eq(Id(id)),
                account_organisations::position.eq(position(n)?),
                account_organisations::organisation_id.eq(Id::of(*organisation)),
            ))
            .execute(c)?;
    }
    Ok(())
}

/// Refuses a name that another account of the same issuer has.
fn refuse_taken(c: &mut Conn, issuer: &str, name: &str, but: Option<Uuid>) -> Result<()> {
    let holder = accounts::table
        .filter(accounts::issuer.eq(issuer))
        .filter(accounts::name.eq(name))
        .select(accounts::id)
        .first::<Id>(c)
        .optional()?;
    if holder.is_none_or(|holder| Some(holder.0) == but) {
        return Ok(());
    }
    let at = Pointer::root().field("name");
    Err(Error::invalid(&at, "taken", format!("There is an account '{name}'; choose another name.")))
}

/// Refuses to change what an outside provider says of an account.
fn refuse_of_provider(old: &AccountContent, new: &AccountContent) -> Result<()> {
    let mut errors = Errors::new();
    for (field, same) in [("name", old.name == new.name), ("role", old.role == new.role)] {
        if !same {
            let detail = format!("The {field} of this account is what its identity provider says.");
            errors.body(&Pointer::root().field(field), Invalid::new("of_provider", detail));
        }
    }
    Ok(errors.into_result(Some(()))?)
}

pub(crate) fn follow_provider(
    c: &mut Conn,
    by: &Stamp,
    id: Uuid,
    role: UserRole,
) -> Result<Option<Account>> {
    let Some(old) = find(c, id)? else { return Ok(None) };
    diesel::update(accounts::table.find(Id(id)))
        .set((
            accounts::role.eq(role.code()),
            accounts::version.eq(integer(old.stamp.version + 1)?),
            accounts::updated_at.eq(naive(by.now)),
        ))
        .execute(c)?;
    find(c, id)
}

pub(crate) fn create(
    c: &mut Conn,
    by: &Stamp,
    content: &AccountContent,
    opening: Opening<'_>,
) -> Result<Account> {
    let id = Uuid::now_v7();
    let (issuer, hash) = match opening {
        Opening::Password(hash) => (OWN, Some(hash)),
        Opening::Issuer(issuer) => (issuer, None),
    };
    refuse_taken(c, issuer, content.name.as_str(), None)?;
    diesel::insert_into(accounts::table)
        .values((
            accounts::id.eq(Id(id)),
            accounts::issuer.eq(issuer),
            accounts::name.eq(content.name.as_str()),
            accounts::role.eq(content.role.code()),
            accounts::disabled.eq(content.disabled),
            accounts::password_hash.eq(hash),
            accounts::version.eq(1),
            accounts::created_at.eq(naive(by.now)),
            accounts::updated_at.eq(naive(by.now)),
        ))
        .execute(c)?;
    set_organisations(c, id, &content.organisations)?;
    find(c, id)?.ok_or_else(|| Error::internal(format!("account {id} was not stored")))
}

pub(crate) fn update(
    c: &mut Conn,
    by: &Stamp,
    id: Uuid,
    version: u32,
    content: &AccountContent,
) -> Result<Option<Account>> {
    let Some(old) = find(c, id)? else { return Ok(None) };
    check_version(Some(version), old.stamp.version)?;
    if old.content == *content {
        return Ok(Some(old));
    }
    if old.issuer.is_some() {
        refuse_of_provider(&old.content, content)?;
    }
    let issuer = old.issuer.as_deref().unwrap_or(OWN);
    refuse_taken(c, issuer, content.name.as_str(), Some(id))?;
    diesel::update(accounts::table.find(Id(id)))
        .set((
            accounts::name.eq(content.name.as_str()),
            accounts::role.eq(content.role.code()),
            accounts::disabled.eq(content.disabled),
            accounts::version.eq(integer(version + 1)?),
            accounts::updated_at.eq(naive(by.now)),
        ))
        .execute(c)?;
    set_organisations(c, id, &content.organisations)?;
    // When it is opened again too: nothing that was left over from before comes back to life.
    if content.disabled || old.content.disabled {
        session::end_all(c, by, id, None)?;
        read_token::revoke_all(c, by, id)?;
    }
    find(c, id)
}

pub(crate) fn erase(c: &mut Conn, by: &Stamp, id: Uuid) -> Result<Erased> {
    if find(c, id)?.is_none() {
        return Ok(Erased::NotThere);
    }
    let mut room = PORTION;
    for forget in [idempotency::forget, draft::forget_former, draft::discard_made] {
        let gone = forget(c, &actor(id), room)?;
        room -= i64::try_from(gone).unwrap_or(room);
    }
    if room == 0 {
        return Ok(Erased::InPart);
    }
    diesel::delete(accounts::table.find(Id(id))).execute(c)?;
    session::forget_failures(c, by)?;
    erasure::note(c, by)?;
    Ok(Erased::Wholly)
}

pub(crate) fn set_password(
    c: &mut Conn,
    by: &Stamp,
    id: Uuid,
    before: Option<&str>,
    hash: &str,
    except: Option<Uuid>,
) -> Result<bool> {
    let present = password_hash(c, id)?;
    if before.is_some_and(|before| present.as_deref() != Some(before)) {
        return Ok(false);
    }
    let own = accounts::table.find(Id(id)).filter(accounts::issuer.eq(OWN));
    let changed = diesel::update(own).set(accounts::password_hash.eq(Some(hash))).execute(c)?;
    if changed == 1 {
        session::end_all(c, by, id, except)?;
        if before.is_none() {
            read_token::revoke_all(c, by, id)?;
        }
    }
    Ok(changed == 1)
}

pub(crate) fn find(c: &mut Conn, id: Uuid) -> Result<Option<Account>> {
    let row = accounts::table.find(Id(id)).select(Row::as_select()).first(c).optional()?;
    Ok(read_all(c, row.into_iter().collect())?.pop())
}

pub(crate) fn is_other_administrator(c: &mut Conn, id: Uuid) -> Result<bool> {
    let others = accounts::table
        .filter(accounts::id.ne(Id(id)))
        .filter(accounts::role.eq(UserRole::Admin.code()))
        .filter(accounts::disabled.eq(false));
    Ok(diesel::select(diesel::dsl::exists(others)).get_result(c)?)
}

pub(crate) fn named(c: &mut Conn, issuer: Option<&str>, name: &str) -> Result<Option<Account>> {
    let row = accounts::table
        .filter(accounts::issuer.eq(issuer.unwrap_or(OWN)))
        .filter(accounts::name.eq(name))
        .select(Row::as_select())
        .first(c)
        .optional()?;
    Ok(read_all(c, row.into_iter().collect())?.pop())
}

pub(crate) fn called(c: &mut Conn, name: &str) -> Result<Vec<Account>> {
    if let Ok(id) = Uuid::parse_str(name) {
        return Ok(find(c, id)?.into_iter().collect());
    }
    let own = accounts::table.filter(accounts::name.eq(name)).order(accounts::id.asc());
    let rows = own.select(Row::as_select()).load(c)?;
    read_all(c, rows)
}

pub(crate) fn password_hash(c: &mut Conn, id: Uuid) -> Result<Option<String>> {
    let hash = accounts::table.find(Id(id)).select(accounts::password_hash);
    Ok(hash.first::<Option<String>>(c).optional()?.flatten())
}

pub(crate) fn personal_data(c: &mut Conn, id: Uuid) -> Result<Option<PersonalData>> {
    let Some(account) = find(c, id)? else { return Ok(None) };
    let changes: i64 =
        revisions::table.filter(revisions::actor.eq(actor(id))).count().get_result(c)?;
    let sessions = session::seen(c, id)?;
    let read_tokens = read_token::of_account(c, id)?;
    let kept = idempotency_keys::table.filter(idempotency_keys::actor.eq(actor(id)));
    let kept: i64 = kept.count().get_result(c)?;
    let (kept_answers, changes) = (kept.unsigned_abs(), changes.unsigned_abs());
    let drafts = Vec::new();
    Ok(Some(PersonalData { account, sessions, read_tokens, kept_answers, changes, drafts }))
}

pub(crate) fn list(
    c: &mut Conn,
    after: Option<Uuid>,
    limit: u32,
    fingerprint: u64,
) -> Result<Page<Account>> {
    let total: i64 = accounts::table.count().get_result(c)?;
    let mut query = accounts::table.select(Row::as_select()).into_boxed();
    if let Some(after) = after {
        query = query.filter(accounts::id.gt(Id(after)));
    }
    let rows: Vec<Row> = query.order(accounts::id.asc()).limit(i64::from(limit) + 1).load(c)?;
    page(rows, (limit, fingerprint, total), |row| row.id, |rows| read_all(c, rows))
}

/// The account of a session that lasts and has not been shut; `None` when there is none.
pub(super) fn of_session(
    c: &mut Conn,
    session: Uuid,
    now: NaiveDateTime,
) -> Result<Option<Account>> {
    let row = accounts::table
        .inner_join(sessions::table.on(sessions::account_id.eq(accounts::id)))
        .filter(sessions::id.eq(Id(session)))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(accounts::disabled.eq(false))
        .select(Row::as_select())
        .first(c)
        .optional()?;
    Ok(read_all(c, row.into_iter().collect())?.pop())
}
