//! Read tokens: what dashboards and scripts read with.

use super::errors::{AccountErrors, AdminReadErrors};
use super::examples;
use super::revisions::PagedQuery;
use crate::auth::{Principal, UserRole, Who, Writer, issue_read_token, read_token_changed};
use crate::extract::{Body, Query, RecordPath};
use crate::problem::{Code, Problem};
use crate::respond::cells::instant;
use crate::respond::{Answer, Cell, Column, List, Resource, answer_list, deleted};
use crate::state::State;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use consortia_db::read_token::{self, Maker};
use consortia_db::{Conn, Tx};
use consortia_domain::account::{IssuedReadToken, ReadToken, ReadTokenContent};
use consortia_domain::id::RecordRef;
use consortia_domain::page::ListRequest;
use consortia_domain::record::Stamp;
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(list_read_tokens).service(create_read_token).service(delete_read_token);
}

impl Resource for ReadToken {
    const PATH: &'static str = "read-tokens";
    const FIELDS: &'static [&'static str] =
        &["id", "label", "scopes", "expires_at", "made_by", "created_at", "revoked_at"];
    const SEARCH_EXAMPLE: &'static str = "";
    const REUSABLE: bool = false;

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new("id", |t| Cell::plain(t.id)),
            Column::new("label", |t| Cell::text(&t.content.label)),
            Column::new("scopes", |t| {
                let scopes: Vec<_> = t.content.scopes.iter().map(|scope| scope.code()).collect();
                Cell::plain(scopes.join("; "))
            }),
            Column::new("expires_at", |t| instant(t.content.expires_at)),
            Column::new("made_by", |t| Cell::text(&t.made_by)),
            Column::new("created_at", |t| instant(t.created_at)),
            Column::new("revoked_at", |t| t.revoked_at.map_or_else(Cell::default, instant)),
        ]
    }

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn stamp(&self) -> Option<&Stamp> {
        None
    }
}

/// What the list of read tokens is asked for.
type ReadTokenListQuery = PagedQuery<ReadToken>;

/// Whose read tokens somebody may see and withdraw: administrators everybody's, others their own.
fn makers<'a>(principal: &Principal, actor: &'a str) -> Maker<'a> {
    if principal.role >= Some(UserRole::Admin) { Maker::Anybody } else { Maker::Actor(actor) }
}

/// List the read tokens
///
/// One's own; administrators see everybody's. Those withdrawn or over are listed for 30 days.
#[utoipa::path(tag = "accounts", security(("bearer" = [])), params(ReadTokenListQuery), responses(
    (status = 200, description = "A page of read tokens.", body = List<ReadToken>,
     example = examples::read_token_list),
    (status = 304, description = "The page has not changed."),
    AdminReadErrors,
))]
#[get("")]
async fn list_read_tokens(
    http: HttpRequest,
    state: web::Data<State>,
    writer: Writer,
    query: Query<ReadTokenListQuery>,
) -> Answer {
    let (principal, actor) = (writer.0.clone(), writer.0.actor());
    let load = move |c: &mut Conn<'_>, request: &ListRequest<_>| {
        let after = request.cursor.as_ref().map(|cursor| cursor.id);
        let maker = makers(&principal, &actor);
        read_token::list(c, maker, after, request.limit, request.fingerprint)
    };
    answer_list(&http, &state, query.0.0, load).await
}

/// Create a read token
///
/// For a dashboard or a script. It reads what its scopes open and never writes; the token is
/// shown this once. Nobody can give more than they may read themselves, and what they may not read
/// any more their tokens do not either. Needs an account.
#[utoipa::path(tag = "accounts", security(("bearer" = [])),
    request_body(content = ReadTokenContent, example = examples::read_token_content),
    responses(
        (status = 201, description = "It was created.",
         headers(("Location" = String, description = "Where it is withdrawn.")),
         body = IssuedReadToken, example = examples::issued_read_token),
        AccountErrors,
    )
)]
#[post("")]
async fn create_read_token(
    state: web::Data<State>,
    writer: Writer,
    body: Body<ReadTokenContent>,
) -> Answer {
    let Who::Account { id: account, .. } = writer.0.who else {
        let detail = "A read token is of an account, and ends with it; open one first.";
        return Err(Problem::new(Code::RoleRequired, detail));
    };
    let content = body.value;
    let (token, hash) = issue_read_token(&writer.0, &content)?;
    let work = move |tx: &mut Tx<'_>| read_token::create(tx, &content, &hash, account);
    let read_token = state.write(&writer.0, work).await?;
    read_token_changed("made", read_token.id, &writer.0.actor());
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, format!("/api/v1/read-tokens/{}", read_token.id)))
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(IssuedReadToken { token, read_token }))
}

/// Withdraw a read token
///
/// From now on it reads nothing. One's own; administrators withdraw everybody's.
#[utoipa::path(tag = "accounts", security(("bearer" = [])), params(RecordPath), responses(
    (status = 204, description = "It was withdrawn."),
    AccountErrors,
))]
#[delete("/{id}")]
async fn delete_read_token(state: web::Data<State>, writer: Writer, path: RecordPath) -> Answer {
    let missing = |reference: &dyn std::fmt::Display| {
        let detail = format!("You have no read token '{reference}' that is not withdrawn yet.");
        Problem::new(Code::NotFound, detail)
    };
    let RecordRef::Id(id) = path.0 else { return Err(missing(&path.0)) };
    let (principal, actor) = (writer.0.clone(), writer.0.actor());
    let work = move |tx: &mut Tx<'_>| read_token::revoke(tx, id, makers(&principal, &actor));
    if !state.write(&writer.0, work).await? {
        return Err(missing(&id));
    }
    read_token_changed("withdrawn", id, &writer.0.actor());
    deleted()
}
