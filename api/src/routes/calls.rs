//! Calls: lists, single calls, and their history.

mod table;

use super::errors::{ChangeErrors, CreateErrors, DeleteErrors, ReadErrors, RecordErrors};
use super::{examples, revisions};
use crate::auth::{Staff, Writer};
use crate::extract::{Body, IdempotencyKey, IfMatch, PatchBody, Query, RecordPath};
use crate::respond::{
    Answer, List, ListQuery, RecordQuery, answer_list, answer_record, changed, create, deleted,
};
use crate::state::State;
use actix_web::{HttpRequest, delete, get, patch, post, put, web};
use consortia_db::{Conn, Tx, call};
use consortia_domain::call::{Call, CallContent, CallFilter};
use consortia_domain::id::{EntityKind, RecordRef};
use consortia_domain::merge_patch::MergePatch;
use consortia_domain::revision::Revision;
use utoipa_actix_web::service_config::ServiceConfig;

/// What a list of calls may be asked for.
pub(super) type CallListQuery = ListQuery<Call, CallFilter>;
/// How one call may be shown.
type CallQuery = RecordQuery<Call>;
/// A change of a call, as the document shows it.
type CallPatch = MergePatch<CallContent>;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_call).service(list_calls).service(create_call);
    config.service(replace_call).service(update_call).service(delete_call);
    config.service(list_call_revisions);
}

/// List calls
///
/// Calls that match every condition, page by page; as ndjson or csv the whole list.
#[utoipa::path(tag = "calls", params(CallListQuery), responses(
    (status = 200, description = "A page of calls.",
     headers(("ETag" = String, description = "Tells whether the page changed."),
             ("Link" = String, description = "The next page, `rel=\"next\"`.")),
     body = List<Call>,
     example = examples::call_list),
    (status = 304, description = "The page has not changed."),
    ReadErrors,
))]
#[get("")]
async fn list_calls(
    http: HttpRequest,
    state: web::Data<State>,
    query: Query<CallListQuery>,
) -> Answer {
    answer_list(&http, &state, query.0, call::list).await
}

/// Get a call
///
/// One call, by its id or an external identifier.
#[utoipa::path(tag = "calls", params(RecordPath, CallQuery), responses(
    (status = 200, description = "The call.",
     headers(("ETag" = String, description = "Version and digest; give it back in `If-Match`."),
             ("Last-Modified" = String, description = "When it last changed.")),
     body = Call, example = examples::call),
    (status = 304, description = "It has not changed."),
    RecordErrors,
))]
#[get("/{id}")]
async fn get_call(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    query: Query<CallQuery>,
) -> Answer {
    let asked = path.0.clone();
    let record = state.read(move |c| call::get(c, &path.0)).await?;
    answer_record(&http, &query.0, &asked, &record)
}

/// Create a call
///
/// Registers a new call. Send an `Idempotency-Key` to be able to repeat the request safely.
#[utoipa::path(tag = "calls", security(("bearer" = [])), params(IdempotencyKey),
    request_body(content = CallContent, example = examples::call_content),
    responses(
        (status = 201, description = "It was created.",
         headers(("Location" = String, description = "Where it is."),
                 ("ETag" = String, description = "Its version and digest.")),
         body = Call,
         example = examples::call),
        CreateErrors,
    )
)]
#[post("")]
async fn create_call(
    http: HttpRequest,
    state: web::Data<State>,
    writer: Writer,
    key: IdempotencyKey,
    body: Body<CallContent>,
) -> Answer {
    let Body { value, json } = body;
    create(&http, &state, &writer.0, key, &json, move |tx| call::create(tx, &value)).await
}

/// Replace a call
///
/// Puts the whole content in the place of the old: what is left out becomes unknown.
#[utoipa::path(tag = "calls", security(("bearer" = [])), params(RecordPath, IfMatch),
    request_body(content = CallContent, example = examples::call_content),
    responses(
        (status = 200, description = "It was replaced.",
         headers(("ETag" = String, description = "Its new version and digest.")),
         body = Call,
         example = examples::call),
        ChangeErrors,
    )
)]
#[put("/{id}")]
async fn replace_call(
    state: web::Data<State>,
    writer: Writer,
    path: RecordPath,
    if_match: IfMatch,
    body: Body<CallContent>,
) -> Answer {
    let work = move |tx: &mut Tx<'_>| {
        let old = call::get(tx.conn(), &path.0)?;
        if_match.check(old.stamp.version)?;
        call::update(tx, old.id, Some(old.stamp.version), &body.value)
    };
    changed(&state.write(&writer.0, work).await?)
}

/// Change a call
///
/// A JSON Merge Patch (RFC 7396): what is left out stays, null forgets, a list is replaced as
/// a whole.
#[utoipa::path(tag = "calls", security(("bearer" = [])), params(RecordPath, IfMatch),
    request_body(content = CallPatch,
                 content_type = "application/merge-patch+json",
                 example = examples::call_patch),
    responses(
        (status = 200, description = "It was changed.",
         headers(("ETag" = String, description = "Its new version and digest.")),
         body = Call,
         example = examples::call),
        ChangeErrors,
    )
)]
#[patch("/{id}")]
async fn update_call(
    state: web::Data<State>,
    writer: Writer,
    path: RecordPath,
    if_match: IfMatch,
    body: PatchBody<CallContent>,
) -> Answer {
    let work = move |tx: &mut Tx<'_>| {
        let old = call::get(tx.conn(), &path.0)?;
        if_match.check(old.stamp.version)?;
        let content = body.0.apply(&old.content)?;
        call::update(tx, old.id, Some(old.stamp.version), &content)
    };
    changed(&state.write(&writer.0, work).await?)
}

/// Delete a call
///
/// Only while nothing refers to it. Its history stays, and reading it answers 410. Needs the role staff.
#[utoipa::path(tag = "calls", security(("bearer" = [])), params(RecordPath, IfMatch),
    responses((status = 204, description = "It was deleted."), DeleteErrors)
)]
#[delete("/{id}")]
async fn delete_call(
    state: web::Data<State>,
    staff: Staff,
    path: RecordPath,
    if_match: IfMatch,
) -> Answer {
    let work = move |tx: &mut Tx<'_>| {
        let old = call::get(tx.conn(), &path.0)?;
        if_match.check(old.stamp.version)?;
        call::delete(tx, old.id, Some(old.stamp.version))
    };
    state.write(&staff.0, work).await?;
    deleted()
}

/// List the changes of a call
///
/// Its history, oldest first; a deleted call keeps its own, under its id.
#[utoipa::path(tag = "calls", params(RecordPath, revisions::RevisionQuery), responses(
    (status = 200, description = "A page of its history.", body = List<Revision>,
     example = examples::revision_list),
    (status = 304, description = "The page has not changed."),
    RecordErrors,
))]
#[get("/{id}/revisions")]
async fn list_call_revisions(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    query: Query<revisions::RevisionQuery>,
) -> Answer {
    let resolve = |c: &mut Conn<'_>, wanted: &RecordRef| Ok(call::resolve(c, wanted)?.into());
    revisions::answer(&http, &state, EntityKind::Call, path, query.0, resolve).await
}
