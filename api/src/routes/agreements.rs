//! Agreements: lists, single agreements, their history, and what they yielded.

mod table;
mod r#yield;

use super::operations::operations;
use consortia_domain::agreement::{Agreement, AgreementContent, AgreementFilter};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    register_operations(config);
    config.configure(r#yield::register);
}

operations! {
    "agreements": "an agreement", "agreement";
    types: Agreement, AgreementContent, AgreementFilter, shown as Agreement;
    queries: AgreementListQuery, AgreementQuery, AgreementPatch;
    store: agreement, ids: own("/api/v1/agreements?party={} finds those of an organisation.");
    examples: agreement, agreement_list, agreement_content, agreement_patch;
    list: list_agreements;
    get: get_agreement, "One agreement, by its id.";
    create: create_agreement, "Registers what two or more organisations have agreed.";
    replace: replace_agreement;
    update: update_agreement;
    delete: delete_agreement, "Nothing else changes.";
    history: list_agreement_revisions;
    state: get_agreement_state;
    restore: create_agreement_revision;
    withdraw: create_agreement_withdrawal;
}
