//! Relations: what projects are to one another, and organisations to one another.

use consortia_domain::id::{ProjectId, RelationId};
use consortia_domain::page::{ListRequest, Page};
use consortia_domain::relation::{Relation, RelationContent, RelationFilter};

crate::conn::dispatch! { relation:
    /// One page of the relations that match, with the exact number of all of them.
    /// Those of one project or organisation are a filter.
    list list(request: &ListRequest<RelationFilter>) -> Page<Relation>;

    /// The relation with this id.
    read get(id: RelationId) -> Relation;

    /// Of these projects those that are funded under others: each with one it is funded under,
    /// in order of ids.
    read funded_under(projects: &[ProjectId]) -> Vec<(ProjectId, ProjectId)>;

    /// Of these projects those that others are funded under: each with one funded under it, in
    /// order of ids.
    read funding(projects: &[ProjectId]) -> Vec<(ProjectId, ProjectId)>;

    /// Registers what one record is to another. The same statement is registered once.
    write create(content: &RelationContent) -> Relation;

    /// Puts new content in the place of the old. `expected` is the version the caller
    /// knows; `None` accepts any. Content that says the same changes nothing, and the
    /// version stays.
    write update(
        id: RelationId,
        expected: Option<u32>,
        content: &RelationContent,
    ) -> Relation;

    /// Deletes a relation. `expected` as in [`update`].
    write delete(id: RelationId, expected: Option<u32>) -> ();
}
