//! Drafts: records that are being prepared, and seen by few.

use super::errors::{AdminReadErrors, ChangeErrors, CreateErrors, DeleteErrors};
use super::examples;
use super::revisions::{NoFilter, paged, paged_params};
use crate::auth::{DraftReader, Writer};
use crate::extract::{Body, IdempotencyKey, IfMatch, Parameters, Query, RecordPath};
use crate::problem::{Code, Problem};
use crate::respond::cells::instant;
use crate::respond::{
    Answer, Cell, Column, List, ListQuery, RecordQuery, Resource, answer_list, answer_record,
    changed, create, deleted,
};
use crate::state::State;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::{HttpRequest, HttpResponse, delete, get, post, put, web};
use consortia_db::{Conn, Tx, draft};
use consortia_domain::draft::{Draft, DraftContent, Published};
use consortia_domain::filter::QueryReader;
use consortia_domain::id::{EntityKind, RecordRef};
use consortia_domain::page::ListRequest;
use consortia_domain::record::Stamp;
use serde::Serialize;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::{IntoParams, PartialSchema as _, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(list_drafts).service(get_draft).service(create_draft);
    config.service(replace_draft).service(delete_draft).service(create_draft_publication);
}

impl Resource for Draft {
    const PATH: &'static str = "drafts";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "label",
        "kind",
        "project_id",
        "content",
        "made_by",
        "version",
        "created_at",
        "updated_at",
    ];
    const SEARCH_EXAMPLE: &'static str = "";
    const REUSABLE: bool = false;

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new("id", |d| Cell::plain(d.id)),
            Column::new("label", |d| Cell::text(&d.label)),
            Column::new("kind", |d| Cell::plain(d.content.kind)),
            Column::new("project_id", |d| Cell::maybe(d.content.project_id)),
            Column::new("content", |d| Cell::text(&d.content.content)),
            Column::new("made_by", |d| Cell::text(&d.made_by)),
            Column::new("version", |d| Cell::plain(d.stamp.version)),
            Column::new("created_at", |d| instant(d.stamp.created_at)),
            Column::new("updated_at", |d| instant(d.stamp.updated_at)),
        ]
    }

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn stamp(&self) -> Option<&Stamp> {
        Some(&self.stamp)
    }
}

/// What the list of drafts is asked for: a kind, a page, and how it is shown.
#[derive(Clone, Debug)]
struct DraftListQuery {
    kind: Option<EntityKind>,
    list: ListQuery<Draft, NoFilter>,
}

impl Parameters for DraftListQuery {
    fn read(query: &mut QueryReader<'_>, pairs: &[(String, String)]) -> Self {
        Self { kind: query.one("kind"), list: paged(query, pairs) }
    }
}

impl IntoParams for DraftListQuery {
    fn into_params(given_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let kind = ParameterBuilder::new().name("kind").parameter_in(ParameterIn::Query);
        let kind =
            kind.description(Some("What they are to be.")).schema(Some(EntityKind::schema()));
        let mut parameters = vec![kind.build()];
        parameters.extend(paged_params::<Draft>(given_in));
        parameters
    }
}

/// How a draft may be shown.
type DraftQuery = RecordQuery<Draft>;

/// What came of publishing a draft.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct Publication {
    /// The records, the one asked for first.
    data: Vec<Published>,
}

fn no_draft(reference: &impl std::fmt::Display) -> Problem {
    let detail = format!("There is no draft '{reference}' that you see.");
    Problem::new(Code::NotFound, detail)
}

fn id_of(path: &RecordPath) -> Result<Uuid, Problem> {
    match &path.0 {
        RecordRef::Id(id) => Ok(*id),
        external @ RecordRef::External(_) => Err(no_draft(external)),
    }
}

/// List the drafts
///
/// Those one made, and those of others who act for the same organisations; staff see all. The
/// oldest first. A page ends early, with a link to the next one, when its drafts and what they
/// were before hold more than 4 MiB.
#[utoipa::path(tag = "drafts", security(("bearer" = [])), params(DraftListQuery), responses(
    (status = 200, description = "A page of drafts.", body = List<Draft>,
     example = examples::draft_list),
    (status = 304, description = "The page has not changed."),
    AdminReadErrors,
))]
#[get("")]
async fn list_drafts(
    http: HttpRequest,
    state: web::Data<State>,
    reader: DraftReader,
    query: Query<DraftListQuery>,
) -> Answer {
    let (viewer, DraftListQuery { kind, list }) = (reader.0.rights(), query.0);
    let load = move |c: &mut Conn<'_>, request: &ListRequest<_>| {
        let after = request.cursor.as_ref().map(|cursor| cursor.id);
        draft::list(c, &viewer, kind, after, request.limit, request.fingerprint)
    };
    answer_list(&http, &state, list, load).await
}

/// Get a draft
///
/// One that one made or sees; there is no other.
#[utoipa::path(tag = "drafts", security(("bearer" = [])), params(RecordPath, DraftQuery),
    responses(
        (status = 200, description = "The draft.",
         headers(("ETag" = String,
                  description = "Version and digest; give it back in `If-Match`.")),
         body = Draft, example = examples::draft),
        (status = 304, description = "It has not changed."),
        AdminReadErrors,
    )
)]
#[get("/{id}")]
async fn get_draft(
    http: HttpRequest,
    state: web::Data<State>,
    reader: DraftReader,
    path: RecordPath,
    query: Query<DraftQuery>,
) -> Answer {
    let (id, viewer) = (id_of(&path)?, reader.0.rights());
    let found = state.read(move |c| draft::find(c, id, &viewer)).await?;
    answer_record(&http, &query.0, &path.0, &found.ok_or_else(|| no_draft(&id))?)
}

/// Create a draft
///
/// Prepares a record of any kind. Its content is read like a request's, so that a draft can
/// always be told what is wrong with it; what it refers to must be there when it is published.
/// One has at most 5000, which hold 64 MiB with all they were before.
#[utoipa::path(tag = "drafts", security(("bearer" = [])), params(IdempotencyKey),
    request_body(content = DraftContent, example = examples::draft_content),
    responses(
        (status = 201, description = "It was created.",
         headers(("Location" = String, description = "Where it is."),
                 ("ETag" = String, description = "Its version and digest.")),
         body = Draft, example = examples::draft),
        CreateErrors,
    )
)]
#[post("")]
async fn create_draft(
    http: HttpRequest,
    state: web::Data<State>,
    writer: Writer,
    key: IdempotencyKey,
    body: Body<DraftContent>,
) -> Answer {
    let Body { value, json } = body;
    let (viewer, organisations) = (writer.0.rights(), writer.0.organisations.clone());
    let work = move |tx: &mut Tx<'_>| {
        draft::check_project(tx.conn(), &value, &viewer)?;
        draft::create(tx, &value, &organisations)
    };
    create(&http, &state, &writer.0, key, &json, work).await
}

/// Replace a draft
///
/// Puts the whole content in the place of the old.
#[utoipa::path(tag = "drafts", security(("bearer" = [])), params(RecordPath, IfMatch),
    request_body(content = DraftContent, example = examples::draft_content),
    responses(
        (status = 200, description = "It was replaced.",
         headers(("ETag" = String, description = "Its new version and digest.")),
         body = Draft, example = examples::draft),
        ChangeErrors,
    )
)]
#[put("/{id}")]
async fn replace_draft(
    state: web::Data<State>,
    writer: Writer,
    path: RecordPath,
    if_match: IfMatch,
    body: Body<DraftContent>,
) -> Answer {
    let (id, viewer, content) = (id_of(&path)?, writer.0.rights(), body.value);
    let work = move |tx: &mut Tx<'_>| {
        let Some(old) = draft::find(tx.conn(), id, &viewer)? else { return Ok(None) };
        if_match.check(old.stamp.version)?;
        // Where it already is nothing is planted, even if the draft of its project is gone.
        if content.project_id != old.content.project_id {
            draft::check_project(tx.conn(), &content, &viewer)?;
        }
        draft::update(tx, id, old.stamp.version, &content, &viewer)
    };
    changed(&state.write(&writer.0, work).await?.ok_or_else(|| no_draft(&id))?)
}

/// Delete a draft
///
/// Throws it away, with its history.
#[utoipa::path(tag = "drafts", security(("bearer" = [])), params(RecordPath, IfMatch),
    responses(
        (status = 204, description = "It was deleted."),
        DeleteErrors,
    )
)]
#[delete("/{id}")]
async fn delete_draft(
    state: web::Data<State>,
    writer: Writer,
    path: RecordPath,
    if_match: IfMatch,
) -> Answer {
    let (id, viewer) = (id_of(&path)?, writer.0.rights());
    let work = move |tx: &mut Tx<'_>| {
        let Some(old) = draft::find(tx.conn(), id, &viewer)? else { return Ok(false) };
        if_match.check(old.stamp.version)?;
        draft::discard(tx, id, old.stamp.version, &viewer)
    };
    if state.write(&writer.0, work).await? { deleted() } else { Err(no_draft(&id)) }
}

/// Publish a draft
///
/// Makes it a record of the registry, under its id; of a project, the drafts of participations
/// in it too, all or none. The drafts are gone then, and everybody sees the records.
#[utoipa::path(tag = "drafts", security(("bearer" = [])), params(RecordPath, IfMatch),
    responses(
        (status = 201, description = "It was published.",
         headers(("Location" = String, description = "Where the record is.")),
         body = Publication, example = examples::publication),
        ChangeErrors,
    )
)]
#[post("/{id}/publication")]
async fn create_draft_publication(
    state: web::Data<State>,
    writer: Writer,
    path: RecordPath,
    if_match: IfMatch,
) -> Answer {
    let (id, viewer) = (id_of(&path)?, writer.0.rights());
    let work = move |tx: &mut Tx<'_>| {
        let Some(old) = draft::find(tx.conn(), id, &viewer)? else { return Ok(None) };
        if_match.check(old.stamp.version)?;
        draft::publish(tx, &viewer, id, old.stamp.version)
    };
    let data = state.write(&writer.0, work).await?.ok_or_else(|| no_draft(&id))?;
    let kind = data.first().map_or(EntityKind::Project, |published| published.kind);
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, format!("/api/v1/{kind}s/{id}")))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .json(Publication { data }))
}
