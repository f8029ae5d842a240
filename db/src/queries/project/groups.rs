//! Partners of which only the group is known: of many projects at once.

use super::super::{Conn, LOOKUP};
use super::details::Details;
use super::{RefRow, reference};
use crate::error::Result;
use crate::schema::projects;
use crate::types::{Doc, Id};
use consortia_domain::group::{Group, GroupPart};
use consortia_domain::id::ProjectId;
use consortia_domain::project::ProjectRef;
use diesel::prelude::*;

pub(crate) fn unnamed_partners(
    c: &mut Conn,
    ids: &[ProjectId],
) -> Result<Vec<(ProjectRef, Group)>> {
    let ids: Vec<Id> = ids.iter().copied().map(Id::of).collect();
    let mut found = Vec::new();
    for ids in ids.chunks(LOOKUP) {
        let rows: Vec<(RefRow, Option<Doc>)> = projects::table
            .filter(projects::id.eq_any(ids))
            .order(projects::id.asc())
            .select((
                (projects::id, projects::label, projects::starts, projects::ends),
                projects::details,
            ))
            .load(c)?;
        for (row, details) in rows {
            let project = reference(row)?;
            let groups = Details::read(details.as_ref())?.groups.into_owned();
            let partners = groups.into_iter().filter(|group| group.part == GroupPart::Partner);
            found.extend(partners.map(|group| (project.clone(), group)));
        }
    }
    Ok(found)
}
