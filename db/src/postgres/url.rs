//! `postgres://` addresses, read as libpq reads them as far as TLS is concerned.

use crate::error::{Error, Result};
use std::fmt;
use std::path::PathBuf;
use tokio_postgres::config::{Config, Host, SslMode};

/// How the connection is to be protected: libpq's `sslmode` and `sslrootcert`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Security {
    /// Encrypt when the server can (`prefer`) or always (`require`), trust any server.
    Unverified,
    /// The server's certificate must be issued by a trusted authority (`verify-ca`).
    Authority(Option<PathBuf>),
    /// And be issued for the host connected to (`verify-full`).
    Host(Option<PathBuf>),
}

/// A parsed address. Its `Display` leaves the password out.
#[derive(Clone)]
pub struct PostgresUrl {
    config: Config,
    security: Security,
}

const MODES: &str = "disable, prefer, require, verify-ca, verify-full";

impl PostgresUrl {
    /// Reads what follows `postgres://`.
    pub(crate) fn parse(rest: &str) -> Result<Self> {
        let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (mut mode, mut root, mut others) = (None, None, Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value),
                Some(("sslrootcert", "system")) => root = None,
                Some(("sslrootcert", value)) => root = Some(PathBuf::from(value)),
                _ => others.push(pair),
            }
        }
        let mut config: Config =
            format!("postgres://{address}?{}", others.join("&")).parse().map_err(|error| {
                Error::Config(format!("The PostgreSQL URL cannot be read: {}.", cause(&error)))
            })?;
        // Else a part of the password would be shown as a host.
        if address.matches('@').count() > 1 {
            return Err(Error::Config(
                "The PostgreSQL URL has more than one @. In a user or password write %40 for @, \
                 %3A for :, %2F for /, %25 for %."
                    .to_owned(),
            ));
        }
        let (ssl, security) = protection(mode, root)?;
        config.ssl_mode(ssl);
        if config.get_hosts().is_empty() {
            return Err(Error::Config(
                "The PostgreSQL URL names no host; write postgres://USER@HOST:PORT/DATABASE."
                    .to_owned(),
            ));
        }
        if config.get_application_name().is_none() {
            config.application_name("consortia");
        }
        Ok(Self { config, security })
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    pub(crate) fn security(&self) -> &Security {
        &self.security
    }
}

/// The innermost reason; tokio-postgres names options but never repeats their values.
fn cause(error: &tokio_postgres::Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}

fn protection(mode: Option<&str>, root: Option<PathBuf>) -> Result<(SslMode, Security)> {
    match mode {
        Some("disable") => Ok((SslMode::Disable, Security::Unverified)),
        None | Some("prefer") => Ok((SslMode::Prefer, Security::Unverified)),
        // As libpq does: a root certificate given turns `require` into `verify-ca`.
        Some("require") => match root {
            None => Ok((SslMode::Require, Security::Unverified)),
            root => Ok((SslMode::Require, Security::Authority(root))),
        },
        Some("verify-ca") => Ok((SslMode::Require, Security::Authority(root))),
        Some("verify-full") => Ok((SslMode::Require, Security::Host(root))),
        Some(other) => Err(Error::Config(format!(
            "sslmode={other} is not known in the PostgreSQL URL. Allowed: {MODES}."
        ))),
    }
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://")?;
        if let Some(user) = self.config.get_user() {
            write!(f, "{user}@")?;
        }
        for (n, host) in self.config.get_hosts().iter().enumerate() {
            let comma = if n > 0 { "," } else { "" };
            match host {
                Host::Tcp(name) => write!(f, "{comma}{name}")?,
                #[cfg(unix)]
                Host::Unix(path) => write!(f, "{comma}{}", path.display())?,
            }
            if let Some(port) = self.config.get_ports().get(n) {
                write!(f, ":{port}")?;
            }
        }
        write!(f, "/{}", self.config.get_dbname().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_that_is_not_encoded_is_not_shown() {
        let fault = PostgresUrl::parse("u:s3cret@more@h/d").map(drop).expect_err("two @");
        let told = fault.to_string();
        assert!(
            told.contains("%40") && !told.contains("s3cret") && !told.contains("more@"),
            "{told}"
        );
        assert_eq!(
            PostgresUrl::parse("u:s3cret%40more@h/d").expect("one").to_string(),
            "postgres://u@h:5432/d"
        );
    }

    #[test]
    fn sslmode_means_what_libpq_means() {
        let file = || Some(PathBuf::from("/ca.pem"));
        for (query, ssl, security) in [
            ("", SslMode::Prefer, Security::Unverified),
            ("?sslmode=disable", SslMode::Disable, Security::Unverified),
            ("?sslmode=require", SslMode::Require, Security::Unverified),
            ("?sslmode=require&sslrootcert=/ca.pem", SslMode::Require, Security::Authority(file())),
            ("?sslmode=verify-ca", SslMode::Require, Security::Authority(None)),
            ("?sslmode=verify-full&sslrootcert=system", SslMode::Require, Security::Host(None)),
            ("?sslrootcert=/ca.pem&sslmode=verify-full", SslMode::Require, Security::Host(file())),
        ] {
            let url = PostgresUrl::parse(&format!("u@h/d{query}")).expect(query);
            assert_eq!((url.config.get_ssl_mode(), url.security), (ssl, security), "{query}");
        }
    }
}
