//! `consortia doctor`: what stands in the way of serving, and how to mend it.

#[cfg(unix)]
mod modes;

use super::user;
use crate::attribution;
use crate::auth::{Issuers, KeyFault, KeyPair};
use crate::config::{Config, Setting, Sources};
use crate::server::is_served;
use consortia_db::{DatabaseUrl, Db, DbConfig};
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Less free space than this, in kilobytes, is worth a warning: the demo takes a third.
const LITTLE_SPACE_KB: u64 = 1_000_000;

/// What came of one check.
enum Finding {
    /// All is well; what was seen.
    Good(String),
    /// It works, but should be looked after.
    Warning(String),
    /// It does not work; what to mend.
    Bad(String),
}

use Finding::{Bad, Good, Warning};

/// Runs every check that can be run; fails when one of them is bad.
pub(super) fn run(sources: &Sources) -> ExitCode {
    let mut report = Report { text: String::new(), bad: 0 };
    let mut served = false;
    match Config::load_with_origins(sources) {
        Err(faults) => report.add("settings", Bad(faults.to_string())),
        Ok((config, settings)) => {
            report.add("settings", Good(in_force(&settings)));
            served = is_served(&config);
            report.add("data directory", data_dir(&config.data_dir));
            report.add("disk space", disk_space(&config.data_dir));
            report.add("signing key", signing_key(&config.signing_key_path()));
            if let Some(list) = &config.issuers_file {
                report.add("identity providers", identity_providers(list, &config.token_issuer));
            }
            // Before the database is opened, which tidies up beside its file.
            #[cfg(unix)]
            report.add("privacy", {
                let (database, issuers) = (sqlite_path(&config), config.issuers_file.as_deref());
                modes::check(&config.data_dir, database.as_deref(), issuers)
            });
            let (finding, db) = database(&config);
            report.add("database", finding);
            if let Some(finding) = db.as_ref().and_then(|db| administrators(db, &config)) {
                report.add("administrators", finding);
            }
            report.add("attribution", named(&config, db.as_ref()));
            for address in &config.listen {
                report.add("address", is_free(*address, "--listen", served));
            }
            for address in &config.metrics_listen {
                report.add("address of metrics", is_free(*address, "metrics_listen", served));
            }
        }
    }
    let ends = match report.bad {
        0 if served => "\nServed already: a server runs on this data directory.\n".to_owned(),
        0 => "\nReady to serve.\n".to_owned(),
        bad if served => format!("\n{bad} to mend, while a server runs on this data directory.\n"),
        bad => format!("\n{bad} to mend before serving.\n"),
    };
    super::print(&(report.text + &ends));
    if report.bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct Report {
    text: String,
    bad: usize,
}

impl Report {
    fn add(&mut self, check: &str, finding: Finding) {
        let (mark, text) = match finding {
            Good(text) => ("ok     ", text),
            Warning(text) => ("warning", text),
            Bad(text) => {
                self.bad += 1;
                ("BAD    ", text)
            }
        };
        let text = text.replace('\n', "\n                          ");
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{mark} {check:<16}  {text}");
    }
}

/// Settings that are not defaults, and where they came from.
fn in_force(settings: &[Setting]) -> String {
    let set = settings.iter().filter(|setting| setting.origin != crate::config::Origin::Default);
    let lines: Vec<_> = set
        .map(|setting| format!("{} = {} ({})", setting.key, setting.value, setting.origin))
        .collect();
    if lines.is_empty() { "all are defaults".to_owned() } else { lines.join("\n") }
}

fn data_dir(path: &Path) -> Finding {
    let shown = path.display();
    match std::fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let above = existing(path);
            match try_writing(&above) {
                Ok(()) => Good(format!("{shown} does not exist yet and will be made")),
                Err(error) => Bad(format!(
                    "{shown} cannot be made: {} cannot be written to: {error}. Mend its \
                     permissions, or choose another.",
                    above.display()
                )),
            }
        }
        Err(error) => Bad(format!("{shown} cannot be looked at: {error}")),
        Ok(found) if !found.is_dir() => Bad(format!("{shown} is not a directory; choose another")),
        Ok(_) => match try_writing(path) {
            Ok(()) => Good(format!("{shown} can be written to")),
            Err(error) => {
                Bad(format!("{shown} cannot be written to: {error}. Mend its permissions."))
            }
        },
    }
}

/// Makes a file in `directory` and removes it.
fn try_writing(directory: &Path) -> std::io::Result<()> {
    let probe = directory.join(format!(".doctor-{}", std::process::id()));
    std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe))
}

/// The nearest directory at or above `path` that exists.
fn existing(path: &Path) -> PathBuf {
    let above = path.ancestors().find(|above| above.is_dir());
    above.map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

fn disk_space(data_dir: &Path) -> Finding {
    let directory = existing(data_dir);
    // POSIX prescribes this format; the standard library has no way to ask.
    let output = Command::new("df").arg("-Pk").arg(&directory).output();
    let free = output.ok().filter(|output| output.status.success()).and_then(|output| {
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.lines().nth(1)?.split_whitespace().nth(3)?.parse::<u64>().ok()
    });
    match free {
        None => Warning("cannot be told on this system".to_owned()),
        Some(free) if free < LITTLE_SPACE_KB => {
            Warning(format!("{} MB free at {}; make room", free / 1000, directory.display()))
        }
        Some(free) => Good(format!("{} GB free at {}", free / 1_000_000, directory.display())),
    }
}

fn signing_key(path: &Path) -> Finding {
    match KeyPair::open(path) {
        Ok(_) => Good(format!("{} is sound and private", path.display())),
        Err(KeyFault::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {
            Good(format!("{} will be made on first use", path.display()))
        }
        Err(fault) => Bad(fault.to_string()),
    }
}

/// The database, where there is one and it holds a registry.
fn database(config: &Config) -> (Finding, Option<Db>) {
    let url = config.database_url.parse::<DatabaseUrl>();
    if let Ok(DatabaseUrl::Sqlite(path)) = &url
        && let Some(finding) = sqlite_file(path, &config.data_dir)
    {
        return (finding, None);
    }
    let opened = url.and_then(|url| {
        let mut settings = DbConfig::new(url);
        settings.pool_size = 1;
        Db::open(&settings)
    });
    let checked = opened.and_then(|db| {
        db.read_blocking(|_| Ok(()))?;
        Ok((db.pending_migrations()?, db.damage()?, db))
    });
    let checked = checked.map(|(pending, damage, db)| match damage {
        Some(damage) => Err(damage),
        None => Ok((pending, db)),
    });
    let checked = match checked {
        Err(error) => return (Bad(error.to_string()), None),
        Ok(Err(damage)) => {
            let finding = Bad(format!(
                "it is damaged: {damage}. Stop what serves it, keep the file aside, and restore \
                 the newest backup (docs/operations.md)."
            ));
            return (finding, None);
        }
        Ok(Ok(checked)) => checked,
    };
    match checked {
        (pending, db) if pending.is_empty() => {
            (Good(format!("{} answers, its schema is up to date", db.name())), Some(db))
        }
        (pending, db) => {
            let finding = Warning(format!(
                "{} answers; {} to apply ({}): consortia migrate, or just serve",
                db.name(),
                pending.len(),
                pending.join(", ")
            ));
            (finding, Some(db).filter(|db| db.holds_registry().is_ok_and(|holds| holds)))
        }
    }
}

/// Whether somebody can open accounts over HTTP; nothing where outside providers say who does.
fn administrators(db: &Db, config: &Config) -> Option<Finding> {
    match user::has_administrator(db) {
        Err(error) => Some(Bad(error.to_string())),
        Ok(false) if config.issuers_file.is_none() => Some(Warning(
            "nobody is: consortia user add NAME --role admin opens the first account".to_owned(),
        )),
        Ok(_) => None,
    }
}

/// Whether answers name those whose data they hold, and its licence.
fn named(config: &Config, db: Option<&Db>) -> Finding {
    match db.map(|db| attribution::is_wanted(db, config)) {
        Some(Err(error)) => return Bad(error.to_string()),
        Some(Ok(true)) => return Warning(attribution::ADVICE.to_owned()),
        _ => {}
    }
    if config.data_licence.is_empty() {
        return Warning(
            "data_licence is not set: nobody is told under which licence the data may be reused. \
             Set it, such as data_licence = \"CC-BY-4.0\""
                .to_owned(),
        );
    }
    let whom = Some(config.data_attribution.as_str()).filter(|whom| !whom.is_empty());
    Good(format!("{}; {}", config.data_licence, whom.unwrap_or("nobody is named")))
}

/// The file of the database, where it is one.
#[cfg(unix)]
fn sqlite_path(config: &Config) -> Option<PathBuf> {
    match config.database_url.parse() {
        Ok(DatabaseUrl::Sqlite(path)) => Some(path),
        _ => None,
    }
}

/// What can be said of an SQLite file without opening it as a database, if that is all there
/// is to say.
fn sqlite_file(path: &Path, data_dir: &Path) -> Option<Finding> {
    let shown = path.display();
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    // Serving makes the data directory and those above it; of that, another check tells.
    let made = !folder.exists() && data_dir.starts_with(folder);
    if !made && !folder.is_dir() {
        let folder = folder.display();
        return Some(Bad(format!("{shown} cannot be made: make the directory {folder} first.")));
    }
    if !made && let Err(error) = try_writing(folder) {
        return Some(Bad(format!(
            "{shown} cannot be used: its directory {} cannot be written to: {error}. Mend its \
             permissions.",
            folder.display()
        )));
    }
    // Before the database is opened: closing a file gives up SQLite's locks on it.
    match OpenOptions::new().read(true).write(true).open(path) {
        Ok(_) => None,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Some(Good(format!("{shown} does not exist yet and will be made")))
        }
        Err(error) => {
            Some(Bad(format!("{shown} cannot be written to: {error}. Mend its permissions.")))
        }
    }
}

/// Whether `address` is free, or taken while a server of this data directory runs, whose it is then.
fn is_free(address: SocketAddr, setting: &str, served: bool) -> Finding {
    match TcpListener::bind(address) {
        Ok(_) => Good(format!("{address} is free")),
        Err(error) if error.kind() == ErrorKind::AddrInUse && served => Good(format!(
            "{address} is in use, and a server runs on this data directory: its, probably"
        )),
        Err(error) if error.kind() == ErrorKind::AddrInUse => Bad(format!(
            "{address} is in use, by no server of this data directory; choose another with \
             {setting}"
        )),
        Err(error) => Bad(format!("{address} cannot be listened on: {error}")),
    }
}

fn identity_providers(list: &Path, own: &str) -> Finding {
    match Issuers::load(list, own) {
        Ok(_) => Good(format!("{} can be used", list.display())),
        Err(fault) => Bad(fault.to_string()),
    }
}
