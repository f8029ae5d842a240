//! Read tokens.

use super::rows::{naive, page, parse, to_doc};
use super::{Backend, Conn};
use crate::conn::Stamp;
use crate::error::{Error, Result};
use crate::read_token::{MOST, Maker};
use crate::schema::{accounts, read_tokens};
use crate::session::Hash;
use crate::types::{Doc, Id};
use chrono::{DateTime, NaiveDateTime, Utc};
use consortia_domain::account::{ReadScope, ReadToken, ReadTokenContent, UserRole};
use consortia_domain::error::Pointer;
use consortia_domain::page::Page;
use diesel::prelude::*;
use uuid::Uuid;

#[derive(Queryable, Selectable)]
#[diesel(table_name = read_tokens, check_for_backend(Backend))]
struct Row {
    id: Id,
    made_by: String,
    label: String,
    scopes: Doc,
    created_at: NaiveDateTime,
    expires_at: NaiveDateTime,
    revoked_at: Option<NaiveDateTime>,
}

impl Row {
    fn read(self) -> Result<ReadToken> {
        let scopes = self.scopes.0.as_array().into_iter().flatten();
        let scopes = scopes.map(|scope| parse::<ReadScope>(scope.as_str().unwrap_or_default()));
        Ok(ReadToken {
            id: self.id.0,
            content: ReadTokenContent {
                label: parse(&self.label)?,
                scopes: scopes.collect::<Result<_>>()?,
                expires_at: self.expires_at.and_utc(),
            },
            made_by: self.made_by,
            created_at: self.created_at.and_utc(),
            revoked_at: self.revoked_at.map(|at| at.and_utc()),
        })
    }
}

pub(crate) fn create(
    c: &mut Conn,
    by: &Stamp,
    content: &ReadTokenContent,
    hash: &Hash,
    account: Uuid,
) -> Result<ReadToken> {
    let good: i64 = read_tokens::table
        .filter(read_tokens::account_id.eq(Id(account)))
        .filter(read_tokens::revoked_at.is_null())
        .filter(read_tokens::expires_at.gt(naive(by.now)))
        .count()
        .get_result(c)?;
    if good >= i64::from(MOST) {
        let detail = format!("An account has at most {MOST} good read tokens; withdraw one first.");
        return Err(Error::invalid(&Pointer::root(), "too_many", detail));
    }
    let id = Id(Uuid::now_v7());
    diesel::insert_into(read_tokens::table)
        .values((
            read_tokens::id.eq(id),
            read_tokens::hash.eq(&hash[..]),
            read_tokens::account_id.eq(Id(account)),
            read_tokens::made_by.eq(by.actor.as_str()),
            read_tokens::label.eq(content.label.as_str()),
            read_tokens::scopes.eq(to_doc(&content.scopes)?),
            read_tokens::created_at.eq(naive(by.now)),
            read_tokens::expires_at.eq(naive(content.expires_at)),
        ))
        .execute(c)?;
    let row = read_tokens::table.find(id).select(Row::as_select()).first(c).optional()?;
    row.ok_or_else(|| Error::internal("a read token was not stored"))?.read()
}

pub(crate) fn revoke(c: &mut Conn, by: &Stamp, id: Uuid, maker: Maker<'_>) -> Result<bool> {
    let revoked_at = read_tokens::revoked_at.eq(Some(naive(by.now)));
    let good = read_tokens::table.find(Id(id)).filter(read_tokens::revoked_at.is_null());
    let revoked = match maker {
        Maker::Anybody => diesel::update(good).set(revoked_at).execute(c)?,
        Maker::Actor(actor) => {
            let own = good.filter(read_tokens::made_by.eq(actor));
            diesel::update(own).set(revoked_at).execute(c)?
        }
    };
    Ok(revoked == 1)
}

/// Withdraws all read tokens of an account.
pub(super) fn revoke_all(c: &mut Conn, by: &Stamp, account: Uuid) -> Result<()> {
    let good = read_tokens::table
        .filter(read_tokens::account_id.eq(Id(account)))
        .filter(read_tokens::revoked_at.is_null());
    diesel::update(good).set(read_tokens::revoked_at.eq(Some(naive(by.now)))).execute(c)?;
    Ok(())
}

pub(crate) fn good(
    c: &mut Conn,
    hash: &Hash,
    now: DateTime<Utc>,
) -> Result<Option<(ReadToken, UserRole)>> {
    let found: Option<(Row, String)> = read_tokens::table
        .inner_join(accounts::table.on(read_tokens::account_id.eq(accounts::id)))
        .filter(read_tokens::hash.eq(&hash[..]))
        .filter(read_tokens::revoked_at.is_null())
        .filter(read_tokens::expires_at.gt(naive(now)))
        .filter(accounts::disabled.eq(false))
        .select((Row::as_select(), accounts::role))
        .first(c)
        .optional()?;
    found.map(|(row, role)| Ok((row.read()?, parse(&role)?))).transpose()
}

pub(crate) fn makers_role(c: &mut Conn, id: Uuid, now: DateTime<Utc>) -> Result<Option<UserRole>> {
    let role: Option<String> = read_tokens::table
        .inner_join(accounts::table.on(read_tokens::account_id.eq(accounts::id)))
        .filter(read_tokens::id.eq(Id(id)))
        .filter(read_tokens::revoked_at.is_null())
        .filter(read_tokens::expires_at.gt(naive(now)))
        .filter(accounts::disabled.eq(false))
        .select(accounts::role)
        .first(c)
        .optional()?;
    role.map(|role| parse(&role)).transpose()
}

/// The read tokens that an account made, the oldest first.
pub(super) fn of_account(c: &mut Conn, account: Uuid) -> Result<Vec<ReadToken>> {
    let rows: Vec<Row> = read_tokens::table
        .filter(read_tokens::account_id.eq(Id(account)))
        .select(Row::as_select())
        .order(read_tokens::id.asc())
        .load(c)?;
    rows.into_iter().map(Row::read).collect()
}

pub(crate) fn list(
    c: &mut Conn,
    maker: Maker<'_>,
    after: Option<Uuid>,
    limit: u32,
    fingerprint: u64,
) -> Result<Page<ReadToken>> {
    let own = || {
        let query = read_tokens::table.into_boxed();
        match maker {
            Maker::Anybody => query,
            Maker::Actor(actor) => query.filter(read_tokens::made_by.eq(actor.to_owned())),
        }
    };
    let total: i64 = own().count().get_result(c)?;
    let mut query = own().select(Row::as_select());
    if let Some(after) = after {
        query = query.filter(read_tokens::id.gt(Id(after)));
    }
    let rows: Vec<Row> = query.order(read_tokens::id.asc()).limit(i64::from(limit) + 1).load(c)?;
    page(
        rows,
        (limit, fingerprint, total),
        |row| row.id,
        |rows| rows.into_iter().map(Row::read).collect(),
    )
}
