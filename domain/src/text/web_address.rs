//! Web addresses of organisations, programmes and projects.

use super::{json_string, shown};
use crate::error::Invalid;
use std::fmt;
use std::str::FromStr;

/// An absolute `http` or `https` address.
///
/// An address written without its scheme (`www.tml.be`) gets `https://`; scheme and host
/// are lower case. Other schemes are refused, because the address becomes a link.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WebAddress(String);

impl WebAddress {
    /// The most characters an address may have.
    pub const MAX: usize = 2_000;

    /// The address, with its scheme.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address, taken out.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// The host, lower case, without port.
    #[must_use]
    pub fn host(&self) -> &str {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        authority.split(':').next().unwrap_or_default()
    }
}

impl FromStr for WebAddress {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.is_empty() {
            let detail = "The web address is empty; give one, or leave the field out.";
            return Err(Invalid::new("empty", detail));
        }
        if text.chars().count() > Self::MAX {
            let max = Self::MAX;
            let detail =
                format!("A web address may have {max} characters; shorten {}.", shown(text));
            return Err(Invalid::new("too_long", detail));
        }
        if let Some(c) = text.chars().find(|&c| is_forbidden(c)) {
            let detail = format!(
                "The web address {} contains U+{:04X}, which addresses must not; percent-encode it.",
                shown(text),
                u32::from(c)
            );
            return Err(Invalid::new("invalid_web_address", detail));
        }
        let (scheme, rest) = split_scheme(text)?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        check_authority(text, authority)?;
        Ok(Self(format!("{scheme}://{}{path}", authority.to_lowercase())))
    }
}

/// The scheme (`https` when there is none) and what follows it.
fn split_scheme(text: &str) -> Result<(&'static str, &str), Invalid> {
    let head = text.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((scheme, after)) = head.split_once(':') else { return Ok(("https", text)) };
    // "www.tml.be:8080": a port, not a scheme.
    if scheme.contains('.') && after.bytes().all(|b| b.is_ascii_digit()) && !after.is_empty() {
        return Ok(("https", text));
    }
    let rest = &text[scheme.len() + 1..];
    let rest = rest.strip_prefix("//");
    match (scheme.to_ascii_lowercase().as_str(), rest) {
        ("http", Some(rest)) => Ok(("http", rest)),
        ("https", Some(rest)) => Ok(("https", rest)),
        ("http" | "https", None) => {
            let detail = format!(
                "{} lacks the '//' after '{scheme}:'; write it like https://www.ismu.org.",
                shown(text)
            );
            Err(Invalid::new("invalid_web_address", detail))
        }
        _ => {
            let detail = format!(
                "{} has the scheme '{}'; only http and https addresses are accepted.",
                shown(text),
                scheme.escape_default()
            );
            Err(Invalid::new("unsupported_scheme", detail))
        }
    }
}

fn check_authority(text: &str, authority: &str) -> Result<(), Invalid> {
    let refuse = |why: &str| {
        let detail = format!("{} {why}; write it like https://www.ismu.org.", shown(text));
        Err(Invalid::new("invalid_web_address", detail))
    };
    if authority.contains('@') {
        return refuse("contains a user name or is an e-mail address");
    }
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return refuse("has a port that is not a number up to 65535");
    }
    let labels: Vec<&str> = host.strip_suffix('.').unwrap_or(host).split('.').collect();
    let sound = |label: &&str| {
        let allowed = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_') || !c.is_ascii();
        !label.is_empty() && label.len() <= 63 && label.chars().all(allowed)
    };
    if labels.len() < 2 || !labels.iter().all(sound) {
        return refuse("has no valid host name");
    }
    Ok(())
}

/// Whether `c` may not stand in an address unencoded (RFC 3986, 3987).
fn is_forbidden(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '"' | '\\' | '^' | '`' | '{' | '|' | '}')
}

impl fmt::Display for WebAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for WebAddress {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

json_string!(
    WebAddress,
    "An absolute http or https address. Without a scheme, https:// is put before it.",
    "https://www.ismu.org/",
    max_length = Self::MAX
);
