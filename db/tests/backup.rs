//! Backups: which tables they hold, and which schemas they come from.

use crate::common::{TestDb, content, open, past_the_store, write};
use consortia_db::backup::{self, Fault, Manifest};
use consortia_db::{DbConfig, EngineKind, project};
use consortia_domain::id::ProjectId;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

fn config(url: &str) -> DbConfig {
    DbConfig::new(url.parse().expect("a database URL"))
}

fn take(from: &TestDb, file: &Path) -> Manifest {
    backup::take(&config(&from.url), file, &mut |_, _| {}).expect("a backup")
}

fn restore(to: &str, file: &Path) -> Result<backup::Restored, Fault> {
    backup::restore(&config(to), file, &mut |_, _| {})
}

/// Runs SQL on either engine, past the store; gives what PostgreSQL or SQLite answers.
fn run(url: &str, sql: &str) -> Vec<String> {
    if url.starts_with("sqlite://") {
        use diesel::connection::SimpleConnection as _;
        past_the_store(url).batch_execute(sql).expect("it runs");
        return Vec::new();
    }
    let psql = ["--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-At", "-d", url, "-c", sql];
    let output = Command::new("psql").args(psql).output().expect("psql runs");
    assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

fn register(db: &consortia_db::Db, acronym: &str) -> ProjectId {
    let body = content(serde_json::json!({"acronym": acronym}));
    write(db, move |tx| project::create(tx, &body)).expect("a project").id
}

/// A place to restore to, of the engine of `like`: no file, or an empty database.
fn elsewhere(like: EngineKind, folder: &TempDir) -> (String, Option<TestDb>) {
    match like {
        EngineKind::Sqlite => (format!("sqlite://{}", at(folder, "restored.db").display()), None),
        EngineKind::Postgres => {
            let bare = TestDb::bare_postgres();
            (bare.url.clone(), Some(bare))
        }
    }
}

fn at(folder: &TempDir, name: &str) -> PathBuf {
    folder.path().join(name)
}

/// Every table with its rows, as the manifest has it.
fn counts(manifest: &Manifest) -> Vec<(&str, u64)> {
    manifest.tables.iter().map(|table| (table.name.as_str(), table.rows)).collect()
}

#[test]
fn a_table_that_a_later_version_adds_is_in_the_backup() {
    for fresh in [TestDb::sqlite(), TestDb::postgres()] {
        let engine = fresh.db.engine();
        run(
            &fresh.url,
            "CREATE TABLE later (id INTEGER PRIMARY KEY, of_project TEXT); \
             INSERT INTO later VALUES (2, 'b'), (1, NULL)",
        );
        let folder = TempDir::new().expect("a temporary folder");
        let file = at(&folder, "backup.zip");
        let manifest = take(&fresh, &file);
        assert!(counts(&manifest).contains(&("later", 2)), "{engine}: {:?}", counts(&manifest));
        assert_eq!(backup::check(&file).expect("sound"), manifest);
        let (url, _kept) = elsewhere(engine, &folder);
        let left_out = restore(&url, &file).expect("restored").left_out;
        let expected: &[&str] = if engine == EngineKind::Postgres { &["later"] } else { &[] };
        assert_eq!(left_out, expected, "a schema that has no such table");
    }
}

#[test]
fn every_table_of_the_catalogue_is_in_the_backup() {
    let fresh = TestDb::postgres();
    let folder = TempDir::new().expect("a temporary folder");
    let manifest = take(&fresh, &at(&folder, "backup.zip"));
    let mut names: Vec<_> = manifest.tables.iter().map(|table| table.name.clone()).collect();
    names.sort();
    let catalogue = "SELECT table_name FROM information_schema.tables \
        WHERE table_schema = 'public' AND table_name <> '__diesel_schema_migrations' \
        ORDER BY table_name COLLATE \"C\"";
    assert_eq!(names, run(&fresh.url, catalogue));
    let position = |name: &str| manifest.tables.iter().position(|table| table.name == name);
    assert!(position("organisations") < position("programmes"), "what is referred to comes first");
    assert!(position("projects") < position("participations"));
    let sequences: Vec<_> = manifest.sequences.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(sequences, ["erasures_seq_seq", "revisions_seq_seq"]);
}

#[test]
fn a_backup_of_an_older_schema_is_brought_up_to_date() {
    for fresh in [TestDb::sqlite(), TestDb::postgres()] {
        let engine = fresh.db.engine();
        let old = register(&fresh.db, "OLD");
        let undone = [(); 3].map(|()| fresh.db.revert().expect("undone").expect("a migration"));
        let folder = TempDir::new().expect("a temporary folder");
        let file = at(&folder, "backup.zip");
        let manifest = take(&fresh, &file);
        assert!(manifest.migration < undone[2], "{}", manifest.migration);
        let (url, kept) = elsewhere(engine, &folder);
        if let Some(kept) = &kept {
            // Migrated further than the backup, but still without rows.
            kept.db.migrate().expect("up");
        }
        let restored = restore(&url, &file).expect("restored");
        assert_eq!(restored.applied, undone.iter().rev().cloned().collect::<Vec<_>>());
        let db = open(&url);
        assert_eq!(db.pending_migrations().expect("read"), Vec::<String>::new());
        register(&db, "NEW");
        let found = db.read_blocking(move |c| project::get(c, &old.into())).expect("a project");
        assert_eq!(found.label, "OLD", "on {engine}");
    }
}

#[test]
fn a_schema_that_is_newer_than_the_program_is_refused() {
    for fresh in [TestDb::sqlite(), TestDb::postgres()] {
        let folder = TempDir::new().expect("a temporary folder");
        let file = at(&folder, "backup.zip");
        let last = take(&fresh, &file).migration;
        let newer = at(&folder, "newer.zip");
        rewrite(&file, &newer, |text| text.replace(&last, "9999_flying_cars"));
        let (url, kept) = elsewhere(fresh.db.engine(), &folder);
        let refused = restore(&url, &newer).expect_err("a refusal").to_string();
        assert!(refused.contains("9999_flying_cars"), "{refused}");
        let future = at(&folder, "future.zip");
        rewrite(&file, &future, |text| text.replace("version\": 1,", "version\": 2,"));
        let refused = restore(&url, &future).expect_err("a refusal").to_string();
        assert!(refused.contains("format 2"), "{refused}");
        assert!(!at(&folder, "restored.db").exists());
        if let Some(kept) = kept {
            assert!(!kept.db.pending_migrations().expect("read").is_empty(), "untouched");
        }
    }
}

/// Copies a backup with another manifest.
fn rewrite(from: &Path, to: &Path, change: impl Fn(String) -> String) {
    let mut old = ZipArchive::new(File::open(from).expect("the backup")).expect("a zip archive");
    let mut new = ZipWriter::new(File::create(to).expect("a file"));
    for n in 0..old.len() {
        let mut entry = old.by_index(n).expect("an entry");
        let name = entry.name().expect("a name").into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("its content");
        if name == "manifest.json" {
            let text = String::from_utf8(bytes).expect("UTF-8");
            let changed = change(text.clone());
            assert_ne!(changed, text);
            bytes = changed.into_bytes();
        }
        new.start_file(name, SimpleFileOptions::default()).expect("an entry");
        new.write_all(&bytes).expect("its content");
    }
    new.finish().expect("a zip archive");
}

#[test]
fn a_manifest_that_does_not_fit_is_noticed() {
    for fresh in [TestDb::sqlite(), TestDb::postgres()] {
        register(&fresh.db, "A");
        let folder = TempDir::new().expect("a temporary folder");
        let file = at(&folder, "backup.zip");
        let manifest = take(&fresh, &file);
        let table = manifest.tables.iter().find(|it| it.name == "projects").expect("projects");
        let other = at(&folder, "other.zip");
        let wrong = format!("{:064}", 0);
        rewrite(&file, &other, |text| text.replace(&table.sha256, &wrong));
        let (url, _kept) = elsewhere(fresh.db.engine(), &folder);
        let refused = restore(&url, &other).expect_err("a refusal").to_string();
        assert!(refused.contains("the table projects has changed"), "{refused}");
        assert!(!at(&folder, "restored.db").exists());
    }
}

#[test]
fn what_cannot_be_loaded_leaves_no_trace() {
    let fresh = TestDb::postgres();
    register(&fresh.db, "A");
    let folder = TempDir::new().expect("a temporary folder");
    let file = at(&folder, "backup.zip");
    take(&fresh, &file);
    let other = at(&folder, "other.zip");
    // The rows are sound, but have one value more than columns to go to.
    rewrite(&file, &other, |text| text.replacen("\"acronym_key\",", "", 1));
    let empty = TestDb::bare_postgres();
    let migrated = TestDb::postgres();
    migrated.db.revert().expect("undone");
    for place in [&empty, &migrated] {
        let before = place.db.pending_migrations().expect("read");
        restore(&place.url, &other).expect_err("a refusal");
        assert_eq!(place.db.pending_migrations().expect("read"), before);
        restore(&place.url, &file).expect("restored");
    }
}
