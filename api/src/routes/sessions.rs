//! Opening an account, keeping it open, leaving it.

use super::errors::{AdminReadErrors, SessionErrors};
use super::examples;
use crate::auth::{Holder, login};
use crate::extract::Body;
use crate::problem::{Code, Problem};
use crate::respond::Answer;
use crate::state::State;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, delete, post, web};
use consortia_domain::account::{Credentials, RefreshToken, SessionTokens};
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(create_session_renewal).service(delete_session).service(create_session);
}

fn opened(tokens: &SessionTokens) -> HttpResponse {
    HttpResponse::Created().insert_header((CACHE_CONTROL, "no-store")).json(tokens)
}

/// Open an account
///
/// With its name and password. The access token goes into `Authorization: Bearer …` for 15
/// minutes; the refresh token gets the next two. Whether a name is unknown or a password wrong
/// is not told, neither in words nor in time.
#[utoipa::path(tag = "accounts",
    request_body(content = Credentials, example = examples::credentials),
    responses(
        (status = 201, description = "It is open.", body = SessionTokens,
         example = examples::session_tokens),
        SessionErrors,
    )
)]
#[post("")]
async fn create_session(state: web::Data<State>, body: Body<Credentials>) -> Answer {
    Ok(opened(&login::open(&state, body.value).await?))
}

/// Keep an account open
///
/// Gives the next two tokens. Each refresh token can be used once; one that comes a second time
/// was copied by somebody, and its session ends. A session lasts 14 days without this, and 90 at
/// most.
#[utoipa::path(tag = "accounts",
    request_body(content = RefreshToken, example = examples::refresh_token),
    responses(
        (status = 201, description = "It stays open.", body = SessionTokens,
         example = examples::session_tokens),
        SessionErrors,
    )
)]
#[post("/renewals")]
async fn create_session_renewal(state: web::Data<State>, body: Body<RefreshToken>) -> Answer {
    Ok(opened(&login::renew(&state, &body.value.refresh_token).await?))
}

/// Leave an account
///
/// Ends the session of the token that is sent, for access and refresh tokens alike.
#[utoipa::path(tag = "accounts", security(("bearer" = [])), responses(
    (status = 204, description = "It is closed."),
    AdminReadErrors,
))]
#[delete("/current")]
async fn delete_session(state: web::Data<State>, holder: Holder) -> Answer {
    let Some(session) = holder.session else {
        let detail = "The token is of an outside identity provider; leave the account there.";
        return Err(Problem::new(Code::RoleRequired, detail));
    };
    login::leave(&state, holder.account, session).await?;
    Ok(HttpResponse::NoContent().finish())
}
