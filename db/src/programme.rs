//! Funding programmes and the tree they form.

use consortia_domain::id::{OrganisationId, ProgrammeId, RecordRef};
use consortia_domain::page::{ListRequest, Page};
use consortia_domain::programme::{
    Programme, ProgrammeContent, ProgrammeFilter, ProgrammeKey, ProgrammeNode, ProgrammeRef,
};
use std::collections::HashMap;

crate::conn::dispatch! { programme:
    /// One page of the programmes that match, with the exact number of all of them.
    list list(request: &ListRequest<ProgrammeFilter>) -> Page<Programme>;

    /// The programme with this id or external id.
    read get(wanted: &RecordRef) -> Programme;

    /// The id of the programme meant.
    read resolve(wanted: &RecordRef) -> ProgrammeId;

    /// The short forms of programmes; those that do not exist are left out.
    read references(ids: &[ProgrammeId]) -> HashMap<ProgrammeId, ProgrammeRef>;

    /// The ids of the programmes a key names and of all below them, each once.
    read ids_within(key: &ProgrammeKey) -> Vec<ProgrammeId>;

    /// The programmes given and all above them, each with the one it is a part of; those that
    /// do not exist are left out. O(programmes found), a query for each level.
    read lineage(ids: &[ProgrammeId]) -> HashMap<ProgrammeId, (ProgrammeRef, Option<ProgrammeId>)>;

    /// The organisations these programmes name as funders, in their order; those that name none
    /// are left out.
    read funders(ids: &[ProgrammeId]) -> HashMap<ProgrammeId, Vec<OrganisationId>>;

    /// The trees below the programmes a key names, these included, or all trees. Each node tells
    /// how many projects it or a programme below it pays for.
    /// Time proportional to the programmes and the fundings × depth.
    read tree(root: Option<&ProgrammeKey>) -> Vec<ProgrammeNode>;

    /// Registers a new programme.
    write create(content: &ProgrammeContent) -> Programme;

    /// Puts new content in the place of the old. `expected` is the version the caller
    /// knows; `None` accepts any. Content that says the same changes nothing, and the
    /// version stays.
    write update(id: ProgrammeId, expected: Option<u32>, content: &ProgrammeContent) -> Programme;

    /// Deletes a programme. `expected` as in [`update`].
    write delete(id: ProgrammeId, expected: Option<u32>) -> ();
}
