//! Relations: lists, single relations, and their history.

mod table;

use super::operations::operations;
use consortia_domain::relation::{Relation, RelationContent, RelationFilter};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    register_operations(config);
}

operations! {
    "relations": "a relation", "relation";
    types: Relation, RelationContent, RelationFilter, shown as Relation;
    queries: RelationListQuery, RelationQuery, RelationPatch;
    store: relation, ids: own(
        "/api/v1/relations?from={} and ?to={} find those of a project or an organisation."
    );
    examples: relation, relation_list, relation_content, relation_patch;
    list: list_relations;
    get: get_relation, "One relation, by its id.";
    create: create_relation, "Registers what one project is to another, or one organisation to another. The \
     same statement is registered once.";
    replace: replace_relation;
    update: update_relation;
    delete: delete_relation, "Nothing else changes.";
    history: list_relation_revisions;
    state: get_relation_state;
    restore: create_relation_revision;
    withdraw: create_relation_withdrawal;
}
