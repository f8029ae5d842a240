//! One's own account.

use super::no_account;
use crate::auth::{Holder, Principal, login};
use crate::extract::Body;
use crate::personal_data::Telling;
use crate::problem::Problem;
use crate::respond::{Answer, Format, RecordQuery, answer_record};
use crate::routes::errors::{AdminReadErrors, OwnErrors};
use crate::routes::examples;
use crate::state::State;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, get, put, web};
use consortia_db::account;
use consortia_domain::account::{Account, Password, PasswordChange, PersonalData};
use consortia_domain::error::{Errors, Invalid, Pointer};
use consortia_domain::id::RecordRef;
use futures_util::stream;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(get_own_account).service(replace_own_password).service(get_own_data);
}

async fn find(state: &State, id: Uuid) -> Result<Account, Problem> {
    state.read(move |c| account::find(c, id)).await?.ok_or_else(|| no_account(&id))
}

/// Refuses a password that tells the account's name, and any for one of an outside provider.
pub(super) fn check_password(password: &Password, account: &Account) -> Result<(), Problem> {
    let fault = match &account.issuer {
        Some(issuer) => {
            let detail = format!("The account is opened at '{issuer}', not with a password here.");
            Some(Invalid::new("of_provider", detail))
        }
        None => password.check_for(&account.content.name).err(),
    };
    let Some(fault) = fault else { return Ok(()) };
    let mut errors = Errors::new();
    errors.body(&Pointer::root().field("password"), fault);
    Err(Problem::invalid_body(&errors))
}

/// Everything that is known of the holder of the account `id`, piece by piece, as long as `reader`
/// may do what they could when they came in.
pub(super) async fn data_of(state: &web::Data<State>, reader: Principal, id: Uuid) -> Answer {
    let begun = tell(state.clone(), reader, Telling::of(id)).await?;
    if begun.piece.is_empty() {
        return Err(no_account(&id));
    }
    let mut response = HttpResponse::Ok();
    response.content_type(Format::Json.content_type());
    response.insert_header((CACHE_CONTROL, "no-store"));
    Ok(response.streaming(stream::try_unfold(begun, send)))
}

/// What is being told, and the piece that is to be sent.
struct Told {
    state: web::Data<State>,
    reader: Principal,
    telling: Telling,
    piece: String,
}

async fn tell(
    state: web::Data<State>,
    reader: Principal,
    mut telling: Telling,
) -> Result<Told, Problem> {
    let asking = reader.clone();
    let read = state.read(move |c| {
        asking.check(c)?;
        let piece = telling.piece(c)?;
        Ok((telling, piece))
    });
    let (telling, piece) = read.await?;
    Ok(Told { state, reader, telling, piece })
}

async fn send(told: Told) -> Result<Option<(web::Bytes, Told)>, actix_web::Error> {
    let Told { state, reader, telling, piece } = told;
    if piece.is_empty() {
        return Ok(None);
    }
    let next = tell(state, reader, telling).await;
    let next = next.inspect_err(|problem| tracing::error!(%problem, "a stream broke off"));
    Ok(Some((web::Bytes::from(piece), next?)))
}

/// Get one's own account
///
/// The account of the token that is sent: its role, and the organisations its holder acts for.
#[utoipa::path(tag = "accounts", security(("bearer" = [])), responses(
    (status = 200, description = "The account.", body = Account, example = examples::account),
    (status = 304, description = "It has not changed."),
    AdminReadErrors,
))]
#[get("/me")]
async fn get_own_account(http: HttpRequest, state: web::Data<State>, holder: Holder) -> Answer {
    let account = find(&state, holder.account).await?;
    answer_record(&http, &RecordQuery::plain(), &RecordRef::Id(holder.account), &account)
}

/// Replace one's own password
///
/// Ends every other session of the account. A wrong present password counts like a failure to
/// open it.
#[utoipa::path(tag = "accounts", security(("bearer" = [])),
    request_body(content = PasswordChange, example = examples::password_change),
    responses(
        (status = 204, description = "It was replaced."),
        OwnErrors,
    )
)]
#[put("/me/password")]
async fn replace_own_password(
    state: web::Data<State>,
    holder: Holder,
    body: Body<PasswordChange>,
) -> Answer {
    let PasswordChange { current_password, password } = body.value;
    check_password(&password, &find(&state, holder.account).await?)?;
    let whose = (holder.account, holder.session);
    login::change_password(&state, whose, &current_password, password.reveal()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Get what is known about oneself
///
/// Everything the registry keeps about the account's holder.
#[utoipa::path(tag = "accounts", security(("bearer" = [])), responses(
    (status = 200, description = "All that is known.", body = PersonalData,
     example = examples::personal_data),
    AdminReadErrors,
))]
#[get("/me/data")]
async fn get_own_data(state: web::Data<State>, holder: Holder) -> Answer {
    data_of(&state, holder.principal, holder.account).await
}
