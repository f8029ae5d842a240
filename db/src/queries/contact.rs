//! Contact persons.

use super::rows::{integer, naive, page, parse, parse_opt, stamp, text};
use super::{Backend, Conn, check_version, erasure};
use crate::conn::Stamp;
use crate::contact::MOST;
use crate::error::{Error, Result};
use crate::schema::contacts;
use crate::types::Id;
use chrono::NaiveDateTime;
use consortia_domain::contact::{Contact, ContactContent, Email};
use consortia_domain::error::Pointer;
use consortia_domain::id::EntityKind;
use consortia_domain::page::Page;
use diesel::prelude::*;
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = contacts, check_for_backend(Backend))]
struct Row {
    id: Id,
    of_kind: String,
    of_id: Id,
    name: String,
    email: Option<String>,
    telephone: Option<String>,
    role: Option<String>,
    language: Option<String>,
    version: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl Row {
    fn read(self) -> Result<Contact> {
        Ok(Contact {
            id: self.id.0,
            of_kind: parse(&self.of_kind)?,
            of_id: self.of_id.0,
            content: ContactContent {
                name: parse(&self.name)?,
                email: parse_opt(self.email.as_deref())?,
                telephone: parse_opt(self.telephone.as_deref())?,
                role: parse_opt(self.role.as_deref())?,
                language: parse_opt(self.language.as_deref())?,
            },
            stamp: stamp(self.version, self.created_at, self.updated_at)?,
        })
    }
}

fn read_all(rows: Vec<Row>) -> Result<Vec<Contact>> {
    rows.into_iter().map(Row::read).collect()
}

pub(crate) fn create(
    c: &mut Conn,
    by: &Stamp,
    kind: EntityKind,
    of: Uuid,
    content: &ContactContent,
) -> Result<Contact> {
    let present: i64 = contacts::table.filter(contacts::of_id.eq(Id(of))).count().get_result(c)?;
    if present >= i64::from(MOST) {
        let detail = format!("A record has at most {MOST} contacts; delete one first.");
        return Err(Error::invalid(&Pointer::root(), "too_many", detail));
    }
    let row = Row {
        id: Id(Uuid::now_v7()),
        of_kind: kind.code().to_owned(),
        of_id: Id(of),
        name: content.name.to_string(),
        email: text(content.email.as_ref()),
        telephone: text(content.telephone.as_ref()),
        role: text(content.role.as_ref()),
        language: text(content.language.as_ref()),
        version: 1,
        created_at: naive(by.now),
        updated_at: naive(by.now),
    };
    diesel::insert_into(contacts::table).values(&row).execute(c)?;
    row.read()
}

pub(crate) fn update(
    c: &mut Conn,
    by: &Stamp,
    id: Uuid,
    version: u32,
    content: &ContactContent,
) -> Result<Option<Contact>> {
    let Some(old) = find(c, id)? else { return Ok(None) };
    check_version(Some(version), old.stamp.version)?;
    if old.content == *content {
        return Ok(Some(old));
    }
    diesel::update(contacts::table.find(Id(id)))
        .set((
            contacts::name.eq(content.name.to_string()),
            contacts::email.eq(text(content.email.as_ref())),
            contacts::telephone.eq(text(content.telephone.as_ref())),
            contacts::role.eq(text(content.role.as_ref())),
            contacts::language.eq(text(content.language.as_ref())),
            contacts::version.eq(integer(version + 1)?),
            contacts::updated_at.eq(naive(by.now)),
        ))
        .execute(c)?;
    erasure::note(c, by)?;
    find(c, id)
}

pub(crate) fn remove(c: &mut Conn, by: &Stamp, id: Uuid, version: u32) -> Result<bool> {
    let Some(old) = find(c, id)? else { return Ok(false) };
    check_version(Some(version), old.stamp.version)?;
    diesel::delete(contacts::table.find(Id(id))).execute(c)?;
    erasure::note(c, by)?;
    Ok(true)
}

/// Removes the contacts of a record that is deleted.
pub(super) fn remove_all_of(c: &mut Conn, by: &Stamp, of: Id) -> Result<()> {
    if diesel::delete(contacts::table.filter(contacts::of_id.eq(of))).execute(c)? > 0 {
        erasure::note(c, by)?;
    }
    Ok(())
}

pub(crate) fn erase(c: &mut Conn, by: &Stamp, email: &Email) -> Result<usize> {
    let own = contacts::table.filter(contacts::email.eq(email.as_str()));
    let erased = diesel::delete(own).execute(c)?;
    erasure::note(c, by)?;
    Ok(erased)
}

pub(crate) fn find(c: &mut Conn, id: Uuid) -> Result<Option<Contact>> {
    let row = contacts::table.find(Id(id)).select(Row::as_select()).first(c).optional()?;
    row.map(Row::read).transpose()
}

pub(crate) fn with_email(c: &mut Conn, email: &Email) -> Result<Vec<Contact>> {
    let own = contacts::table.filter(contacts::email.eq(email.as_str()));
    read_all(own.select(Row::as_select()).order(contacts::id.asc()).load(c)?)
}

pub(crate) fn list(
    c: &mut Conn,
    of: Uuid,
    after: Option<Uuid>,
    limit: u32,
    fingerprint: u64,
) -> Result<Page<Contact>> {
    let own = || contacts::table.filter(contacts::of_id.eq(Id(of))).into_boxed();
    let total: i64 = own().count().get_result(c)?;
    let mut query = own().select(Row::as_select());
    if let Some(after) = after {
        query = query.filter(contacts::id.gt(Id(after)));
    }
    let rows: Vec<Row> = query.order(contacts::id.asc()).limit(i64::from(limit) + 1).load(c)?;
    page(rows, (limit, fingerprint, total), |row| row.id, read_all)
}
