//! Who makes a request, and what they may do. The place where accounts will be looked up.

use crate::problem::{Code, Problem};
use crate::state::State;
use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use actix_web::{FromRequest, HttpRequest, web};
use std::future::{Ready, ready};

consortia_domain::vocabulary! {
    /// What somebody may do in the registry. Each role includes those before it.
    pub enum Role: "user_role" {
        Editor = "editor", "Editor: creates and changes records";
        Staff = "staff", "Staff: deletes records too";
        Admin = "admin", "Administrator: imports and administers";
    }
}

/// Who makes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// Their name, as in the token.
    pub subject: String,
    /// What they may do.
    pub role: Role,
}

impl Principal {
    /// Their name in the revision log.
    #[must_use]
    pub fn actor(&self) -> String {
        format!("user:{}", self.subject)
    }

    /// Who makes `request`, according to its bearer token.
    ///
    /// # Errors
    /// `token_required` without a token, naming the role `needed`; `invalid_token` with one
    /// that is not sound.
    fn of(request: &HttpRequest, needed: Role) -> Result<Self, Problem> {
        let state = request.app_data::<web::Data<State>>().ok_or_else(State::missing)?;
        let required = || {
            let detail = format!(
                "This needs the role {needed} and the header 'Authorization: Bearer TOKEN'. Make \
                 a token with: consortia token --role {needed} --subject NAME"
            );
            Problem::new(Code::TokenRequired, detail)
                .header(WWW_AUTHENTICATE, "Bearer realm=\"consortia\"")
        };
        let header = request.headers().get(AUTHORIZATION).ok_or_else(required)?;
        let text = header.to_str().map_err(|_| required())?;
        let (scheme, token) = text.split_once(' ').ok_or_else(required)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(required());
        }
        state.tokens().check(token.trim())
    }

    fn with_role(request: &HttpRequest, needed: Role) -> Result<Self, Problem> {
        let principal = Self::of(request, needed)?;
        if principal.role >= needed {
            return Ok(principal);
        }
        let detail = format!(
            "This needs the role {needed}; '{}' has the role {}.",
            principal.subject, principal.role
        );
        Err(Problem::new(Code::RoleRequired, detail))
    }
}

macro_rules! needs_role {
    ($($(#[doc = $doc:literal])+ $name:ident: $role:ident;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug)]
        pub struct $name(pub Principal);

        impl FromRequest for $name {
            type Error = Problem;
            type Future = Ready<Result<Self, Problem>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                ready(Principal::with_role(request, Role::$role).map(Self))
            }
        }
    )+};
}

needs_role! {
    /// Somebody who may create and change records.
    Writer: Editor;
    /// Somebody who may delete records.
    Staff: Staff;
    /// Somebody who may import and administer.
    Admin: Admin;
}
