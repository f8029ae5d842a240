//! A project with what was asked to be included.

use consortia_db::{Conn, Result, call, organisation, participation, programme};
use consortia_domain::call::CallRef;
use consortia_domain::funding::Funding;
use consortia_domain::id::ProjectId;
use consortia_domain::organisation::OrganisationRef;
use consortia_domain::participation::Participation;
use consortia_domain::programme::ProgrammeRef;
use consortia_domain::project::Project;
use serde::Serialize;
use std::collections::HashMap;
use std::hash::Hash;
use utoipa::ToSchema;

/// A project, with what was asked to be included.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ProjectView {
    /// The project.
    #[serde(flatten)]
    pub project: Project,
    /// Who takes part; shown with `include=participations`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub participations: Option<Vec<Participation>>,
    /// The programmes its fundings name; shown with `include=programmes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub programmes: Option<Vec<ProgrammeRef>>,
    /// The calls its fundings name; shown with `include=calls`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub calls: Option<Vec<CallRef>>,
    /// The organisations its fundings name; shown with `include=funders`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub funders: Option<Vec<OrganisationRef>>,
}

impl From<Project> for ProjectView {
    fn from(project: Project) -> Self {
        Self { project, participations: None, programmes: None, calls: None, funders: None }
    }
}

/// What may be asked for.
pub(super) const INCLUDES: &[&str] =
    &["participations", "programmes", "calls", "funders", "sources"];

/// Adds what is `wanted` to each project but its sources, which every record may show, at one look-up for each kind of record.
pub(super) fn include(
    c: &mut Conn<'_>,
    wanted: &[&'static str],
    views: &mut [ProjectView],
) -> Result<()> {
    if wanted.contains(&"participations") {
        let ids: Vec<ProjectId> = views.iter().map(|view| view.project.id).collect();
        let mut by_project: HashMap<ProjectId, Vec<Participation>> = HashMap::new();
        for participation in participation::of_projects(c, &ids)? {
            by_project.entry(participation.project_id).or_default().push(participation);
        }
        each(views, |view| {
            let own = by_project.remove(&view.project.id);
            view.participations = Some(own.unwrap_or_default());
        });
    }
    if wanted.contains(&"programmes") {
        let named = |funding: &Funding| funding.programme_id;
        let known = programme::references(c, &all(views, named))?;
        each(views, |view| view.programmes = Some(own(&view.project, named, &known)));
    }
    if wanted.contains(&"calls") {
        let named = |funding: &Funding| funding.call_id;
        let known = call::references(c, &all(views, named))?;
        each(views, |view| view.calls = Some(own(&view.project, named, &known)));
    }
    if wanted.contains(&"funders") {
        let named = |funding: &Funding| funding.funder_id;
        let known = organisation::references(c, &all(views, named))?;
        each(views, |view| view.funders = Some(own(&view.project, named, &known)));
    }
    Ok(())
}

fn each(views: &mut [ProjectView], change: impl FnMut(&mut ProjectView)) {
    views.iter_mut().for_each(change);
}

/// Every id the fundings of the projects name, each once.
fn all<I: Copy + Ord>(views: &[ProjectView], named: impl Fn(&Funding) -> Option<I>) -> Vec<I> {
    let fundings = views.iter().flat_map(|view| &view.project.content.fundings);
    let mut ids: Vec<I> = fundings.filter_map(named).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The records a project's own fundings name, each once, in their order.
fn own<I: Copy + Eq + Hash, R: Clone>(
    project: &Project,
    named: impl Fn(&Funding) -> Option<I>,
    known: &HashMap<I, R>,
) -> Vec<R> {
    let mut ids: Vec<I> = Vec::new();
    for id in project.content.fundings.iter().filter_map(named) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids.iter().filter_map(|id| known.get(id).cloned()).collect()
}
