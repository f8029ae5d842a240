//! Organisations: who coordinates, takes part and funds.

use consortia_domain::external_id::ExternalId;
use consortia_domain::id::{OrganisationId, RecordRef};
use consortia_domain::organisation::{
    Organisation, OrganisationContent, OrganisationFilter, OrganisationRef,
};
use consortia_domain::page::{Correction, ListRequest, Page, SearchQuery};
use std::collections::HashMap;
use uuid::Uuid;

crate::conn::dispatch! { organisation:
    /// One page of the organisations that match, with the exact number of all of them.
    list list(request: &ListRequest<OrganisationFilter>) -> Page<Organisation>;

    /// The organisation with this id or external id.
    read get(wanted: &RecordRef) -> Organisation;

    /// The id of the organisation meant.
    read resolve(wanted: &RecordRef) -> OrganisationId;

    /// The short forms of organisations; those that do not exist are left out.
    read references(ids: &[OrganisationId]) -> HashMap<OrganisationId, OrganisationRef>;

    /// The ids of the organisations a search finds, in no order, and the words that were mended.
    read matching(query: &SearchQuery) -> (Vec<Uuid>, Vec<Correction>);

    /// The identifiers of organisations in other registries; those that have none are left out.
    read external_ids(ids: &[OrganisationId]) -> HashMap<OrganisationId, Vec<ExternalId>>;

    /// Registers a new organisation.
    write create(content: &OrganisationContent) -> Organisation;

    /// Puts new content in the place of the old. `expected` is the version the caller
    /// knows; `None` accepts any. Content that says the same changes nothing, and the
    /// version stays.
    write update(id: OrganisationId, expected: Option<u32>, content: &OrganisationContent) -> Organisation;

    /// Deletes an organisation. `expected` as in [`update`].
    write delete(id: OrganisationId, expected: Option<u32>) -> ();
}
