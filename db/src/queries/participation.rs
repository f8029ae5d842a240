//! Participations: reading and writing single ones. Lists are in `list`.

mod bulk;
mod list;

pub(crate) use bulk::{Known, load_of, update_unchecked};
pub(crate) use list::list;

use super::lookup;
use super::references::References;
use super::revision::{self, Change};
use super::rows::{
    bound_text, currency, integer, money, naive, parse_opt, period, stamp, text, unsigned,
};
use super::{
    Backend, CHUNK, Conn, LOOKUP, check_version, organisation, project, search, tombstones,
};
use crate::conn::Stamp;
use crate::error::{Error, Result};
use crate::schema::participations;
use crate::types::Id;
use chrono::{NaiveDate, NaiveDateTime};
use consortia_domain::Pointer;
use consortia_domain::id::{EntityKind, ParticipationId, ProjectId, RecordRef};
use consortia_domain::money::Money;
use consortia_domain::participation::{Participation, ParticipationContent};
use diesel::prelude::*;
use std::collections::BTreeSet;
use uuid::Uuid;

const KIND: EntityKind = EntityKind::Participation;

/// A row of `participations`.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = participations, check_for_backend(Backend))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct Row {
    id: Id,
    project_id: Id,
    organisation_id: Id,
    role: Option<String>,
    position: Option<i32>,
    starts: Option<String>,
    starts_earliest: Option<NaiveDate>,
    starts_latest: Option<NaiveDate>,
    ends: Option<String>,
    ends_earliest: Option<NaiveDate>,
    ends_latest: Option<NaiveDate>,
    ec_contribution_minor: Option<i64>,
    ec_contribution_currency: Option<String>,
    net_ec_contribution_minor: Option<i64>,
    net_ec_contribution_currency: Option<String>,
    total_cost_minor: Option<i64>,
    total_cost_currency: Option<String>,
    ended: Option<bool>,
    version: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl Row {
    fn write(
        id: Id,
        project: Id,
        content: &ParticipationContent,
        version: u32,
        created_at: NaiveDateTime,
        by: &Stamp,
    ) -> Result<Self> {
        Ok(Self {
            id,
            project_id: project,
            organisation_id: Id::of(content.organisation_id),
            role: text(content.role.as_ref()),
            position: content.order.map(integer).transpose()?,
            starts: bound_text(content.period.start()),
            starts_earliest: content.period.earliest_start(),
            starts_latest: content.period.latest_start(),
            ends: bound_text(content.period.end()),
            ends_earliest: content.period.earliest_end(),
            ends_latest: content.period.latest_end(),
            ec_contribution_minor: content.ec_contribution.map(Money::minor),
            ec_contribution_currency: currency(content.ec_contribution),
            net_ec_contribution_minor: content.net_ec_contribution.map(Money::minor),
            net_ec_contribution_currency: currency(content.net_ec_contribution),
            total_cost_minor: content.total_cost.map(Money::minor),
            total_cost_currency: currency(content.total_cost),
            ended: content.ended,
            version: integer(version)?,
            created_at,
            updated_at: naive(by.now),
        })
    }

    fn content(&self) -> Result<ParticipationContent> {
        Ok(ParticipationContent {
            organisation_id: self.organisation_id.0.into(),
            role: parse_opt(self.role.as_deref())?,
            order: self.position.map(unsigned).transpose()?,
            period: period(self.starts.as_deref(), self.ends.as_deref())?,
            ec_contribution: money(
                self.ec_contribution_minor,
                self.ec_contribution_currency.as_deref(),
            )?,
            net_ec_contribution: money(
                self.net_ec_contribution_minor,
                self.net_ec_contribution_currency.as_deref(),
            )?,
            total_cost: money(self.total_cost_minor, self.total_cost_currency.as_deref())?,
            ended: self.ended,
        })
    }
}

/// Rows with the short forms of who and what they are between, in the order given. Two
/// queries, however many rows, and each organisation and project is read once.
fn complete(c: &mut Conn, rows: Vec<Row>) -> Result<Vec<Participation>> {
    let of = |column: fn(&Row) -> Id| {
        let distinct: BTreeSet<Id> = rows.iter().map(column).collect();
        distinct.into_iter().collect::<Vec<_>>()
    };
    let organisations: Vec<_> =
        of(|row| row.organisation_id).into_iter().map(|id| id.0.into()).collect();
    let projects: Vec<_> = of(|row| row.project_id).into_iter().map(|id| id.0.into()).collect();
    let organisations = organisation::references(c, &organisations)?;
    let projects = project::references(c, &projects)?;
    let read = |row: Row| {
        let project_id = row.project_id.0.into();
        let content = row.content()?;
        let (organisation, project) =
            (organisations.get(&content.organisation_id), projects.get(&project_id));
        let Some((organisation, project)) = organisation.zip(project) else {
            return Err(Error::internal("a participation is between records not there"));
        };
        Ok(Participation {
            id: row.id.0.into(),
            project_id,
            content,
            organisation: organisation.clone(),
            project: project.clone(),
            sources: None,
            stamp: stamp(row.version, row.created_at, row.updated_at)?,
        })
    };
    rows.into_iter().map(read).collect()
}

fn find(c: &mut Conn, id: Id) -> Result<Participation> {
    let row = participations::table.find(id).select(Row::as_select()).first(c).optional()?;
    let Some(row) = row else { return Err(revision::missing(c, KIND, id.0)?) };
    let found = complete(c, vec![row])?.pop();
    found.ok_or_else(|| Error::internal("a participation was lost while it was read"))
}

pub(crate) fn get(c: &mut Conn, id: ParticipationId) -> Result<Participation> {
    find(c, Id::of(id))
}

/// All participations in projects, by project, then in the project's own order.
/// The participations of these ids that are there, in no order.
pub(crate) fn load(c: &mut Conn, ids: &[Id]) -> Result<Vec<Participation>> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(LOOKUP) {
        let known = participations::table.filter(participations::id.eq_any(ids));
        let rows: Vec<Row> = known.select(Row::as_select()).load(c)?;
        found.extend(complete(c, rows)?);
    }
    Ok(found)
}

pub(crate) fn of_projects(c: &mut Conn, ids: &[ProjectId]) -> Result<Vec<Participation>> {
    let ids: Vec<Id> = ids.iter().copied().map(Id::of).collect();
    let mut found = Vec::new();
    for ids in ids.chunks(LOOKUP) {
        let rows: Vec<Row> = participations::table
            .filter(participations::project_id.eq_any(ids))
            .select(Row::as_select())
            .order((
                participations::project_id,
                participations::position.is_null(),
                participations::position,
                participations::id,
            ))
            .load(c)?;
        found.extend(complete(c, rows)?);
    }
    Ok(found)
}

fn check(c: &mut Conn, content: &ParticipationContent) -> Result<()> {
    let mut references = References::default();
    let at = Pointer::root().field("organisation_id");
    references.organisation(at, Some(content.organisation_id));
    references.check(c)
}

pub(crate) fn create(
    c: &mut Conn,
    by: &Stamp,
    project: ProjectId,
    content: &ParticipationContent,
) -> Result<Participation> {
    insert(c, by, ParticipationId::generate(), project, content)
}

/// Registers a participation under an id that nothing has.
pub(crate) fn insert(
    c: &mut Conn,
    by: &Stamp,
    id: ParticipationId,
    project: ProjectId,
    content: &ParticipationContent,
) -> Result<Participation> {
    let project = lookup::project::resolve(c, &RecordRef::from(project))?;
    check(c, content)?;
    insert_unchecked(c, by, &[(id, project.0.into(), content.clone())])?;
    find(c, Id::of(id))
}

/// Writes new records whose references the caller has checked: imports check whole batches
/// at once. The database's own constraints still hold.
pub(crate) fn insert_unchecked(
    c: &mut Conn,
    by: &Stamp,
    records: &[(ParticipationId, ProjectId, ParticipationContent)],
) -> Result<()> {
    let mut changes = Vec::with_capacity(records.len());
    let mut rows = Vec::with_capacity(records.len());
    for (id, project, content) in records {
        let (key, project) = (Id::of(*id), Id::of(*project));
        rows.push(Row::write(key, project, content, 1, naive(by.now), by)?);
        changes.push(change_of(Change::created(KIND, key.0, content)?, project));
    }
    for chunk in rows.chunks(CHUNK) {
        diesel::insert_into(participations::table).values(chunk).execute(c)?;
    }
    search::connect(c, rows.iter().map(|row| (row.organisation_id, row.project_id)))?;
    revision::append(c, by, changes)
}

/// Brings the search's weights of organisations and projects up to date after participations
/// of these pairs came or went.
fn recount(c: &mut Conn, pairs: impl Iterator<Item = (Id, Id)>) -> Result<()> {
    let (organisations, projects): (BTreeSet<Id>, BTreeSet<Id>) = pairs.unzip();
    let organisations: Vec<Uuid> = organisations.into_iter().map(|id| id.0).collect();
    let projects: Vec<Uuid> = projects.into_iter().map(|id| id.0).collect();
    search::recount(c, &organisations, &projects)
}

/// A created participation's revision also says in which project: content does not.
fn change_of(mut change: Change, project: Id) -> Change {
    if let Some(serde_json::Value::Object(document)) = &mut change.document {
        document.insert("project_id".to_owned(), project.0.to_string().into());
    }
    change
}

pub(crate) fn update(
    c: &mut Conn,
    by: &Stamp,
    id: ParticipationId,
    expected: Option<u32>,
    content: &ParticipationContent,
) -> Result<Participation> {
    let key = Id::of(id);
    let old = find(c, key)?;
    check_version(expected, old.stamp.version)?;
    let change = Change::updated(KIND, id.into(), old.stamp.version, &old.content, content)?;
    let Some(change) = change else { return Ok(old) };
    check(c, content)?;
    let project = Id::of(old.project_id);
    let created_at = naive(old.stamp.created_at);
    let row = Row::write(key, project, content, change.version, created_at, by)?;
    diesel::update(participations::table.find(key)).set(&row).execute(c)?;
    let before = Id::of(old.content.organisation_id);
    if before != row.organisation_id {
        recount(c, [(before, project), (row.organisation_id, project)].into_iter())?;
    }
    revision::append(c, by, vec![change])?;
    find(c, key)
}

pub(crate) fn delete(
    c: &mut Conn,
    by: &Stamp,
    id: ParticipationId,
    expected: Option<u32>,
) -> Result<()> {
    let key = Id::of(id);
    let old = find(c, key)?;
    check_version(expected, old.stamp.version)?;
    diesel::delete(participations::table.find(key)).execute(c)?;
    let content = &old.content;
    recount(c, [(Id::of(content.organisation_id), Id::of(old.project_id))].into_iter())?;
    let seat = tombstones::seat(old.project_id, content.organisation_id, content.role);
    tombstones::bury(c, KIND, key.0, [seat])?;
    revision::append(c, by, vec![Change::deleted(KIND, id.into(), old.stamp.version)])
}

/// Deletes all participations of a project that is being deleted itself; the caller logs the
/// changes given back.
pub(crate) fn delete_all_of(c: &mut Conn, project: Id) -> Result<Vec<Change>> {
    let of_project = participations::table.filter(participations::project_id.eq(project));
    let gone: Vec<(Id, Id, i32)> = of_project
        .select((participations::id, participations::organisation_id, participations::version))
        .order(participations::id)
        .load(c)?;
    diesel::delete(of_project).execute(c)?;
    recount(c, gone.iter().map(|(_, organisation, _)| (*organisation, project)))?;
    gone.into_iter()
        .map(|(id, _, version)| Ok(Change::deleted(KIND, id.0, unsigned(version)?)))
        .collect()
}
