//! Calls: reading and writing single ones. Lists are in `list`.

mod bulk;
mod list;

pub(crate) use bulk::{load, update_unchecked};
pub(crate) use list::list;

use super::external_ids::call as external_ids;
use super::lookup::call as lookup;
use super::references::References;
use super::revision::{self, Change};
use super::rows::{
    currency, from_doc, integer, money, naive, parse, parse_opt, position, stamp, text, to_doc,
    unsigned,
};
use super::usage::usage_of;
use super::{Backend, CHUNK, Conn, LOOKUP, check_version, programme, search, tombstones};
use crate::conn::Stamp;
use crate::error::{Result, Usage};
use crate::schema::{call_deadlines, calls, project_fundings};
use crate::search::Document;
use crate::types::{Doc, Id};
use chrono::{NaiveDate, NaiveDateTime};
use consortia_domain::Pointer;
use consortia_domain::call::{Call, CallContent, CallRef};
use consortia_domain::external_id::ExternalId;
use consortia_domain::id::{CallId, EntityKind, ProgrammeId, RecordRef};
use consortia_domain::money::Money;
use consortia_domain::partial_date::PartialDate;
use consortia_domain::programme::ProgrammeRef;
use consortia_domain::text::search_key;
use diesel::prelude::*;
use std::collections::HashMap;

const KIND: EntityKind = EntityKind::Call;

/// A row of `calls`.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = calls, check_for_backend(Backend))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct Row {
    id: Id,
    label: String,
    label_key: String,
    programme_id: Option<Id>,
    identifier: Option<String>,
    identifier_key: Option<String>,
    titles: Doc,
    year: Option<i32>,
    opening: Option<String>,
    opening_earliest: Option<NaiveDate>,
    opening_latest: Option<NaiveDate>,
    budget_minor: Option<i64>,
    budget_currency: Option<String>,
    type_of_action: Option<String>,
    type_of_action_key: Option<String>,
    homepage: Option<String>,
    version: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl Row {
    fn write(
        id: Id,
        content: &CallContent,
        version: u32,
        created_at: NaiveDateTime,
        by: &Stamp,
    ) -> Result<Self> {
        let label = content.label(id.0.into());
        Ok(Self {
            id,
            label_key: search_key(&label),
            label,
            programme_id: content.programme_id.map(Id::of),
            identifier: text(content.identifier.as_ref()),
            identifier_key: content.identifier.as_ref().map(|code| search_key(code.as_str())),
            titles: to_doc(&content.titles)?,
            year: content.year.map(integer).transpose()?,
            opening: text(content.opening_date.as_ref()),
            opening_earliest: content.opening_date.map(PartialDate::earliest),
            opening_latest: content.opening_date.map(PartialDate::latest),
            budget_minor: content.budget.map(Money::minor),
            budget_currency: currency(content.budget),
            type_of_action: text(content.type_of_action.as_ref()),
            type_of_action_key: content
                .type_of_action
                .as_ref()
                .map(|code| search_key(code.as_str())),
            homepage: text(content.homepage.as_ref()),
            version: integer(version)?,
            created_at,
            updated_at: naive(by.now),
        })
    }

    fn read(self, parts: &mut Parts) -> Result<Call> {
        let programme_id: Option<ProgrammeId> = self.programme_id.map(|id| id.0.into());
        let content = CallContent {
            programme_id,
            identifier: parse_opt(self.identifier.as_deref())?,
            titles: from_doc(&self.titles)?,
            year: self.year.map(unsigned).transpose()?,
            opening_date: parse_opt(self.opening.as_deref())?,
            deadlines: parts.deadlines.remove(&self.id).unwrap_or_default(),
            budget: money(self.budget_minor, self.budget_currency.as_deref())?,
            type_of_action: parse_opt(self.type_of_action.as_deref())?,
            homepage: parse_opt(self.homepage.as_deref())?,
            external_ids: parts.external_ids.remove(&self.id).unwrap_or_default(),
        };
        Ok(Call {
            id: self.id.0.into(),
            label: self.label,
            content,
            programme: programme_id.and_then(|id| parts.programmes.get(&id).cloned()),
            in_language: None,
            sources: None,
            stamp: stamp(self.version, self.created_at, self.updated_at)?,
        })
    }
}

/// What belongs to calls, by call, and the programmes they name.
struct Parts {
    deadlines: HashMap<Id, Vec<PartialDate>>,
    external_ids: HashMap<Id, Vec<ExternalId>>,
    programmes: HashMap<ProgrammeId, ProgrammeRef>,
}

impl Parts {
    fn load(c: &mut Conn, rows: &[Row]) -> Result<Self> {
        let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
        let found: Vec<(Id, String)> = call_deadlines::table
            .filter(call_deadlines::call_id.eq_any(&ids))
            .select((call_deadlines::call_id, call_deadlines::deadline))
            .order((call_deadlines::call_id, call_deadlines::position))
            .load(c)?;
        let mut deadlines: HashMap<Id, Vec<PartialDate>> = HashMap::new();
        for (id, deadline) in found {
            deadlines.entry(id).or_default().push(parse(&deadline)?);
        }
        let mut named: Vec<Id> = rows.iter().filter_map(|row| row.programme_id).collect();
        named.sort_unstable();
        named.dedup();
        let named: Vec<ProgrammeId> = named.into_iter().map(|id| id.0.into()).collect();
        Ok(Self {
            deadlines,
            external_ids: external_ids::load(c, &ids)?,
            programmes: programme::references(c, &named)?,
        })
    }

    fn insert(c: &mut Conn, records: &[(CallId, CallContent)]) -> Result<()> {
        let mut deadlines = Vec::new();
        for (id, content) in records {
            for (n, deadline) in content.deadlines.iter().enumerate() {
                deadlines.push((
                    call_deadlines::call_id.eq(Id::of(*id)),
                    call_deadlines::position.eq(position(n)?),
                    call_deadlines::deadline.eq(deadline.to_string()),
                    call_deadlines::earliest.eq(deadline.earliest()),
                    call_deadlines::latest.eq(deadline.latest()),
                ));
            }
        }
        for chunk in deadlines.chunks(CHUNK) {
            diesel::insert_into(call_deadlines::table).values(chunk).execute(c)?;
        }
        let externals =
            records.iter().map(|(id, content)| (Id::of(*id), content.external_ids.as_slice()));
        external_ids::insert(c, externals)
    }
}

/// Rows with what belongs to them, in the order given.
fn complete(c: &mut Conn, rows: Vec<Row>) -> Result<Vec<Call>> {
    let mut parts = Parts::load(c, &rows)?;
    rows.into_iter().map(|row| row.read(&mut parts)).collect()
}

fn find(c: &mut Conn, id: Id) -> Result<Call> {
    let row: Option<Row> = calls::table.find(id).select(Row::as_select()).first(c).optional()?;
    let Some(row) = row else { return Err(lookup::missing(c, id)?) };
    let mut parts = Parts::load(c, std::slice::from_ref(&row))?;
    row.read(&mut parts)
}

pub(crate) fn get(c: &mut Conn, wanted: &RecordRef) -> Result<Call> {
    let id = match wanted {
        RecordRef::Id(id) => Id(*id),
        RecordRef::External(_) => lookup::resolve(c, wanted)?,
    };
    find(c, id)
}

pub(crate) fn resolve(c: &mut Conn, wanted: &RecordRef) -> Result<CallId> {
    Ok(lookup::resolve(c, wanted)?.0.into())
}

/// The calls a filter's text names: by id, by external id, or by identifier.
pub(crate) fn named(c: &mut Conn, wanted: &str) -> Result<Vec<Id>> {
    if let Ok(wanted) = wanted.parse::<RecordRef>() {
        let found = lookup::all(c, &wanted)?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(calls::table
        .filter(calls::identifier_key.eq(search_key(wanted)))
        .select(calls::id)
        .order(calls::id)
        .load(c)?)
}

pub(crate) fn references(c: &mut Conn, ids: &[CallId]) -> Result<HashMap<CallId, CallRef>> {
    let ids: Vec<Id> = ids.iter().copied().map(Id::of).collect();
    let mut found = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(LOOKUP) {
        let rows: Vec<(Id, String, Option<i32>)> = calls::table
            .filter(calls::id.eq_any(ids))
            .select((calls::id, calls::label, calls::year))
            .load(c)?;
        for (id, label, year) in rows {
            let (id, year) = (id.0.into(), year.map(unsigned).transpose()?);
            found.insert(id, CallRef { id, label, year });
        }
    }
    Ok(found)
}

fn check(c: &mut Conn, id: Id, content: &CallContent) -> Result<()> {
    let mut references = References::default();
    references.programme(Pointer::root().field("programme_id"), content.programme_id);
    references.check(c)?;
    external_ids::check(c, id, &content.external_ids)
}

pub(crate) fn create(c: &mut Conn, by: &Stamp, content: &CallContent) -> Result<Call> {
    insert(c, by, CallId::generate(), content)
}

/// Registers a record under an id that nothing has.
pub(crate) fn insert(c: &mut Conn, by: &Stamp, id: CallId, content: &CallContent) -> Result<Call> {
    check(c, Id::of(id), content)?;
    insert_unchecked(c, by, &[(id, content.clone())])?;
    find(c, Id::of(id))
}

/// Writes new records whose references and identifiers the caller has checked: imports
/// check whole batches at once. The database's own constraints still hold.
pub(crate) fn insert_unchecked(
    c: &mut Conn,
    by: &Stamp,
    records: &[(CallId, CallContent)],
) -> Result<()> {
    let mut changes = Vec::with_capacity(records.len());
    let mut documents = Vec::with_capacity(records.len());
    let mut rows = Vec::with_capacity(records.len());
    for (id, content) in records {
        rows.push(Row::write(Id::of(*id), content, 1, naive(by.now), by)?);
        documents.push(Document::call((*id).into(), content));
        changes.push(Change::created(KIND, (*id).into(), content)?);
    }
    for chunk in rows.chunks(CHUNK) {
        diesel::insert_into(calls::table).values(chunk).execute(c)?;
    }
    Parts::insert(c, records)?;
    search::index(c, &documents)?;
    revision::append(c, by, changes)
}

pub(crate) fn update(
    c: &mut Conn,
    by: &Stamp,
    id: CallId,
    expected: Option<u32>,
    content: &CallContent,
) -> Result<Call> {
    let key = Id::of(id);
    let old = find(c, key)?;
    check_version(expected, old.stamp.version)?;
    let new = content.clone();
    if new == old.content {
        return Ok(old);
    }
    check(c, key, &new)?;
    update_unchecked(c, by, &[(old, new)])?;
    find(c, key)
}

pub(crate) fn delete(c: &mut Conn, by: &Stamp, id: CallId, expected: Option<u32>) -> Result<()> {
    let key = Id::of(id);
    let old = find(c, key)?;
    check_version(expected, old.stamp.version)?;
    let won = project_fundings::call_id.eq(key);
    Usage::none([usage_of!(c, Project, project_fundings.project_id, won)])?;
    diesel::delete(calls::table.find(key)).execute(c)?;
    search::remove(c, &[key.0])?;
    let keys = old.content.external_ids.iter().filter_map(tombstones::external);
    let identifier = old.content.identifier.iter();
    let identifier = identifier.map(|code| tombstones::identifier(code.as_str()));
    tombstones::bury(c, KIND, key.0, keys.chain(identifier))?;
    revision::append(c, by, vec![Change::deleted(KIND, id.into(), old.stamp.version)])
}
