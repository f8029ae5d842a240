//! Who makes a request, and what they may do.

use crate::problem::{Code, Problem};
use actix_web::dev::Payload;
use actix_web::http::header::WWW_AUTHENTICATE;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use chrono::Utc;
use consortia_db::rights::Rights;
use consortia_db::{Conn, Error, read_token, session};
use consortia_domain::account::{AccountContent, ReadScope};
use std::future::{Ready, ready};
use uuid::Uuid;

pub use consortia_domain::account::UserRole;

/// Who makes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// By whose word.
    pub who: Who,
    /// What they may do; `None` when they may read only.
    pub role: Option<UserRole>,
    /// The organisations they act for.
    pub organisations: Vec<Uuid>,
}

/// By whose word somebody makes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// The command line's, which gave them a token with this name.
    Named(String),
    /// Their own: they opened this account, in this session, or at an outside provider.
    Account {
        /// The account.
        id: Uuid,
        /// The session, where it is one of this registry.
        session: Option<Uuid>,
    },
    /// Somebody's who made this read token.
    ReadToken {
        /// The token.
        id: Uuid,
        /// Their name in the history.
        made_by: String,
        /// What it lets them read.
        scopes: Vec<ReadScope>,
    },
}

impl Principal {
    /// Their name in the revision log.
    #[must_use]
    pub fn actor(&self) -> String {
        match &self.who {
            Who::Named(subject) => format!("user:{subject}"),
            Who::Account { id, .. } => format!("account:{id}"),
            Who::ReadToken { id, .. } => format!("read-token:{id}"),
        }
    }

    /// Their account, if they have one.
    #[must_use]
    pub fn account(&self) -> Option<Uuid> {
        match self.who {
            Who::Account { id, .. } => Some(id),
            _ => None,
        }
    }

    /// Which records they may change.
    #[must_use]
    pub fn rights(&self) -> Rights {
        if self.role >= Some(UserRole::Staff) {
            return Rights::All;
        }
        // Who bears a read token sees what its maker made.
        let actor = match &self.who {
            Who::ReadToken { made_by, .. } => made_by.clone(),
            _ => self.actor(),
        };
        Rights::Own { actor, organisations: self.organisations.clone() }
    }

    /// Refuses them once they may not do the same any more as when they came in.
    ///
    /// # Errors
    /// `AccountShut` when their session or read token is over, or the account behind it was shut
    /// or erased; `RightsChanged` when it may do something else since.
    pub(crate) fn check(&self, c: &mut Conn<'_>) -> Result<(), Error> {
        let same = match &self.who {
            Who::Named(_) => true,
            Who::Account { id, session } => {
                self.may_do_the_same(&session::check_open(c, *id, *session)?.content)
            }
            Who::ReadToken { id, scopes, .. } => {
                let role = read_token::makers_role(c, *id, Utc::now())?;
                let role = role.ok_or(Error::AccountShut)?;
                scopes.iter().all(|scope| role >= role_for(*scope))
            }
        };
        if same { Ok(()) } else { Err(Error::RightsChanged) }
    }

    /// Whether their account, as it is now, lets them do what it did when they came in. What an
    /// outside provider says of their role came with them.
    fn may_do_the_same(&self, account: &AccountContent) -> bool {
        let of_provider = matches!(self.who, Who::Account { session: None, .. });
        let organisations = account.organisations.iter().copied().map(Uuid::from);
        (of_provider || self.role == Some(account.role))
            && organisations.eq(self.organisations.iter().copied())
    }

    /// Whether their role lets them read what `scope` opens.
    pub(super) fn may_read_by_role(&self, scope: ReadScope) -> bool {
        self.role >= Some(role_for(scope))
    }

    /// Who makes `request`, as found out when it came in.
    ///
    /// # Errors
    /// `token_required` when nobody says, naming what is `needed`.
    fn of(request: &HttpRequest, needed: UserRole) -> Result<Self, Problem> {
        request.extensions().get::<Self>().cloned().ok_or_else(|| {
            let detail = format!(
                "This needs the role {needed} and the header 'Authorization: Bearer TOKEN'. Open \
                 an account with POST /api/v1/sessions, or make a token with: consortia token \
                 --role {needed} --subject catalogue-import (what it is for: everybody sees it)"
            );
            Problem::new(Code::TokenRequired, detail)
                .header(WWW_AUTHENTICATE, "Bearer realm=\"consortia\"")
        })
    }

    fn with_role(request: &HttpRequest, needed: UserRole) -> Result<Self, Problem> {
        let principal = Self::of(request, needed)?;
        if principal.role >= Some(needed) { Ok(principal) } else { Err(principal.lacks(needed)) }
    }

    fn lacks(&self, needed: UserRole) -> Problem {
        let has = match (&self.who, self.role) {
            (Who::ReadToken { .. }, _) => "a read token only reads what it was made for".to_owned(),
            (_, Some(role)) => format!("yours is {role}"),
            (_, None) => "you have none here".to_owned(),
        };
        Problem::new(Code::RoleRequired, format!("This needs the role {needed}; {has}."))
    }
}

macro_rules! needs {
    ($($(#[doc = $doc:literal])+ $name:ident: |$request:ident| $found:expr;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug)]
        pub struct $name(pub Principal);

        impl FromRequest for $name {
            type Error = Problem;
            type Future = Ready<Result<Self, Problem>>;

            fn from_request($request: &HttpRequest, _: &mut Payload) -> Self::Future {
                ready($found.map(Self))
            }
        }
    )+};
}

/// The role without which one needs a read token to read what `scope` opens.
pub(super) fn role_for(scope: ReadScope) -> UserRole {
    match scope {
        ReadScope::Published | ReadScope::Drafts => UserRole::Editor,
        ReadScope::Quality => UserRole::Staff,
        ReadScope::Imports => UserRole::Admin,
    }
}

/// Whoever may read what `scope` opens, by their role or a read token.
fn reader(request: &HttpRequest, scope: ReadScope) -> Result<Principal, Problem> {
    let principal = Principal::of(request, role_for(scope))?;
    let may = match &principal.who {
        Who::ReadToken { scopes, .. } => scopes.contains(&scope),
        _ => principal.may_read_by_role(scope),
    };
    if may { Ok(principal) } else { Err(principal.lacks(role_for(scope))) }
}

needs! {
    /// Somebody who may create records, and change those that are their own.
    Writer: |request| Principal::with_role(request, UserRole::Editor);
    /// Somebody who may change and delete every record.
    Staff: |request| Principal::with_role(request, UserRole::Staff);
    /// Somebody who may import and look after accounts.
    Admin: |request| Principal::with_role(request, UserRole::Admin);
    /// Somebody who may see what is missing or looks wrong.
    QualityReader: |request| reader(request, ReadScope::Quality);
    /// Somebody who may read drafts: their own, and those they see.
    DraftReader: |request| reader(request, ReadScope::Drafts);
    /// Somebody who may watch imports.
    ImportReader: |request| reader(request, ReadScope::Imports);
}

/// Somebody who has an account, and its id.
#[derive(Clone, Debug)]
pub struct Holder {
    /// Who they are.
    pub principal: Principal,
    /// Their account.
    pub account: Uuid,
    /// The session they opened it in, where it is one of this registry.
    pub session: Option<Uuid>,
}

impl FromRequest for Holder {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = Principal::of(request, UserRole::Editor).and_then(|principal| {
            let Who::Account { id, session } = principal.who else {
                let detail = "This is for holders of an account; the token is not of one.";
                return Err(Problem::new(Code::RoleRequired, detail));
            };
            Ok(Self { principal, account: id, session })
        });
        ready(found)
    }
}
