//! Relations: reading and writing single ones. Lists are in `list`.

mod circle;
mod list;

pub(crate) use list::list;

use super::references::References;
use super::revision::Change;
use super::rows::{bound_text, integer, naive, parse, parse_opt, period, stamp, text, unsigned};
use super::written::written;
use super::{Backend, Conn, LOOKUP, organisation, project};
use crate::conn::Stamp;
use crate::error::{Error, Result};
use crate::schema::relations;
use crate::types::Id;
use chrono::{NaiveDate, NaiveDateTime};
use consortia_domain::Pointer;
use consortia_domain::id::{OrganisationId, ProjectId, RelationId};
use consortia_domain::relation::{Relation, RelationContent, RelationEnd};
use consortia_domain::relation_kind::{RelationBetween, RelationKind};
use diesel::prelude::*;
use std::collections::BTreeSet;
use uuid::Uuid;

/// A row of `relations`.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = relations, check_for_backend(Backend))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct Row {
    id: Id,
    kind: String,
    from_project_id: Option<Id>,
    to_project_id: Option<Id>,
    from_organisation_id: Option<Id>,
    to_organisation_id: Option<Id>,
    starts: Option<String>,
    starts_earliest: Option<NaiveDate>,
    starts_latest: Option<NaiveDate>,
    ends: Option<String>,
    ends_earliest: Option<NaiveDate>,
    ends_latest: Option<NaiveDate>,
    note: Option<String>,
    version: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl Row {
    fn write(
        id: Id,
        content: &RelationContent,
        version: u32,
        created_at: NaiveDateTime,
        by: &Stamp,
    ) -> Result<Self> {
        let end = |of: RelationBetween, id: Uuid| (content.between == of).then_some(Id(id));
        Ok(Self {
            id,
            kind: content.kind.code().to_owned(),
            from_project_id: end(RelationBetween::Projects, content.from_id),
            to_project_id: end(RelationBetween::Projects, content.to_id),
            from_organisation_id: end(RelationBetween::Organisations, content.from_id),
            to_organisation_id: end(RelationBetween::Organisations, content.to_id),
            starts: bound_text(content.period.start()),
            starts_earliest: content.period.earliest_start(),
            starts_latest: content.period.latest_start(),
            ends: bound_text(content.period.end()),
            ends_earliest: content.period.earliest_end(),
            ends_latest: content.period.latest_end(),
            note: text(content.note.as_ref()),
            version: integer(version)?,
            created_at,
            updated_at: naive(by.now),
        })
    }

    fn content(&self) -> Result<RelationContent> {
        let projects = self.from_project_id.zip(self.to_project_id);
        let organisations = self.from_organisation_id.zip(self.to_organisation_id);
        let (between, (from, to)) = match (projects, organisations) {
            (Some(ends), None) => (RelationBetween::Projects, ends),
            (None, Some(ends)) => (RelationBetween::Organisations, ends),
            _ => return Err(Error::internal("a relation has no two ends of one sort")),
        };
        Ok(RelationContent {
            kind: parse(&self.kind)?,
            between,
            from_id: from.0,
            to_id: to.0,
            period: period(self.starts.as_deref(), self.ends.as_deref())?,
            note: parse_opt(self.note.as_deref())?,
        })
    }
}

/// Rows with the short forms of their ends, in the order given. Two queries, however many
/// rows, and each project and organisation is read once.
fn complete(c: &mut Conn, rows: Vec<Row>) -> Result<Vec<Relation>> {
    let projects: BTreeSet<ProjectId> = rows
        .iter()
        .flat_map(|row| row.from_project_id.into_iter().chain(row.to_project_id))
        .map(|id| id.0.into())
        .collect();
    let organisations: BTreeSet<OrganisationId> = rows
        .iter()
        .flat_map(|row| row.from_organisation_id.into_iter().chain(row.to_organisation_id))
        .map(|id| id.0.into())
        .collect();
    let projects = project::references(c, &projects.into_iter().collect::<Vec<_>>())?;
    let organisations =
        organisation::references(c, &organisations.into_iter().collect::<Vec<_>>())?;
    let end = |between: RelationBetween, id: Uuid| {
        let label = match between {
            RelationBetween::Projects => projects.get(&id.into()).map(|known| &known.label),
            RelationBetween::Organisations => {
                organisations.get(&id.into()).map(|known| &known.label)
            }
        };
        let label = label.cloned();
        label
            .map(|label| RelationEnd { id, label })
            .ok_or_else(|| Error::internal("a relation is between records not there"))
    };
    let read = |row: Row| {
        let content = row.content()?;
        Ok(Relation {
            id: row.id.0.into(),
            reads: content.kind.reads(),
            reads_back: content.kind.reads_back(),
            from: end(content.between, content.from_id)?,
            to: end(content.between, content.to_id)?,
            content,
            sources: None,
            stamp: stamp(row.version, row.created_at, row.updated_at)?,
        })
    };
    rows.into_iter().map(read).collect()
}

written! { relations: Relation, RelationContent, RelationId, Relation; }

/// Refuses ends that are not there, what another relation says already, and circles.
fn check(c: &mut Conn, id: Id, content: &RelationContent) -> Result<()> {
    let mut references = References::default();
    for (name, end) in [("from_id", content.from_id), ("to_id", content.to_id)] {
        let at = Pointer::root().field(name);
        match content.between {
            RelationBetween::Projects => references.project(at, Some(end.into())),
            RelationBetween::Organisations => references.organisation(at, Some(end.into())),
        }
    }
    references.check(c)?;
    let (from, to) = (Id(content.from_id), Id(content.to_id));
    let ends = match content.between {
        RelationBetween::Projects => relations::table
            .filter(relations::from_project_id.eq(from))
            .filter(relations::to_project_id.eq(to))
            .into_boxed::<Backend>(),
        RelationBetween::Organisations => relations::table
            .filter(relations::from_organisation_id.eq(from))
            .filter(relations::to_organisation_id.eq(to))
            .into_boxed::<Backend>(),
    };
    let said: Vec<Row> = ends
        .filter(relations::kind.eq(content.kind.code()))
        .filter(relations::id.ne(id))
        .order(relations::id)
        .select(Row::as_select())
        .load(c)?;
    for row in said {
        if row.content()?.period == content.period {
            let detail = format!(
                "The relation {} says the same, for the same time; change that one, or give \
                 another 'period'.",
                row.id.0
            );
            return Err(Error::invalid(&Pointer::root(), "duplicate_relation", detail));
        }
    }
    circle::refuse(c, id, content)
}

/// Deletes all relations of a project that is being deleted itself; the caller logs the
/// changes given back.
pub(crate) fn delete_all_of(c: &mut Conn, project: Id) -> Result<Vec<Change>> {
    let of_project = relations::table
        .filter(relations::from_project_id.eq(project).or(relations::to_project_id.eq(project)));
    let gone: Vec<(Id, i32)> =
        of_project.select((relations::id, relations::version)).order(relations::id).load(c)?;
    diesel::delete(of_project).execute(c)?;
    gone.into_iter()
        .map(|(id, version)| Ok(Change::deleted(KIND, id.0, unsigned(version)?)))
        .collect()
}

/// The pairs of the columns `$near` and `$far` of relations of funding, `$near` one of some.
macro_rules! funded {
    ($c:ident, $projects:ident, $near:ident, $far:ident) => {{
        let ids: Vec<Id> = $projects.iter().copied().map(Id::of).collect();
        let mut found = Vec::new();
        for ids in ids.chunks(LOOKUP) {
            let rows: Vec<(Option<Id>, Option<Id>)> = relations::table
                .filter(relations::kind.eq(RelationKind::FundedUnder.code()))
                .filter(relations::$near.eq_any(ids))
                .select((relations::$near, relations::$far))
                .order((relations::$near, relations::$far))
                .load($c)?;
            found.extend(rows.into_iter().filter_map(|(near, far)| {
                near.zip(far).map(|(near, far)| (near.0.into(), far.0.into()))
            }));
        }
        // One may be funded under another twice, at different times.
        found.dedup();
        Ok(found)
    }};
}

pub(crate) fn funded_under(
    c: &mut Conn,
    projects: &[ProjectId],
) -> Result<Vec<(ProjectId, ProjectId)>> {
    funded!(c, projects, from_project_id, to_project_id)
}

pub(crate) fn funding(c: &mut Conn, projects: &[ProjectId]) -> Result<Vec<(ProjectId, ProjectId)>> {
    funded!(c, projects, to_project_id, from_project_id)
}
