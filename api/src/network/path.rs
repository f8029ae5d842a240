//! How two organisations can be reached from each other.

use super::position::{references, stated};
use consortia_db::{Conn, Result, organisation, project};
use consortia_domain::id::{OrganisationId, ProjectId};
use consortia_domain::network::{CollaborationPath, NetworkFilter, PathAnswer, PathStep};
use consortia_network::Whole;
use consortia_network::measure::widest_path::{Path, widest_paths};

/// How many projects a step names.
const PROJECTS: usize = 20;

/// The shortest paths between two organisations, at most `count`, best first.
/// O(organisations + ties) once the ties are there.
///
/// # Errors
/// When the store fails.
pub fn paths(
    c: &mut Conn<'_>,
    whole: &Whole,
    filter: &NetworkFilter,
    (from, to): (OrganisationId, OrganisationId),
    count: usize,
) -> Result<PathAnswer> {
    let found = match (whole.frozen().node(from), whole.frozen().node(to)) {
        // Nodes are numbered in the order of their ids.
        (Some(from), Some(to)) => widest_paths(whole.graph(), from, to, count + 1, |node| node),
        // Who takes part in nothing is tied to nobody but oneself.
        _ if from == to => vec![Path { nodes: Vec::new(), narrowest: None }],
        _ => Vec::new(),
    };
    let mut paths = Vec::with_capacity(found.len());
    for path in found.iter().take(count) {
        let weakest = path.narrowest.map(u64::from);
        paths.push(CollaborationPath { weakest, steps: steps(c, whole, path)? });
    }
    let ends = organisation::references(c, &[from, to])?;
    let end = |id| {
        ends.get(&id)
            .cloned()
            .ok_or_else(|| consortia_db::Error::internal("an organisation vanished"))
    };
    Ok(PathAnswer {
        network: stated(filter, whole),
        from: end(from)?,
        to: end(to)?,
        connected: !found.is_empty(),
        steps: found.first().map(|path| path.nodes.len().saturating_sub(1) as u64),
        paths,
        more: found.len() > count,
    })
}

fn steps(c: &mut Conn<'_>, whole: &Whole, path: &Path) -> Result<Vec<PathStep>> {
    let organisations = references(c, whole, path.nodes.iter().copied())?;
    let mut steps = Vec::new();
    for pair in path.nodes.windows(2) {
        let shared = whole.frozen().shared_projects(pair[0], pair[1]);
        // Ids grow with time, and numbers with ids.
        let named = shared.iter().rev().take(PROJECTS);
        let named: Vec<ProjectId> =
            named.map(|project| whole.frozen().projects[*project as usize]).collect();
        let mut projects = project::references(c, &named)?;
        let (Some(from), Some(to)) = (organisations.get(&pair[0]), organisations.get(&pair[1]))
        else {
            // Deleted since the copy was made: then so is the tie.
            continue;
        };
        steps.push(PathStep {
            from: from.clone(),
            to: to.clone(),
            shared_projects: shared.len() as u64,
            projects: named.iter().filter_map(|id| projects.remove(id)).collect(),
        });
    }
    Ok(steps)
}
