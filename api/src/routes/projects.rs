//! Projects: lists, single projects, and their history.

mod related;
mod table;
mod view;

use view::Included;
pub use view::ProjectView;

use super::errors::{ChangeErrors, CreateErrors, DeleteErrors, ReadErrors, RecordErrors};
use super::{examples, revisions};
use crate::auth::{Staff, Writer};
use crate::extract::{Body, IdempotencyKey, IfMatch, PatchBody, Query, RecordPath};
use crate::respond::{
    Answer, List, ListQuery, RecordQuery, answer_list, answer_record, changed, create, deleted,
};
use crate::state::State;
use actix_web::{HttpRequest, delete, get, patch, post, put, web};
use consortia_db::{Conn, Tx, project};
use consortia_domain::id::{EntityKind, RecordRef};
use consortia_domain::merge_patch::MergePatch;
use consortia_domain::page::ListRequest;
use consortia_domain::project::{ProjectContent, ProjectFilter};
use consortia_domain::revision::Revision;
use utoipa_actix_web::service_config::ServiceConfig;

/// What a list of projects may be asked for.
pub(super) type ProjectListQuery = ListQuery<ProjectView, ProjectFilter>;
/// How one project may be shown.
type ProjectQuery = RecordQuery<ProjectView>;
/// A change of a project, as the document shows it.
type ProjectPatch = MergePatch<ProjectContent>;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_project).service(list_projects).service(create_project);
    config.service(replace_project).service(update_project).service(delete_project);
    config.service(list_project_revisions);
    config.configure(related::register);
}

/// List projects
///
/// Projects that match every condition, page by page; as ndjson or csv the whole list.
#[utoipa::path(tag = "projects", params(ProjectListQuery), responses(
    (status = 200, description = "A page of projects.",
     headers(("ETag" = String, description = "Tells whether the page changed."),
             ("Link" = String, description = "The next page, `rel=\"next\"`.")),
     body = List<ProjectView>,
     example = examples::project_list),
    (status = 304, description = "The page has not changed."),
    ReadErrors,
))]
#[get("")]
async fn list_projects(
    http: HttpRequest,
    state: web::Data<State>,
    query: Query<ProjectListQuery>,
) -> Answer {
    list_of(&http, &state, query.0, |_, _| Ok(())).await
}

/// Answers with the projects that are left when `narrow` has added to the filter.
pub(super) async fn list_of<N>(
    http: &HttpRequest,
    state: &web::Data<State>,
    query: ProjectListQuery,
    narrow: N,
) -> Answer
where
    N: Fn(&mut Conn<'_>, &mut ProjectFilter) -> consortia_db::Result<()> + Clone + Send + 'static,
{
    let included = Included::of(&query.look);
    let load = move |c: &mut Conn<'_>, request: &ListRequest<ProjectFilter>| {
        let mut request = request.clone();
        narrow(c, &mut request.filter)?;
        let page = project::list(c, &request)?;
        included.page(c, page)
    };
    answer_list(http, state, query, load).await
}

/// Get a project
///
/// One project, by its id or an external identifier.
#[utoipa::path(tag = "projects", params(RecordPath, ProjectQuery), responses(
    (status = 200, description = "The project.",
     headers(("ETag" = String, description = "Version and digest; give it back in `If-Match`."),
             ("Last-Modified" = String, description = "When it last changed.")),
     body = ProjectView, example = examples::project),
    (status = 304, description = "It has not changed."),
    RecordErrors,
))]
#[get("/{id}")]
async fn get_project(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    query: Query<ProjectQuery>,
) -> Answer {
    let asked = path.0.clone();
    let included = Included::of(&query.0);
    let read = state.read(move |c| {
        let project = project::get(c, &path.0)?;
        included.one(c, project)
    });
    answer_record(&http, &query.0, &asked, &read.await?)
}

/// Create a project
///
/// Registers a new project. Send an `Idempotency-Key` to be able to repeat the request safely.
#[utoipa::path(tag = "projects", security(("bearer" = [])), params(IdempotencyKey),
    request_body(content = ProjectContent, example = examples::project_content),
    responses(
        (status = 201, description = "It was created.",
         headers(("Location" = String, description = "Where it is."),
                 ("ETag" = String, description = "Its version and digest.")),
         body = ProjectView,
         example = examples::project),
        CreateErrors,
    )
)]
#[post("")]
async fn create_project(
    http: HttpRequest,
    state: web::Data<State>,
    writer: Writer,
    key: IdempotencyKey,
    body: Body<ProjectContent>,
) -> Answer {
    let Body { value, json } = body;
    create(&http, &state, &writer.0, key, &json, move |tx| {
        project::create(tx, &value).map(ProjectView::from)
    })
    .await
}

/// Replace a project
///
/// Puts the whole content in the place of the old: what is left out becomes unknown.
#[utoipa::path(tag = "projects", security(("bearer" = [])), params(RecordPath, IfMatch),
    request_body(content = ProjectContent, example = examples::project_content),
    responses(
        (status = 200, description = "It was replaced.",
         headers(("ETag" = String, description = "Its new version and digest.")),
         body = ProjectView,
         example = examples::project),
        ChangeErrors,
    )
)]
#[put("/{id}")]
async fn replace_project(
    state: web::Data<State>,
    writer: Writer,
    path: RecordPath,
    if_match: IfMatch,
    body: Body<ProjectContent>,
) -> Answer {
    let work = move |tx: &mut Tx<'_>| {
        let old = project::get(tx.conn(), &path.0)?;
        if_match.check(old.stamp.version)?;
        project::update(tx, old.id, Some(old.stamp.version), &body.value)
    };
    changed(&ProjectView::from(state.write(&writer.0, work).await?))
}

/// Change a project
///
/// A JSON Merge Patch (RFC 7396): what is left out stays, null forgets, a list is replaced as
/// a whole.
#[utoipa::path(tag = "projects", security(("bearer" = [])), params(RecordPath, IfMatch),
    request_body(content = ProjectPatch,
                 content_type = "application/merge-patch+json",
                 example = examples::project_patch),
    responses(
        (status = 200, description = "It was changed.",
         headers(("ETag" = String, description = "Its new version and digest.")),
         body = ProjectView,
         example = examples::project),
        ChangeErrors,
    )
)]
#[patch("/{id}")]
async fn update_project(
    state: web::Data<State>,
    writer: Writer,
    path: RecordPath,
    if_match: IfMatch,
    body: PatchBody<ProjectContent>,
) -> Answer {
    let work = move |tx: &mut Tx<'_>| {
        let old = project::get(tx.conn(), &path.0)?;
        if_match.check(old.stamp.version)?;
        let content = body.0.apply(&old.content)?;
        project::update(tx, old.id, Some(old.stamp.version), &content)
    };
    changed(&ProjectView::from(state.write(&writer.0, work).await?))
}

/// Delete a project
///
/// Its participations and relations are deleted with it. Its history stays, and reading it answers 410.
/// Needs the role staff.
#[utoipa::path(tag = "projects", security(("bearer" = [])), params(RecordPath, IfMatch),
    responses((status = 204, description = "It was deleted."), DeleteErrors)
)]
#[delete("/{id}")]
async fn delete_project(
    state: web::Data<State>,
    staff: Staff,
    path: RecordPath,
    if_match: IfMatch,
) -> Answer {
    let work = move |tx: &mut Tx<'_>| {
        let old = project::get(tx.conn(), &path.0)?;
        if_match.check(old.stamp.version)?;
        project::delete(tx, old.id, Some(old.stamp.version))
    };
    state.write(&staff.0, work).await?;
    deleted()
}

/// List the changes of a project
///
/// Its history, oldest first; a deleted project keeps its own, under its id.
#[utoipa::path(tag = "projects", params(RecordPath, revisions::RevisionQuery), responses(
    (status = 200, description = "A page of its history.", body = List<Revision>,
     example = examples::revision_list),
    (status = 304, description = "The page has not changed."),
    RecordErrors,
))]
#[get("/{id}/revisions")]
async fn list_project_revisions(
    http: HttpRequest,
    state: web::Data<State>,
    path: RecordPath,
    query: Query<revisions::RevisionQuery>,
) -> Answer {
    let resolve = |c: &mut Conn<'_>, wanted: &RecordRef| Ok(project::resolve(c, wanted)?.into());
    revisions::answer(&http, &state, EntityKind::Project, path, query.0, resolve).await
}
