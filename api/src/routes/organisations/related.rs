//! What belongs to an organisation: its projects, its relations and its agreements.

use super::super::agreements::AgreementListQuery;
use super::super::projects::{ProjectListQuery, ProjectView};
use super::super::relations::RelationListQuery;
use super::super::{errors::RecordErrors, examples};
use crate::extract::{Query, RecordPath};
use crate::respond::registered::list_narrowed;
use crate::respond::{Answer, List};
use crate::state::State;
use actix_web::{HttpRequest, get, web};
use consortia_db::{Conn, organisation};
use consortia_domain::agreement::{Agreement, AgreementFilter};
use consortia_domain::filter::Condition;
use consortia_domain::id::RecordRef;
use consortia_domain::project::{Project, ProjectFilter};
use consortia_domain::relation::{Relation, RelationFilter};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(list_organisation_projects).service(list_organisation_relations);
    config.service(list_organisation_agreements);
}

/// List the projects of an organisation
///
/// Projects it takes part in, in whatever role; takes all parameters of the list of projects.
#[utoipa::path(tag = "organisations", params(RecordPath, ProjectListQuery), responses(
    (status = 200, description = "A page of its projects.", body = List<ProjectView>,
     example = examples::project_list),
    (status = 304, description = "The page has not changed."),
    RecordErrors,
))]
#[get("/{id}/projects")]
async fn list_organisation_projects(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    query: Query<ProjectListQuery>,
) -> Answer {
    let narrow = move |c: &mut Conn<'_>, filter: &mut ProjectFilter| {
        let id: RecordRef = organisation::resolve(c, &path.0)?.into();
        filter.organisation.0.push(Condition { negated: false, values: vec![id], unknown: false });
        Ok(())
    };
    list_narrowed::<Project, _>(&http, &state, query.0, narrow).await
}

/// List the relations of an organisation
///
/// What it is to other organisations and these to it: both directions.
#[utoipa::path(tag = "organisations", params(RecordPath, RelationListQuery), responses(
    (status = 200, description = "A page of its relations.", body = List<Relation>,
     example = examples::relation_list),
    (status = 304, description = "The page has not changed."),
    RecordErrors,
))]
#[get("/{id}/relations")]
async fn list_organisation_relations(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    query: Query<RelationListQuery>,
) -> Answer {
    let narrow = move |c: &mut Conn<'_>, filter: &mut RelationFilter| {
        let id: RecordRef = organisation::resolve(c, &path.0)?.into();
        filter.organisation.0.push(Condition { negated: false, values: vec![id], unknown: false });
        Ok(())
    };
    list_narrowed::<Relation, _>(&http, &state, query.0, narrow).await
}

/// List the agreements of an organisation
///
/// Those it is a party to; takes all parameters of the list of agreements.
#[utoipa::path(tag = "organisations", params(RecordPath, AgreementListQuery), responses(
    (status = 200, description = "A page of its agreements.", body = List<Agreement>,
     example = examples::agreement_list),
    (status = 304, description = "The page has not changed."),
    RecordErrors,
))]
#[get("/{id}/agreements")]
async fn list_organisation_agreements(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    query: Query<AgreementListQuery>,
) -> Answer {
    let narrow = move |c: &mut Conn<'_>, filter: &mut AgreementFilter| {
        let id: RecordRef = organisation::resolve(c, &path.0)?.into();
        filter.party.0.push(Condition { negated: false, values: vec![id], unknown: false });
        Ok(())
    };
    list_narrowed::<Agreement, _>(&http, &state, query.0, narrow).await
}
