//! What belongs to a project: its participations and its relations.

use super::super::participations::ParticipationListQuery;
use super::super::relations::RelationListQuery;
use super::super::{
    errors::{CreateErrors, RecordErrors},
    examples,
};
use crate::auth::Writer;
use crate::extract::{Body, IdempotencyKey, Query, RecordPath};
use crate::respond::registered::list_narrowed;
use crate::respond::{Answer, List, create};
use crate::state::State;
use actix_web::{HttpRequest, get, post, web};
use consortia_db::{Conn, Tx, participation, project};
use consortia_domain::filter::Condition;
use consortia_domain::id::{EntityKind, RecordRef};
use consortia_domain::participation::{Participation, ParticipationContent, ParticipationFilter};
use consortia_domain::relation::{Relation, RelationFilter};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(list_project_participations).service(create_participation);
    config.service(list_project_relations);
}

/// List the participations of a project
///
/// Who takes part in it, in the project's own order when `sort=order`.
#[utoipa::path(tag = "projects", params(RecordPath, ParticipationListQuery), responses(
    (status = 200, description = "A page of its participations.", body = List<Participation>,
     example = examples::participation_list),
    (status = 304, description = "The page has not changed."),
    RecordErrors,
))]
#[get("/{id}/participations")]
async fn list_project_participations(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    query: Query<ParticipationListQuery>,
) -> Answer {
    let narrow = move |c: &mut Conn<'_>, filter: &mut ParticipationFilter| {
        let id: RecordRef = project::resolve(c, &path.0)?.into();
        filter.project.0.push(Condition { negated: false, values: vec![id], unknown: false });
        Ok(())
    };
    list_narrowed::<Participation, _>(&http, &state, query.0, narrow).await
}

/// Create a participation in a project
///
/// Registers that an organisation takes part in the project. It may take part twice, in
/// different roles.
#[utoipa::path(tag = "projects", security(("bearer" = [])), params(RecordPath, IdempotencyKey),
    request_body(content = ParticipationContent, example = examples::participation_content),
    responses(
        (status = 201, description = "It was created.",
         headers(("Location" = String, description = "Where it is."),
                 ("ETag" = String, description = "Its version and digest.")),
         body = Participation,
         example = examples::participation),
        CreateErrors,
    )
)]
#[post("/{id}/participations")]
async fn create_participation(
    http: HttpRequest,
    state: web::Data<State>,
    writer: Writer,
    path: RecordPath,
    key: IdempotencyKey,
    body: Body<ParticipationContent>,
) -> Answer {
    let Body { value, json } = body;
    let rights = writer.0.rights();
    let work = move |tx: &mut Tx<'_>| {
        let project = project::resolve(tx.conn(), &path.0)?;
        rights.add_to(tx.conn(), EntityKind::Project, project.into())?;
        participation::create(tx, project, &value)
    };
    create(&http, &state, &writer.0, key, &json, work).await
}

/// List the relations of a project
///
/// What it is to other projects and these to it: both directions.
#[utoipa::path(tag = "projects", params(RecordPath, RelationListQuery), responses(
    (status = 200, description = "A page of its relations.", body = List<Relation>,
     example = examples::relation_list),
    (status = 304, description = "The page has not changed."),
    RecordErrors,
))]
#[get("/{id}/relations")]
async fn list_project_relations(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    query: Query<RelationListQuery>,
) -> Answer {
    let narrow = move |c: &mut Conn<'_>, filter: &mut RelationFilter| {
        let id: RecordRef = project::resolve(c, &path.0)?.into();
        filter.project.0.push(Condition { negated: false, values: vec![id], unknown: false });
        Ok(())
    };
    list_narrowed::<Relation, _>(&http, &state, query.0, narrow).await
}
