//! The command line's grammar.

use crate::auth::UserRole;
use crate::config::{Flag, Sources};
use clap::{Args, Parser, Subcommand};
use consortia_domain::account::AccountName;
use consortia_domain::contact::Email;
use consortia_domain::id::RecordRef;
use std::path::PathBuf;
use std::time::Duration;

/// A registry of funded projects, the organisations in them, and who works with whom.
#[derive(Debug, Parser)]
#[command(name = "consortia", version, disable_help_subcommand = false)]
#[command(after_help = "Every setting is also an environment variable, CONSORTIA_<KEY>; \
                        `consortia config` shows them all with their defaults.")]
pub(super) struct Arguments {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// Settings given as flags; they win over everything else.
#[derive(Debug, Args)]
struct Settings {
    /// Read settings from this TOML file
    #[arg(long, global = true, value_name = "FILE", help_heading = "Settings")]
    config: Option<PathBuf>,
    /// Where the database is: `sqlite://PATH` or `postgres://USER:PASSWORD@HOST:PORT/NAME`
    #[arg(long, global = true, value_name = "URL", help_heading = "Settings")]
    database_url: Option<String>,
    /// Directory for the SQLite database and the signing key
    #[arg(long, global = true, value_name = "DIR", help_heading = "Settings")]
    data_dir: Option<String>,
    /// Address to serve on, host:port
    #[arg(long, global = true, value_name = "ADDRESS", help_heading = "Settings")]
    listen: Option<String>,
    /// What to log: error, warn, info, debug, trace, or a filter
    #[arg(long, global = true, value_name = "FILTER", help_heading = "Settings")]
    log: Option<String>,
    /// How to log: text or json
    #[arg(long, global = true, value_name = "FORMAT", help_heading = "Settings")]
    log_format: Option<String>,
    /// Any other setting, such as --set workers=4; may be repeated
    #[arg(long, global = true, value_name = "KEY=VALUE", value_parser = key_value)]
    #[arg(help_heading = "Settings")]
    set: Vec<(String, String)>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serve the API
    Serve,
    /// Serve 31,451 real Horizon 2020 projects and more, to see what this is
    Demo,
    /// Fill the registry from a bundle, or from files of another registry
    #[command(subcommand)]
    Import(Import),
    /// Write what the registry holds to files
    #[command(subcommand)]
    Export(Export),
    /// Write the whole database to one file, while servers go on
    Backup {
        /// The file, such as registry-2026-11-26.zip; it must not exist
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Only check that FILE is a sound backup
        #[arg(long)]
        verify: bool,
    },
    /// Make an empty database what it was when a backup was taken
    Restore {
        /// The file that `consortia backup` wrote
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Bring the database's schema up to date
    Migrate(Migrate),
    /// Make a token for writing; prints only the token
    Token(Token),
    /// Look after accounts
    #[command(subcommand)]
    User(User),
    /// Give or forget what is known of a contact person
    #[command(subcommand)]
    Contact(Contact),
    /// Look after the keys that tokens are signed with
    #[command(subcommand)]
    Key(Key),
    /// Print the API's OpenAPI document
    Openapi,
    /// Print every setting with its default, as a file to start from
    Config,
    /// Check settings, database, key, permissions, disk and port, and say what to mend
    Doctor,
}

/// Whose files to import.
#[derive(Debug, Subcommand)]
pub(super) enum Import {
    /// CORDIS (EU research programmes): zip archives, folders or csv files of any vintage
    Cordis {
        /// The files; several may be given, such as projects and organisations apart
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        #[command(flatten)]
        taking: Taking,
    },
    /// A bundle of records (NDJSON), such as `consortia export bundle` writes
    Bundle {
        /// The file; - is standard input
        #[arg(value_name = "FILE")]
        path: PathBuf,
        #[command(flatten)]
        taking: Taking,
    },
    /// Tables from a spreadsheet, such as `consortia export workbook` writes
    Workbook {
        /// .xlsx files, csv files named after the sheets, or folders of these
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        #[command(flatten)]
        taking: Taking,
    },
}

/// What to write.
#[derive(Debug, Subcommand)]
pub(super) enum Export {
    /// Everything, as a bundle (NDJSON)
    Bundle {
        /// The file to write; standard output when none is named
        #[arg(value_name = "FILE")]
        path: Option<PathBuf>,
    },
    /// Organisations, projects, participations and what they name, as tables for a spreadsheet
    Workbook {
        /// An .xlsx file, or a folder for csv files
        #[arg(value_name = "PATH")]
        path: PathBuf,
        /// Only these projects, with who takes part in them and what pays for them: conditions
        /// as in the API, such as `organisation=pic:968823876&active_on=2024-01-01`
        #[arg(long, value_name = "CONDITIONS", conflicts_with = "template")]
        projects: Option<String>,
        /// Only the headings: a form to fill in
        #[arg(long)]
        template: bool,
    },
}

/// How files are taken.
#[derive(Debug, Args)]
pub(super) struct Taking {
    /// Write everything that could not be taken as it stands to this csv file
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<PathBuf>,
    /// Show what would change, and keep nothing
    #[arg(long)]
    pub(super) dry_run: bool,
}

/// How to migrate.
#[derive(Debug, Args)]
pub(super) struct Migrate {
    /// Only show what would be applied
    #[arg(long, conflicts_with = "revert")]
    pub(super) status: bool,
    /// Undo the last migration instead; this destroys the data it brought
    #[arg(long)]
    pub(super) revert: bool,
}

/// Which token to make.
#[derive(Debug, Args)]
pub(super) struct Token {
    /// What the bearer may do: editor, staff or admin
    #[arg(long, default_value = "editor", value_parser = role)]
    pub(super) role: UserRole,
    /// An organisation an editor acts for, by id or identifier such as pic:968823876; may be
    /// repeated
    #[arg(long = "organisation", value_name = "ORGANISATION", value_parser = reference)]
    pub(super) organisations: Vec<RecordRef>,
    /// What it is for, such as catalogue-import; everybody sees it in the history of what is changed
    /// with it, so no person's name
    #[arg(long, value_name = "PURPOSE", value_parser = subject)]
    pub(super) subject: String,
    /// How long it lasts, such as 30m, 8h or 7d (at most 365d)
    #[arg(long, value_name = "TIME", default_value = "8h", value_parser = lifetime)]
    pub(super) expires: Duration,
}

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Open an account; its first password is asked for, or read from standard input
    Add {
        /// The name it is opened with
        name: AccountName,
        /// What its holder may do: editor, staff or admin
        #[arg(long, default_value = "editor", value_parser = role)]
        role: UserRole,
        #[command(flatten)]
        acting: Acting,
    },
    /// Show every account
    List,
    /// Change an account
    Set {
        /// Its name
        name: AccountName,
        /// What its holder may do from now on
        #[arg(long, value_parser = role)]
        role: Option<UserRole>,
        #[command(flatten)]
        acting: Acting,
        /// Shut it, and end its sessions
        #[arg(long, conflicts_with = "open")]
        shut: bool,
        /// Open it again, and forget failures to open it
        #[arg(long)]
        open: bool,
    },
    /// Set an account's password, asked for or read from standard input; its sessions end
    Password {
        /// Its name
        name: AccountName,
    },
    /// Write everything that is known of an account's holder to standard output, as JSON
    Export {
        /// Its name
        name: AccountName,
    },
    /// Erase an account, and everything that is known of its holder
    Erase {
        /// Its name
        name: AccountName,
    },
}

/// What to do with contact persons.
#[derive(Debug, Subcommand)]
pub(super) enum Contact {
    /// Write everything that is known of a person to standard output, as JSON
    Export {
        /// Their e-mail address
        #[arg(value_parser = email)]
        email: Email,
    },
    /// Erase a person from the contacts of every record
    Erase {
        /// Their e-mail address
        #[arg(value_parser = email)]
        email: Email,
    },
}

/// For whom the holder of an account acts.
#[derive(Debug, Args)]
pub(super) struct Acting {
    /// An organisation they act for, by id or identifier such as pic:968823876; may be
    /// repeated, and takes the place of those before
    #[arg(long = "organisation", value_name = "ORGANISATION", value_parser = reference)]
    pub(super) organisations: Vec<RecordRef>,
    /// They act for no organisation
    #[arg(long = "no-organisation", conflicts_with = "organisations")]
    pub(super) alone: bool,
}

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub(super) enum Key {
    /// Show the key that signs, and the former ones whose tokens are still good
    List,
    /// Make a new key that signs from now on, without stopping anything
    Rotate,
    /// Remove a former key: what it signed is not good any more
    Retire {
        /// The key, as `consortia key list` shows it
        id: String,
    },
}

impl Arguments {
    /// Where to look for settings, given these flags.
    pub(super) fn sources(&self) -> Sources {
        let mut sources = Sources::from_environment();
        let settings = &self.settings;
        if settings.config.is_some() {
            sources.file.clone_from(&settings.config);
        }
        let named = [
            ("database_url", &settings.database_url),
            ("data_dir", &settings.data_dir),
            ("listen", &settings.listen),
            ("log", &settings.log),
            ("log_format", &settings.log_format),
        ];
        let named = named.into_iter().filter_map(|(key, value)| {
            let flag = format!("--{}", key.replace('_', "-"));
            Some(Flag { flag, key: key.to_owned(), value: value.clone()? })
        });
        let others = settings.set.iter().map(|(key, value)| Flag {
            flag: format!("--set {key}"),
            key: key.clone(),
            value: value.clone(),
        });
        sources.flags = named.chain(others).collect();
        sources
    }
}

fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE, such as workers=4")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

fn reference(text: &str) -> Result<RecordRef, String> {
    text.parse().map_err(|fault: consortia_domain::Invalid| fault.detail)
}

fn email(text: &str) -> Result<Email, String> {
    text.parse().map_err(|fault: consortia_domain::Invalid| fault.detail)
}

fn role(text: &str) -> Result<UserRole, String> {
    text.parse().map_err(|fault: consortia_domain::Invalid| fault.detail)
}

fn subject(text: &str) -> Result<String, String> {
    let sound = !text.is_empty()
        && text.len() <= 100
        && text.chars().all(|c| c.is_alphanumeric() || "._@+-".contains(c));
    if sound {
        return Ok(text.to_owned());
    }
    Err("expected a purpose such as catalogue-import, of at most 100 letters, digits and . _ @ + -"
        .to_owned())
}

/// A time such as `30m`, `8h` or `7d`.
fn lifetime(text: &str) -> Result<Duration, String> {
    let expected = || "expected a number with s, m, h or d, such as 8h, of at most 365d".to_owned();
    let unit = text.chars().last().ok_or_else(expected)?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(expected()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| expected())?;
    let total = number.checked_mul(seconds).filter(|total| (1..=365 * 86_400).contains(total));
    total.map(Duration::from_secs).ok_or_else(expected)
}
