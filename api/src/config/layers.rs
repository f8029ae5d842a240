//! The four layers, and which of them a value came from.

use super::DEFAULTS;
use super::values::Read;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::de::{DeTable, DeValue};

/// What the environment's variables begin with.
const PREFIX: &str = "CONSORTIA_";
/// Variables with the prefix that are not settings: which file to read, a place people keep
/// a token in, and what the tests of this project are told.
const NOT_SETTINGS: [&str; 4] =
    ["CONSORTIA_CONFIG", "CONSORTIA_TOKEN", "CONSORTIA_BIN", "CONSORTIA_PG_BIN"];
const NOT_SETTINGS_EITHER: &str = "CONSORTIA_TEST";

/// Where settings are looked for.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The file named by `--config` or `CONSORTIA_CONFIG`.
    pub file: Option<PathBuf>,
    /// Environment variables.
    pub environment: Vec<(String, String)>,
    /// Flags given.
    pub flags: Vec<Flag>,
}

/// A setting given as a flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// The flag, as written: `--listen`, `--set workers`.
    pub flag: String,
    /// The setting's key.
    pub key: String,
    /// The setting's value.
    pub value: String,
}

impl Sources {
    /// The process's environment, without flags.
    #[must_use]
    pub fn from_environment() -> Self {
        let environment: Vec<_> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .filter(|(name, _)| name.starts_with(PREFIX))
            .map(|(name, value)| (name, value.to_string_lossy().into_owned()))
            .collect();
        let file = environment.iter().find(|(name, _)| name == "CONSORTIA_CONFIG");
        let file = file.filter(|(_, path)| !path.is_empty()).map(|(_, path)| PathBuf::from(path));
        Self { file, environment, flags: Vec::new() }
    }
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The defaults built into the program.
    Default,
    /// A line of a configuration file.
    File(PathBuf, usize),
    /// An environment variable.
    Variable(String),
    /// A command-line flag.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) => write!(f, "environment variable {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// One setting in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its key.
    pub key: String,
    /// Its value as written, passwords hidden.
    pub value: String,
    /// Where it was found.
    pub origin: Origin,
}

/// One thing wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFault {
    /// Where the fault lies.
    pub origin: Origin,
    /// What is wrong and what was expected.
    pub detail: String,
}

/// Everything wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFaults(pub Vec<ConfigFault>);

impl fmt::Display for ConfigFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("The configuration cannot be used:")?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  {}: {}", fault.origin, fault.detail))
    }
}

impl std::error::Error for ConfigFaults {}

/// A value before its meaning is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Raw {
    /// A string, number or boolean, as text.
    Text(String),
    /// A list of strings.
    List(Vec<String>),
}

impl fmt::Display for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::List(items) => f.write_str(&items.join(",")),
        }
    }
}

/// The layers laid over one another, being read key by key.
pub(super) struct Layered {
    values: BTreeMap<String, (Raw, Origin)>,
    faults: Vec<ConfigFault>,
}

impl Layered {
    /// Lays the layers over one another.
    pub(super) fn read(sources: &Sources) -> Self {
        let mut layered = Self { values: BTreeMap::new(), faults: Vec::new() };
        layered.add_toml(DEFAULTS, |_| Origin::Default);
        let known: Vec<String> = layered.values.keys().cloned().collect();
        if let Some(path) = &sources.file {
            layered.add_file(path);
        }
        for (name, value) in &sources.environment {
            let key = name.strip_prefix(PREFIX).map(str::to_ascii_lowercase);
            if let Some(key) = key
                && !value.is_empty()
                && !NOT_SETTINGS.contains(&name.as_str())
                && !name.starts_with(NOT_SETTINGS_EITHER)
            {
                layered.put(key, Raw::Text(value.clone()), Origin::Variable(name.clone()));
            }
        }
        for Flag { flag, key, value } in &sources.flags {
            layered.put(key.clone(), Raw::Text(value.clone()), Origin::Flag(flag.clone()));
        }
        layered.refuse_unknown(&known);
        layered
    }

    fn put(&mut self, key: String, raw: Raw, origin: Origin) {
        self.values.insert(key, (raw, origin));
    }

    fn fault(&mut self, origin: Origin, detail: String) {
        self.faults.push(ConfigFault { origin, detail });
    }

    fn add_file(&mut self, path: &Path) {
        match std::fs::read_to_string(path) {
            Ok(text) => self.add_toml(&text, |line| Origin::File(path.to_owned(), line)),
            Err(error) => {
                let detail = format!("the configuration file cannot be read: {error}");
                self.fault(Origin::File(path.to_owned(), 1), detail);
            }
        }
    }

    fn add_toml(&mut self, text: &str, origin: impl Fn(usize) -> Origin) {
        let line_of = |at: usize| 1 + text[..at].matches('\n').count();
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let line = error.span().map_or(1, |span| line_of(span.start));
            self.fault(origin(line), format!("not TOML: {}", error.message()));
        }
        for (key, value) in table.get_ref() {
            let origin = origin(line_of(key.span().start));
            if let Some(raw) = raw(value.get_ref()) {
                self.put(key.get_ref().to_string(), raw, origin);
            } else {
                let detail = format!(
                    "'{}' is {}; expected a string, a number or a list of strings",
                    key.get_ref(),
                    value.get_ref().type_str()
                );
                self.fault(origin, detail);
            }
        }
    }

    fn refuse_unknown(&mut self, known: &[String]) {
        let all = std::mem::take(&mut self.values);
        for (key, (raw, origin)) in all {
            if known.contains(&key) {
                self.values.insert(key, (raw, origin));
            } else {
                let detail =
                    format!("'{key}' is not a setting. Settings are: {}.", known.join(", "));
                self.fault(origin, detail);
            }
        }
    }

    /// Reads one setting; a fault is noted and the default stands in until [`Self::finish`].
    pub(super) fn read_with<T: Default>(&mut self, key: &str, read: Read<T>) -> T {
        self.read_by(key, read)
    }

    fn read_by<T: Default>(&mut self, key: &str, read: impl Fn(&Raw) -> Result<T, String>) -> T {
        let Some((raw, origin)) = self.values.get(key).cloned() else { return T::default() };
        read(&raw).unwrap_or_else(|expected| {
            let value = hide_password(&raw.to_string());
            self.fault(origin, format!("{key} = '{value}'; expected {expected}"));
            T::default()
        })
    }

    /// Reads a whole number from `least` to `most`.
    pub(super) fn whole(&mut self, key: &str, least: u64, most: u64) -> u64 {
        self.read_by(key, |raw| {
            let number = raw.to_string().trim().parse().ok();
            number
                .filter(|number| (least..=most).contains(number))
                .ok_or_else(|| format!("a whole number from {least} to {most}"))
        })
    }

    /// Reads a number of seconds.
    pub(super) fn seconds(&mut self, key: &str, least: u64, most: u64) -> Duration {
        Duration::from_secs(self.whole(key, least, most))
    }

    /// Every setting in force, or every fault.
    pub(super) fn finish(self) -> Result<Vec<Setting>, ConfigFaults> {
        if !self.faults.is_empty() {
            return Err(ConfigFaults(self.faults));
        }
        let setting = |(key, (raw, origin)): (String, (Raw, Origin))| Setting {
            key,
            value: hide_password(&raw.to_string()),
            origin,
        };
        Ok(self.values.into_iter().map(setting).collect())
    }
}

fn raw(value: &DeValue<'_>) -> Option<Raw> {
    Some(match value {
        DeValue::String(text) => Raw::Text(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => {
            Raw::Text(number.as_str().replace('_', ""))
        }
        DeValue::Float(number) => Raw::Text(number.as_str().replace('_', "")),
        DeValue::Boolean(yes) => Raw::Text(yes.to_string()),
        DeValue::Array(items) => {
            let texts = items.iter().map(|item| item.get_ref().as_str().map(str::to_owned));
            Raw::List(texts.collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

/// `text` with the password of a URL such as `postgres://user:secret@host` left out.
#[must_use]
pub(crate) fn hide_password(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let Some((credentials, host)) = rest.rsplit_once('@') else { return text.to_owned() };
    match credentials.split_once(':') {
        Some((user, _)) => format!("{scheme}://{user}:***@{host}"),
        None => text.to_owned(),
    }
}
