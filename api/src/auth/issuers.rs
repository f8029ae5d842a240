//! Outside identity providers (Keycloak, Entra, EU Login and the like): whose tokens are
//! accepted, and what they let their bearers do.

mod file;
mod keys;

pub use file::IssuerFault;

use super::authenticate::holder;
use super::opaque;
use super::principal::{Principal, UserRole, Who};
use super::security_log::security_event;
use super::token::{LEEWAY, reason, refused};
use super::unchecked;
use crate::problem::Problem;
use crate::state::State;
use consortia_db::account::{self, Opening};
use consortia_db::{Actor, Tx};
use consortia_domain::account::{Account, AccountContent, AccountName};
use file::Entry;
use jsonwebtoken::{Header, Validation};
use keys::Keys;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Who writes down that somebody came from an outside provider.
const DOOR: &str = "system:sessions";

/// The outside identity providers whose tokens are accepted.
pub struct Issuers(Vec<Issuer>);

/// One of them.
pub(super) struct Issuer {
    /// What its tokens give as `iss`.
    name: String,
    /// How its tokens are checked.
    validation: Validation,
    /// What its signatures are checked with.
    keys: Keys,
    /// Where its tokens say what their bearers are: the names of nested claims.
    roles_claim: Vec<String>,
    /// What these may do here.
    roles: HashMap<String, UserRole>,
}

impl Issuers {
    /// The providers that the file at `path` lists, for a registry whose own tokens are of `own`.
    ///
    /// # Errors
    /// When it cannot be read, or says what cannot be meant; every fault at once.
    pub fn load(path: &Path, own: &str) -> Result<Self, IssuerFault> {
        Ok(Self(file::read(path, own)?.into_iter().map(Issuer::of).collect()))
    }

    /// The files of secrets, shared with providers, that the file at `path` names.
    ///
    /// # Errors
    /// When it cannot be read as a list of providers.
    pub fn secret_files(path: &Path) -> Result<Vec<PathBuf>, IssuerFault> {
        file::secret_files(path)
    }

    /// The provider that `token` says it is from; `None` when it says it is from elsewhere.
    /// Nothing it says is believed before its signature is checked.
    pub(super) fn of(&self, token: &str) -> Option<&Issuer> {
        let said = unchecked::issuer(token)?;
        self.0.iter().find(|issuer| issuer.name == said)
    }
}

impl Issuer {
    fn of(entry: Entry) -> Self {
        let mut validation = Validation::new(entry.algorithms[0]);
        validation.algorithms.clone_from(&entry.algorithms);
        validation.leeway = LEEWAY;
        validation.validate_nbf = true;
        validation.set_issuer(&[&entry.issuer]);
        validation.set_audience(&entry.audience);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        Self {
            name: entry.issuer,
            validation,
            keys: Keys::from(entry.keys),
            roles_claim: entry.roles_claim.split('.').map(str::to_owned).collect(),
            roles: entry.roles,
        }
    }

    /// Who bears `token`: the holder of an account here, which is opened when they come for the
    /// first time with a role.
    pub(super) async fn principal(
        &self,
        state: &State,
        token: &str,
        header: &Header,
    ) -> Result<Principal, Problem> {
        if !self.validation.algorithms.contains(&header.alg) {
            let expected: Vec<_> =
                self.validation.algorithms.iter().map(|it| format!("{it:?}")).collect();
            let expected = expected.join(" or ");
            return Err(refused(&format!("Tokens of '{}' are signed with {expected}.", self.name)));
        }
        let key = self.keys.find(state, header).await?;
        // Of a list with an algorithm that its key is not for, the library refuses everything.
        let validation = Validation { algorithms: vec![header.alg], ..self.validation.clone() };
        let decoded = jsonwebtoken::decode::<Map<String, Value>>(token, &key, &validation);
        let claims = decoded.map_err(|error| refused(&reason(&error, &self.name)))?.claims;
        let subject = claims.get("sub").and_then(Value::as_str).unwrap_or_default();
        let Some(role) = self.role(&claims) else {
            let who = Who::Named("visitor".to_owned());
            return Ok(Principal { who, role: None, organisations: Vec::new() });
        };
        let account = self.account(state, name_of(subject)?, role).await?;
        if account.content.disabled {
            return Err(refused("The account it is for was shut here."));
        }
        Ok(Principal { role: Some(role), ..holder(account, None) })
    }

    /// The highest role that the claims give.
    fn role(&self, claims: &Map<String, Value>) -> Option<UserRole> {
        let (last, parents) = self.roles_claim.split_last()?;
        let inside = parents.iter().try_fold(claims, |map, name| map.get(name)?.as_object())?;
        let named = match inside.get(last)? {
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            Value::String(names) => names.split_whitespace().collect::<Vec<_>>(),
            _ => return None,
        };
        named.into_iter().filter_map(|name| self.roles.get(name).copied()).max()
    }

    /// The account called `name`, which has `role` from now on.
    async fn account(
        &self,
        state: &State,
        name: AccountName,
        role: UserRole,
    ) -> Result<Account, Problem> {
        let (issuer, wanted) = (self.name.clone(), name.clone());
        let known =
            move |c: &mut consortia_db::Conn<'_>| account::named(c, Some(&issuer), wanted.as_str());
        if let Some(account) = state.read(known).await?.filter(|it| it.content.role == role) {
            return Ok(account);
        }
        let issuer = self.name.clone();
        let write = move |tx: &mut Tx<'_>| {
            if let Some(known) = account::named(tx.conn(), Some(&issuer), name.as_str())? {
                return Ok(account::follow_provider(tx, known.id, role)?.unwrap_or(known));
            }
            let content = AccountContent { name, role, organisations: Vec::new(), disabled: false };
            account::create(tx, &content, Opening::Issuer(&issuer))
        };
        let account = state.db().write(Actor::new(DOOR), write).await?;
        security_event!("came_from_outside", account = %account.id, role = role.code());
        Ok(account)
    }
}

/// How names begin that are digests of subjects.
const DIGEST: &str = "sha256-";

/// The name of the account of `subject`: itself where it can be one, else its digest, since two
/// subjects never share an account.
fn name_of(subject: &str) -> Result<AccountName, Problem> {
    if subject.is_empty() {
        return Err(refused("It does not say whom it is of: 'sub' is empty."));
    }
    let as_it_is = subject.parse::<AccountName>().ok();
    let as_it_is = as_it_is.filter(|name| {
        // Which no name that is not a digest begins with.
        name.as_str() == subject && !subject.starts_with(DIGEST)
    });
    if let Some(name) = as_it_is {
        return Ok(name);
    }
    let mut digest = DIGEST.to_owned();
    for byte in opaque::hash(subject) {
        // Writing to a String cannot fail.
        let _ = write!(digest, "{byte:02x}");
    }
    digest.parse().map_err(Problem::internal)
}
