//! Drafts.

use super::rows::{integer, naive, page, parse, stamp, to_doc, unsigned};
use super::{Backend, Conn, account, any, check_version, heavy, lookup, revision};
use crate::conn::Stamp;
use crate::draft::{MOST, MOST_BYTES};
use crate::error::{Error, Result};
use crate::rights::Rights;
use crate::schema::{draft_makers, draft_organisations, draft_revisions, drafts};
use crate::types::{Doc, Id};
use chrono::NaiveDateTime;
use consortia_domain::draft::{Draft, DraftContent};
use consortia_domain::error::Pointer;
use consortia_domain::id::EntityKind;
use consortia_domain::page::Page;
use diesel::dsl::{exists, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};
use serde_json::Value;
use std::ops::Range;
use uuid::Uuid;

/// How many of the versions before are loaded at a time.
const AT_A_TIME: i64 = 8;

#[derive(Queryable, Selectable)]
#[diesel(table_name = drafts, check_for_backend(Backend))]
struct Row {
    id: Id,
    kind: String,
    project_id: Option<Id>,
    content: Doc,
    made_by: String,
    version: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl Row {
    fn read(self) -> Result<Draft> {
        let content = DraftContent {
            kind: parse(&self.kind)?,
            project_id: self.project_id.map(|id| id.0.into()),
            content: self.content.0,
        };
        Ok(Draft {
            id: self.id.0,
            label: content.label(),
            content,
            made_by: self.made_by,
            stamp: stamp(self.version, self.created_at, self.updated_at)?,
        })
    }
}

/// The drafts that `viewer` sees.
fn seen(viewer: &Rights) -> drafts::BoxedQuery<'static, Backend> {
    let all = drafts::table.into_boxed();
    let Rights::Own { actor, organisations } = viewer else { return all };
    let acting: Vec<Id> = organisations.iter().copied().map(Id).collect();
    let shared = draft_organisations::table
        .filter(draft_organisations::draft_id.eq(drafts::id))
        .filter(draft_organisations::organisation_id.eq_any(acting));
    all.filter(drafts::made_by.eq(actor.clone()).or(exists(shared)))
}

/// The sum of [`drafts::bytes`], a whole number on PostgreSQL too.
fn sum_of_bytes() -> SqlLiteral<Nullable<BigInt>> {
    sql("CAST(sum(drafts.bytes) AS BIGINT)")
}

/// Notes a version of a draft of `maker`, if they have room for it.
fn log(
    c: &mut Conn,
    by: &Stamp,
    (id, maker): (Id, &str),
    version: u32,
    content: &DraftContent,
) -> Result<()> {
    revision::bounded(&content.content, &Pointer::root().field("content"))?;
    let content = to_doc(content)?;
    let bytes = content.0.to_string().len();
    let own = drafts::table.filter(drafts::made_by.eq(maker));
    let held: Option<i64> = own.select(sum_of_bytes()).get_result(c)?;
    let present = held.unwrap_or_default();
    let room = i64::try_from(MOST_BYTES).unwrap_or(i64::MAX) - present;
    let added = i64::try_from(bytes).unwrap_or(i64::MAX);
    if added > room {
        let detail = format!(
            "This holds {bytes} bytes; the drafts of one maker and what these were before hold \
             {MOST_BYTES} (64 MiB) at most, of which {} are free. Publish or delete some first.",
            room.max(0)
        );
        return Err(Error::invalid(&Pointer::root(), "too_large", detail));
    }
    diesel::update(drafts::table.find(id))
        .set(drafts::bytes.eq(drafts::bytes + added))
        .execute(c)?;
    diesel::insert_into(draft_revisions::table)
        .values((
            draft_revisions::draft_id.eq(id),
            draft_revisions::version.eq(integer(version)?),
            draft_revisions::actor.eq(by.actor.as_str()),
            draft_revisions::at.eq(naive(by.now)),
            draft_revisions::content.eq(content),
        ))
        .execute(c)?;
    Ok(())
}

/// Shows a draft to those who act for `organisations`, of which those count that are there.
fn share(c: &mut Conn, id: Id, organisations: &[Uuid]) -> Result<()> {
    let former = draft_organisations::draft_id.eq(id);
    diesel::delete(draft_organisations::table.filter(former)).execute(c)?;
    let named: Vec<Id> = organisations.iter().copied().map(Id).collect();
    for organisation in lookup::organisation::existing(c, &named)? {
        diesel::insert_into(draft_organisations::table)
            .values((
                draft_organisations::draft_id.eq(id),
                draft_organisations::organisation_id.eq(organisation),
            ))
            .execute(c)?;
    }
    Ok(())
}

pub(crate) fn create(
    c: &mut Conn,
    by: &Stamp,
    content: &DraftContent,
    organisations: &[Uuid],
) -> Result<Draft> {
    let own = drafts::table.filter(drafts::made_by.eq(by.actor.as_str()));
    let present: i64 = own.count().get_result(c)?;
    if present >= i64::from(MOST) {
        let detail = format!("One has at most {MOST} drafts; publish or delete some first.");
        return Err(Error::invalid(&Pointer::root(), "too_many", detail));
    }
    let id = Id(Uuid::now_v7());
    diesel::insert_into(drafts::table)
        .values((
            drafts::id.eq(id),
            drafts::kind.eq(content.kind.code()),
            drafts::project_id.eq(content.project_id.map(Id::of)),
            drafts::content.eq(Doc(content.content.clone())),
            drafts::made_by.eq(by.actor.as_str()),
            drafts::version.eq(1),
            drafts::created_at.eq(naive(by.now)),
            drafts::updated_at.eq(naive(by.now)),
        ))
        .execute(c)?;
    share(c, id, organisations)?;
    log(c, by, (id, by.actor.as_str()), 1, content)?;
    let made = find(c, id.0, &Rights::All)?;
    made.ok_or_else(|| Error::internal(format!("draft {} was not stored", id.0)))
}

pub(crate) fn update(
    c: &mut Conn,
    by: &Stamp,
    id: Uuid,
    version: u32,
    content: &DraftContent,
    viewer: &Rights,
) -> Result<Option<Draft>> {
    let Some(old) = find(c, id, viewer)? else { return Ok(None) };
    check_version(Some(version), old.stamp.version)?;
    if old.content == *content {
        return Ok(Some(old));
    }
    diesel::update(drafts::table.find(Id(id)))
        .set((
            drafts::kind.eq(content.kind.code()),
            drafts::project_id.eq(content.project_id.map(Id::of)),
            drafts::content.eq(Doc(content.content.clone())),
            drafts::version.eq(integer(version + 1)?),
            drafts::updated_at.eq(naive(by.now)),
        ))
        .execute(c)?;
    // Its maker may act for others by now.
    if let Rights::Own { actor, organisations } = viewer
        && *actor == old.made_by
    {
        share(c, Id(id), organisations)?;
    }
    log(c, by, (Id(id), &old.made_by), version + 1, content)?;
    find(c, id, viewer)
}

pub(crate) fn discard(
    c: &mut Conn,
    _: &Stamp,
    id: Uuid,
    version: u32,
    viewer: &Rights,
) -> Result<bool> {
    let Some(old) = find(c, id, viewer)? else { return Ok(false) };
    check_version(Some(version), old.stamp.version)?;
    diesel::delete(drafts::table.find(Id(id))).execute(c)?;
    Ok(true)
}

pub(crate) fn made_with(c: &mut Conn, id: Uuid) -> Result<Vec<Uuid>> {
    let own = drafts::table.filter(drafts::made_by.eq(account::actor(id))).select(drafts::id);
    let ids: Vec<Id> = own.order(drafts::id.asc()).load(c)?;
    Ok(ids.into_iter().map(|id| id.0).collect())
}

pub(crate) fn former(c: &mut Conn, id: Uuid, versions: Range<u32>) -> Result<Vec<(u32, Value)>> {
    let rows: Vec<(i32, Doc)> = draft_revisions::table
        .filter(draft_revisions::draft_id.eq(Id(id)))
        .filter(draft_revisions::version.ge(integer(versions.start)?))
        .filter(draft_revisions::version.lt(integer(versions.end)?))
        .select((draft_revisions::version, draft_revisions::content))
        .order(draft_revisions::version.asc())
        .limit(AT_A_TIME)
        .load(c)?;
    rows.into_iter().map(|(version, content)| Ok((unsigned(version)?, content.0))).collect()
}

/// Throws away so many of the drafts that `maker` made, at most; gives their number.
pub(super) fn discard_made(c: &mut Conn, maker: &str, most: i64) -> Result<usize> {
    let own = drafts::table.filter(drafts::made_by.eq(maker));
    let some: Vec<Id> = own.select(drafts::id).limit(most).load(c)?;
    Ok(diesel::delete(drafts::table.filter(drafts::id.eq_any(some))).execute(c)?)
}

/// The same with what these drafts were before and are.
pub(super) fn forget_former(c: &mut Conn, maker: &str, most: i64) -> Result<usize> {
    let own = drafts::table.filter(drafts::made_by.eq(maker)).select(drafts::id);
    let some: Vec<(Id, i32)> = draft_revisions::table
        .filter(draft_revisions::draft_id.eq_any(own))
        .select((draft_revisions::draft_id, draft_revisions::version))
        .limit(most)
        .load(c)?;
    for version in &some {
        diesel::delete(draft_revisions::table.find(*version)).execute(c)?;
    }
    Ok(some.len())
}

pub(crate) fn find(c: &mut Conn, id: Uuid, viewer: &Rights) -> Result<Option<Draft>> {
    let row = seen(viewer).filter(drafts::id.eq(Id(id))).select(Row::as_select());
    row.first(c).optional()?.map(Row::read).transpose()
}

pub(crate) fn parts(c: &mut Conn, id: Uuid, viewer: &Rights) -> Result<Vec<Draft>> {
    let own = seen(viewer).filter(drafts::project_id.eq(Some(Id(id))));
    let rows: Vec<Row> = own.select(Row::as_select()).order(drafts::id.asc()).load(c)?;
    rows.into_iter().map(Row::read).collect()
}

pub(crate) fn list(
    c: &mut Conn,
    viewer: &Rights,
    kind: Option<EntityKind>,
    after: Option<Uuid>,
    limit: u32,
    fingerprint: u64,
) -> Result<Page<Draft>> {
    let of_kind = || match kind {
        Some(kind) => seen(viewer).filter(drafts::kind.eq(kind.code())),
        None => seen(viewer),
    };
    let total: i64 = of_kind().count().get_result(c)?;
    let behind = |query: drafts::BoxedQuery<'static, Backend>| match after {
        Some(after) => query.filter(drafts::id.gt(Id(after))),
        None => query,
    };
    let sizes: Vec<(Id, i64)> = behind(of_kind())
        .select((drafts::id, drafts::bytes))
        .order(drafts::id.asc())
        .limit(i64::from(limit) + 1)
        .load(c)?;
    let mut room = heavy::PAGE_BYTES;
    let fits = |(_, bytes): &&(Id, i64)| {
        room -= bytes;
        room >= 0
    };
    // One at least, or nobody would come past it; one more tells that there are more.
    let fitting = sizes.iter().take_while(fits).count().max(1);
    let limit = fitting.min(limit as usize);
    let wanted = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let rows: Vec<Row> =
        behind(of_kind()).select(Row::as_select()).order(drafts::id.asc()).limit(wanted).load(c)?;
    let limit = u32::try_from(limit).unwrap_or(u32::MAX);
    page(
        rows,
        (limit, fingerprint, total),
        |row| row.id,
        |rows| rows.into_iter().map(Row::read).collect(),
    )
}

pub(crate) fn register(
    c: &mut Conn,
    by: &Stamp,
    kind: EntityKind,
    id: Uuid,
    project: Option<Uuid>,
    content: &Value,
    made_by: &str,
) -> Result<()> {
    any::insert(c, by, kind, id, project, content)?;
    if made_by != by.actor.as_str() {
        diesel::insert_into(draft_makers::table)
            .values((draft_makers::record_id.eq(Id(id)), draft_makers::made_by.eq(made_by)))
            .execute(c)?;
    }
    Ok(())
}
