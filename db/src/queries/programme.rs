//! Funding programmes: reading and writing single ones. Lists are in `list`, what needs the
//! tree is in `tree` and `funders`.

mod bulk;
mod funders;
mod list;
mod tree;

pub(crate) use bulk::{load, update_unchecked};
pub(crate) use funders::nearest_funders;
pub(crate) use list::list;
pub(crate) use tree::{ids_within, lineage, resolve_key, tree, within};

use super::external_ids::programme as external_ids;
use super::levels::Tree;
use super::lookup::programme as lookup;
use super::references::References;
use super::revision::{self, Change};
use super::rows::{
    bound_text, currency, from_doc, integer, money, naive, parse, parse_opt, period, position,
    stamp, text, to_doc,
};
use super::usage::usage_of;
use super::{Backend, CHUNK, Conn, LOOKUP, check_version, search, tombstones};
use crate::conn::Stamp;
use crate::error::{Result, Usage};
use crate::schema::{calls, programme_aliases, programme_funders, programmes, project_fundings};
use crate::search::Document;
use crate::types::{Doc, Id};
use chrono::{NaiveDate, NaiveDateTime};
use consortia_domain::Pointer;
use consortia_domain::external_id::ExternalId;
use consortia_domain::id::{EntityKind, OrganisationId, ProgrammeId, RecordRef};
use consortia_domain::programme::{Programme, ProgrammeContent, ProgrammeRef, code_key};
use consortia_domain::text::{Line, search_key};
use diesel::prelude::*;
use std::collections::HashMap;

const KIND: EntityKind = EntityKind::Programme;
const TREE: Tree = Tree { kind: KIND, table: "programmes" };

/// A row of `programmes`.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = programmes, check_for_backend(Backend))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct Row {
    id: Id,
    label: String,
    label_key: String,
    parent_id: Option<Id>,
    level: Option<String>,
    code: Option<String>,
    titles: Doc,
    starts: Option<String>,
    starts_earliest: Option<NaiveDate>,
    starts_latest: Option<NaiveDate>,
    ends: Option<String>,
    ends_earliest: Option<NaiveDate>,
    ends_latest: Option<NaiveDate>,
    budget_minor: Option<i64>,
    budget_currency: Option<String>,
    homepage: Option<String>,
    version: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl Row {
    fn write(
        id: Id,
        content: &ProgrammeContent,
        version: u32,
        created_at: NaiveDateTime,
        by: &Stamp,
    ) -> Result<Self> {
        let label = content.label(id.0.into());
        Ok(Self {
            id,
            label_key: search_key(&label),
            label,
            parent_id: content.parent_id.map(Id::of),
            level: text(content.level.as_ref()),
            code: text(content.code.as_ref()),
            titles: to_doc(&content.titles)?,
            starts: bound_text(content.period.start()),
            starts_earliest: content.period.earliest_start(),
            starts_latest: content.period.latest_start(),
            ends: bound_text(content.period.end()),
            ends_earliest: content.period.earliest_end(),
            ends_latest: content.period.latest_end(),
            budget_minor: content.budget.map(consortia_domain::money::Money::minor),
            budget_currency: currency(content.budget),
            homepage: text(content.homepage.as_ref()),
            version: integer(version)?,
            created_at,
            updated_at: naive(by.now),
        })
    }

    fn read(self, parts: &mut Parts) -> Result<Programme> {
        let content = ProgrammeContent {
            parent_id: self.parent_id.map(|id| id.0.into()),
            level: parse_opt(self.level.as_deref())?,
            code: parse_opt(self.code.as_deref())?,
            titles: from_doc(&self.titles)?,
            aliases: parts.aliases.remove(&self.id).unwrap_or_default(),
            period: period(self.starts.as_deref(), self.ends.as_deref())?,
            budget: money(self.budget_minor, self.budget_currency.as_deref())?,
            funder_ids: parts.funders.remove(&self.id).unwrap_or_default(),
            homepage: parse_opt(self.homepage.as_deref())?,
            external_ids: parts.external_ids.remove(&self.id).unwrap_or_default(),
        };
        let stamp = stamp(self.version, self.created_at, self.updated_at)?;
        Ok(Programme {
            id: self.id.0.into(),
            label: self.label,
            content,
            in_language: None,
            sources: None,
            stamp,
        })
    }
}

/// What belongs to programmes, by programme.
struct Parts {
    aliases: HashMap<Id, Vec<Line>>,
    funders: HashMap<Id, Vec<OrganisationId>>,
    external_ids: HashMap<Id, Vec<ExternalId>>,
}

impl Parts {
    fn load(c: &mut Conn, ids: &[Id]) -> Result<Self> {
        let rows: Vec<(Id, String)> = programme_aliases::table
            .filter(programme_aliases::programme_id.eq_any(ids))
            .filter(programme_aliases::position.gt(0))
            .select((programme_aliases::programme_id, programme_aliases::alias))
            .order((programme_aliases::programme_id, programme_aliases::position))
            .load(c)?;
        let mut aliases: HashMap<Id, Vec<Line>> = HashMap::new();
        for (id, alias) in rows {
            aliases.entry(id).or_default().push(parse(&alias)?);
        }
        let funders = funders_of(c, ids)?;
        Ok(Self { aliases, funders, external_ids: external_ids::load(c, ids)? })
    }

    fn insert(c: &mut Conn, records: &[(ProgrammeId, ProgrammeContent)]) -> Result<()> {
        let mut aliases = Vec::new();
        let mut funders = Vec::new();
        for (id, content) in records {
            let id = Id::of(*id);
            let code = content.code.iter().map(|code| (0, code.to_string()));
            let others = content.aliases.iter().map(ToString::to_string);
            for (place, alias) in code.chain((1..).zip(others)) {
                aliases.push((
                    programme_aliases::programme_id.eq(id),
                    programme_aliases::position.eq(place),
                    programme_aliases::alias_key.eq(code_key(&alias)),
                    programme_aliases::alias.eq(alias),
                ));
            }
            for (n, funder) in content.funder_ids.iter().enumerate() {
                funders.push((
                    programme_funders::programme_id.eq(id),
                    programme_funders::position.eq(position(n)?),
                    programme_funders::organisation_id.eq(Id::of(*funder)),
                ));
            }
        }
        for chunk in aliases.chunks(CHUNK) {
            diesel::insert_into(programme_aliases::table).values(chunk).execute(c)?;
        }
        for chunk in funders.chunks(CHUNK) {
            diesel::insert_into(programme_funders::table).values(chunk).execute(c)?;
        }
        let externals =
            records.iter().map(|(id, content)| (Id::of(*id), content.external_ids.as_slice()));
        external_ids::insert(c, externals)
    }

    fn delete(c: &mut Conn, id: Id) -> Result<()> {
        use programme_aliases as a;
        use programme_funders as f;
        diesel::delete(a::table.filter(a::programme_id.eq(id))).execute(c)?;
        diesel::delete(f::table.filter(f::programme_id.eq(id))).execute(c)?;
        external_ids::replace(c, id, &[])
    }
}

/// The organisations that programmes name as funders, in their order.
fn funders_of(c: &mut Conn, ids: &[Id]) -> Result<HashMap<Id, Vec<OrganisationId>>> {
    let rows: Vec<(Id, Id)> = programme_funders::table
        .filter(programme_funders::programme_id.eq_any(ids))
        .select((programme_funders::programme_id, programme_funders::organisation_id))
        .order((programme_funders::programme_id, programme_funders::position))
        .load(c)?;
    let mut funders: HashMap<Id, Vec<OrganisationId>> = HashMap::new();
    for (id, funder) in rows {
        funders.entry(id).or_default().push(funder.0.into());
    }
    Ok(funders)
}

pub(crate) fn funders(
    c: &mut Conn,
    ids: &[ProgrammeId],
) -> Result<HashMap<ProgrammeId, Vec<OrganisationId>>> {
    let ids: Vec<Id> = ids.iter().copied().map(Id::of).collect();
    let mut found = HashMap::new();
    for ids in ids.chunks(LOOKUP) {
        let named = funders_of(c, ids)?;
        found.extend(named.into_iter().map(|(id, funders)| (id.0.into(), funders)));
    }
    Ok(found)
}

/// Rows with what belongs to them, in the order given.
fn complete(c: &mut Conn, rows: Vec<Row>) -> Result<Vec<Programme>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let mut parts = Parts::load(c, &ids)?;
    rows.into_iter().map(|row| row.read(&mut parts)).collect()
}

fn find(c: &mut Conn, id: Id) -> Result<Programme> {
    let row = programmes::table.find(id).select(Row::as_select()).first(c).optional()?;
    let Some(row) = row else { return Err(lookup::missing(c, id)?) };
    row.read(&mut Parts::load(c, &[id])?)
}

pub(crate) fn get(c: &mut Conn, wanted: &RecordRef) -> Result<Programme> {
    let id = match wanted {
        RecordRef::Id(id) => Id(*id),
        RecordRef::External(_) => lookup::resolve(c, wanted)?,
    };
    find(c, id)
}

pub(crate) fn resolve(c: &mut Conn, wanted: &RecordRef) -> Result<ProgrammeId> {
    Ok(lookup::resolve(c, wanted)?.0.into())
}

pub(crate) fn references(
    c: &mut Conn,
    ids: &[ProgrammeId],
) -> Result<HashMap<ProgrammeId, ProgrammeRef>> {
    let ids: Vec<Id> = ids.iter().copied().map(Id::of).collect();
    let mut found = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(LOOKUP) {
        let rows: Vec<(Id, String, Option<String>, Option<String>)> = programmes::table
            .filter(programmes::id.eq_any(ids))
            .select((programmes::id, programmes::label, programmes::code, programmes::level))
            .load(c)?;
        for (id, label, code, level) in rows {
            let (code, level) = (parse_opt(code.as_deref())?, parse_opt(level.as_deref())?);
            let id = id.0.into();
            found.insert(id, ProgrammeRef { id, label, code, level });
        }
    }
    Ok(found)
}

/// Refuses content that cannot be stored of the record `id`, of which the parent `was` another.
fn check(c: &mut Conn, id: Id, was: Option<ProgrammeId>, content: &ProgrammeContent) -> Result<()> {
    let root = Pointer::root();
    let mut references = References::default();
    references.programme(root.field("parent_id"), content.parent_id);
    for (n, funder) in content.funder_ids.iter().enumerate() {
        references.organisation(root.field("funder_ids").index(n), Some(*funder));
    }
    references.check(c)?;
    TREE.check(c, id, was.map(Id::of), content.parent_id.map(Id::of))?;
    external_ids::check(c, id, &content.external_ids)
}

pub(crate) fn create(c: &mut Conn, by: &Stamp, content: &ProgrammeContent) -> Result<Programme> {
    insert(c, by, ProgrammeId::generate(), content)
}

/// Registers a record under an id that nothing has.
pub(crate) fn insert(
    c: &mut Conn,
    by: &Stamp,
    id: ProgrammeId,
    content: &ProgrammeContent,
) -> Result<Programme> {
    check(c, Id::of(id), None, content)?;
    insert_unchecked(c, by, &[(id, content.clone())])?;
    find(c, Id::of(id))
}

/// Writes new records whose references and identifiers the caller has checked: imports
/// check whole batches at once. Parents must come before what lies below them.
pub(crate) fn insert_unchecked(
    c: &mut Conn,
    by: &Stamp,
    records: &[(ProgrammeId, ProgrammeContent)],
) -> Result<()> {
    let mut changes = Vec::with_capacity(records.len());
    let mut documents = Vec::with_capacity(records.len());
    let mut rows = Vec::with_capacity(records.len());
    for (id, content) in records {
        rows.push(Row::write(Id::of(*id), content, 1, naive(by.now), by)?);
        documents.push(Document::programme((*id).into(), content));
        changes.push(Change::created(KIND, (*id).into(), content)?);
    }
    for chunk in rows.chunks(CHUNK) {
        diesel::insert_into(programmes::table).values(chunk).execute(c)?;
    }
    Parts::insert(c, records)?;
    search::index(c, &documents)?;
    revision::append(c, by, changes)
}

pub(crate) fn update(
    c: &mut Conn,
    by: &Stamp,
    id: ProgrammeId,
    expected: Option<u32>,
    content: &ProgrammeContent,
) -> Result<Programme> {
    let key = Id::of(id);
    let old = find(c, key)?;
    check_version(expected, old.stamp.version)?;
    let new = content.clone();
    if new == old.content {
        return Ok(old);
    }
    check(c, key, old.content.parent_id, &new)?;
    update_unchecked(c, by, &[(old, new)])?;
    find(c, key)
}

pub(crate) fn delete(
    c: &mut Conn,
    by: &Stamp,
    id: ProgrammeId,
    expected: Option<u32>,
) -> Result<()> {
    let key = Id::of(id);
    let old = find(c, key)?;
    check_version(expected, old.stamp.version)?;
    let funded = project_fundings::programme_id.eq(key);
    Usage::none([
        usage_of!(c, Project, project_fundings.project_id, funded),
        usage_of!(c, Call, calls.id, calls::programme_id.eq(key)),
        usage_of!(c, Programme, programmes.id, programmes::parent_id.eq(key))
            .found_by("parent", key.0),
    ])?;
    diesel::delete(programmes::table.find(key)).execute(c)?;
    search::remove(c, &[key.0])?;
    let keys = old.content.external_ids.iter().filter_map(tombstones::external);
    let code = old.content.code.iter().map(|code| tombstones::code(code.as_str()));
    tombstones::bury(c, KIND, key.0, keys.chain(code))?;
    revision::append(c, by, vec![Change::deleted(KIND, id.into(), old.stamp.version)])
}
