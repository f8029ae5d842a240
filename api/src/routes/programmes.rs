//! Programmes: lists, single programmes, and their history.

mod table;
pub mod tree;

use super::operations::operations;
use consortia_domain::programme::{Programme, ProgrammeContent, ProgrammeFilter};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    // Before `/{id}`, which would take `tree` for an id.
    config.configure(tree::register);
    register_operations(config);
}

operations! {
    "programmes": "a programme", "programme";
    types: Programme, ProgrammeContent, ProgrammeFilter, shown as Programme;
    queries: ProgrammeListQuery, ProgrammeQuery, ProgrammePatch;
    store: programme, ids: external;
    examples: programme, programme_list, programme_content, programme_patch;
    list: list_programmes;
    get: get_programme, "One programme, by its id or an external identifier.";
    create: create_programme, "Registers a new programme.";
    replace: replace_programme;
    update: update_programme;
    delete: delete_programme, "Only while nothing refers to it.";
    history: list_programme_revisions;
    state: get_programme_state;
    restore: create_programme_revision;
    withdraw: create_programme_withdrawal;
}
