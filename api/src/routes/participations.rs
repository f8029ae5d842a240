//! Participations: lists, single participations, and their history.

mod table;

use super::operations::operations;
use consortia_domain::participation::{Participation, ParticipationContent, ParticipationFilter};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    register_operations(config);
}

operations! {
    "participations": "a participation", "participation";
    types: Participation, ParticipationContent, ParticipationFilter, shown as Participation;
    queries: ParticipationListQuery, ParticipationQuery, ParticipationPatch;
    store: participation, ids: own("/api/v1/participations?organisation={} finds it.");
    examples: participation, participation_list, participation_content, participation_patch;
    list: list_participations;
    get: get_participation, "One participation, by its id.";
    replace: replace_participation;
    update: update_participation;
    delete: delete_participation, "Nothing else changes.";
    history: list_participation_revisions;
    state: get_participation_state;
    restore: create_participation_revision;
    withdraw: create_participation_withdrawal;
}
