//! Bearer tokens: JSON Web Tokens (RFC 7519) signed with Ed25519 (RFC 8037).

use super::keyring::Keyring;
use super::principal::UserRole;
use crate::problem::{Code, Problem};
use actix_web::http::header::WWW_AUTHENTICATE;
use chrono::Utc;
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

/// Seconds by which clocks may differ.
pub(super) const LEEWAY: u64 = 30;

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who made it.
    pub iss: String,
    /// Whom it is for.
    pub aud: String,
    /// Who bears it.
    pub sub: String,
    /// When it was made, in seconds since 1970.
    pub iat: i64,
    /// From when on it is valid.
    pub nbf: i64,
    /// Until when it is valid.
    pub exp: i64,
    /// Its own id.
    pub jti: String,
    /// What the bearer is let do by the token itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The organisations the bearer acts for by the token itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub organisations: Vec<Uuid>,
    /// The session of an account that the bearer has opened: what they may do is known there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<Uuid>,
}

/// Who bears a sound token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bearer {
    /// Somebody to whom the command line gave it, and what it lets them do.
    Named {
        /// Their name.
        subject: String,
        /// What they may do.
        role: UserRole,
        /// The organisations they act for.
        organisations: Vec<Uuid>,
    },
    /// Somebody who has opened an account, in this session.
    Session(Uuid),
}

/// Makes and checks tokens.
pub struct Tokens {
    keys: Keyring,
    issuer: String,
    audience: String,
    validation: Validation,
}

impl Tokens {
    /// Tokens of `issuer` for `audience`, signed with the current one of `keys`.
    #[must_use]
    pub fn new(keys: Keyring, issuer: &str, audience: &str) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.leeway = LEEWAY;
        validation.validate_nbf = true;
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        Self { keys, issuer: issuer.to_owned(), audience: audience.to_owned(), validation }
    }

    /// Who makes these tokens.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The keys they are signed with.
    #[must_use]
    pub fn keys(&self) -> &Keyring {
        &self.keys
    }

    /// A token that by itself lets `subject` act in `role` for `organisations`, and ends after
    /// `lifetime`.
    ///
    /// # Errors
    /// When signing fails.
    pub fn issue(
        &self,
        subject: &str,
        role: UserRole,
        organisations: &[Uuid],
        lifetime: Duration,
    ) -> Result<String, Error> {
        let claims = self.claims(subject, lifetime);
        let (role, organisations) = (Some(role.code().to_owned()), organisations.to_vec());
        self.sign(&Claims { role, organisations, ..claims })
    }

    /// A token for the holder of `account` in `session`, that ends after `lifetime`.
    ///
    /// # Errors
    /// When signing fails.
    pub(super) fn issue_in_session(
        &self,
        account: Uuid,
        session: Uuid,
        lifetime: Duration,
    ) -> Result<String, Error> {
        let claims = self.claims(&account.to_string(), lifetime);
        self.sign(&Claims { sid: Some(session), ..claims })
    }

    fn claims(&self, subject: &str, lifetime: Duration) -> Claims {
        let now = Utc::now().timestamp();
        let seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: subject.to_owned(),
            iat: now,
            nbf: now,
            exp: now.saturating_add(seconds),
            jti: Uuid::now_v7().to_string(),
            role: None,
            organisations: Vec::new(),
            sid: None,
        }
    }

    fn sign(&self, claims: &Claims) -> Result<String, Error> {
        let keys = self.keys.keys();
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(keys.current.id().to_owned());
        jsonwebtoken::encode(&header, claims, &keys.current.encoding)
    }

    /// Who bears `token`, whose header is `header`.
    ///
    /// # Errors
    /// `invalid_token`, saying what is wrong with it.
    pub fn check(&self, token: &str, header: &Header) -> Result<Bearer, Problem> {
        let id = header.kid.as_deref().unwrap_or_default();
        let keys = self.keys.keys_with(id);
        let key = keys.find(id).ok_or_else(|| refused(ANOTHER_KEY))?;
        let decoded = jsonwebtoken::decode::<Claims>(token, &key.decoding, &self.validation);
        let claims = decoded.map_err(|error| refused(&self.reason(&error)))?.claims;
        if let Some(session) = claims.sid {
            return Ok(Bearer::Session(session));
        }
        let role = claims.role.ok_or_else(|| refused("It lacks the claim 'role'."))?.parse();
        let role = role.map_err(|fault: consortia_domain::Invalid| refused(&fault.detail))?;
        Ok(Bearer::Named { subject: claims.sub, role, organisations: claims.organisations })
    }

    fn reason(&self, error: &Error) -> String {
        match error.kind() {
            ErrorKind::InvalidSignature => ANOTHER_KEY.into(),
            ErrorKind::InvalidAudience => format!("Its audience is not '{}'.", self.audience),
            _ => reason(error, &self.issuer),
        }
    }
}

/// What is wrong with a token that should be of `issuer`.
pub(super) fn reason(error: &Error, issuer: &str) -> String {
    match error.kind() {
        ErrorKind::ExpiredSignature => "It has expired; make a new one.".into(),
        ErrorKind::ImmatureSignature => "It is not valid yet; compare the clocks.".into(),
        ErrorKind::InvalidSignature => format!("Its signature is not of '{issuer}'."),
        ErrorKind::InvalidIssuer => format!("Its issuer is not '{issuer}'."),
        ErrorKind::InvalidAudience => "Its audience is not this registry.".into(),
        ErrorKind::InvalidAlgorithm
        | ErrorKind::InvalidAlgorithmName
        | ErrorKind::UnsupportedAlgorithm => "It must be signed with EdDSA (Ed25519).".into(),
        ErrorKind::MissingRequiredClaim(claim) => format!("It lacks the claim '{claim}'."),
        ErrorKind::InvalidClaimFormat(claim) => format!("Its claim '{claim}' is malformed."),
        _ => format!("It is not a JSON Web Token of '{issuer}'."),
    }
}

const ANOTHER_KEY: &str = "Its signature is not of this registry's key; it was made elsewhere or \
                           with a key that was retired.";

/// The problem of a token that is refused for `reason`.
pub(crate) fn refused(reason: &str) -> Problem {
    Problem::new(Code::InvalidToken, format!("The token was refused. {reason}"))
        .header(WWW_AUTHENTICATE, "Bearer realm=\"consortia\", error=\"invalid_token\"")
}
