//! Relations: lists, single relations, and their history.

mod table;

use super::errors::{ChangeErrors, CreateErrors, DeleteErrors, ReadErrors, RecordErrors};
use super::{examples, revisions};
use crate::auth::{Staff, Writer};
use crate::extract::{Body, IdempotencyKey, IfMatch, PatchBody, Query, RecordPath};
use crate::problem::Problem;
use crate::respond::{
    Answer, List, ListQuery, RecordQuery, answer_list, answer_record, changed, create, deleted,
};
use crate::state::State;
use actix_web::{HttpRequest, delete, get, patch, post, put, web};
use consortia_db::{Conn, Tx, relation};
use consortia_domain::error::Invalid;
use consortia_domain::id::{EntityKind, RecordRef, RelationId};
use consortia_domain::merge_patch::MergePatch;
use consortia_domain::page::ListRequest;
use consortia_domain::relation::{Relation, RelationContent, RelationFilter};
use consortia_domain::revision::Revision;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

/// What a list of relations may be asked for.
pub(super) type RelationListQuery = ListQuery<Relation, RelationFilter>;
/// How one relation may be shown.
type RelationQuery = RecordQuery<Relation>;
/// A change of a relation, as the document shows it.
type RelationPatch = MergePatch<RelationContent>;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_relation).service(list_relations).service(create_relation);
    config.service(replace_relation).service(update_relation).service(delete_relation);
    config.service(list_relation_revisions);
}

/// List relations
///
/// Relations that match every condition, page by page; as ndjson or csv the whole list.
#[utoipa::path(tag = "relations", params(RelationListQuery), responses(
    (status = 200, description = "A page of relations.",
     headers(("ETag" = String, description = "Tells whether the page changed."),
             ("Link" = String, description = "The next page, `rel=\"next\"`.")),
     body = List<Relation>,
     example = examples::relation_list),
    (status = 304, description = "The page has not changed."),
    ReadErrors,
))]
#[get("")]
async fn list_relations(
    http: HttpRequest,
    state: web::Data<State>,
    query: Query<RelationListQuery>,
) -> Answer {
    list_of(&http, &state, query.0, |_, _| Ok(())).await
}

/// Answers with the relations that are left when `narrow` has added to the filter.
pub(super) async fn list_of<N>(
    http: &HttpRequest,
    state: &web::Data<State>,
    query: RelationListQuery,
    narrow: N,
) -> Answer
where
    N: Fn(&mut Conn<'_>, &mut RelationFilter) -> consortia_db::Result<()>,
    N: Clone + Send + 'static,
{
    let load = move |c: &mut Conn<'_>, request: &ListRequest<RelationFilter>| {
        let mut request = request.clone();
        narrow(c, &mut request.filter)?;
        relation::list(c, &request)
    };
    answer_list(http, state, query, load).await
}

/// The id at `path`: relations have no identifiers of other registries.
fn own_id(path: &RecordPath) -> Result<RelationId, Problem> {
    match &path.0 {
        RecordRef::Id(id) => Ok((*id).into()),
        RecordRef::External(external) => {
            let detail = format!(
                "'{external}' cannot name a relation, which has no external identifiers. \
                 Expected its id; /api/v1/relations?from={external} and \
                 ?to={external} find those of a project or an organisation."
            );
            Err(Problem::invalid_parameter("id", Invalid::new("invalid_id", detail)))
        }
    }
}

/// Get a relation
///
/// One relation, by its id.
#[utoipa::path(tag = "relations", params(RecordPath, RelationQuery), responses(
    (status = 200, description = "The relation.",
     headers(("ETag" = String, description = "Version and digest; give it back in `If-Match`."),
             ("Last-Modified" = String, description = "When it last changed.")),
     body = Relation, example = examples::relation),
    (status = 304, description = "It has not changed."),
    RecordErrors,
))]
#[get("/{id}")]
async fn get_relation(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    query: Query<RelationQuery>,
) -> Answer {
    let id = own_id(&path)?;
    let record = state.read(move |c| relation::get(c, id)).await?;
    answer_record(&http, &query.0, &path.0, &record)
}

/// Create a relation
///
/// Registers what one project is to another, or one organisation to another. The same
/// statement is registered once. Send an `Idempotency-Key` to be able to repeat the request
/// safely.
#[utoipa::path(tag = "relations", security(("bearer" = [])), params(IdempotencyKey),
    request_body(content = RelationContent, example = examples::relation_content),
    responses(
        (status = 201, description = "It was created.",
         headers(("Location" = String, description = "Where it is."),
                 ("ETag" = String, description = "Its version and digest.")),
         body = Relation,
         example = examples::relation),
        CreateErrors,
    )
)]
#[post("")]
async fn create_relation(
    http: HttpRequest,
    state: web::Data<State>,
    writer: Writer,
    key: IdempotencyKey,
    body: Body<RelationContent>,
) -> Answer {
    let Body { value, json } = body;
    create(&http, &state, &writer.0, key, &json, move |tx| relation::create(tx, &value)).await
}

/// Replace a relation
///
/// Puts the whole content in the place of the old: what is left out becomes unknown.
#[utoipa::path(tag = "relations", security(("bearer" = [])), params(RecordPath, IfMatch),
    request_body(content = RelationContent, example = examples::relation_content),
    responses(
        (status = 200, description = "It was replaced.",
         headers(("ETag" = String, description = "Its new version and digest.")),
         body = Relation,
         example = examples::relation),
        ChangeErrors,
    )
)]
#[put("/{id}")]
async fn replace_relation(
    state: web::Data<State>,
    writer: Writer,
    path: RecordPath,
    if_match: IfMatch,
    body: Body<RelationContent>,
) -> Answer {
    let id = own_id(&path)?;
    let work = move |tx: &mut Tx<'_>| {
        let old = relation::get(tx.conn(), id)?;
        if_match.check(old.stamp.version)?;
        relation::update(tx, old.id, Some(old.stamp.version), &body.value)
    };
    changed(&state.write(&writer.0, work).await?)
}

/// Change a relation
///
/// A JSON Merge Patch (RFC 7396): what is left out stays, null forgets, a list is replaced as
/// a whole.
#[utoipa::path(tag = "relations", security(("bearer" = [])), params(RecordPath, IfMatch),
    request_body(content = RelationPatch,
                 content_type = "application/merge-patch+json",
                 example = examples::relation_patch),
    responses(
        (status = 200, description = "It was changed.",
         headers(("ETag" = String, description = "Its new version and digest.")),
         body = Relation,
         example = examples::relation),
        ChangeErrors,
    )
)]
#[patch("/{id}")]
async fn update_relation(
    state: web::Data<State>,
    writer: Writer,
    path: RecordPath,
    if_match: IfMatch,
    body: PatchBody<RelationContent>,
) -> Answer {
    let id = own_id(&path)?;
    let work = move |tx: &mut Tx<'_>| {
        let old = relation::get(tx.conn(), id)?;
        if_match.check(old.stamp.version)?;
        let content = body.0.apply(&old.content)?;
        relation::update(tx, old.id, Some(old.stamp.version), &content)
    };
    changed(&state.write(&writer.0, work).await?)
}

/// Delete a relation
///
/// Nothing else changes. Its history stays, and reading it answers 410. Needs the role staff.
#[utoipa::path(tag = "relations", security(("bearer" = [])), params(RecordPath, IfMatch),
    responses((status = 204, description = "It was deleted."), DeleteErrors)
)]
#[delete("/{id}")]
async fn delete_relation(
    state: web::Data<State>,
    staff: Staff,
    path: RecordPath,
    if_match: IfMatch,
) -> Answer {
    let id = own_id(&path)?;
    let work = move |tx: &mut Tx<'_>| {
        let old = relation::get(tx.conn(), id)?;
        if_match.check(old.stamp.version)?;
        relation::delete(tx, old.id, Some(old.stamp.version))
    };
    state.write(&staff.0, work).await?;
    deleted()
}

/// List the changes of a relation
///
/// Its history, oldest first; a deleted relation keeps its own, under its id.
#[utoipa::path(tag = "relations", params(RecordPath, revisions::RevisionQuery), responses(
    (status = 200, description = "A page of its history.", body = List<Revision>,
     example = examples::revision_list),
    (status = 304, description = "The page has not changed."),
    RecordErrors,
))]
#[get("/{id}/revisions")]
async fn list_relation_revisions(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    query: Query<revisions::RevisionQuery>,
) -> Answer {
    own_id(&path)?;
    let resolve = |_: &mut Conn<'_>, _: &_| Ok(Uuid::nil());
    revisions::answer(&http, &state, EntityKind::Relation, path, query.0, resolve).await
}
