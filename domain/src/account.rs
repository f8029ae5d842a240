//! Accounts: who may write to the registry, and for which organisations.

mod name;
mod password;
mod read_token;
mod session;

pub use name::AccountName;
pub use password::{Candidate, NewPassword, Password, PasswordChange};
pub use read_token::{IssuedReadToken, ReadScope, ReadToken, ReadTokenContent};
pub use session::{Credentials, RefreshToken, SessionTokens};

use crate::decode::{Decode, Object};
use crate::draft::Drafted;
use crate::error::{Errors, Pointer};
use crate::id::OrganisationId;
use crate::record::{Stamp, Timestamp};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

crate::vocabulary! {
    /// What somebody may do in the registry. Each role includes those before it.
    pub enum UserRole: "user_role" {
        Editor = "editor", "Editor: creates records, and changes what is their own";
        Staff = "staff", "Staff: changes and deletes every record";
        Admin = "admin", "Administrator: imports, and looks after accounts";
    }
}

/// What an account shows and nobody states.
const READ_ONLY: &[&str] = &["id", "issuer", "version", "created_at", "updated_at"];

/// All that an administrator states about an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "name": "anna",
    "role": "editor",
    "organisations": ["0198c0de-0000-7000-8000-000000000000"]
}))]
pub struct AccountContent {
    /// The name it is opened with.
    pub name: AccountName,
    /// What its holder may do.
    pub role: UserRole,
    /// The organisations its holder acts for: an editor changes these, and what they
    /// coordinate.
    #[serde(default)]
    pub organisations: Vec<OrganisationId>,
    /// Whether it is shut: nobody may use it until it is opened again.
    #[serde(default)]
    pub disabled: bool,
}

impl AccountContent {
    /// Whether it is an administrator's, and not shut.
    #[must_use]
    pub fn administers(&self) -> bool {
        self.role == UserRole::Admin && !self.disabled
    }

    /// Reads the fields from an object that may have others.
    fn read(object: &mut Object<'_>) -> Option<Self> {
        let name = object.required("name");
        let role = object.required("role");
        let organisations = object.distinct("organisations");
        let disabled = object.optional("disabled").unwrap_or_default();
        Some(Self { name: name?, role: role?, organisations, disabled })
    }
}

impl Decode for AccountContent {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        object.read_only(READ_ONLY);
        let content = Self::read(&mut object);
        content.filter(|_| object.finish())
    }
}

/// An account to be opened.
#[derive(Clone, Debug, PartialEq, Eq, ToSchema)]
#[schema(example = json!({
    "name": "anna",
    "role": "editor",
    "organisations": ["0198c0de-0000-7000-8000-000000000000"],
    "password": "a few words nobody knows"
}))]
pub struct NewAccount {
    /// The name it is opened with.
    pub name: AccountName,
    /// What its holder may do.
    pub role: UserRole,
    /// The organisations its holder acts for.
    pub organisations: Option<Vec<OrganisationId>>,
    /// Whether it is shut.
    pub disabled: Option<bool>,
    /// Its first password, which does not contain the name.
    pub password: Password,
}

impl NewAccount {
    /// What is stated about it, its password apart.
    #[must_use]
    pub fn content(&self) -> AccountContent {
        AccountContent {
            name: self.name.clone(),
            role: self.role,
            organisations: self.organisations.clone().unwrap_or_default(),
            disabled: self.disabled.unwrap_or_default(),
        }
    }
}

impl Decode for NewAccount {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let mut object = Object::open(value, at, errors)?;
        object.read_only(READ_ONLY);
        let content = AccountContent::read(&mut object);
        let password = object.required::<Password>("password");
        if let (Some(content), Some(password)) = (&content, &password)
            && let Err(fault) = password.check_for(&content.name)
        {
            object.fault("password", fault);
        }
        let complete = object.finish();
        let AccountContent { name, role, organisations, disabled } = content?;
        let (organisations, disabled) = (Some(organisations), Some(disabled));
        complete.then_some(Self { name, role, organisations, disabled, password: password? })
    }
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Account {
    /// Its id.
    #[schema(example = "0198c0de-0000-7000-8000-000000000000")]
    pub id: Uuid,
    /// Who vouches for its holder: the issuer of an outside identity provider; null where it is
    /// opened with a password of this registry.
    #[schema(example = "https://id.example.org/realms/foundation")]
    pub issuer: Option<String>,
    /// What is stated about it.
    #[serde(flatten)]
    pub content: AccountContent,
    /// Where it stands.
    #[serde(flatten)]
    pub stamp: Stamp,
}

/// Everything the registry keeps about the holder of an account.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PersonalData {
    /// The account.
    pub account: Account,
    /// When it was opened and is used, session by session.
    pub sessions: Vec<SessionSeen>,
    /// Read tokens made with it.
    pub read_tokens: Vec<ReadToken>,
    /// How many answers are kept, for a day, in case a request made with it is repeated.
    #[schema(example = 1)]
    pub kept_answers: u64,
    /// How many changes of records the history says were made with it, by the account's id.
    #[schema(example = 12)]
    pub changes: u64,
    /// Drafts made with it.
    pub drafts: Vec<Drafted>,
}

/// One time an account was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SessionSeen {
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// When it was last renewed.
    #[schema(value_type = String, format = DateTime)]
    pub seen_at: Timestamp,
    /// When it was left or ended; null while it lasts.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
}
