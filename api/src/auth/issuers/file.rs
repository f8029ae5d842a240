//! The file that lists outside identity providers.

use super::super::principal::UserRole;
use actix_web::http::Uri;
use jsonwebtoken::Algorithm;
use serde::Deserialize;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Why outside identity providers cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IssuerFault {
    /// A file cannot be read.
    #[error("The file {0} cannot be read: {1}.", .path.display(), .source)]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("The list of identity providers {0} cannot be used: {1}", .path.display(), .faults.join("; "))]
    Malformed {
        /// The file.
        path: PathBuf,
        /// All that is wrong with it.
        faults: Vec<String>,
    },
}

/// Where the keys of a provider are.
pub(super) enum KeySource {
    /// At an address.
    Jwks(String),
    /// At the address that the document at this one names (`OpenID` Connect Discovery).
    Discovery(String),
    /// A secret that is shared with it.
    Secret(Vec<u8>),
}

/// A provider as the file lists it, checked.
pub(super) struct Entry {
    pub(super) issuer: String,
    pub(super) audience: Vec<String>,
    /// At least one.
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) keys: KeySource,
    pub(super) roles_claim: String,
    pub(super) roles: HashMap<String, UserRole>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    issuer: Vec<Raw>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    url: String,
    audience: Vec<String>,
    #[serde(default)]
    algorithms: Vec<String>,
    jwks_url: Option<String>,
    secret_file: Option<PathBuf>,
    roles_claim: String,
    roles: HashMap<String, String>,
}

/// Reads and checks the file, for a registry whose own tokens are of `own`.
pub(super) fn read(path: &Path, own: &str) -> Result<Vec<Entry>, IssuerFault> {
    let mut faults = Vec::new();
    let listed = listed(path)?;
    for (at, Raw { url, .. }) in listed.iter().enumerate() {
        if url == own {
            faults.push(format!(
                "{url}: this registry calls itself so (token_issuer); its own tokens would be \
                 taken for the provider's"
            ));
        }
        if listed[..at].iter().any(|earlier| earlier.url == *url) {
            faults.push(format!("{url}: listed twice; one entry says all of a provider"));
        }
    }
    let entries: Vec<_> = listed.into_iter().filter_map(|raw| entry(raw, &mut faults)).collect();
    if faults.is_empty() { Ok(entries) } else { Err(malformed(path, faults)) }
}

/// The files of secrets that the file names.
pub(super) fn secret_files(path: &Path) -> Result<Vec<PathBuf>, IssuerFault> {
    Ok(listed(path)?.into_iter().filter_map(|raw| raw.secret_file).collect())
}

/// The providers as the file lists them.
fn listed(path: &Path) -> Result<Vec<Raw>, IssuerFault> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| IssuerFault::Unreadable { path: path.to_owned(), source })?;
    let listed = toml::from_str(&text).map(|Listed { issuer }| issuer);
    listed.map_err(|error| malformed(path, vec![error.to_string()]))
}

fn malformed(path: &Path, faults: Vec<String>) -> IssuerFault {
    IssuerFault::Malformed { path: path.to_owned(), faults }
}

fn entry(raw: Raw, faults: &mut Vec<String>) -> Option<Entry> {
    let Raw { url, audience, algorithms, jwks_url, secret_file, roles_claim, roles } = raw;
    let before = faults.len();
    let mut fault = |detail: String| faults.push(format!("{url}: {detail}"));
    if audience.is_empty() {
        fault("audience is empty; expected what its tokens give as 'aud' for this registry".into());
    }
    for address in [Some(&url), jwks_url.as_ref()].into_iter().flatten() {
        if secret_file.is_none() && !is_safe(address) {
            fault(format!("'{address}' is not https://… (or http:// on this machine)"));
        }
    }
    let algorithms = algorithms_of(&algorithms, secret_file.is_some()).unwrap_or_else(|detail| {
        fault(detail);
        Vec::new()
    });
    let mut given = HashMap::new();
    for (name, role) in roles {
        match role.parse::<UserRole>() {
            Ok(role) => {
                given.insert(name, role);
            }
            Err(error) => fault(error.to_string()),
        }
    }
    let keys = match (jwks_url, secret_file) {
        (Some(_), Some(_)) => {
            fault("jwks_url and secret_file exclude one another".into());
            None
        }
        (Some(jwks), None) => Some(KeySource::Jwks(jwks)),
        (None, Some(file)) => secret(&file).map(KeySource::Secret).map_err(&mut fault).ok(),
        (None, None) => {
            let base = url.trim_end_matches('/');
            Some(KeySource::Discovery(format!("{base}/.well-known/openid-configuration")))
        }
    };
    if faults.len() > before {
        return None;
    }
    Some(Entry { issuer: url, audience, algorithms, keys: keys?, roles_claim, roles: given })
}

/// A secret of at least 32 bytes, as HS256 needs (RFC 7518, section 3.2).
fn secret(file: &Path) -> Result<Vec<u8>, String> {
    let shown = file.display();
    let bytes = std::fs::read(file).map_err(|error| format!("{shown} cannot be read: {error}"))?;
    let secret = bytes.trim_ascii().to_vec();
    if secret.len() < 32 {
        return Err(format!(
            "the secret in {shown} has {} bytes; expected 32 or more",
            secret.len()
        ));
    }
    Ok(secret)
}

/// Which signatures are accepted: RS256 if nothing is said. A shared secret is used with HS256,
/// which has to be said, and with nothing else: a public key taken for a secret is how
/// algorithms are confused.
fn algorithms_of(named: &[String], shared: bool) -> Result<Vec<Algorithm>, String> {
    let allowed: &[(&str, Algorithm)] = if shared {
        &[("HS256", Algorithm::HS256)]
    } else {
        &[("RS256", Algorithm::RS256), ("ES256", Algorithm::ES256), ("EdDSA", Algorithm::EdDSA)]
    };
    if named.is_empty() && !shared {
        return Ok(vec![Algorithm::RS256]);
    }
    let find = |name: &String| {
        let known = allowed.iter().find(|(code, _)| code == name);
        known.map(|(_, algorithm)| *algorithm).ok_or_else(|| {
            let codes: Vec<_> = allowed.iter().map(|(code, _)| *code).collect();
            format!("algorithms = '{name}'; expected {} here", codes.join(", "))
        })
    };
    let found = named.iter().map(find).collect::<Result<Vec<_>, _>>()?;
    if found.is_empty() {
        return Err("with secret_file, say algorithms = [\"HS256\"]".to_owned());
    }
    Ok(found)
}

/// Whether keys may be fetched from `address`: nobody between can change them.
pub(super) fn is_safe(address: &str) -> bool {
    let Ok(uri) = address.parse::<Uri>() else { return false };
    let plain = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    let here = matches!(uri.host(), Some("127.0.0.1" | "localhost" | "[::1]"));
    plain && (uri.scheme_str() == Some("https") || (uri.scheme_str() == Some("http") && here))
}
