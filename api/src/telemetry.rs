//! Logs: structured, to standard error, as text for people or JSON for machines. Whoever reads
//! them slowly costs lines, never requests.

mod panics;
mod standard_error;

pub use panics::log_panics;
pub(crate) use standard_error::lost;

use crate::auth::SECURITY_TARGET;
use crate::config::{Config, LogFormat};
use standard_error::StandardError;
use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// Starts logging as configured. The first call in a process wins.
pub fn start(config: &Config) {
    // The filter was checked when the configuration was read.
    let mut filter = EnvFilter::builder().parse_lossy(&config.log);
    // However little else is wanted, the security log is written; and however much, the values
    // of statements are not, among which are hashes of passwords.
    for always in [&format!("{SECURITY_TARGET}=info"), "tokio_postgres=info"] {
        match always.parse() {
            Ok(always) => filter = filter.add_directive(always),
            Err(error) => eprintln!("the log cannot be told {always}: {error}"),
        }
    }
    let out = StandardError { json: matches!(config.log_format, LogFormat::Json) };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(move || out);
    let started = match config.log_format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).with_span_list(false).try_init(),
    };
    if let Err(error) = started {
        tracing::debug!(%error, "logging had been started before");
    }
}
