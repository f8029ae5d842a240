//! The log of imports. Their ids are ordered by time.

use super::rows::{naive, page, parse};
use super::{Backend, Conn};
use crate::conn::Stamp;
use crate::error::{Error, Result};
use crate::imports::{ImportEnd, ImportRun, ImportStatus};
use crate::schema::imports;
use crate::types::{Doc, Id};
use chrono::NaiveDateTime;
use consortia_domain::page::Page;
use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = imports, check_for_backend(Backend))]
struct Row {
    id: Id,
    source: String,
    status: String,
    actor: String,
    started_at: NaiveDateTime,
    finished_at: Option<NaiveDateTime>,
    counts: Doc,
    rejects: Doc,
    fault: Option<String>,
}

impl Row {
    fn read(self) -> Result<ImportRun> {
        Ok(ImportRun {
            id: self.id.0,
            source: self.source,
            status: parse(&self.status)?,
            actor: self.actor,
            started_at: self.started_at.and_utc(),
            finished_at: self.finished_at.map(|at| at.and_utc()),
            counts: self.counts.0,
            rejects: self.rejects.0,
            fault: self.fault,
        })
    }
}

pub(crate) fn begin(c: &mut Conn, by: &Stamp, id: Uuid, source: &str) -> Result<ImportRun> {
    let row = Row {
        id: Id(id),
        source: source.to_owned(),
        status: ImportStatus::Running.code().to_owned(),
        actor: by.actor.to_string(),
        started_at: naive(by.now),
        finished_at: None,
        counts: Doc(Value::Null),
        rejects: Doc(Value::Null),
        fault: None,
    };
    diesel::insert_into(imports::table).values(&row).execute(c)?;
    row.read()
}

pub(crate) fn finish(c: &mut Conn, by: &Stamp, id: Uuid, end: &ImportEnd) -> Result<()> {
    let changed = diesel::update(imports::table.find(Id(id)))
        .set((
            imports::status.eq(end.status.code()),
            imports::finished_at.eq(Some(naive(by.now))),
            imports::counts.eq(Doc(end.counts.clone())),
            imports::rejects.eq(Doc(end.rejects.clone())),
            imports::fault.eq(end.fault.as_deref()),
        ))
        .execute(c)?;
    if changed == 1 { Ok(()) } else { Err(Error::internal(format!("import {id} is not logged"))) }
}

pub(crate) fn interrupt(c: &mut Conn, by: &Stamp) -> Result<usize> {
    let running = imports::table.filter(imports::status.eq(ImportStatus::Running.code()));
    Ok(diesel::update(running)
        .set((
            imports::status.eq(ImportStatus::Interrupted.code()),
            imports::finished_at.eq(Some(naive(by.now))),
        ))
        .execute(c)?)
}

pub(crate) fn find(c: &mut Conn, id: Uuid) -> Result<Option<ImportRun>> {
    let row = imports::table.find(Id(id)).select(Row::as_select()).first(c).optional()?;
    row.map(Row::read).transpose()
}

pub(crate) fn list(
    c: &mut Conn,
    before: Option<Uuid>,
    limit: u32,
    fingerprint: u64,
) -> Result<Page<ImportRun>> {
    let total: i64 = imports::table.count().get_result(c)?;
    let mut query = imports::table.select(Row::as_select()).into_boxed();
    if let Some(before) = before {
        query = query.filter(imports::id.lt(Id(before)));
    }
    let rows: Vec<Row> = query.order(imports::id.desc()).limit(i64::from(limit) + 1).load(c)?;
    page(
        rows,
        (limit, fingerprint, total),
        |row| row.id,
        |rows| rows.into_iter().map(Row::read).collect(),
    )
}
