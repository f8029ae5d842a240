//! Programmes: lists, single programmes, and their history.

mod table;
pub mod tree;

use super::errors::{ChangeErrors, CreateErrors, DeleteErrors, ReadErrors, RecordErrors};
use super::{examples, revisions};
use crate::auth::{Staff, Writer};
use crate::extract::{Body, IdempotencyKey, IfMatch, PatchBody, Query, RecordPath};
use crate::respond::{
    Answer, List, ListQuery, RecordQuery, answer_list, answer_record, changed, create, deleted,
};
use crate::state::State;
use actix_web::{HttpRequest, delete, get, patch, post, put, web};
use consortia_db::{Conn, Tx, programme};
use consortia_domain::id::{EntityKind, RecordRef};
use consortia_domain::merge_patch::MergePatch;
use consortia_domain::programme::{Programme, ProgrammeContent, ProgrammeFilter};
use consortia_domain::revision::Revision;
use utoipa_actix_web::service_config::ServiceConfig;

/// What a list of programmes may be asked for.
pub(super) type ProgrammeListQuery = ListQuery<Programme, ProgrammeFilter>;
/// How one programme may be shown.
type ProgrammeQuery = RecordQuery<Programme>;
/// A change of a programme, as the document shows it.
type ProgrammePatch = MergePatch<ProgrammeContent>;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    // Before `get_programme`, which would take "tree" for an id.
    config.configure(tree::register);
    config.service(get_programme).service(list_programmes).service(create_programme);
    config.service(replace_programme).service(update_programme).service(delete_programme);
    config.service(list_programme_revisions);
}

/// List programmes
///
/// Programmes that match every condition, page by page; as ndjson or csv the whole list.
#[utoipa::path(tag = "programmes", params(ProgrammeListQuery), responses(
    (status = 200, description = "A page of programmes.",
     headers(("ETag" = String, description = "Tells whether the page changed."),
             ("Link" = String, description = "The next page, `rel=\"next\"`.")),
     body = List<Programme>,
     example = examples::programme_list),
    (status = 304, description = "The page has not changed."),
    ReadErrors,
))]
#[get("")]
async fn list_programmes(
    http: HttpRequest,
    state: web::Data<State>,
    query: Query<ProgrammeListQuery>,
) -> Answer {
    answer_list(&http, &state, query.0, programme::list).await
}

/// Get a programme
///
/// One programme, by its id or an external identifier.
#[utoipa::path(tag = "programmes", params(RecordPath, ProgrammeQuery), responses(
    (status = 200, description = "The programme.",
     headers(("ETag" = String, description = "Version and digest; give it back in `If-Match`."),
             ("Last-Modified" = String, description = "When it last changed.")),
     body = Programme, example = examples::programme),
    (status = 304, description = "It has not changed."),
    RecordErrors,
))]
#[get("/{id}")]
async fn get_programme(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    query: Query<ProgrammeQuery>,
) -> Answer {
    let asked = path.0.clone();
    let record = state.read(move |c| programme::get(c, &path.0)).await?;
    answer_record(&http, &query.0, &asked, &record)
}

/// Create a programme
///
/// Registers a new programme. Send an `Idempotency-Key` to be able to repeat the request safely.
#[utoipa::path(tag = "programmes", security(("bearer" = [])), params(IdempotencyKey),
    request_body(content = ProgrammeContent, example = examples::programme_content),
    responses(
        (status = 201, description = "It was created.",
         headers(("Location" = String, description = "Where it is."),
                 ("ETag" = String, description = "Its version and digest.")),
         body = Programme,
         example = examples::programme),
        CreateErrors,
    )
)]
#[post("")]
async fn create_programme(
    http: HttpRequest,
    state: web::Data<State>,
    writer: Writer,
    key: IdempotencyKey,
    body: Body<ProgrammeContent>,
) -> Answer {
    let Body { value, json } = body;
    create(&http, &state, &writer.0, key, &json, move |tx| programme::create(tx, &value)).await
}

/// Replace a programme
///
/// Puts the whole content in the place of the old: what is left out becomes unknown.
#[utoipa::path(tag = "programmes", security(("bearer" = [])), params(RecordPath, IfMatch),
    request_body(content = ProgrammeContent, example = examples::programme_content),
    responses(
        (status = 200, description = "It was replaced.",
         headers(("ETag" = String, description = "Its new version and digest.")),
         body = Programme,
         example = examples::programme),
        ChangeErrors,
    )
)]
#[put("/{id}")]
async fn replace_programme(
    state: web::Data<State>,
    writer: Writer,
    path: RecordPath,
    if_match: IfMatch,
    body: Body<ProgrammeContent>,
) -> Answer {
    let work = move |tx: &mut Tx<'_>| {
        let old = programme::get(tx.conn(), &path.0)?;
        if_match.check(old.stamp.version)?;
        programme::update(tx, old.id, Some(old.stamp.version), &body.value)
    };
    changed(&state.write(&writer.0, work).await?)
}

/// Change a programme
///
/// A JSON Merge Patch (RFC 7396): what is left out stays, null forgets, a list is replaced as
/// a whole.
#[utoipa::path(tag = "programmes", security(("bearer" = [])), params(RecordPath, IfMatch),
    request_body(content = ProgrammePatch,
                 content_type = "application/merge-patch+json",
                 example = examples::programme_patch),
    responses(
        (status = 200, description = "It was changed.",
         headers(("ETag" = String, description = "Its new version and digest.")),
         body = Programme,
         example = examples::programme),
        ChangeErrors,
    )
)]
#[patch("/{id}")]
async fn update_programme(
    state: web::Data<State>,
    writer: Writer,
    path: RecordPath,
    if_match: IfMatch,
    body: PatchBody<ProgrammeContent>,
) -> Answer {
    let work = move |tx: &mut Tx<'_>| {
        let old = programme::get(tx.conn(), &path.0)?;
        if_match.check(old.stamp.version)?;
        let content = body.0.apply(&old.content)?;
        programme::update(tx, old.id, Some(old.stamp.version), &content)
    };
    changed(&state.write(&writer.0, work).await?)
}

/// Delete a programme
///
/// Only while nothing refers to it. Its history stays, and reading it answers 410. Needs the role staff.
#[utoipa::path(tag = "programmes", security(("bearer" = [])), params(RecordPath, IfMatch),
    responses((status = 204, description = "It was deleted."), DeleteErrors)
)]
#[delete("/{id}")]
async fn delete_programme(
    state: web::Data<State>,
    staff: Staff,
    path: RecordPath,
    if_match: IfMatch,
) -> Answer {
    let work = move |tx: &mut Tx<'_>| {
        let old = programme::get(tx.conn(), &path.0)?;
        if_match.check(old.stamp.version)?;
        programme::delete(tx, old.id, Some(old.stamp.version))
    };
    state.write(&staff.0, work).await?;
    deleted()
}

/// List the changes of a programme
///
/// Its history, oldest first; a deleted programme keeps its own, under its id.
#[utoipa::path(tag = "programmes", params(RecordPath, revisions::RevisionQuery), responses(
    (status = 200, description = "A page of its history.", body = List<Revision>,
     example = examples::revision_list),
    (status = 304, description = "The page has not changed."),
    RecordErrors,
))]
#[get("/{id}/revisions")]
async fn list_programme_revisions(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    query: Query<revisions::RevisionQuery>,
) -> Answer {
    let resolve = |c: &mut Conn<'_>, wanted: &RecordRef| Ok(programme::resolve(c, wanted)?.into());
    revisions::answer(&http, &state, EntityKind::Programme, path, query.0, resolve).await
}
