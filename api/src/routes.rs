//! The routes, one file per resource. A handler registered here is in the document.

pub mod accounts;
pub mod agreements;
pub mod bundle;
pub mod calls;
pub mod claims;
pub mod contacts;
pub mod discovery;
mod docs;
pub mod drafts;
pub(crate) mod errors;
pub(crate) mod examples;
pub mod health;
pub mod imports;
pub mod network;
mod operations;
pub mod organisations;
pub mod participations;
mod problems;
pub mod programmes;
pub mod projects;
pub mod quality;
pub mod read_tokens;
pub mod relations;
pub mod revisions;
pub mod sessions;
pub mod sources;
pub mod statements;
pub mod themes;
pub mod vocabularies;
pub mod workbook;

use actix_web::web;
use utoipa_actix_web::scope::scope;
use utoipa_actix_web::service_config::ServiceConfig;

/// Addresses of pages for people, which are not part of the document.
pub(crate) const PAGES: [&str; 6] =
    ["/", "/docs", "/docs/", "/docs/{file}", "/problems", "/openapi.json"];

/// Registers every operation of the API. Each resource has its own scope, so that finding a
/// route takes a comparison per resource and not one per operation.
pub fn register(config: &mut ServiceConfig<'_>) {
    config.service(scope("/api/v1/projects").configure(projects::register));
    config.service(scope("/api/v1/organisations").configure(organisations::register));
    config.service(scope("/api/v1/participations").configure(participations::register));
    config.service(scope("/api/v1/relations").configure(relations::register));
    config.service(scope("/api/v1/agreements").configure(agreements::register));
    config.service(scope("/api/v1/sources").configure(sources::register));
    config.service(scope("/api/v1/statements").configure(statements::register));
    config.service(scope("/api/v1/programmes").configure(programmes::register));
    config.service(scope("/api/v1/calls").configure(calls::register));
    config.service(scope("/api/v1/themes").configure(themes::register));
    config.service(scope("/api/v1/network").configure(network::register));
    config.service(scope("/api/v1/claims").configure(claims::register));
    config.service(scope("/api/v1/imports").configure(imports::register));
    config.service(scope("/api/v1/bundle").configure(bundle::register));
    config.service(scope("/api/v1/workbook").configure(workbook::register));
    config.service(scope("/api/v1/quality").configure(quality::register));
    config.service(scope("/api/v1/vocabularies").configure(vocabularies::register));
    config.service(scope("/api/v1/accounts").configure(accounts::register));
    config.service(scope("/api/v1/contacts").configure(contacts::register));
    config.service(scope("/api/v1/drafts").configure(drafts::register));
    config.service(scope("/api/v1/sessions").configure(sessions::register));
    config.service(scope("/api/v1/read-tokens").configure(read_tokens::register));
    config.service(scope("/health").configure(health::register));
    config.configure(discovery::register);
}

/// Registers the pages for people.
pub(crate) fn register_pages(config: &mut web::ServiceConfig) {
    docs::register(config);
    problems::register(config);
}
