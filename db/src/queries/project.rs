//! Projects: reading and writing single ones. Lists are in `list`, the tables of fundings,
//! keywords and themes in `parts`, what is read whole in `details`, what of that is chosen by in
//! `facets`, what many are about in `topics`, who is unnamed in `groups`.

mod bulk;
mod details;
mod facets;
mod groups;
mod list;
mod parts;
mod topics;

pub(crate) use bulk::{load, update_unchecked};
pub(crate) use facets::UNNAMED_PARTNERS;
pub(crate) use groups::unnamed_partners;
pub(crate) use list::{ProjectChoice, list};
pub(crate) use topics::{subjects, topics, total_costs};

use super::external_ids::project as external_ids;
use super::lookup::project as lookup;
use super::references::References;
use super::revision::{self, Change};
use super::rows::{
    bound_text, currency, from_doc, integer, money, naive, parse_opt, period, stamp, text, to_doc,
    today,
};
use super::{
    Backend, CHUNK, Conn, LOOKUP, check_version, contact, participation, relation, search,
    tombstones,
};
use crate::conn::Stamp;
use crate::error::Result;
use crate::schema::{project_external_ids, projects};
use crate::search::Document;
use crate::types::{Doc, Id};
use chrono::{NaiveDate, NaiveDateTime};
use consortia_domain::Pointer;
use consortia_domain::external_id::Scheme;
use consortia_domain::id::{EntityKind, ProjectId, RecordRef};
use consortia_domain::money::Money;
use consortia_domain::project::{Project, ProjectContent, ProjectRef};
use consortia_domain::text::search_key;
use details::Details;
use diesel::prelude::*;
use parts::Parts;
use std::collections::HashMap;

const KIND: EntityKind = EntityKind::Project;

/// A row of `projects`.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = projects, check_for_backend(Backend))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct Row {
    id: Id,
    label: String,
    label_key: String,
    acronym: Option<String>,
    acronym_key: Option<String>,
    starts: Option<String>,
    starts_earliest: Option<NaiveDate>,
    starts_latest: Option<NaiveDate>,
    ends: Option<String>,
    ends_earliest: Option<NaiveDate>,
    ends_latest: Option<NaiveDate>,
    stated_status: Option<String>,
    total_cost_minor: Option<i64>,
    total_cost_currency: Option<String>,
    homepage: Option<String>,
    version: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    titles: Doc,
    abstract_: Doc,
    details: Option<Doc>,
}

impl Row {
    fn write(
        id: Id,
        content: &ProjectContent,
        version: u32,
        created_at: NaiveDateTime,
        by: &Stamp,
    ) -> Result<Self> {
        let label = content.label(id.0.into());
        Ok(Self {
            id,
            label_key: search_key(&label),
            label,
            acronym: text(content.acronym.as_ref()),
            acronym_key: content.acronym.as_ref().map(|acronym| search_key(acronym.as_str())),
            starts: bound_text(content.period.start()),
            starts_earliest: content.period.earliest_start(),
            starts_latest: content.period.latest_start(),
            ends: bound_text(content.period.end()),
            ends_earliest: content.period.earliest_end(),
            ends_latest: content.period.latest_end(),
            stated_status: text(content.stated_status.as_ref()),
            total_cost_minor: content.total_cost.map(Money::minor),
            total_cost_currency: currency(content.total_cost),
            homepage: text(content.homepage.as_ref()),
            version: integer(version)?,
            created_at,
            updated_at: naive(by.now),
            titles: to_doc(&content.titles)?,
            abstract_: to_doc(&content.r#abstract)?,
            details: Details::of(content).write()?,
        })
    }

    fn read(self, parts: &mut Parts) -> Result<Project> {
        let own = parts.take(self.id);
        let details = Details::read(self.details.as_ref())?;
        let content = ProjectContent {
            acronym: parse_opt(self.acronym.as_deref())?,
            aliases: details.aliases.into_owned(),
            titles: from_doc(&self.titles)?,
            r#abstract: from_doc(&self.abstract_)?,
            period: period(self.starts.as_deref(), self.ends.as_deref())?,
            stated_status: parse_opt(self.stated_status.as_deref())?,
            total_cost: money(self.total_cost_minor, self.total_cost_currency.as_deref())?,
            fundings: own.fundings,
            keywords: own.keywords,
            themes: own.themes,
            target_groups: details.target_groups.into_owned(),
            territories: details.territories.into_owned(),
            groups: details.groups.into_owned(),
            activities: details.activities.into_owned(),
            homepage: parse_opt(self.homepage.as_deref())?,
            external_ids: own.external_ids,
        };
        Ok(Project {
            id: self.id.0.into(),
            label: self.label,
            status: content.status(today()),
            content,
            in_language: None,
            sources: None,
            stamp: stamp(self.version, self.created_at, self.updated_at)?,
        })
    }
}

/// Rows with what belongs to them, in the order given.
fn complete(c: &mut Conn, rows: Vec<Row>) -> Result<Vec<Project>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let mut parts = Parts::load(c, &ids)?;
    rows.into_iter().map(|row| row.read(&mut parts)).collect()
}

fn find(c: &mut Conn, id: Id) -> Result<Project> {
    let row: Option<Row> = projects::table.find(id).select(Row::as_select()).first(c).optional()?;
    let Some(row) = row else { return Err(lookup::missing(c, id)?) };
    row.read(&mut Parts::load(c, &[id])?)
}

pub(crate) fn get(c: &mut Conn, wanted: &RecordRef) -> Result<Project> {
    let id = match wanted {
        RecordRef::Id(id) => Id(*id),
        RecordRef::External(_) => lookup::resolve(c, wanted)?,
    };
    find(c, id)
}

pub(crate) fn resolve(c: &mut Conn, wanted: &RecordRef) -> Result<ProjectId> {
    Ok(lookup::resolve(c, wanted)?.0.into())
}

/// The short form's columns: id, label, start, end.
pub(crate) type RefRow = (Id, String, Option<String>, Option<String>);

/// The short form of a project of its columns.
pub(crate) fn reference((id, label, starts, ends): RefRow) -> Result<ProjectRef> {
    let period = period(starts.as_deref(), ends.as_deref())?;
    Ok(ProjectRef { id: id.0.into(), label, period })
}

pub(crate) fn has_identifier_of(c: &mut Conn, scheme: Scheme) -> Result<bool> {
    let of_scheme = project_external_ids::scheme.eq(scheme.code());
    let known = project_external_ids::table.filter(of_scheme);
    Ok(diesel::select(diesel::dsl::exists(known)).get_result(c)?)
}

pub(crate) fn references(
    c: &mut Conn,
    ids: &[ProjectId],
) -> Result<HashMap<ProjectId, ProjectRef>> {
    let ids: Vec<Id> = ids.iter().copied().map(Id::of).collect();
    let mut found = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(LOOKUP) {
        let rows: Vec<RefRow> = projects::table
            .filter(projects::id.eq_any(ids))
            .select((projects::id, projects::label, projects::starts, projects::ends))
            .load(c)?;
        for row in rows {
            let found_one = reference(row)?;
            found.insert(found_one.id, found_one);
        }
    }
    Ok(found)
}

fn check(c: &mut Conn, id: Id, content: &ProjectContent) -> Result<()> {
    let mut references = References::default();
    let fundings = Pointer::root().field("fundings");
    for (n, funding) in content.fundings.iter().enumerate() {
        let at = fundings.index(n);
        references.programme(at.field("programme_id"), funding.programme_id);
        references.organisation(at.field("funder_id"), funding.funder_id);
        references.call(at.field("call_id"), funding.call_id);
    }
    references.check(c)?;
    external_ids::check(c, id, &content.external_ids)
}

pub(crate) fn create(c: &mut Conn, by: &Stamp, content: &ProjectContent) -> Result<Project> {
    insert(c, by, ProjectId::generate(), content)
}

/// Registers a record under an id that nothing has.
pub(crate) fn insert(
    c: &mut Conn,
    by: &Stamp,
    id: ProjectId,
    content: &ProjectContent,
) -> Result<Project> {
    check(c, Id::of(id), content)?;
    insert_unchecked(c, by, &[(id, content.clone())])?;
    find(c, Id::of(id))
}

/// Writes new records whose references and identifiers the caller has checked: imports
/// check whole batches at once. The database's own constraints still hold.
pub(crate) fn insert_unchecked(
    c: &mut Conn,
    by: &Stamp,
    records: &[(ProjectId, ProjectContent)],
) -> Result<()> {
    let mut changes = Vec::with_capacity(records.len());
    let mut documents = Vec::with_capacity(records.len());
    let mut rows = Vec::with_capacity(records.len());
    for (id, content) in records {
        rows.push(Row::write(Id::of(*id), content, 1, naive(by.now), by)?);
        documents.push(Document::project((*id).into(), content));
        changes.push(Change::created(KIND, (*id).into(), content)?);
    }
    for chunk in rows.chunks(CHUNK) {
        diesel::insert_into(projects::table).values(chunk).execute(c)?;
    }
    parts::insert(c, records)?;
    search::index(c, &documents)?;
    revision::append(c, by, changes)
}

pub(crate) fn update(
    c: &mut Conn,
    by: &Stamp,
    id: ProjectId,
    expected: Option<u32>,
    content: &ProjectContent,
) -> Result<Project> {
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

/// Deletes a project with its participations and relations, each of which gets its own last
/// revision.
pub(crate) fn delete(c: &mut Conn, by: &Stamp, id: ProjectId, expected: Option<u32>) -> Result<()> {
    let key = Id::of(id);
    let old = find(c, key)?;
    check_version(expected, old.stamp.version)?;
    let mut changes = participation::delete_all_of(c, key)?;
    changes.extend(relation::delete_all_of(c, key)?);
    contact::remove_all_of(c, by, key)?;
    diesel::delete(projects::table.find(key)).execute(c)?;
    search::remove(c, &[key.0])?;
    let keys = old.content.external_ids.iter().filter_map(tombstones::external);
    tombstones::bury(c, KIND, key.0, keys)?;
    changes.push(Change::deleted(KIND, id.into(), old.stamp.version));
    revision::append(c, by, changes)
}
