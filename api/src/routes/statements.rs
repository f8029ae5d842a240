//! Statements: lists, single statements, and their history.

mod table;

use super::operations::operations;
use consortia_domain::statement::{Statement, StatementContent, StatementFilter};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    register_operations(config);
}

operations! {
    "statements": "a statement", "statement";
    types: Statement, StatementContent, StatementFilter, shown as Statement;
    queries: StatementListQuery, StatementQuery, StatementPatch;
    store: statement, ids: own(
        "/api/v1/statements?about={} finds those about a record."
    );
    examples: statement, statement_list, statement_content, statement_patch;
    list: list_statements;
    get: get_statement, "One statement, by its id.";
    create: create_statement,
        "Registers what a source says of one field of a record. The record itself does not \
         change.";
    replace: replace_statement;
    update: update_statement;
    delete: delete_statement, "The record it is about does not change.";
    history: list_statement_revisions;
    state: get_statement_state;
    restore: create_statement_revision;
    withdraw: create_statement_withdrawal;
}
