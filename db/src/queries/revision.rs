//! The revision log: every change of every record, written in the change's transaction.

use super::rows::{integer, naive, parse, to_json, total, unsigned};
use super::{Backend, Conn, heavy, statement};
use crate::conn::Stamp;
use crate::deadline;
use crate::error::{Error, Result};
use crate::schema::revisions;
use crate::types::{Doc, Id};
use chrono::{DateTime, NaiveDateTime, Utc};
use consortia_domain::Pointer;
use consortia_domain::id::EntityKind;
use consortia_domain::merge_patch::merge_diff;
use consortia_domain::page::{Cursor, CursorValue, Page};
use consortia_domain::record::MAX_RECORD_BYTES;
use consortia_domain::revision::{
    FormerState, Replay, Revision, RevisionAction, StateAt, no_such_version,
};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::HashSet;
use uuid::Uuid;

/// How many changes are loaded at a time.
const AT_A_TIME: i64 = 32;

#[derive(Queryable, Selectable)]
#[diesel(table_name = revisions, check_for_backend(Backend))]
struct Row {
    seq: i64,
    entity: String,
    record_id: Id,
    version: i32,
    action: String,
    actor: String,
    at: NaiveDateTime,
    change: Option<Doc>,
}

impl Row {
    fn read(self) -> Result<Revision> {
        Ok(Revision {
            seq: self.seq,
            entity: parse(&self.entity)?,
            record_id: self.record_id.0,
            version: unsigned(self.version)?,
            action: parse(&self.action)?,
            actor: self.actor,
            at: self.at.and_utc(),
            change: self.change.map(|doc| doc.0),
        })
    }
}

#[derive(Insertable)]
#[diesel(table_name = revisions, treat_none_as_default_value = false)]
struct NewRow<'a> {
    entity: &'static str,
    record_id: Id,
    version: i32,
    action: &'static str,
    actor: &'a str,
    at: NaiveDateTime,
    change: Option<Doc>,
}

/// One change to be logged.
pub(crate) struct Change {
    pub(crate) entity: EntityKind,
    pub(crate) id: Uuid,
    /// The version the change leads to.
    pub(crate) version: u32,
    pub(crate) action: RevisionAction,
    /// The content when created, the merge patch when updated, nothing when deleted.
    pub(crate) document: Option<Value>,
    /// Bytes of JSON that the content holds after it.
    pub(crate) bytes: usize,
}

impl Change {
    /// The change that creates a record.
    ///
    /// # Errors
    /// [`Error::Invalid`] when its content holds more than [`MAX_RECORD_BYTES`].
    pub(crate) fn created(entity: EntityKind, id: Uuid, content: &impl Serialize) -> Result<Self> {
        let content = to_json(content)?;
        let (action, bytes) = (RevisionAction::Created, bounded(&content, &Pointer::root())?);
        Ok(Self { entity, id, version: 1, action, document: Some(content), bytes })
    }

    /// The change from `old` to `new`; `None` when they say the same.
    ///
    /// # Errors
    /// As of [`Change::created`].
    pub(crate) fn updated(
        entity: EntityKind,
        id: Uuid,
        version: u32,
        old: &impl Serialize,
        new: &impl Serialize,
    ) -> Result<Option<Self>> {
        let new = to_json(new)?;
        let Some(patch) = merge_diff(&to_json(old)?, &new) else { return Ok(None) };
        Ok(Some(Self {
            entity,
            id,
            version: version + 1,
            action: RevisionAction::Updated,
            document: Some(patch),
            bytes: bounded(&new, &Pointer::root())?,
        }))
    }

    /// The change that deletes a record at `version`.
    pub(crate) fn deleted(entity: EntityKind, id: Uuid, version: u32) -> Self {
        let action = RevisionAction::Deleted;
        Self { entity, id, version: version + 1, action, document: None, bytes: 0 }
    }
}

/// The bytes of JSON that `document` holds.
fn bytes(document: &Value) -> usize {
    document.to_string().len()
}

/// The bytes of JSON that a record's `content` holds, which is found `at` this place.
///
/// # Errors
/// [`Error::Invalid`] when they are more than a record may hold.
pub(super) fn bounded(content: &Value, at: &Pointer) -> Result<usize> {
    let bytes = bytes(content);
    if bytes <= MAX_RECORD_BYTES {
        return Ok(bytes);
    }
    let detail = format!(
        "Written out with every field, also those that are null, the record holds {bytes} bytes. \
         Expected at most {MAX_RECORD_BYTES}; shorten its texts or its lists."
    );
    Err(Error::invalid(at, "too_large", detail))
}

/// Appends to the log. Every change of a record goes through here, and nothing else
/// writes to the table. That is why the statements about deleted records go here too: no
/// foreign key can tell that they are left over.
pub(crate) fn append(c: &mut Conn, by: &Stamp, mut changes: Vec<Change>) -> Result<()> {
    let deleted = |change: &&Change| change.action == RevisionAction::Deleted;
    let gone: Vec<Id> = changes.iter().filter(deleted).map(|change| Id(change.id)).collect();
    changes.extend(statement::delete_about(c, &gone)?);
    heavy::note(c, &changes)?;
    let mut rows = Vec::with_capacity(changes.len());
    for mut change in changes {
        if change.action == RevisionAction::Deleted {
            change.document = by.reason.as_ref().map(|reason| json!({"reason": reason}));
        }
        rows.push(NewRow {
            entity: change.entity.code(),
            record_id: Id(change.id),
            version: integer(change.version)?,
            action: change.action.code(),
            actor: by.actor.as_str(),
            at: naive(by.now),
            change: change.document.map(Doc),
        });
    }
    for chunk in rows.chunks(super::CHUNK) {
        diesel::insert_into(revisions::table).values(chunk).execute(c)?;
    }
    Ok(())
}

/// When the record was deleted and why, if it ever existed.
pub(crate) fn deletion(
    c: &mut Conn,
    entity: EntityKind,
    id: Uuid,
) -> Result<Option<(DateTime<Utc>, Option<String>)>> {
    let found: Option<(NaiveDateTime, Option<Doc>)> = revisions::table
        .filter(revisions::record_id.eq(Id(id)))
        .filter(revisions::entity.eq(entity.code()))
        .filter(revisions::action.eq(RevisionAction::Deleted.code()))
        .select((revisions::at, revisions::change))
        .order(revisions::version.desc())
        .first(c)
        .optional()?;
    let reason = |doc: Doc| doc.0["reason"].as_str().map(str::to_owned);
    Ok(found.map(|(at, doc)| (at.and_utc(), doc.and_then(reason))))
}

/// Which of `ids` any record ever had.
pub(crate) fn known(c: &mut Conn, ids: &[Id]) -> Result<HashSet<Id>> {
    let mut found = HashSet::new();
    for ids in ids.chunks(super::LOOKUP) {
        let met = revisions::table.filter(revisions::record_id.eq_any(ids));
        found.extend(met.select(revisions::record_id).distinct().load::<Id>(c)?);
    }
    Ok(found)
}

/// Why a record that is not in its table is not.
pub(crate) fn missing(c: &mut Conn, kind: EntityKind, id: Uuid) -> Result<Error> {
    Ok(match deletion(c, kind, id)? {
        Some((at, reason)) => Error::Gone { kind, id, at, reason },
        None => Error::NotFound { kind, reference: id.to_string() },
    })
}

/// A page of a record's history, oldest first. Deleted records keep theirs.
pub(crate) fn of(
    c: &mut Conn,
    kind: EntityKind,
    id: Uuid,
    cursor: Option<&Cursor>,
    limit: u32,
    fingerprint: u64,
) -> Result<Page<Revision>> {
    let own = || {
        revisions::table
            .filter(revisions::record_id.eq(Id(id)))
            .filter(revisions::entity.eq(kind.code()))
    };
    let count: i64 = own().count().get_result(c)?;
    if count == 0 {
        return Err(Error::NotFound { kind, reference: id.to_string() });
    }
    let after = match cursor.and_then(|cursor| cursor.values.first()) {
        Some(CursorValue::Integer(seq)) => *seq,
        _ => 0,
    };
    let mut data = Vec::new();
    let (mut room, mut more) = (heavy::PAGE_BYTES, false);
    each(c, (kind, id), after, |change| {
        // One at least, or nobody would come past it.
        more = data.len() == limit as usize || (room <= 0 && !data.is_empty());
        if !more {
            let bytes = change.change.as_ref().map_or(0, bytes);
            room = room.saturating_sub_unsigned(bytes as u64);
            data.push(change);
        }
        !more
    })?;
    let next = data.last().filter(|_| more).map(|last| Cursor {
        fingerprint,
        values: vec![CursorValue::Integer(last.seq)],
        id,
    });
    Ok(Page { data, next, total: total(count)?, corrections: Vec::new() })
}

/// Gives the changes of a record after `seq` to `look`, the oldest first, until it wants no more.
/// They are loaded a few at a time, so that no history fills the memory.
fn each(
    c: &mut Conn,
    (kind, id): (EntityKind, Uuid),
    seq: i64,
    mut look: impl FnMut(Revision) -> bool,
) -> Result<()> {
    let mut version = 0;
    loop {
        deadline::check()?;
        let rows: Vec<Row> = revisions::table
            .filter(revisions::record_id.eq(Id(id)))
            .filter(revisions::entity.eq(kind.code()))
            .filter(revisions::seq.gt(seq))
            .filter(revisions::version.gt(version))
            .select(Row::as_select())
            .order(revisions::version.asc())
            .limit(AT_A_TIME)
            .load(c)?;
        let Some(last) = rows.last() else { return Ok(()) };
        version = last.version;
        for row in rows {
            if !look(row.read()?) {
                return Ok(());
            }
        }
    }
}

/// The version a record is at, or was at when it was deleted.
fn last_version(c: &mut Conn, kind: EntityKind, id: Uuid) -> Result<Option<u32>> {
    let last: Option<i32> = revisions::table
        .filter(revisions::record_id.eq(Id(id)))
        .filter(revisions::entity.eq(kind.code()))
        .select(revisions::version)
        .order(revisions::version.desc())
        .first(c)
        .optional()?;
    last.map(unsigned).transpose()
}

pub(crate) fn state(
    c: &mut Conn,
    kind: EntityKind,
    id: Uuid,
    wanted: StateAt,
) -> Result<FormerState> {
    let missing = || Error::NotFound { kind, reference: id.to_string() };
    if let StateAt::Version(version) = wanted {
        let last = last_version(c, kind, id)?.ok_or_else(missing)?;
        if !(1..=last).contains(&version) {
            return Err(Error::Invalid(no_such_version(kind, version, last)));
        }
    }
    let mut replay = Replay::to(wanted);
    each(c, (kind, id), 0, |change| replay.play(change))?;
    replay.end().ok_or_else(missing)?.map_err(Error::Invalid)
}

pub(crate) fn origin(c: &mut Conn) -> Result<String> {
    let first: Option<NaiveDateTime> =
        revisions::table.select(revisions::at).order(revisions::seq.asc()).first(c).optional()?;
    let at = first.map(|at| at.and_utc().timestamp_micros()).unwrap_or_default();
    // The microseconds of some 17 seconds: two registries hardly ever share them.
    Ok(format!("{:06x}", at.unsigned_abs() % (1 << 24)))
}

/// The changes after `seq`, in order, at most `limit`.
pub(crate) fn since(c: &mut Conn, seq: i64, limit: u32) -> Result<Vec<Revision>> {
    let rows: Vec<Row> = revisions::table
        .filter(revisions::seq.gt(seq))
        .select(Row::as_select())
        .order(revisions::seq.asc())
        .limit(i64::from(limit))
        .load(c)?;
    rows.into_iter().map(Row::read).collect()
}

/// The last change visible, as its number and instant; `None` in an empty registry.
pub(crate) fn last(c: &mut Conn) -> Result<Option<(i64, DateTime<Utc>)>> {
    let last: Option<(i64, NaiveDateTime)> = revisions::table
        .select((revisions::seq, revisions::at))
        .order(revisions::seq.desc())
        .first(c)
        .optional()?;
    Ok(last.map(|(seq, at)| (seq, at.and_utc())))
}
