//! What each setting's text must be. Each reader says what was expected.

use crate::config::layers::Raw;
use consortia_db::DatabaseUrl;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;
use tracing_subscriber::EnvFilter;

/// Shape of the log's lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// A reader of one setting: the value, or what was expected.
pub(super) type Read<T> = fn(&Raw) -> Result<T, String>;

/// The text of a setting that must be one.
fn text<'a>(raw: &'a Raw, expected: &str) -> Result<&'a str, String> {
    match raw {
        Raw::Text(text) => Ok(text.trim()),
        Raw::List(_) => Err(expected.to_owned()),
    }
}

pub(super) fn any_text(raw: &Raw) -> Result<String, String> {
    text(raw, "a text").map(str::to_owned)
}

pub(super) fn not_empty(raw: &Raw) -> Result<String, String> {
    let expected = "a text that is not empty";
    match text(raw, expected)? {
        "" => Err(expected.to_owned()),
        text => Ok(text.to_owned()),
    }
}

pub(super) fn path(raw: &Raw) -> Result<PathBuf, String> {
    not_empty(raw).map(PathBuf::from).map_err(|_| "a directory, such as ./consortia-data".into())
}

pub(super) fn optional_path(raw: &Raw) -> Result<Option<PathBuf>, String> {
    let path = text(raw, "a file, or nothing")?;
    Ok((!path.is_empty()).then(|| PathBuf::from(path)))
}

pub(super) fn database_url(raw: &Raw) -> Result<String, String> {
    let url = text(raw, "sqlite://PATH or postgres://USER:PASSWORD@HOST:PORT/NAME")?;
    if url.is_empty() {
        return Ok(String::new());
    }
    // The store knows best, and its messages never repeat a password.
    match url.parse::<DatabaseUrl>() {
        Ok(_) => Ok(url.to_owned()),
        Err(fault) => Err(format!("something else: {fault}")),
    }
}

pub(super) fn listen(raw: &Raw) -> Result<Vec<SocketAddr>, String> {
    let expected = "host:port with a host this machine has, such as 127.0.0.1:8080 or [::]:8080";
    let given = text(raw, expected)?;
    let addresses = given.to_socket_addrs().map_err(|_| expected.to_owned())?;
    let mut addresses: Vec<SocketAddr> = addresses.collect();
    addresses.dedup();
    if addresses.is_empty() { Err(expected.into()) } else { Ok(addresses) }
}

/// As [`listen`], or nothing.
pub(super) fn maybe_listen(raw: &Raw) -> Result<Vec<SocketAddr>, String> {
    match raw {
        Raw::Text(text) if text.trim().is_empty() => Ok(Vec::new()),
        _ => listen(raw).map_err(|expected| format!("{expected}, or nothing")),
    }
}

/// How a list is given where there is no TOML.
pub(super) const LISTED: &str =
    "in the environment and in flags separated by commas, without brackets or quotes";

/// The parts of a list, given as one or separated by commas.
pub(super) fn list(raw: &Raw) -> Vec<String> {
    let listed = match raw {
        Raw::List(items) => items.clone(),
        Raw::Text(text) => text.split(',').map(|item| item.trim().to_owned()).collect(),
    };
    listed.into_iter().filter(|item| !item.is_empty()).collect()
}

/// Whether `text` is `http(s)://host[:port]`, with nothing after it.
fn is_origin(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
    rest.is_some_and(|host| !host.is_empty() && host.chars().all(plain))
}

pub(super) fn public_url(raw: &Raw) -> Result<String, String> {
    let expected = "http:// or https:// and a host, without a slash at the end, or nothing";
    let given = text(raw, expected)?;
    let sound = given.is_empty()
        || (!given.ends_with('/')
            && given.parse::<actix_web::http::Uri>().is_ok_and(|uri| {
                matches!(uri.scheme_str(), Some("http" | "https")) && uri.query().is_none()
            }));
    if sound { Ok(given.to_owned()) } else { Err(expected.into()) }
}

pub(super) fn cors_origins(raw: &Raw) -> Result<Vec<String>, String> {
    let origins = list(raw);
    if origins.iter().all(|origin| origin == "*" || is_origin(origin)) {
        Ok(origins)
    } else {
        Err(format!("origins such as https://example.org (no path, no slash), or *; {LISTED}"))
    }
}

pub(super) fn log_filter(raw: &Raw) -> Result<String, String> {
    let expected = "error, warn, info, debug, trace, or a filter such as info,consortia_db=debug";
    let given = text(raw, expected)?;
    match EnvFilter::builder().parse(given) {
        Ok(_) if !given.is_empty() => Ok(given.to_owned()),
        _ => Err(expected.into()),
    }
}

pub(super) fn log_format(raw: &Raw) -> Result<LogFormat, String> {
    let expected = "text or json";
    match text(raw, expected)? {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(expected.into()),
    }
}
