//! What projects are about, and what they cost: many at once.

use super::super::rows::money;
use super::super::{Conn, LOOKUP};
use crate::error::Result;
use crate::schema::{project_keywords, project_themes, projects};
use crate::types::Id;
use consortia_domain::id::ProjectId;
use consortia_domain::money::Money;
use consortia_domain::topic::Topic;
use diesel::prelude::*;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

pub(crate) fn topics(c: &mut Conn, ids: &[ProjectId]) -> Result<Vec<(ProjectId, Topic)>> {
    let ids: Vec<Id> = ids.iter().copied().map(Id::of).collect();
    let mut found = Vec::new();
    for ids in ids.chunks(LOOKUP) {
        let keywords: Vec<(Id, String)> = project_keywords::table
            .filter(project_keywords::project_id.eq_any(ids))
            .order((project_keywords::project_id, project_keywords::position))
            .select((project_keywords::project_id, project_keywords::keyword))
            .load(c)?;
        let themes: Vec<(Id, String, String, Option<String>)> = project_themes::table
            .filter(project_themes::project_id.eq_any(ids))
            .order((project_themes::project_id, project_themes::position))
            .select((
                project_themes::project_id,
                project_themes::vocabulary,
                project_themes::code,
                project_themes::label,
            ))
            .load(c)?;
        found.extend(keywords.into_iter().map(|(id, word)| (id.0.into(), Topic::keyword(word))));
        found.extend(themes.into_iter().map(|(id, vocabulary, code, label)| {
            (id.0.into(), Topic::theme(vocabulary, code, label))
        }));
    }
    Ok(found)
}

pub(crate) fn subjects(c: &mut Conn, ids: &[ProjectId]) -> Result<Vec<(String, u64)>> {
    // A project counts once for a subject, also when it is both a keyword and a theme.
    let mut having: BTreeMap<String, HashSet<ProjectId>> = BTreeMap::new();
    for (project, topic) in topics(c, ids)? {
        having.entry(topic.label).or_default().insert(project);
    }
    let mut counts: Vec<(String, u64)> =
        having.into_iter().map(|(subject, projects)| (subject, projects.len() as u64)).collect();
    counts.sort_by_key(|(_, count)| Reverse(*count));
    Ok(counts)
}

pub(crate) fn total_costs(c: &mut Conn, ids: &[ProjectId]) -> Result<HashMap<ProjectId, Money>> {
    let ids: Vec<Id> = ids.iter().copied().map(Id::of).collect();
    let mut found = HashMap::new();
    for ids in ids.chunks(LOOKUP) {
        let rows: Vec<(Id, Option<i64>, Option<String>)> = projects::table
            .filter(projects::id.eq_any(ids))
            .filter(projects::total_cost_minor.is_not_null())
            .select((projects::id, projects::total_cost_minor, projects::total_cost_currency))
            .load(c)?;
        for (id, minor, currency) in rows {
            found.extend(money(minor, currency.as_deref())?.map(|cost| (id.0.into(), cost)));
        }
    }
    Ok(found)
}
