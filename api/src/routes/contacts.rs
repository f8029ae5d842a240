//! Contact persons of organisations and projects, for those who may change these.

use super::errors::{
    AdminReadErrors, ChangeErrors, ContactDeleteErrors, CreateErrors, OwnersReadErrors,
};
use super::examples;
use super::revisions::PagedQuery;
use crate::auth::{Principal, Writer, contact_changed};
use crate::extract::{Body, IfMatch, PatchBody, Query, RecordPath};
use crate::problem::{Code, Problem};
use crate::respond::cells::instant;
use crate::respond::{
    Answer, Cell, Column, List, RecordQuery, Resource, answer_list, answer_record, changed,
    created, deleted,
};
use crate::state::State;
use actix_web::{HttpRequest, delete, get, patch, post, web};
use consortia_db::{Conn, Error, Tx, contact, organisation, project};
use consortia_domain::contact::{Contact, ContactContent};
use consortia_domain::id::{EntityKind, RecordRef};
use consortia_domain::merge_patch::MergePatch;
use consortia_domain::page::ListRequest;
use consortia_domain::record::Stamp;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_contact).service(update_contact).service(delete_contact);
}

/// Below each organisation.
pub(super) fn register_of_organisations(config: &mut ServiceConfig<'_>) {
    config.service(list_organisation_contacts).service(create_organisation_contact);
}

/// Below each project.
pub(super) fn register_of_projects(config: &mut ServiceConfig<'_>) {
    config.service(list_project_contacts).service(create_project_contact);
}

impl Resource for Contact {
    const PATH: &'static str = "contacts";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "of_kind",
        "of_id",
        "name",
        "email",
        "telephone",
        "role",
        "language",
        "version",
        "created_at",
        "updated_at",
    ];
    const SEARCH_EXAMPLE: &'static str = "";
    const REUSABLE: bool = false;

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new("id", |c| Cell::plain(c.id)),
            Column::new("of_kind", |c| Cell::plain(c.of_kind)),
            Column::new("of_id", |c| Cell::plain(c.of_id)),
            Column::new("name", |c| Cell::text(&c.content.name)),
            Column::new("email", |c| Cell::maybe_text(c.content.email.as_ref())),
            Column::new("telephone", |c| Cell::maybe_text(c.content.telephone.as_ref())),
            Column::new("role", |c| Cell::maybe_text(c.content.role.as_ref())),
            Column::new("language", |c| Cell::maybe_text(c.content.language.as_ref())),
            Column::new("version", |c| Cell::plain(c.stamp.version)),
            Column::new("created_at", |c| instant(c.stamp.created_at)),
            Column::new("updated_at", |c| instant(c.stamp.updated_at)),
        ]
    }

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn stamp(&self) -> Option<&Stamp> {
        Some(&self.stamp)
    }
}

/// What the list of contacts is asked for.
type ContactListQuery = PagedQuery<Contact>;
/// How a contact may be shown.
type ContactQuery = RecordQuery<Contact>;
/// A change of a contact, as the document shows it.
type ContactPatch = MergePatch<ContactContent>;

fn no_contact(reference: &impl std::fmt::Display) -> Problem {
    let detail = format!("There is no contact '{reference}' that you see.");
    Problem::new(Code::NotFound, detail)
}

fn id_of(path: &RecordPath) -> Result<Uuid, Problem> {
    match &path.0 {
        RecordRef::Id(id) => Ok(*id),
        external @ RecordRef::External(_) => Err(no_contact(external)),
    }
}

/// The record meant, if `principal` may change it.
fn own(
    c: &mut Conn<'_>,
    principal: &Principal,
    kind: EntityKind,
    wanted: &RecordRef,
) -> consortia_db::Result<Uuid> {
    let id: Uuid = match kind {
        EntityKind::Project => project::resolve(c, wanted)?.into(),
        _ => organisation::resolve(c, wanted)?.into(),
    };
    principal.rights().add_to(c, kind, id)?;
    Ok(id)
}

/// The contact, if `principal` may change whose it is. `None` when they may not, as when there is
/// none: who may not see it does not learn that it is there.
fn find(
    c: &mut Conn<'_>,
    principal: &Principal,
    id: Uuid,
) -> consortia_db::Result<Option<Contact>> {
    let Some(found) = contact::find(c, id)? else { return Ok(None) };
    match principal.rights().add_to(c, found.of_kind, found.of_id) {
        Ok(()) => Ok(Some(found)),
        Err(Error::NotYours { .. }) => Ok(None),
        Err(fault) => Err(fault),
    }
}

async fn list(
    http: &HttpRequest,
    state: &web::Data<State>,
    writer: Writer,
    (kind, path): (EntityKind, RecordPath),
    query: ContactListQuery,
) -> Answer {
    let load = move |c: &mut Conn<'_>, request: &ListRequest<_>| {
        let of = own(c, &writer.0, kind, &path.0)?;
        let after = request.cursor.as_ref().map(|cursor| cursor.id);
        contact::list(c, of, after, request.limit, request.fingerprint)
    };
    answer_list(http, state, query.0, load).await
}

async fn create(
    state: &State,
    writer: Writer,
    (kind, path): (EntityKind, RecordPath),
    content: ContactContent,
) -> Answer {
    let principal = writer.0.clone();
    let work = move |tx: &mut Tx<'_>| {
        let of = own(tx.conn(), &principal, kind, &path.0)?;
        contact::create(tx, kind, of, &content)
    };
    let made = state.write(&writer.0, work).await?;
    contact_changed("added", made.id, &writer.0.actor());
    created(&made)
}

/// List the contacts of an organisation
///
/// Persons to write to, the oldest first. For whose it is, and staff; in no other list, export or
/// history.
#[utoipa::path(tag = "contacts", security(("bearer" = [])), params(RecordPath, ContactListQuery),
    responses(
        (status = 200, description = "A page of its contacts.", body = List<Contact>,
         example = examples::contact_list),
        (status = 304, description = "The page has not changed."),
        OwnersReadErrors,
    )
)]
#[get("/{id}/contacts")]
async fn list_organisation_contacts(
    http: HttpRequest,
    state: web::Data<State>,
    writer: Writer,
    path: RecordPath,
    query: Query<ContactListQuery>,
) -> Answer {
    list(&http, &state, writer, (EntityKind::Organisation, path), query.0).await
}

/// List the contacts of a project
///
/// Persons to write to, the oldest first. For whose it is, and staff; in no other list, export or
/// history.
#[utoipa::path(tag = "contacts", security(("bearer" = [])), params(RecordPath, ContactListQuery),
    responses(
        (status = 200, description = "A page of its contacts.", body = List<Contact>,
         example = examples::contact_list),
        (status = 304, description = "The page has not changed."),
        OwnersReadErrors,
    )
)]
#[get("/{id}/contacts")]
async fn list_project_contacts(
    http: HttpRequest,
    state: web::Data<State>,
    writer: Writer,
    path: RecordPath,
    query: Query<ContactListQuery>,
) -> Answer {
    list(&http, &state, writer, (EntityKind::Project, path), query.0).await
}

/// Add a contact to an organisation
///
/// Somebody who agreed to be written to. At most 50 for each record; they go with it.
#[utoipa::path(tag = "contacts", security(("bearer" = [])), params(RecordPath),
    request_body(content = ContactContent, example = examples::contact_content),
    responses(
        (status = 201, description = "It was added.",
         headers(("Location" = String, description = "Where it is."),
                 ("ETag" = String, description = "Its version and digest.")),
         body = Contact, example = examples::contact),
        CreateErrors,
    )
)]
#[post("/{id}/contacts")]
async fn create_organisation_contact(
    state: web::Data<State>,
    writer: Writer,
    path: RecordPath,
    body: Body<ContactContent>,
) -> Answer {
    create(&state, writer, (EntityKind::Organisation, path), body.value).await
}

/// Add a contact to a project
///
/// Somebody who agreed to be written to. At most 50 for each record; they go with it.
#[utoipa::path(tag = "contacts", security(("bearer" = [])), params(RecordPath),
    request_body(content = ContactContent, example = examples::contact_content),
    responses(
        (status = 201, description = "It was added.",
         headers(("Location" = String, description = "Where it is."),
                 ("ETag" = String, description = "Its version and digest.")),
         body = Contact, example = examples::contact),
        CreateErrors,
    )
)]
#[post("/{id}/contacts")]
async fn create_project_contact(
    state: web::Data<State>,
    writer: Writer,
    path: RecordPath,
    body: Body<ContactContent>,
) -> Answer {
    create(&state, writer, (EntityKind::Project, path), body.value).await
}

/// Get a contact
///
/// For whoever may change the record it belongs to; for others there is none.
#[utoipa::path(tag = "contacts", security(("bearer" = [])), params(RecordPath, ContactQuery),
    responses(
        (status = 200, description = "The contact.",
         headers(("ETag" = String,
                  description = "Version and digest; give it back in `If-Match`.")),
         body = Contact, example = examples::contact),
        (status = 304, description = "It has not changed."),
        AdminReadErrors,
    )
)]
#[get("/{id}")]
async fn get_contact(
    http: HttpRequest,
    state: web::Data<State>,
    writer: Writer,
    path: RecordPath,
    query: Query<ContactQuery>,
) -> Answer {
    let id = id_of(&path)?;
    let found = state.read(move |c| find(c, &writer.0, id)).await?;
    answer_record(&http, &query.0, &path.0, &found.ok_or_else(|| no_contact(&id))?)
}

/// Change a contact
///
/// A JSON Merge Patch (RFC 7396): what is left out stays, null forgets. Nothing of what it was
/// before is kept; its bytes are wiped from the files of the database within the hour.
#[utoipa::path(tag = "contacts", security(("bearer" = [])), params(RecordPath, IfMatch),
    request_body(content = ContactPatch, content_type = "application/merge-patch+json",
                 example = examples::contact_patch),
    responses(
        (status = 200, description = "It was changed.",
         headers(("ETag" = String, description = "Its new version and digest.")),
         body = Contact, example = examples::contact),
        ChangeErrors,
    )
)]
#[patch("/{id}")]
async fn update_contact(
    state: web::Data<State>,
    writer: Writer,
    path: RecordPath,
    if_match: IfMatch,
    body: PatchBody<ContactContent>,
) -> Answer {
    let (id, principal) = (id_of(&path)?, writer.0.clone());
    let work = move |tx: &mut Tx<'_>| {
        let Some(old) = find(tx.conn(), &principal, id)? else { return Ok(None) };
        if_match.check(old.stamp.version)?;
        let content = body.0.apply(&old.content)?;
        contact::update(tx, id, old.stamp.version, &content)
    };
    let contact = state.write(&writer.0, work).await?.ok_or_else(|| no_contact(&id))?;
    contact_changed("changed", id, &writer.0.actor());
    changed(&contact)
}

/// Remove a contact
///
/// Nothing of it is kept; its bytes are wiped from the files of the database within the hour.
#[utoipa::path(tag = "contacts", security(("bearer" = [])), params(RecordPath, IfMatch),
    responses(
        (status = 204, description = "It was removed."),
        ContactDeleteErrors,
    )
)]
#[delete("/{id}")]
async fn delete_contact(
    state: web::Data<State>,
    writer: Writer,
    path: RecordPath,
    if_match: IfMatch,
) -> Answer {
    let (id, principal) = (id_of(&path)?, writer.0.clone());
    let work = move |tx: &mut Tx<'_>| {
        let Some(old) = find(tx.conn(), &principal, id)? else { return Ok(false) };
        if_match.check(old.stamp.version)?;
        contact::remove(tx, id, old.stamp.version)
    };
    if !state.write(&writer.0, work).await? {
        return Err(no_contact(&id));
    }
    contact_changed("removed", id, &writer.0.actor());
    deleted()
}
