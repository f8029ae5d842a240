//! Settings: layers, faults, and where each came from.

use consortia_api::config::{Config, DEFAULTS, Flag, LogFormat, Origin, Sources};
use std::path::PathBuf;
use std::time::Duration;
use tempfile::tempdir;

fn flag(key: &str, value: &str) -> Flag {
    Flag { flag: format!("--{key}"), key: key.to_owned(), value: value.to_owned() }
}

fn variable(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn defaults_work_alone() {
    let config = Config::load(&Sources::default()).expect("the defaults are sound");
    assert_eq!(config.database_url, "sqlite://./consortia-data/consortia.db");
    assert_eq!(config.listen, ["127.0.0.1:8080".parse().expect("an address")]);
    assert!(config.workers >= 1 && config.database_pool_size >= 1);
    assert_eq!(config.request_timeout, Duration::from_secs(30));
    assert!(config.cors_origins.is_empty());
}

#[test]
fn the_database_follows_the_data_directory() {
    let sources = Sources { flags: vec![flag("data_dir", "/srv/c")], ..Sources::default() };
    let config = Config::load(&sources).expect("sound");
    assert_eq!(config.database_url, "sqlite:///srv/c/consortia.db");
    assert_eq!(config.signing_key_path(), PathBuf::from("/srv/c/signing-key.pem"));
}

#[test]
fn flags_win_over_variables_over_files_over_defaults() {
    let dir = tempdir().expect("a directory");
    let file = dir.path().join("c.toml");
    let text = "# comment\nworkers = 3\nlog = \"warn\"\nlisten = \"127.0.0.1:1\"\n\
                cors_origins = [\"https://a.org\", \"https://b.org\"]\n";
    std::fs::write(&file, text).expect("written");
    let sources = Sources {
        file: Some(file.clone()),
        environment: vec![
            variable("CONSORTIA_LOG", "debug"),
            variable("CONSORTIA_LISTEN", "127.0.0.1:2"),
            variable("CONSORTIA_LOG_FORMAT", "json"),
            variable("CONSORTIA_DATABASE_URL", ""),
            variable("CONSORTIA_CONFIG", "ignored"),
            variable("PATH", "ignored"),
        ],
        flags: vec![flag("listen", "127.0.0.1:3")],
    };
    let (config, settings) = Config::load_with_origins(&sources).expect("sound");
    assert_eq!((config.workers, config.log.as_str()), (3, "debug"));
    assert_eq!(config.log_format, LogFormat::Json);
    assert_eq!(config.listen[0].port(), 3);
    assert_eq!(config.cors_origins, ["https://a.org", "https://b.org"]);
    let origin = |key: &str| {
        settings.iter().find(|setting| setting.key == key).map(|setting| setting.origin.clone())
    };
    assert_eq!(origin("workers"), Some(Origin::File(file, 2)));
    assert_eq!(origin("log"), Some(Origin::Variable("CONSORTIA_LOG".to_owned())));
    assert_eq!(origin("listen"), Some(Origin::Flag("--listen".to_owned())));
    assert_eq!(origin("database_url"), Some(Origin::Default));
}

#[test]
fn every_fault_is_told_at_once_with_its_place() {
    let dir = tempdir().expect("a directory");
    let file = dir.path().join("c.toml");
    std::fs::write(&file, "wrokers = 3\nlisten = 8080\nlog = { a = 1 }\n").expect("written");
    let sources = Sources {
        file: Some(file),
        environment: vec![
            variable("CONSORTIA_DATABASE_URL", "mysql://anna:secret@host/db"),
            variable("CONSORTIA_NONSENSE", "1"),
            variable("CONSORTIA_CORS_ORIGINS", "https://a.org/path"),
        ],
        flags: vec![flag("workers", "none"), flag("max_body_bytes", "1")],
    };
    let faults = Config::load(&sources).expect_err("it is refused").to_string();
    for expected in [
        "c.toml:1: 'wrokers' is not a setting",
        "c.toml:2: listen = '8080'; expected host:port",
        "c.toml:3: 'log' is",
        "environment variable CONSORTIA_DATABASE_URL: database_url = 'mysql://anna:***@host/db'",
        "environment variable CONSORTIA_NONSENSE: 'nonsense' is not a setting",
        "environment variable CONSORTIA_CORS_ORIGINS",
        "flag --workers: workers = 'none'; expected a whole number from 0 to 1024",
        "flag --max_body_bytes: max_body_bytes = '1'",
    ] {
        assert!(faults.contains(expected), "missing {expected:?} in\n{faults}");
    }
    assert!(!faults.contains("secret"), "{faults}");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let sources = Sources { file: Some("/nowhere/c.toml".into()), ..Sources::default() };
    let faults = Config::load(&sources).expect_err("it is refused").to_string();
    assert!(faults.contains("/nowhere/c.toml"), "{faults}");
}

#[test]
fn every_default_is_explained() {
    for line in DEFAULTS.lines().filter(|line| line.contains(" = ") && !line.starts_with('#')) {
        let before = DEFAULTS.split(line).next().expect("text before");
        let above = before.trim_end_matches('\n').lines().last().unwrap_or_default();
        let explained = above.starts_with('#') || above.contains(" = ");
        assert!(explained, "no comment above: {line}");
    }
}
