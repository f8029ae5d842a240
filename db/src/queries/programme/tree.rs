//! What needs the tree of programmes: look-up by code, branches, the tree itself.

use super::super::lookup::programme as lookup;
use super::super::rows::parse_opt;
use super::super::{Conn, LOOKUP, external_ids};
use crate::error::{Error, Result};
use crate::schema::{programme_aliases, programmes, project_fundings};
use crate::types::{Id, Uid};
use consortia_domain::id::{EntityKind, ProgrammeId, RecordRef};
use consortia_domain::programme::{ProgrammeKey, ProgrammeNode, ProgrammeRef};
use consortia_domain::record::MAX_LEVELS;
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

/// The programmes a filter's key names; several where branches use the same code.
pub(crate) fn resolve_key(c: &mut Conn, key: &ProgrammeKey) -> Result<Vec<Id>> {
    match key {
        ProgrammeKey::Id(id) => Ok(vec![Id(*id)]),
        ProgrammeKey::External(id) => external_ids::programme::find(c, id),
        ProgrammeKey::Name { code, title } => {
            let coded = programme_aliases::table
                .filter(programme_aliases::alias_key.eq(code))
                .select(programme_aliases::programme_id);
            Ok(programmes::table
                .filter(programmes::id.eq_any(coded).or(programmes::label_key.eq(title)))
                .select(programmes::id)
                .order(programmes::id)
                .load(c)?)
        }
    }
}

#[derive(QueryableByName)]
struct Below {
    #[diesel(sql_type = Uid)]
    id: Id,
}

/// The programmes a key names and all below them, each once. O(programmes found).
pub(crate) fn within(c: &mut Conn, key: &ProgrammeKey) -> Result<Vec<Id>> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for root in resolve_key(c, key)? {
        // UNION, not UNION ALL: it ends even if somebody made a loop by hand.
        let below: Vec<Below> = diesel::sql_query(
            "WITH RECURSIVE below (id) AS (\
               SELECT id FROM programmes WHERE id = $1 \
               UNION SELECT p.id FROM programmes p JOIN below b ON p.parent_id = b.id\
             ) SELECT id FROM below ORDER BY id",
        )
        .bind::<Uid, _>(root)
        .load(c)?;
        found.extend(below.into_iter().map(|row| row.id).filter(|id| seen.insert(*id)));
    }
    Ok(found)
}

/// As [`within`], for those outside the store.
pub(crate) fn ids_within(c: &mut Conn, key: &ProgrammeKey) -> Result<Vec<ProgrammeId>> {
    Ok(within(c, key)?.into_iter().map(|id| id.0.into()).collect())
}

/// The programmes given and all above them, each with its parent.
pub(crate) fn lineage(
    c: &mut Conn,
    ids: &[ProgrammeId],
) -> Result<HashMap<ProgrammeId, (ProgrammeRef, Option<ProgrammeId>)>> {
    let mut found = HashMap::new();
    let mut wanted: Vec<Id> = ids.iter().copied().map(Id::of).collect();
    while !wanted.is_empty() {
        let mut parents = Vec::new();
        for wanted in wanted.chunks(LOOKUP) {
            let rows: Vec<NodeRow> = programmes::table
                .filter(programmes::id.eq_any(wanted))
                .select((
                    programmes::id,
                    programmes::parent_id,
                    programmes::label,
                    programmes::code,
                    programmes::level,
                ))
                .load(c)?;
            for (id, parent, label, code, level) in rows {
                let code = parse_opt(code.as_deref())?;
                let level = parse_opt(level.as_deref())?;
                let id: ProgrammeId = id.0.into();
                let parent_id = parent.map(|parent| parent.0.into());
                found.insert(id, (ProgrammeRef { id, label, code, level }, parent_id));
                parents.extend(parent);
            }
        }
        parents.retain(|parent| !found.contains_key(&parent.0.into()));
        parents.sort_unstable();
        parents.dedup();
        wanted = parents;
    }
    Ok(found)
}

type NodeRow = (Id, Option<Id>, String, Option<String>, Option<String>);

/// The programmes a key names, of which there is at least one.
fn roots(c: &mut Conn, key: &ProgrammeKey) -> Result<HashSet<Id>> {
    let found = match key {
        ProgrammeKey::Id(id) => vec![lookup::resolve(c, &RecordRef::Id(*id))?],
        ProgrammeKey::External(_) | ProgrammeKey::Name { .. } => resolve_key(c, key)?,
    };
    if found.is_empty() {
        return Err(Error::NotFound { kind: EntityKind::Programme, reference: key.to_string() });
    }
    Ok(found.into_iter().collect())
}

/// The trees below the programmes `root` names, or all trees. Children by code, then by label.
/// What somebody put too deep before there was a bound is shown on the last level.
/// O(programmes + fundings × depth).
pub(crate) fn tree(c: &mut Conn, root: Option<&ProgrammeKey>) -> Result<Vec<ProgrammeNode>> {
    let roots = root.map(|root| roots(c, root)).transpose()?;
    let rows: Vec<NodeRow> = programmes::table
        .select((
            programmes::id,
            programmes::parent_id,
            programmes::label,
            programmes::code,
            programmes::level,
        ))
        .order((programmes::code.asc(), programmes::label_key.asc(), programmes::id.asc()))
        .load(c)?;
    let parents: HashMap<Id, Option<Id>> = rows.iter().map(|row| (row.0, row.1)).collect();
    let projects = projects_within(c, &parents)?;
    let below_any = |row: &NodeRow, roots: &HashSet<Id>| {
        // It ends even if somebody made a loop by hand.
        let next = |id: &Id| parents.get(id).copied().flatten();
        std::iter::successors(row.1, next).take(parents.len()).any(|above| roots.contains(&above))
    };
    let mut below: HashMap<Option<Id>, Vec<NodeRow>> = HashMap::new();
    let mut tops = Vec::new();
    for row in rows {
        if roots.as_ref().is_some_and(|roots| roots.contains(&row.0) && !below_any(&row, roots)) {
            tops.push(row.clone());
        }
        below.entry(row.1).or_default().push(row);
    }
    let tops = if roots.is_some() { tops } else { children(None, &mut below) };
    let mut nodes = Vec::with_capacity(parents.len());
    let mut open: Vec<(NodeRow, usize)> = tops.into_iter().rev().map(|top| (top, 1)).collect();
    while let Some((row, level)) = open.pop() {
        let lower = children(Some(row.0), &mut below).into_iter().rev();
        open.extend(lower.map(|row| (row, (level + 1).min(MAX_LEVELS))));
        nodes.push((node(row, &projects)?, level));
    }
    Ok(nested(nodes))
}

/// The programmes below one, in order.
fn children(parent: Option<Id>, below: &mut HashMap<Option<Id>, Vec<NodeRow>>) -> Vec<NodeRow> {
    let mut rows = below.remove(&parent).unwrap_or_default();
    // Those without a code come last on both engines.
    rows.sort_by_key(|row| row.3.is_none());
    rows
}

fn node(
    (id, _, label, code, level): NodeRow,
    projects: &HashMap<Id, u64>,
) -> Result<ProgrammeNode> {
    let code = parse_opt(code.as_deref())?;
    let level = parse_opt(level.as_deref())?;
    Ok(ProgrammeNode {
        programme: ProgrammeRef { id: id.0.into(), label, code, level },
        projects: projects.get(&id).copied().unwrap_or_default(),
        children: Vec::new(),
    })
}

/// Puts nodes, each followed by those below it, into one another by their levels.
fn nested(nodes: Vec<(ProgrammeNode, usize)>) -> Vec<ProgrammeNode> {
    let mut tops = Vec::new();
    let mut open: Vec<ProgrammeNode> = Vec::new();
    let mut close = |open: &mut Vec<ProgrammeNode>, level: usize| {
        while open.len() >= level
            && let Some(node) = open.pop()
        {
            open.last_mut().map_or(&mut tops, |above| &mut above.children).push(node);
        }
    };
    for (node, level) in nodes {
        close(&mut open, level);
        open.push(node);
    }
    close(&mut open, 1);
    tops
}

/// How many projects each programme or one below it pays for, each project counted once.
fn projects_within(c: &mut Conn, parents: &HashMap<Id, Option<Id>>) -> Result<HashMap<Id, u64>> {
    let rows: Vec<(Id, Option<Id>)> = project_fundings::table
        .filter(project_fundings::programme_id.is_not_null())
        .select((project_fundings::project_id, project_fundings::programme_id))
        .order(project_fundings::project_id)
        .load(c)?;
    let mut counts: HashMap<Id, u64> = HashMap::new();
    for fundings in rows.chunk_by(|a, b| a.0 == b.0) {
        let mut counted = HashSet::new();
        for (_, programme) in fundings {
            let mut next = *programme;
            while let Some(id) = next
                && counted.insert(id)
            {
                *counts.entry(id).or_default() += 1;
                next = parents.get(&id).copied().flatten();
            }
        }
    }
    Ok(counts)
}
