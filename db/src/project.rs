//! Projects: what the registry is about.

use consortia_domain::external_id::Scheme;
use consortia_domain::group::Group;
use consortia_domain::id::{ProjectId, RecordRef};
use consortia_domain::money::Money;
use consortia_domain::page::{ListRequest, Page};
use consortia_domain::project::{Project, ProjectContent, ProjectFilter, ProjectRef};
use consortia_domain::topic::Topic;
use std::collections::HashMap;

crate::conn::dispatch! { project:
    /// One page of the projects that match, with the exact number of all of them.
    list list(request: &ListRequest<ProjectFilter>) -> Page<Project>;

    /// The project with this id or external id.
    read get(wanted: &RecordRef) -> Project;

    /// The id of the project meant.
    read resolve(wanted: &RecordRef) -> ProjectId;

    /// Whether any project carries an identifier of this scheme.
    read has_identifier_of(scheme: Scheme) -> bool;

    /// The short forms of projects; those that do not exist are left out.
    read references(ids: &[ProjectId]) -> HashMap<ProjectId, ProjectRef>;

    /// The keywords and themes of these projects (a theme by its label, or else its code) and
    /// how many of the projects have each, most first, then by name.
    read subjects(ids: &[ProjectId]) -> Vec<(String, u64)>;

    /// What these projects are about: keyword by keyword, theme by theme, with the project.
    read topics(ids: &[ProjectId]) -> Vec<(ProjectId, Topic)>;

    /// What these projects cost in all; those of which it is not known are left out.
    read total_costs(ids: &[ProjectId]) -> HashMap<ProjectId, Money>;

    /// The groups of partners of which nobody is named in these projects, by project, in the
    /// order they were stated.
    read unnamed_partners(ids: &[ProjectId]) -> Vec<(ProjectRef, Group)>;

    /// Registers a new project.
    write create(content: &ProjectContent) -> Project;

    /// Puts new content in the place of the old. `expected` is the version the caller
    /// knows; `None` accepts any. Content that says the same changes nothing, and the
    /// version stays.
    write update(id: ProjectId, expected: Option<u32>, content: &ProjectContent) -> Project;

    /// Deletes a project with its participations. `expected` as in [`update`].
    write delete(id: ProjectId, expected: Option<u32>) -> ();
}
