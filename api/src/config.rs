//! Configuration: defaults, then a TOML file, then the environment, then flags.
//!
//! `consortia.default.toml` is both the defaults and their documentation. Every setting is
//! checked, and every fault is reported at once with the place it came from.

mod layers;
mod limits;
mod traced;
mod values;

pub use layers::{ConfigFault, ConfigFaults, Flag, Origin, Setting, Sources};
pub use limits::{Limits, Rate};
pub use traced::Traced;
pub use values::LogFormat;

use layers::Layered;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The commented defaults, as shipped.
pub const DEFAULTS: &str = include_str!("../consortia.default.toml");

/// Everything that can be set. See `consortia.default.toml` for what each key means.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// `sqlite://PATH` or `postgres://…`; never empty.
    pub database_url: String,
    /// Connections kept for reading.
    pub database_pool_size: u32,
    /// Directory of the SQLite database and the signing key.
    pub data_dir: PathBuf,
    /// Addresses to serve on: every address the configured host name stands for.
    pub listen: Vec<SocketAddr>,
    /// Where clients reach the service; empty for relative addresses.
    pub public_url: String,
    /// Filter of the log, in `tracing`'s directives.
    pub log: String,
    /// Shape of the log's lines.
    pub log_format: LogFormat,
    /// Threads that answer requests.
    pub workers: usize,
    /// Largest JSON body, in bytes.
    pub max_body_bytes: usize,
    /// Largest uploaded file, in bytes.
    pub max_upload_bytes: u64,
    /// Time for a body to arrive, and again for an answer to be found.
    pub request_timeout: Duration,
    /// Time for running requests to end when told to stop.
    pub shutdown_grace: Duration,
    /// Origins that may read the API from a browser; `*` for any.
    pub cors_origins: Vec<String>,
    /// Issuer of tokens.
    pub token_issuer: String,
    /// Audience of tokens.
    pub token_audience: String,
    /// The file that lists outside identity providers; `None` when there are none.
    pub issuers_file: Option<PathBuf>,
    /// Licence of the data; empty when none is stated.
    pub data_licence: String,
    /// Whom to name when reusing the data; empty when nobody is.
    pub data_attribution: String,
    /// How much the service takes on.
    pub limits: Limits,
    /// Addresses to give metrics on; empty for none.
    pub metrics_listen: Vec<SocketAddr>,
    /// Where traces go; `None` when there are none.
    pub traced: Option<Traced>,
}

impl Config {
    /// Reads and checks every setting.
    ///
    /// # Errors
    /// Every fault found: unreadable file, unknown key, value out of range.
    pub fn load(sources: &Sources) -> Result<Self, ConfigFaults> {
        Self::load_with_origins(sources).map(|(config, _)| config)
    }

    /// Reads and checks every setting, and tells where each came from.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn load_with_origins(sources: &Sources) -> Result<(Self, Vec<Setting>), ConfigFaults> {
        let mut layered = Layered::read(sources);
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        let data_dir = layered.read_with("data_dir", values::path);
        let database_url = layered.read_with("database_url", values::database_url);
        let database_pool_size = match layered.whole("database_pool_size", 0, 1000) {
            0 => u32::try_from(processors * 4).unwrap_or(u32::MAX),
            size => u32::try_from(size).unwrap_or(u32::MAX),
        };
        // One connection is left for health and for following the revision log. SQLite works on
        // our own processors: more at a time would only take them from those who let in.
        let connections = usize::try_from(database_pool_size).unwrap_or(usize::MAX);
        let at_work = match connections.saturating_sub(1).max(1) {
            most if database_url.starts_with("postgres") => most,
            most => most.min(processors * 2),
        };
        let config = Self {
            database_url: if database_url.is_empty() { sqlite_in(&data_dir) } else { database_url },
            database_pool_size,
            data_dir,
            listen: layered.read_with("listen", values::listen),
            public_url: layered.read_with("public_url", values::public_url),
            log: layered.read_with("log", values::log_filter),
            log_format: layered.read_with("log_format", values::log_format),
            workers: match layered.whole("workers", 0, 1024) {
                0 => processors,
                count => usize::try_from(count).unwrap_or(processors),
            },
            max_body_bytes: usize::try_from(layered.whole("max_body_bytes", 1_000, 100_000_000))
                .unwrap_or(usize::MAX),
            max_upload_bytes: layered.whole("max_upload_bytes", 1_000, 10_000_000_000),
            request_timeout: layered.seconds("request_timeout_seconds", 1, 3600),
            shutdown_grace: layered.seconds("shutdown_grace_seconds", 0, 3600),
            cors_origins: layered.read_with("cors_origins", values::cors_origins),
            token_issuer: layered.read_with("token_issuer", values::not_empty),
            token_audience: layered.read_with("token_audience", values::not_empty),
            issuers_file: layered.read_with("issuers_file", values::optional_path),
            data_licence: layered.read_with("data_licence", values::any_text),
            data_attribution: layered.read_with("data_attribution", values::any_text),
            limits: Limits::read(&mut layered, at_work),
            metrics_listen: layered.read_with("metrics_listen", values::maybe_listen),
            traced: Traced::read(&mut layered),
        };
        layered.finish().map(|settings| (config, settings))
    }

    /// The file that holds the key tokens are signed with.
    #[must_use]
    pub fn signing_key_path(&self) -> PathBuf {
        self.data_dir.join("signing-key.pem")
    }

    /// The directory that holds uploaded files while they are imported.
    #[must_use]
    pub fn uploads_dir(&self) -> PathBuf {
        self.data_dir.join("uploads")
    }
}

/// The database nobody named: SQLite in the data directory.
fn sqlite_in(data_dir: &Path) -> String {
    format!("sqlite://{}", data_dir.join("consortia.db").display())
}
