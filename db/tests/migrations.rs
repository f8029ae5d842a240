//! The schema: what migrations make, undo and make again.

use crate::common::{TestDb, content, open, past_the_store, write};
use consortia_db::{Db, project};
use diesel::RunQueryDsl;
use std::collections::BTreeMap;
use std::process::Command;

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
    sql: Option<String>,
}

/// Everything SQLite knows of its schema, by name.
fn sqlite_schema(url: &str) -> BTreeMap<String, String> {
    let mut conn = past_the_store(url);
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT type || ' ' || name AS name, sql FROM sqlite_master \
         WHERE name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .load(&mut conn)
    .expect("the catalogue is readable");
    rows.into_iter().map(|row| (row.name, row.sql.unwrap_or_default())).collect()
}

const CATALOGUE: &str = "
    SELECT 'column ' || table_name || '.' || column_name, data_type || ' ' || is_nullable
           || ' ' || coalesce(collation_name, '') || ' ' || coalesce(identity_generation, '')
      FROM information_schema.columns WHERE table_schema = 'public'
       AND table_name NOT LIKE '\\_\\_diesel%'
    UNION ALL
    SELECT 'index ' || indexname, indexdef FROM pg_indexes
     WHERE schemaname = 'public' AND tablename NOT LIKE '\\_\\_diesel%'
    UNION ALL
    SELECT 'constraint ' || conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
       AND conrelid::regclass::text NOT LIKE '\\_\\_diesel%'
    UNION ALL
    SELECT 'trigger ' || tgrelid::regclass || ' ' || tgname, pg_get_triggerdef(oid)
      FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT 'sequence ' || sequencename, data_type || ' ' || increment_by FROM pg_sequences
    UNION ALL
    SELECT 'function ' || proname, prosrc FROM pg_proc
     WHERE pronamespace = 'public'::regnamespace AND probin IS NULL
    ORDER BY 1";

/// Everything PostgreSQL knows of its schema, by name.
fn postgres_schema(url: &str) -> BTreeMap<String, String> {
    let output = Command::new("psql")
        .args(["--no-psqlrc", "-At", "-F", "\t", "-d", url, "-c", CATALOGUE])
        .output()
        .expect("psql runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("psql prints UTF-8");
    text.lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(name, what)| (name.to_owned(), what.to_owned()))
        .collect()
}

fn undo_all(db: &Db) -> usize {
    let mut undone = 0;
    while db.revert().expect("a migration is undone").is_some() {
        undone += 1;
    }
    undone
}

fn goes_up_down_and_up(fresh: &TestDb, schema: impl Fn(&str) -> BTreeMap<String, String>) {
    let pending = fresh.db.pending_migrations().expect("an empty database");
    assert!(!pending.is_empty());
    let empty = schema(&fresh.url);
    assert_eq!(fresh.db.migrate().expect("up"), pending);
    assert_eq!(fresh.db.migrate().expect("nothing to do"), Vec::<String>::new());
    assert!(fresh.db.pending_migrations().expect("a migrated database").is_empty());
    let first = schema(&fresh.url);
    assert!(first.len() > 60, "{first:?}");
    // Each migration by itself, then all again.
    assert_eq!(undo_all(&fresh.db), pending.len());
    assert_eq!(schema(&fresh.url), empty);
    assert_eq!(fresh.db.migrate().expect("up again"), pending);
    assert_eq!(schema(&fresh.url), first);
}

#[test]
fn sqlite_goes_up_down_and_up() {
    goes_up_down_and_up(&TestDb::bare_sqlite(), sqlite_schema);
}

#[test]
fn postgres_goes_up_down_and_up() {
    goes_up_down_and_up(&TestDb::bare_postgres(), postgres_schema);
}

/// The migrations of an engine by name, with what each runs to come.
fn ups(engine: &str) -> BTreeMap<String, String> {
    let folder = format!("{}/migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
    let names = std::fs::read_dir(folder).expect("the migrations").map(|it| it.expect("one"));
    let up = |folder: std::fs::DirEntry| {
        let sql = std::fs::read_to_string(folder.path().join("up.sql")).expect("up.sql");
        (folder.file_name().into_string().expect("UTF-8"), sql)
    };
    names.map(up).collect()
}

/// Undoing a migration leaves exactly what those before it make.
fn each_step_down_leaves_what_was_before(
    [stepping, made]: [TestDb; 2],
    engine: &str,
    schema: impl Fn(&str) -> BTreeMap<String, String>,
    run: impl Fn(&str, &str),
) {
    let mut before = Vec::new();
    for (name, up) in ups(engine) {
        before.push((name, schema(&made.url)));
        run(&made.url, &up);
    }
    assert_eq!(stepping.db.migrate().expect("up").len(), before.len());
    assert_eq!(schema(&stepping.url), schema(&made.url));
    for (name, before) in before.into_iter().rev() {
        assert_eq!(stepping.db.revert().expect("undone").as_ref(), Some(&name));
        assert_eq!(schema(&stepping.url), before, "{name}");
    }
}

#[test]
fn each_step_down_leaves_what_was_before_on_sqlite() {
    use diesel::connection::SimpleConnection as _;
    let run = |url: &str, sql: &str| past_the_store(url).batch_execute(sql).expect("it runs");
    let places = [TestDb::bare_sqlite(), TestDb::bare_sqlite()];
    each_step_down_leaves_what_was_before(places, "sqlite", sqlite_schema, run);
}

#[test]
fn each_step_down_leaves_what_was_before_on_postgres() {
    let run = |url: &str, sql: &str| {
        let psql = ["--no-psqlrc", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql];
        assert!(Command::new("psql").args(psql).status().expect("psql runs").success());
    };
    let places = [TestDb::bare_postgres(), TestDb::bare_postgres()];
    each_step_down_leaves_what_was_before(places, "postgres", postgres_schema, run);
}

#[test]
fn every_text_column_compares_by_bytes_on_postgres() {
    let fresh = TestDb::postgres();
    let columns = postgres_schema(&fresh.url);
    let wrong: Vec<_> = columns
        .iter()
        .filter(|(name, what)| name.starts_with("column ") && what.starts_with("text "))
        .filter(|(_, what)| !what.contains(" C "))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn both_engines_have_the_same_names() {
    let names: Vec<Vec<String>> = [TestDb::bare_sqlite(), TestDb::bare_postgres()]
        .iter()
        .map(|fresh| fresh.db.migrate().expect("up"))
        .collect();
    assert_eq!(names[0], names[1]);
}

#[test]
fn processes_that_start_together_migrate_once() {
    for fresh in [TestDb::bare_sqlite(), TestDb::bare_postgres()] {
        let all = fresh.db.pending_migrations().expect("an empty database").len();
        let done: usize = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| open(&fresh.url).migrate().expect("up").len()))
                .collect();
            workers.into_iter().map(|worker| worker.join().expect("no panic")).sum()
        });
        assert_eq!(done, all, "on {:?}", fresh.db.engine());
    }
}

#[test]
fn a_database_of_a_newer_version_is_refused() {
    let fresh = TestDb::sqlite();
    let mut conn = past_the_store(&fresh.url);
    diesel::sql_query("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')")
        .execute(&mut conn)
        .expect("a row");
    for refused in [fresh.db.migrate().map(drop), fresh.db.pending_migrations().map(drop)] {
        match refused {
            Err(consortia_db::Error::Config(detail)) => {
                assert!(detail.contains("9999"), "{detail}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_database_in_which_not_every_name_can_be_written_is_refused() {
    let fresh = TestDb::bare_postgres();
    let (server, name) = fresh.url.rsplit_once('/').expect("the name comes last");
    let latin = format!("{name}_latin");
    let run = |sql: &str| {
        let psql = ["--no-psqlrc", "-d", &fresh.url, "-c", sql];
        let output = Command::new("psql").args(psql).output().expect("psql runs");
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
    };
    run(&format!("CREATE DATABASE {latin} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"));
    let db = open(&format!("{server}/{latin}"));
    for refused in [db.migrate().map(drop), db.pending_migrations().map(drop)] {
        match refused {
            Err(consortia_db::Error::Config(detail)) => {
                assert!(detail.contains("LATIN1") && detail.contains("UTF8"), "{detail}");
            }
            other => panic!("{other:?}"),
        }
    }
    drop(db);
    run(&format!("DROP DATABASE {latin} WITH (FORCE)"));
}

/// Registers something, so that the log holds a change.
fn register(db: &Db) {
    let body = content(serde_json::json!({"acronym": "A"}));
    write(db, move |tx| project::create(tx, &body)).expect("a project");
}

#[test]
fn the_revision_log_is_only_added_to() {
    let sqlite = TestDb::sqlite();
    register(&sqlite.db);
    let mut conn = past_the_store(&sqlite.url);
    for change in [
        "UPDATE revisions SET actor = 'nobody'",
        "DELETE FROM revisions",
        "INSERT OR REPLACE INTO revisions SELECT * FROM revisions LIMIT 1",
    ] {
        let fault = diesel::sql_query(change).execute(&mut conn).expect_err(change);
        assert!(fault.to_string().contains("only added to"), "{fault}");
    }
    let postgres = TestDb::postgres();
    register(&postgres.db);
    for change in
        ["UPDATE revisions SET actor = 'nobody'", "DELETE FROM revisions", "TRUNCATE revisions"]
    {
        let output = Command::new("psql")
            .args(["--no-psqlrc", "-d", &postgres.url, "-c", change])
            .output()
            .expect("psql runs");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && told.contains("only added to"), "{change}: {told}");
    }
}
