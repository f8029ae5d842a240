//! Participations: lists, single participations, and their history.

mod table;

use super::errors::{ChangeErrors, DeleteErrors, ReadErrors, RecordErrors};
use super::{examples, revisions};
use crate::auth::{Staff, Writer};
use crate::extract::{Body, IfMatch, PatchBody, Query, RecordPath};
use crate::problem::Problem;
use crate::respond::{
    Answer, List, ListQuery, RecordQuery, answer_list, answer_record, changed, deleted,
};
use crate::state::State;
use actix_web::{HttpRequest, delete, get, patch, put, web};
use consortia_db::{Conn, Tx, participation};
use consortia_domain::error::Invalid;
use consortia_domain::id::{EntityKind, ParticipationId, RecordRef};
use consortia_domain::merge_patch::MergePatch;
use consortia_domain::page::ListRequest;
use consortia_domain::participation::{Participation, ParticipationContent, ParticipationFilter};
use consortia_domain::revision::Revision;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

/// What a list of participations may be asked for.
pub(super) type ParticipationListQuery = ListQuery<Participation, ParticipationFilter>;
/// How one participation may be shown.
type ParticipationQuery = RecordQuery<Participation>;
/// A change of a participation, as the document shows it.
type ParticipationPatch = MergePatch<ParticipationContent>;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_participation).service(list_participations);
    config
        .service(replace_participation)
        .service(update_participation)
        .service(delete_participation);
    config.service(list_participation_revisions);
}

/// List participations
///
/// Participations that match every condition, page by page; as ndjson or csv the whole list.
#[utoipa::path(tag = "participations", params(ParticipationListQuery), responses(
    (status = 200, description = "A page of participations.",
     headers(("ETag" = String, description = "Tells whether the page changed."),
             ("Link" = String, description = "The next page, `rel=\"next\"`.")),
     body = List<Participation>,
     example = examples::participation_list),
    (status = 304, description = "The page has not changed."),
    ReadErrors,
))]
#[get("")]
async fn list_participations(
    http: HttpRequest,
    state: web::Data<State>,
    query: Query<ParticipationListQuery>,
) -> Answer {
    list_of(&http, &state, query.0, |_, _| Ok(())).await
}

/// Answers with the participations that are left when `narrow` has added to the filter.
pub(super) async fn list_of<N>(
    http: &HttpRequest,
    state: &web::Data<State>,
    query: ParticipationListQuery,
    narrow: N,
) -> Answer
where
    N: Fn(&mut Conn<'_>, &mut ParticipationFilter) -> consortia_db::Result<()>,
    N: Clone + Send + 'static,
{
    let load = move |c: &mut Conn<'_>, request: &ListRequest<ParticipationFilter>| {
        let mut request = request.clone();
        narrow(c, &mut request.filter)?;
        participation::list(c, &request)
    };
    answer_list(http, state, query, load).await
}

/// The id at `path`: participations have no identifiers of other registries.
fn own_id(path: &RecordPath) -> Result<ParticipationId, Problem> {
    match &path.0 {
        RecordRef::Id(id) => Ok((*id).into()),
        RecordRef::External(external) => {
            let detail = format!(
                "'{external}' cannot name a participation, which has no external identifiers. \
                 Expected its id; /api/v1/participations?organisation={external} finds it."
            );
            Err(Problem::invalid_parameter("id", Invalid::new("invalid_id", detail)))
        }
    }
}

/// Get a participation
///
/// One participation, by its id.
#[utoipa::path(tag = "participations", params(RecordPath, ParticipationQuery), responses(
    (status = 200, description = "The participation.",
     headers(("ETag" = String, description = "Version and digest; give it back in `If-Match`."),
             ("Last-Modified" = String, description = "When it last changed.")),
     body = Participation, example = examples::participation),
    (status = 304, description = "It has not changed."),
    RecordErrors,
))]
#[get("/{id}")]
async fn get_participation(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    query: Query<ParticipationQuery>,
) -> Answer {
    let id = own_id(&path)?;
    let record = state.read(move |c| participation::get(c, id)).await?;
    answer_record(&http, &query.0, &path.0, &record)
}

/// Replace a participation
///
/// Puts the whole content in the place of the old: what is left out becomes unknown.
#[utoipa::path(tag = "participations", security(("bearer" = [])), params(RecordPath, IfMatch),
    request_body(content = ParticipationContent, example = examples::participation_content),
    responses(
        (status = 200, description = "It was replaced.",
         headers(("ETag" = String, description = "Its new version and digest.")),
         body = Participation,
         example = examples::participation),
        ChangeErrors,
    )
)]
#[put("/{id}")]
async fn replace_participation(
    state: web::Data<State>,
    writer: Writer,
    path: RecordPath,
    if_match: IfMatch,
    body: Body<ParticipationContent>,
) -> Answer {
    let id = own_id(&path)?;
    let work = move |tx: &mut Tx<'_>| {
        let old = participation::get(tx.conn(), id)?;
        if_match.check(old.stamp.version)?;
        participation::update(tx, old.id, Some(old.stamp.version), &body.value)
    };
    changed(&state.write(&writer.0, work).await?)
}

/// Change a participation
///
/// A JSON Merge Patch (RFC 7396): what is left out stays, null forgets, a list is replaced as
/// a whole.
#[utoipa::path(tag = "participations", security(("bearer" = [])), params(RecordPath, IfMatch),
    request_body(content = ParticipationPatch,
                 content_type = "application/merge-patch+json",
                 example = examples::participation_patch),
    responses(
        (status = 200, description = "It was changed.",
         headers(("ETag" = String, description = "Its new version and digest.")),
         body = Participation,
         example = examples::participation),
        ChangeErrors,
    )
)]
#[patch("/{id}")]
async fn update_participation(
    state: web::Data<State>,
    writer: Writer,
    path: RecordPath,
    if_match: IfMatch,
    body: PatchBody<ParticipationContent>,
) -> Answer {
    let id = own_id(&path)?;
    let work = move |tx: &mut Tx<'_>| {
        let old = participation::get(tx.conn(), id)?;
        if_match.check(old.stamp.version)?;
        let content = body.0.apply(&old.content)?;
        participation::update(tx, old.id, Some(old.stamp.version), &content)
    };
    changed(&state.write(&writer.0, work).await?)
}

/// Delete a participation
///
/// Nothing else changes. Its history stays, and reading it answers 410. Needs the role staff.
#[utoipa::path(tag = "participations", security(("bearer" = [])), params(RecordPath, IfMatch),
    responses((status = 204, description = "It was deleted."), DeleteErrors)
)]
#[delete("/{id}")]
async fn delete_participation(
    state: web::Data<State>,
    staff: Staff,
    path: RecordPath,
    if_match: IfMatch,
) -> Answer {
    let id = own_id(&path)?;
    let work = move |tx: &mut Tx<'_>| {
        let old = participation::get(tx.conn(), id)?;
        if_match.check(old.stamp.version)?;
        participation::delete(tx, old.id, Some(old.stamp.version))
    };
    state.write(&staff.0, work).await?;
    deleted()
}

/// List the changes of a participation
///
/// Its history, oldest first; a deleted participation keeps its own, under its id.
#[utoipa::path(tag = "participations", params(RecordPath, revisions::RevisionQuery), responses(
    (status = 200, description = "A page of its history.", body = List<Revision>,
     example = examples::revision_list),
    (status = 304, description = "The page has not changed."),
    RecordErrors,
))]
#[get("/{id}/revisions")]
async fn list_participation_revisions(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    query: Query<revisions::RevisionQuery>,
) -> Answer {
    own_id(&path)?;
    let resolve = |_: &mut Conn<'_>, _: &_| Ok(Uuid::nil());
    revisions::answer(&http, &state, EntityKind::Participation, path, query.0, resolve).await
}
