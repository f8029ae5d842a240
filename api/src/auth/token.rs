//! Bearer tokens: JSON Web Tokens (RFC 7519) signed with Ed25519 (RFC 8037).

use super::key::SigningKeys;
use super::principal::{Principal, Role};
use crate::problem::{Code, Problem};
use actix_web::http::header::WWW_AUTHENTICATE;
use chrono::Utc;
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

/// Seconds by which clocks may differ.
const LEEWAY: u64 = 30;
/// Longest token looked at, in bytes.
const MAX_LENGTH: usize = 4096;

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who made it.
    pub iss: String,
    /// Whom it is for.
    pub aud: String,
    /// Who bears it.
    pub sub: String,
    /// What the bearer may do.
    pub role: String,
    /// When it was made, in seconds since 1970.
    pub iat: i64,
    /// From when on it is valid.
    pub nbf: i64,
    /// Until when it is valid.
    pub exp: i64,
    /// Its own id.
    pub jti: String,
}

/// Makes and checks tokens.
pub struct Tokens {
    keys: SigningKeys,
    issuer: String,
    audience: String,
    validation: Validation,
}

impl Tokens {
    /// Tokens of `issuer` for `audience`, signed with `keys`.
    #[must_use]
    pub fn new(keys: SigningKeys, issuer: &str, audience: &str) -> Self {
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.leeway = LEEWAY;
        validation.validate_nbf = true;
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        Self { keys, issuer: issuer.to_owned(), audience: audience.to_owned(), validation }
    }

    /// A token for `subject` that ends after `lifetime`.
    ///
    /// # Errors
    /// When signing fails.
    pub fn issue(&self, subject: &str, role: Role, lifetime: Duration) -> Result<String, Error> {
        let now = Utc::now().timestamp();
        let seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: subject.to_owned(),
            role: role.code().to_owned(),
            iat: now,
            nbf: now,
            exp: now.saturating_add(seconds),
            jti: Uuid::now_v7().to_string(),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.keys.id.clone());
        jsonwebtoken::encode(&header, &claims, &self.keys.encoding)
    }

    /// Who bears `token`.
    ///
    /// # Errors
    /// `invalid_token`, saying what is wrong with it.
    pub fn check(&self, token: &str) -> Result<Principal, Problem> {
        if token.len() > MAX_LENGTH {
            return Err(refused("It is longer than any token of this registry."));
        }
        let decoded = jsonwebtoken::decode::<Claims>(token, &self.keys.decoding, &self.validation);
        let claims = decoded.map_err(|error| refused(&self.reason(&error)))?.claims;
        let role = claims.role.parse();
        let role = role.map_err(|fault: consortia_domain::Invalid| refused(&fault.detail))?;
        Ok(Principal { subject: claims.sub, role })
    }

    fn reason(&self, error: &Error) -> String {
        match error.kind() {
            ErrorKind::ExpiredSignature => "It has expired; make a new one.".into(),
            ErrorKind::ImmatureSignature => "It is not valid yet; compare the clocks.".into(),
            ErrorKind::InvalidSignature => {
                "Its signature is not of this registry's key; it was made elsewhere or with an \
                 older key."
                    .into()
            }
            ErrorKind::InvalidIssuer => format!("Its issuer is not '{}'.", self.issuer),
            ErrorKind::InvalidAudience => format!("Its audience is not '{}'.", self.audience),
            ErrorKind::InvalidAlgorithm
            | ErrorKind::InvalidAlgorithmName
            | ErrorKind::UnsupportedAlgorithm => "It must be signed with EdDSA (Ed25519).".into(),
            ErrorKind::MissingRequiredClaim(claim) => format!("It lacks the claim '{claim}'."),
            ErrorKind::InvalidClaimFormat(claim) => format!("Its claim '{claim}' is malformed."),
            _ => "It is not a JSON Web Token of this registry.".into(),
        }
    }
}

fn refused(reason: &str) -> Problem {
    Problem::new(Code::InvalidToken, format!("The token was refused. {reason}"))
        .header(WWW_AUTHENTICATE, "Bearer realm=\"consortia\", error=\"invalid_token\"")
}
