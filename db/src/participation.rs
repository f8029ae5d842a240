//! Participations: organisations in projects, in their roles.

use consortia_domain::id::{ParticipationId, ProjectId};
use consortia_domain::page::{ListRequest, Page};
use consortia_domain::participation::{Participation, ParticipationContent, ParticipationFilter};

crate::conn::dispatch! { participation:
    /// One page of the participations that match, with the exact number of all of them.
    /// Those of one project or organisation are a filter.
    list list(request: &ListRequest<ParticipationFilter>) -> Page<Participation>;

    /// The participation with this id.
    read get(id: ParticipationId) -> Participation;

    /// All participations in the projects named, by project, then in the project's order.
    /// One query for every few hundred projects.
    read of_projects(ids: &[ProjectId]) -> Vec<Participation>;

    /// Registers an organisation's part in a project.
    write create(project: ProjectId, content: &ParticipationContent) -> Participation;

    /// Puts new content in the place of the old. `expected` is the version the caller
    /// knows; `None` accepts any. Content that says the same changes nothing, and the
    /// version stays.
    write update(
        id: ParticipationId,
        expected: Option<u32>,
        content: &ParticipationContent,
    ) -> Participation;

    /// Deletes a participation. `expected` as in [`update`].
    write delete(id: ParticipationId, expected: Option<u32>) -> ();
}
