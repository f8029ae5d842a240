//! Where a server keeps its data: an engine, a database and a folder.

use crate::{program, reaper};
use consortia_test_postgres::{Cluster, Database, Template};
use rusqlite::types::Value;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// A database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// The one inside the binary.
    Sqlite,
    /// The one beside it.
    Postgres,
}

impl Engine {
    /// Both, in the order in which tests run.
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];
}

/// A database of one test, and the data folder of its server. Gone when dropped.
#[derive(Debug)]
pub struct Place {
    engine: Engine,
    folder: TempDir,
    database: Option<Database>,
    url: String,
    /// A disk of so many megabytes that only programs on this place see.
    small_disk: Option<u32>,
}

/// Each runs what follows where it may mount things that nobody else sees: for anybody, where
/// the machine allows that, and for root.
const UNSHARE: [&[&str]; 2] =
    [&["unshare", "--user", "--map-root-user", "--mount"], &["unshare", "--mount"]];

/// The way to such a place that this machine allows.
fn unshare() -> Option<&'static [&'static str]> {
    static ALLOWED: LazyLock<Option<&'static [&'static str]>> = LazyLock::new(|| {
        UNSHARE.into_iter().find(|way| {
            let tried = Command::new(way[0]).args(&way[1..]).arg("true").output();
            tried.is_ok_and(|output| output.status.success())
        })
    });
    *ALLOWED
}

/// Mounts the disk `$1` of `$2` megabytes and becomes the rest of the arguments.
const MOUNT: &str = r#"
disk=$1 size=$2
shift 2
mount -t tmpfs -o "size=${size}m" tmpfs "$disk" && exec "$@"
"#;

const SQLITE_FILE: &str = "registry.db";
const DISK: &str = "disk";

/// The SQLite database of the place whose data folder is `folder`.
#[must_use]
pub fn sqlite_file(folder: &Path) -> PathBuf {
    folder.join(SQLITE_FILE)
}

impl Place {
    /// A place with the current schema and no records but those that ship with it.
    ///
    /// # Panics
    /// When the database cannot be made.
    #[must_use]
    pub fn fresh(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self::empty(engine),
            Engine::Postgres => {
                let template = Cluster::shared().template("migrated", |url| {
                    Self::at(url).run(&["migrate"]);
                });
                Self::copy_of(template)
            }
        }
    }

    /// A place with no schema at all.
    ///
    /// # Panics
    /// When the database cannot be made.
    #[must_use]
    pub fn empty(engine: Engine) -> Self {
        let database = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(Cluster::shared().create_database()),
        };
        Self::new(engine, database)
    }

    /// A copy of a PostgreSQL template.
    ///
    /// # Panics
    /// When the database cannot be made.
    #[must_use]
    pub fn copy_of(template: &Template) -> Self {
        Self::new(Engine::Postgres, Some(Cluster::shared().create_from(template)))
    }

    /// A copy of the SQLite database in the folder of another place that nobody has open.
    ///
    /// # Panics
    /// When the file cannot be copied.
    #[must_use]
    pub fn copy_of_file(other: &Path) -> Self {
        let place = Self::new(Engine::Sqlite, None);
        for suffix in ["", "-wal"] {
            let file = format!("{SQLITE_FILE}{suffix}");
            let (from, to) = (other.join(&file), place.folder.path().join(&file));
            if from.exists() {
                fs::copy(&from, &to).unwrap_or_else(|fault| panic!("{}: {fault}", from.display()));
            }
        }
        place
    }

    /// A place whose SQLite database is alone on a disk of so many megabytes, which is there as
    /// long as the server is; [`Place::disk_of`] shows it. It is in a mount namespace of the
    /// server, so nothing of the machine changes, and users other than root may have one too.
    ///
    /// # Panics
    /// When its folder cannot be made, or the machine allows no namespaces.
    #[must_use]
    pub fn on_small_disk(megabytes: u32) -> Self {
        assert!(
            unshare().is_some(),
            "A small disk needs one of {UNSHARE:?} (util-linux), which failed. In a container allow \
             it namespaces, with --cap-add SYS_ADMIN or --security-opt seccomp=unconfined."
        );
        let place = Self::new(Engine::Sqlite, None);
        let disk = place.folder.path().join(DISK);
        fs::create_dir(&disk).expect("a folder");
        let url = format!("sqlite://{}", sqlite_file(&disk).display());
        Self { small_disk: Some(megabytes), url, ..place }
    }

    /// The small disk, as the process that mounted it sees it.
    ///
    /// # Panics
    /// When the folder for temporary files is not an absolute path.
    #[must_use]
    pub fn disk_of(&self, process: u32) -> PathBuf {
        let disk = self.folder.path().join(DISK);
        let inside = disk.strip_prefix("/").expect("an absolute path");
        Path::new("/proc").join(process.to_string()).join("root").join(inside)
    }

    /// A place whose SQLite database lies in `folder`.
    ///
    /// # Panics
    /// When its data folder cannot be made.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        let url = format!("sqlite://{}", sqlite_file(folder).display());
        Self { url, ..Self::new(Engine::Sqlite, None) }
    }

    /// A place on a PostgreSQL database that somebody else keeps.
    ///
    /// # Panics
    /// When its folder cannot be made.
    #[must_use]
    pub fn at(url: &str) -> Self {
        let (engine, url) = (Engine::Postgres, url.to_owned());
        Self { engine, folder: folder(), database: None, url, small_disk: None }
    }

    /// A place on a PostgreSQL database.
    #[must_use]
    pub fn on(database: Database) -> Self {
        Self::new(Engine::Postgres, Some(database))
    }

    /// A place on a PostgreSQL database that the server reaches as another role, which has to
    /// be there.
    #[must_use]
    pub fn owned_by(role: &str, database: Database) -> Self {
        let url = database.url().replacen("postgres@", &format!("{role}@"), 1);
        Self { url, ..Self::on(database) }
    }

    fn new(engine: Engine, database: Option<Database>) -> Self {
        let folder = folder();
        let url = match &database {
            Some(database) => database.url().to_owned(),
            None => format!("sqlite://{}", sqlite_file(folder.path()).display()),
        };
        Self { engine, folder, database, url, small_disk: None }
    }

    /// The engine it is on.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// The data folder of its server.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The address of the database, as `CONSORTIA_DATABASE_URL` takes it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The PostgreSQL database behind it, for a look inside.
    #[must_use]
    pub fn database(&self) -> Option<&Database> {
        self.database.as_ref()
    }

    /// The rows of a query run past the program, columns separated by `|`.
    ///
    /// # Panics
    /// When the engine refuses, with its message.
    #[must_use]
    pub fn query(&self, sql: &str) -> Vec<String> {
        if let Some(database) = &self.database {
            return database.query(sql).lines().map(str::to_owned).collect();
        }
        let file = rusqlite::Connection::open(sqlite_file(self.folder())).expect("the file opens");
        let mut statement = file.prepare(sql).unwrap_or_else(|fault| panic!("{sql}: {fault}"));
        let columns = statement.column_count();
        let text = |value: Value| match value {
            Value::Null => String::new(),
            Value::Integer(number) => number.to_string(),
            Value::Real(number) => number.to_string(),
            Value::Text(text) => text,
            Value::Blob(bytes) => format!("{bytes:02x?}"),
        };
        let rows = statement.query_map([], |row| {
            let values = (0..columns).map(|n| row.get(n).map(text));
            Ok(values.collect::<Result<Vec<_>, _>>()?.join("|"))
        });
        rows.and_then(Iterator::collect).unwrap_or_else(|fault| panic!("{sql}: {fault}"))
    }

    /// Keeps everybody from writing for so long, as another process at work does.
    ///
    /// # Panics
    /// When the engine refuses.
    pub fn hold_writes(&self, time: Duration) {
        if let Some(database) = &self.database {
            // The lock that every writer takes.
            let _ = database.query(&format!(
                "BEGIN; SELECT pg_advisory_xact_lock(7165066974239814761); \
                 SELECT pg_sleep({}); COMMIT",
                time.as_secs_f64()
            ));
            return;
        }
        let file = rusqlite::Connection::open(sqlite_file(self.folder())).expect("the file opens");
        file.execute_batch("BEGIN IMMEDIATE").expect("nobody else writes");
        thread::sleep(time);
    }

    /// `consortia` with these arguments, set up to work on this place.
    ///
    /// # Panics
    /// When the place has a small disk and the machine allows no namespaces any more.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let folder = self.folder.path();
        let program = program::consortia();
        let mut command = match self.small_disk {
            None => Command::new(program),
            Some(megabytes) => {
                let way = unshare().expect("looked at when the place was made");
                let mut command = Command::new(way[0]);
                command.args(&way[1..]).args(["sh", "-c", MOUNT, "mount"]);
                command.arg(folder.join(DISK)).arg(megabytes.to_string()).arg(program);
                command
            }
        };
        configure(&mut command, &self.url, folder);
        command.args(arguments);
        command
    }

    /// Runs `consortia` with these arguments to its end.
    ///
    /// # Panics
    /// When it fails, with what it printed.
    #[expect(clippy::must_use_candidate, reason = "as often for its effect as for what it prints")]
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = must(&mut self.command(arguments));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The same with `input` on its standard input.
    ///
    /// # Panics
    /// When it fails, with what it printed.
    #[expect(clippy::must_use_candidate, reason = "as often for its effect as for what it prints")]
    pub fn run_with(&self, arguments: &[&str], input: &str) -> String {
        let output = self.fed(arguments, input);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {told}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// What comes of `consortia` with these arguments and `input` on its standard input.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn fed(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = command.spawn().expect("consortia starts");
        let mut stdin = running.stdin.take().expect("a pipe");
        // It may end without reading, when what it is asked for cannot be.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        running.wait_with_output().expect("consortia ends")
    }

    /// Runs an import that takes only a part of what it is given.
    ///
    /// # Panics
    /// When it takes everything, or breaks.
    #[must_use]
    pub fn run_in_part(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().expect("consortia starts");
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(1), "{arguments:?} took it all:\n{told}");
        assert!(told.contains(" rejected"), "{arguments:?} broke:\n{told}");
        told
    }
}

fn folder() -> TempDir {
    TempDir::new_in(reaper::folder()).expect("a temporary folder")
}

/// Takes everything of the caller's environment away that could change what `consortia` does.
fn configure(command: &mut Command, url: &str, folder: &Path) {
    let settings = std::env::vars_os().map(|(name, _)| name);
    for name in settings.filter(|name| name.to_string_lossy().starts_with("CONSORTIA_")) {
        command.env_remove(name);
    }
    command
        .env("CONSORTIA_DATABASE_URL", url)
        .env("CONSORTIA_DATA_DIR", folder)
        .env("CONSORTIA_LISTEN", "127.0.0.1:0")
        .env_remove("RUST_LOG")
        .current_dir(folder)
        .stdin(Stdio::null());
}

/// Runs a command that must succeed.
fn must(command: &mut Command) -> Output {
    let output = command.output().expect("consortia starts");
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?} failed ({}):\n{out}\n{err}", output.status);
    output
}
