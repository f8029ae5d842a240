//! Organisations: lists, single organisations, and their history.

pub mod diversity;
pub mod members;
pub mod network;
pub mod partners;
pub mod profile;
pub mod related;
mod table;

use super::operations::operations;
use consortia_domain::organisation::{Organisation, OrganisationContent, OrganisationFilter};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    register_operations(config);
    config.configure(related::register);
    config.configure(partners::register).configure(diversity::register);
    config.configure(network::register).configure(profile::register);
    config.configure(members::register);
    config.configure(super::contacts::register_of_organisations);
}

operations! {
    "organisations": "an organisation", "organisation";
    types: Organisation, OrganisationContent, OrganisationFilter, shown as Organisation;
    queries: OrganisationListQuery, OrganisationQuery, OrganisationPatch;
    store: organisation, ids: external;
    examples: organisation, organisation_list, organisation_content, organisation_patch;
    list: list_organisations;
    get: get_organisation, "One organisation, by its id or an external identifier.";
    create: create_organisation, "Registers a new organisation.";
    replace: replace_organisation;
    update: update_organisation;
    delete: delete_organisation, "Only while nothing refers to it.";
    history: list_organisation_revisions;
    state: get_organisation_state;
    restore: create_organisation_revision;
    withdraw: create_organisation_withdrawal;
}
