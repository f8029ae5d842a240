//! Calls: lists, single calls, and their history.

mod table;

use super::operations::operations;
use consortia_domain::call::{Call, CallContent, CallFilter};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    register_operations(config);
}

operations! {
    "calls": "a call", "call";
    types: Call, CallContent, CallFilter, shown as Call;
    queries: CallListQuery, CallQuery, CallPatch;
    store: call, ids: external;
    examples: call, call_list, call_content, call_patch;
    list: list_calls;
    get: get_call, "One call, by its id or an external identifier.";
    create: create_call, "Registers a new call.";
    replace: replace_call;
    update: update_call;
    delete: delete_call, "Only while nothing refers to it.";
    history: list_call_revisions;
    state: get_call_state;
    restore: create_call_revision;
    withdraw: create_call_withdrawal;
}
