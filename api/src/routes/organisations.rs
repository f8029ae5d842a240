//! Organisations: lists, single organisations, and their history.

pub mod diversity;
pub mod network;
pub mod partners;
pub mod profile;
pub mod related;
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
use consortia_db::{Conn, Tx, organisation};
use consortia_domain::id::{EntityKind, RecordRef};
use consortia_domain::merge_patch::MergePatch;
use consortia_domain::organisation::{Organisation, OrganisationContent, OrganisationFilter};
use consortia_domain::revision::Revision;
use utoipa_actix_web::service_config::ServiceConfig;

/// What a list of organisations may be asked for.
pub(super) type OrganisationListQuery = ListQuery<Organisation, OrganisationFilter>;
/// How one organisation may be shown.
type OrganisationQuery = RecordQuery<Organisation>;
/// A change of an organisation, as the document shows it.
type OrganisationPatch = MergePatch<OrganisationContent>;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_organisation).service(list_organisations).service(create_organisation);
    config.service(replace_organisation).service(update_organisation).service(delete_organisation);
    config.service(list_organisation_revisions);
    config.configure(related::register);
    config.configure(partners::register).configure(diversity::register);
    config.configure(network::register).configure(profile::register);
}

/// List organisations
///
/// Organisations that match every condition, page by page; as ndjson or csv the whole list.
#[utoipa::path(tag = "organisations", params(OrganisationListQuery), responses(
    (status = 200, description = "A page of organisations.",
     headers(("ETag" = String, description = "Tells whether the page changed."),
             ("Link" = String, description = "The next page, `rel=\"next\"`.")),
     body = List<Organisation>,
     example = examples::organisation_list),
    (status = 304, description = "The page has not changed."),
    ReadErrors,
))]
#[get("")]
async fn list_organisations(
    http: HttpRequest,
    state: web::Data<State>,
    query: Query<OrganisationListQuery>,
) -> Answer {
    answer_list(&http, &state, query.0, organisation::list).await
}

/// Get an organisation
///
/// One organisation, by its id or an external identifier.
#[utoipa::path(tag = "organisations", params(RecordPath, OrganisationQuery), responses(
    (status = 200, description = "The organisation.",
     headers(("ETag" = String, description = "Version and digest; give it back in `If-Match`."),
             ("Last-Modified" = String, description = "When it last changed.")),
     body = Organisation, example = examples::organisation),
    (status = 304, description = "It has not changed."),
    RecordErrors,
))]
#[get("/{id}")]
async fn get_organisation(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    query: Query<OrganisationQuery>,
) -> Answer {
    let asked = path.0.clone();
    let record = state.read(move |c| organisation::get(c, &path.0)).await?;
    answer_record(&http, &query.0, &asked, &record)
}

/// Create an organisation
///
/// Registers a new organisation. Send an `Idempotency-Key` to be able to repeat the request safely.
#[utoipa::path(tag = "organisations", security(("bearer" = [])), params(IdempotencyKey),
    request_body(content = OrganisationContent, example = examples::organisation_content),
    responses(
        (status = 201, description = "It was created.",
         headers(("Location" = String, description = "Where it is."),
                 ("ETag" = String, description = "Its version and digest.")),
         body = Organisation,
         example = examples::organisation),
        CreateErrors,
    )
)]
#[post("")]
async fn create_organisation(
    http: HttpRequest,
    state: web::Data<State>,
    writer: Writer,
    key: IdempotencyKey,
    body: Body<OrganisationContent>,
) -> Answer {
    let Body { value, json } = body;
    create(&http, &state, &writer.0, key, &json, move |tx| organisation::create(tx, &value)).await
}

/// Replace an organisation
///
/// Puts the whole content in the place of the old: what is left out becomes unknown.
#[utoipa::path(tag = "organisations", security(("bearer" = [])), params(RecordPath, IfMatch),
    request_body(content = OrganisationContent, example = examples::organisation_content),
    responses(
        (status = 200, description = "It was replaced.",
         headers(("ETag" = String, description = "Its new version and digest.")),
         body = Organisation,
         example = examples::organisation),
        ChangeErrors,
    )
)]
#[put("/{id}")]
async fn replace_organisation(
    state: web::Data<State>,
    writer: Writer,
    path: RecordPath,
    if_match: IfMatch,
    body: Body<OrganisationContent>,
) -> Answer {
    let work = move |tx: &mut Tx<'_>| {
        let old = organisation::get(tx.conn(), &path.0)?;
        if_match.check(old.stamp.version)?;
        organisation::update(tx, old.id, Some(old.stamp.version), &body.value)
    };
    changed(&state.write(&writer.0, work).await?)
}

/// Change an organisation
///
/// A JSON Merge Patch (RFC 7396): what is left out stays, null forgets, a list is replaced as
/// a whole.
#[utoipa::path(tag = "organisations", security(("bearer" = [])), params(RecordPath, IfMatch),
    request_body(content = OrganisationPatch,
                 content_type = "application/merge-patch+json",
                 example = examples::organisation_patch),
    responses(
        (status = 200, description = "It was changed.",
         headers(("ETag" = String, description = "Its new version and digest.")),
         body = Organisation,
         example = examples::organisation),
        ChangeErrors,
    )
)]
#[patch("/{id}")]
async fn update_organisation(
    state: web::Data<State>,
    writer: Writer,
    path: RecordPath,
    if_match: IfMatch,
    body: PatchBody<OrganisationContent>,
) -> Answer {
    let work = move |tx: &mut Tx<'_>| {
        let old = organisation::get(tx.conn(), &path.0)?;
        if_match.check(old.stamp.version)?;
        let content = body.0.apply(&old.content)?;
        organisation::update(tx, old.id, Some(old.stamp.version), &content)
    };
    changed(&state.write(&writer.0, work).await?)
}

/// Delete an organisation
///
/// Only while nothing refers to it. Its history stays, and reading it answers 410. Needs the role staff.
#[utoipa::path(tag = "organisations", security(("bearer" = [])), params(RecordPath, IfMatch),
    responses((status = 204, description = "It was deleted."), DeleteErrors)
)]
#[delete("/{id}")]
async fn delete_organisation(
    state: web::Data<State>,
    staff: Staff,
    path: RecordPath,
    if_match: IfMatch,
) -> Answer {
    let work = move |tx: &mut Tx<'_>| {
        let old = organisation::get(tx.conn(), &path.0)?;
        if_match.check(old.stamp.version)?;
        organisation::delete(tx, old.id, Some(old.stamp.version))
    };
    state.write(&staff.0, work).await?;
    deleted()
}

/// List the changes of an organisation
///
/// Its history, oldest first; a deleted organisation keeps its own, under its id.
#[utoipa::path(tag = "organisations", params(RecordPath, revisions::RevisionQuery), responses(
    (status = 200, description = "A page of its history.", body = List<Revision>,
     example = examples::revision_list),
    (status = 304, description = "The page has not changed."),
    RecordErrors,
))]
#[get("/{id}/revisions")]
async fn list_organisation_revisions(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    query: Query<revisions::RevisionQuery>,
) -> Answer {
    let resolve =
        |c: &mut Conn<'_>, wanted: &RecordRef| Ok(organisation::resolve(c, wanted)?.into());
    revisions::answer(&http, &state, EntityKind::Organisation, path, query.0, resolve).await
}
