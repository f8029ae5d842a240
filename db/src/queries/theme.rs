//! Themes that projects carry.

use super::Conn;
use super::project::ProjectChoice;
use crate::error::Result;
use crate::schema::project_themes;
use crate::types::Id;
use consortia_domain::id::ProjectId;
use consortia_domain::project::ProjectFilter;
use consortia_domain::theme::Carried;
use diesel::prelude::*;
use std::collections::HashSet;

type Row = (Id, String, String, Option<String>, Option<String>);

pub(crate) fn carried(c: &mut Conn) -> Result<Vec<Carried>> {
    let rows: Vec<Row> = project_themes::table
        .select((
            project_themes::project_id,
            project_themes::vocabulary,
            project_themes::code,
            project_themes::label,
            project_themes::path,
        ))
        .load(c)?;
    let carried = |(project, vocabulary, code, label, path): Row| Carried {
        project: project.0.into(),
        vocabulary,
        code,
        label,
        path,
    };
    Ok(rows.into_iter().map(carried).collect())
}

pub(crate) fn carriers(c: &mut Conn, filter: &ProjectFilter) -> Result<Option<HashSet<ProjectId>>> {
    let Some(choice) = ProjectChoice::of(c, filter)? else { return Ok(None) };
    let ids: Vec<Id> = project_themes::table
        .filter(project_themes::project_id.eq_any(choice.ids()))
        .select(project_themes::project_id)
        .distinct()
        .load(c)?;
    Ok(Some(ids.into_iter().map(|id| id.0.into()).collect()))
}
