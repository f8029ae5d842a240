//! How connected records are, by which hits of one tier are ranked: the projects of an
//! organisation, the organisations of a project.

use super::super::{Conn, LOOKUP};
use crate::error::Result;
use crate::schema::{participations, search_documents};
use crate::types::Id;
use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Counts again, after participations of these records changed or went.
pub(crate) fn recount(c: &mut Conn, organisations: &[Uuid], projects: &[Uuid]) -> Result<()> {
    const PROJECTS: &str = "(SELECT COUNT(DISTINCT project_id) FROM participations \
        WHERE organisation_id = search_documents.record_id)";
    const ORGANISATIONS: &str = "(SELECT COUNT(DISTINCT organisation_id) FROM participations \
        WHERE project_id = search_documents.record_id)";
    for (ids, count) in [(organisations, PROJECTS), (projects, ORGANISATIONS)] {
        let ids: Vec<Id> = ids.iter().copied().map(Id).collect();
        for chunk in ids.chunks(LOOKUP) {
            let touched = search_documents::record_id.eq_any(chunk);
            diesel::update(search_documents::table.filter(touched))
                .set(search_documents::weight.eq(sql::<BigInt>(count)))
                .execute(c)?;
        }
    }
    Ok(())
}

/// Adds what new participations connect, each given as organisation and project, after
/// they were inserted. Looks at the participations of these projects only: counting all of
/// a large organisation's again for each batch of an import would take longer than the rest.
pub(crate) fn connect(c: &mut Conn, inserted: impl Iterator<Item = (Id, Id)>) -> Result<()> {
    let mut new: HashMap<(Id, Id), i64> = HashMap::new();
    for pair in inserted {
        *new.entry(pair).or_default() += 1;
    }
    let mut projects: Vec<Id> = new.keys().map(|(_, project)| *project).collect();
    projects.sort_unstable();
    projects.dedup();
    let mut more: BTreeMap<Id, i64> = BTreeMap::new();
    for projects in projects.chunks(LOOKUP) {
        let stored: Vec<(Id, Id, i64)> = participations::table
            .filter(participations::project_id.eq_any(projects))
            .group_by((participations::organisation_id, participations::project_id))
            .select((participations::organisation_id, participations::project_id, count_star()))
            .load(c)?;
        for (organisation, project, count) in stored {
            // All of them are new, so the two were not connected before.
            if new.get(&(organisation, project)) == Some(&count) {
                *more.entry(organisation).or_default() += 1;
                *more.entry(project).or_default() += 1;
            }
        }
    }
    let mut by_step: BTreeMap<i64, Vec<Id>> = BTreeMap::new();
    for (id, step) in more {
        by_step.entry(step).or_default().push(id);
    }
    for (step, ids) in by_step {
        for chunk in ids.chunks(LOOKUP) {
            let touched = search_documents::record_id.eq_any(chunk);
            diesel::update(search_documents::table.filter(touched))
                .set(search_documents::weight.eq(search_documents::weight + step))
                .execute(c)?;
        }
    }
    Ok(())
}
