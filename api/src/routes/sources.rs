//! Sources: lists, single sources, and their history.

mod table;

use super::operations::operations;
use consortia_domain::source::{Source, SourceContent, SourceFilter};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    register_operations(config);
}

operations! {
    "sources": "a source", "source";
    types: Source, SourceContent, SourceFilter, shown as Source;
    queries: SourceListQuery, SourceQuery, SourcePatch;
    store: source, ids: own("/api/v1/sources?q={} looks for its name.");
    examples: source, source_list, source_content, source_patch;
    list: list_sources;
    get: get_source, "One source, by its id.";
    create: create_source, "Registers where facts come from.";
    replace: replace_source;
    update: update_source;
    delete: delete_source, "Only while no statement comes from it.";
    history: list_source_revisions;
    state: get_source_state;
    restore: create_source_revision;
    withdraw: create_source_withdrawal;
}
