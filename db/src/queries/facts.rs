//! What the partner network is told, read from as few columns as it takes.

use super::project::UNNAMED_PARTNERS;
use super::rows::{money, parse_opt, period};
use super::{Conn, LOOKUP};
use crate::error::Result;
use crate::facts::{Changed, Counts, Sink};
use crate::schema::{
    organisations, participations, project_facets, project_fundings, projects, revisions,
};
use crate::types::Id;
use consortia_domain::facts::{Fact, OrganisationFacts, ParticipationFacts, ProjectFacts};
use consortia_domain::id::{EntityKind, ProgrammeId};
use consortia_domain::place::Nuts;
use diesel::prelude::*;
use std::collections::{BTreeSet, HashMap, HashSet};

/// How many records a portion has.
const PORTION: i64 = 20_000;

pub(crate) fn counts(c: &mut Conn) -> Result<Counts> {
    let count = |count: i64| u64::try_from(count).unwrap_or(0);
    Ok(Counts {
        organisations: count(organisations::table.count().get_result(c)?),
        projects: count(projects::table.count().get_result(c)?),
        participations: count(participations::table.count().get_result(c)?),
    })
}

pub(crate) fn all(c: &mut Conn, sink: &mut Sink<'_>) -> Result<i64> {
    let revision = revision(c)?;
    let mut after = None;
    while let Some((facts, last)) = next::organisations(c, after)? {
        sink(facts);
        after = Some(last);
    }
    let mut after = None;
    while let Some((facts, last)) = next::projects(c, after)? {
        sink(facts);
        after = Some(last);
    }
    let mut after = None;
    while let Some((facts, last)) = next::participations(c, after)? {
        sink(facts);
        after = Some(last);
    }
    Ok(revision)
}

pub(crate) fn revision(c: &mut Conn) -> Result<i64> {
    let last: Option<i64> =
        revisions::table.select(revisions::seq).order(revisions::seq.desc()).first(c).optional()?;
    Ok(last.unwrap_or(0))
}

pub(crate) fn changed(c: &mut Conn, since: i64, limit: u32) -> Result<Changed> {
    let rows: Vec<(i64, String, Id)> = revisions::table
        .filter(revisions::seq.gt(since))
        .select((revisions::seq, revisions::entity, revisions::record_id))
        .order(revisions::seq.asc())
        .limit(i64::from(limit))
        .load(c)?;
    let revision = rows.last().map_or(since, |(seq, _, _)| *seq);
    let of = |kind: EntityKind| {
        let ids = rows.iter().filter(|(_, entity, _)| entity == kind.code()).map(|row| row.2);
        ids.collect::<BTreeSet<Id>>().into_iter().collect::<Vec<Id>>()
    };
    let mut facts = Vec::new();
    for ids in of(EntityKind::Organisation).chunks(LOOKUP) {
        facts.extend(these::organisations(c, ids)?);
    }
    for ids in of(EntityKind::Project).chunks(LOOKUP) {
        facts.extend(these::projects(c, ids)?);
    }
    for ids in of(EntityKind::Participation).chunks(LOOKUP) {
        facts.extend(these::participations(c, ids)?);
    }
    Ok(Changed { facts, revision })
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = organisations)]
struct OrganisationRow {
    id: Id,
    label_key: String,
    country: Option<String>,
    nuts: Option<String>,
    type_: Option<String>,
    sector: Option<String>,
    parent_id: Option<Id>,
}

impl OrganisationRow {
    fn fact(self) -> Result<Fact> {
        Ok(Fact::Organisation(OrganisationFacts {
            id: self.id.0.into(),
            label_key: self.label_key,
            country: parse_opt(self.country.as_deref())?,
            nuts: parse_opt::<Nuts>(self.nuts.as_deref())?,
            r#type: parse_opt(self.type_.as_deref())?,
            sector: parse_opt(self.sector.as_deref())?,
            parent: self.parent_id.map(|id| id.0.into()),
        }))
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = projects)]
struct ProjectRow {
    id: Id,
    starts: Option<String>,
    ends: Option<String>,
    stated_status: Option<String>,
}

/// The facts of project rows, with the programmes that pay for them and whether they have
/// unnamed partners. Of these there are few, so they are found among all from the first id to
/// the last.
fn project_facts(c: &mut Conn, rows: Vec<ProjectRow>) -> Result<Vec<Fact>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let mut programmes: HashMap<Id, Vec<ProgrammeId>> = HashMap::new();
    for ids in ids.chunks(LOOKUP) {
        let paid: Vec<(Id, Option<Id>)> = project_fundings::table
            .filter(project_fundings::project_id.eq_any(ids))
            .filter(project_fundings::programme_id.is_not_null())
            .select((project_fundings::project_id, project_fundings::programme_id))
            .load(c)?;
        for (project, programme) in paid {
            programmes
                .entry(project)
                .or_default()
                .extend(programme.map(|id| ProgrammeId::from(id.0)));
        }
    }
    let mut unnamed: HashSet<Id> = HashSet::new();
    if let Some((first, last)) = ids.iter().min().zip(ids.iter().max()) {
        let (facet, key) = UNNAMED_PARTNERS;
        let having: Vec<Id> = project_facets::table
            .filter(project_facets::facet.eq(facet))
            .filter(project_facets::key.eq(key))
            .filter(project_facets::project_id.between(first, last))
            .select(project_facets::project_id)
            .load(c)?;
        unnamed.extend(having);
    }
    let fact = |row: ProjectRow| {
        Ok(Fact::Project(ProjectFacts {
            id: row.id.0.into(),
            period: period(row.starts.as_deref(), row.ends.as_deref())?,
            stated_status: parse_opt(row.stated_status.as_deref())?,
            programmes: programmes.remove(&row.id).unwrap_or_default(),
            unnamed_partners: unnamed.contains(&row.id),
        }))
    };
    rows.into_iter().map(fact).collect()
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = participations)]
struct ParticipationRow {
    id: Id,
    project_id: Id,
    organisation_id: Id,
    role: Option<String>,
    ec_contribution_minor: Option<i64>,
    ec_contribution_currency: Option<String>,
}

impl ParticipationRow {
    fn fact(self) -> Result<Fact> {
        let currency = self.ec_contribution_currency.as_deref();
        Ok(Fact::Participation(ParticipationFacts {
            id: self.id.0.into(),
            project: self.project_id.0.into(),
            organisation: self.organisation_id.0.into(),
            role: parse_opt(self.role.as_deref())?,
            ec_contribution: money(self.ec_contribution_minor, currency)?,
        }))
    }
}

/// The functions of each kind of record, under the name of its table.
macro_rules! reading {
    ($($table:ident: $row:ident, $facts:expr, $gone:ident;)+) => {
        /// The portion behind an id, and the last id in it; `None` when nothing is left.
        mod next {
            use super::*;

            $(pub(super) fn $table(
                c: &mut Conn,
                after: Option<Id>,
            ) -> Result<Option<(Vec<Fact>, Id)>> {
                let mut query = $table::table.select($row::as_select()).into_boxed();
                if let Some(after) = after {
                    query = query.filter($table::id.gt(after));
                }
                let rows: Vec<$row> = query.order($table::id.asc()).limit(PORTION).load(c)?;
                let Some(last) = rows.last().map(|row| row.id) else { return Ok(None) };
                Ok(Some(($facts(c, rows)?, last)))
            })+
        }

        /// The records with these ids as they are, or that they are gone.
        mod these {
            use super::*;

            $(pub(super) fn $table(c: &mut Conn, ids: &[Id]) -> Result<Vec<Fact>> {
                let query = $table::table.filter($table::id.eq_any(ids));
                let rows: Vec<$row> = query.select($row::as_select()).load(c)?;
                let there: HashSet<Id> = rows.iter().map(|row| row.id).collect();
                let gone = ids.iter().filter(|id| !there.contains(id));
                let gone: Vec<Fact> = gone.map(|id| Fact::$gone(id.0.into())).collect();
                let mut facts: Vec<Fact> = $facts(c, rows)?;
                facts.extend(gone);
                Ok(facts)
            })+
        }
    };
}

reading! {
    organisations: OrganisationRow, |_: &mut Conn, rows: Vec<OrganisationRow>| {
        rows.into_iter().map(OrganisationRow::fact).collect::<Result<Vec<Fact>>>()
    }, OrganisationGone;
    projects: ProjectRow, project_facts, ProjectGone;
    participations: ParticipationRow, |_: &mut Conn, rows: Vec<ParticipationRow>| {
        rows.into_iter().map(ParticipationRow::fact).collect::<Result<Vec<Fact>>>()
    }, ParticipationGone;
}
