//! Addressing a cluster and making databases in it.

use crate::database::{Database, Template};
use crate::private::{Primary, Private, Settings};
use crate::programs;
use std::collections::HashMap;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{self, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const SERVER_VARIABLE: &str = "CONSORTIA_TEST_POSTGRES_URL";
const START_LIMIT: Duration = Duration::from_mins(1);

/// Drops the databases named on standard input, one a line, once the test process is gone.
///
/// `$1` psql, `$2` the address of the maintenance database.
const CLEANER: &str = r#"
names=
while read -r name; do names="$names $name"; done
for name in $names; do
    "$1" --no-psqlrc --quiet --dbname="$2" \
        --command="DROP DATABASE IF EXISTS \"$name\" WITH (FORCE)" >/dev/null 2>&1
done
"#;

/// A PostgreSQL server to make test databases in.
#[derive(Debug)]
pub struct Cluster {
    /// Address without a database name: `postgres://user@host:port`.
    base: String,
    /// What follows the database name in addresses: empty, or `?key=value&…`.
    parameters: String,
    /// The database to connect to for making others.
    maintenance: String,
    psql: PathBuf,
    databases: AtomicU32,
    templates: Mutex<HashMap<String, &'static OnceLock<Template>>>,
    private: Option<Private>,
    /// On a server that is not ours: where to name the databases that must not stay.
    cleaner: Option<Mutex<ChildStdin>>,
}

impl Cluster {
    /// The cluster that all tests of this process share.
    ///
    /// # Panics
    /// When there is no PostgreSQL, with a message that says what to install.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(|| {
            let started = match std::env::var(SERVER_VARIABLE) {
                Ok(url) if !url.is_empty() => Self::connect(&url),
                _ => Self::start(Settings::default()),
            };
            started.unwrap_or_else(|fault| panic!("{fault}"))
        })
    }

    /// Starts a private cluster, stopped when dropped or when this process ends.
    ///
    /// # Errors
    /// A sentence for people: PostgreSQL is missing, or its own log when it does not start.
    pub fn start(settings: Settings) -> Result<Self, String> {
        Self::start_as(settings, None)
    }

    fn start_as(settings: Settings, follows: Option<Primary>) -> Result<Self, String> {
        let private = Private::start(settings, follows)?;
        let port = private.port();
        let mut cluster = Self {
            base: format!("postgres://postgres@127.0.0.1:{port}"),
            parameters: String::new(),
            maintenance: "postgres".to_owned(),
            psql: programs::psql()?,
            databases: AtomicU32::new(0),
            templates: Mutex::default(),
            private: Some(private),
            cleaner: None,
        };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    /// Starts a standby of a private cluster that tells it every second what is still read there,
    /// by way of a replication slot of that name if one is given.
    ///
    /// # Errors
    /// As for [`Cluster::start`]; or this one is not private.
    pub fn standby(&self, slot: Option<&'static str>) -> Result<Self, String> {
        let private = self.private.as_ref().ok_or("Only a private cluster has standbys.")?;
        if let Some(slot) = slot {
            self.administer(&format!("SELECT pg_create_physical_replication_slot('{slot}')"))?;
        }
        let primary = Primary { port: private.port(), slot };
        Self::start_as(Settings::default(), Some(primary))
    }

    /// Holds a snapshot of a cluster for so long.
    ///
    /// # Panics
    /// When the server refuses, with its message.
    pub fn read_for(&self, time: Duration) {
        let sql = format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class; \
             SELECT pg_sleep({}); COMMIT",
            time.as_secs_f64()
        );
        self.administer(&sql).unwrap_or_else(|fault| panic!("{fault}"));
    }

    /// Stops a private cluster, ending every session; its data stays.
    ///
    /// # Panics
    /// When it is not private, or does not stop.
    pub fn stop(&self) {
        let private = self.private.as_ref().expect("a private cluster");
        private.wish("stop").unwrap_or_else(|fault| panic!("{fault}"));
        let deadline = Instant::now() + START_LIMIT;
        while private.process_id().is_some() {
            assert!(Instant::now() < deadline, "PostgreSQL does not stop:\n{}", private.log());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Starts a private cluster again that was stopped, at the same address.
    ///
    /// # Panics
    /// When it is not private, or does not start.
    pub fn resume(&self) {
        let private = self.private.as_ref().expect("a private cluster");
        private.wish("start").unwrap_or_else(|fault| panic!("{fault}"));
        let deadline = Instant::now() + START_LIMIT;
        while let Err(fault) = self.administer("SELECT 1") {
            assert!(Instant::now() < deadline, "{fault}; PostgreSQL printed\n{}", private.log());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Goes on to the next file of the log of writes, as the server does by itself when one is full.
    ///
    /// # Errors
    /// The message of the server, when it is away or stops itself by this.
    pub fn switch_log(&self) -> Result<(), String> {
        self.administer("SELECT pg_switch_wal()").map(drop)
    }

    /// Stops every process of a private cluster where it is (`STOP`), as if the network to it
    /// were cut, or lets them go on (`CONT`).
    ///
    /// # Panics
    /// When it is not private, or does not run.
    pub fn signal(&self, name: &str) {
        // The first one last, which tells whether it was there; the others come and go.
        let processes: Vec<_> = self.processes().iter().rev().map(u32::to_string).collect();
        let processes = processes.join(" ");
        let kill = format!("for id in {processes}; do kill -{name} $id 2>/dev/null; done");
        let sent = Command::new("sh").args(["-c", &kill]).status();
        assert!(sent.is_ok_and(|status| status.success()), "{kill}");
    }

    /// Kills every process of a private cluster (`KILL`), which [`Cluster::resume`] starts again.
    ///
    /// # Panics
    /// When it is not private, or does not run.
    pub fn kill(&self) {
        // The first process starts no other once it is stopped.
        self.signal("STOP");
        self.signal("KILL");
        let private = self.private.as_ref().expect("a private cluster");
        // The supervisor waits for it; unless that is done it seems to run.
        private.wish("stop").unwrap_or_else(|fault| panic!("{fault}"));
    }

    /// The processes of a private cluster, the first of which started the others.
    ///
    /// # Panics
    /// When it is not private, or does not run.
    #[must_use]
    pub fn processes(&self) -> Vec<u32> {
        let first = self.process_id().expect("a private cluster that runs");
        let others = format!("/proc/{first}/task/{first}/children");
        let others = std::fs::read_to_string(others).expect("the processes of PostgreSQL");
        let others = others.split_whitespace().map(|id| id.parse().expect("a process id"));
        std::iter::once(first).chain(others).collect()
    }

    /// Uses a server that somebody else runs.
    ///
    /// # Errors
    /// A sentence for people: the address is not one, or the server does not answer.
    pub fn connect(url: &str) -> Result<Self, String> {
        let (address, parameters) = match url.split_once('?') {
            Some((address, parameters)) => (address, format!("?{parameters}")),
            None => (url, String::new()),
        };
        let after_scheme = address.find("://").map(|at| at + 3).ok_or_else(|| {
            format!("{SERVER_VARIABLE}={url} is not an address like postgres://user@host:port/name")
        })?;
        let (base, maintenance) = match address[after_scheme..].find('/') {
            Some(at) => (&address[..after_scheme + at], &address[after_scheme + at + 1..]),
            None => (address, ""),
        };
        let maintenance = if maintenance.is_empty() { "postgres" } else { maintenance };
        let mut cluster = Self {
            base: base.to_owned(),
            parameters,
            maintenance: maintenance.to_owned(),
            psql: programs::psql()?,
            databases: AtomicU32::new(0),
            templates: Mutex::default(),
            private: None,
            cleaner: None,
        };
        cluster
            .administer("SELECT 1")
            .map_err(|fault| format!("{SERVER_VARIABLE}={url}: {fault}"))?;
        cluster.cleaner = Some(Mutex::new(cluster.start_cleaner()?));
        Ok(cluster)
    }

    /// A fresh, empty database, dropped with the value.
    ///
    /// # Panics
    /// When the server refuses, with its message.
    #[must_use]
    pub fn create_database(&'static self) -> Database {
        Database::new(self, self.make(""))
    }

    /// A copy of `template`, dropped with the value. Nobody may be connected to the template.
    ///
    /// # Panics
    /// When the server refuses, with its message.
    #[must_use]
    pub fn create_from(&'static self, template: &Template) -> Database {
        Database::new(self, self.make(&format!(r#"TEMPLATE "{}""#, template.name)))
    }

    /// The template called `name`, made on first use by `prepare`, which is given the address
    /// of an empty database and must have closed its connections when it returns.
    ///
    /// Others that ask meanwhile wait. It lives as long as the cluster.
    ///
    /// # Panics
    /// When the server refuses, with its message, and when `prepare` does.
    pub fn template(&'static self, name: &str, prepare: impl FnOnce(&str)) -> &'static Template {
        let cell = {
            let mut templates = self.templates.lock().unwrap_or_else(PoisonError::into_inner);
            // A handful per process, needed until it ends.
            *templates.entry(name.to_owned()).or_insert_with(|| Box::leak(Box::default()))
        };
        cell.get_or_init(|| {
            let database = self.make("");
            prepare(&self.database_url(&database));
            Template { name: database }
        })
    }

    /// The certificate (PEM) that clients of a cluster with TLS must trust; it is made out
    /// for 127.0.0.1 and localhost.
    #[must_use]
    pub fn certificate(&self) -> Option<PathBuf> {
        self.private.as_ref()?.certificate()
    }

    /// The process id of the server started here, for measuring what it costs.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.private.as_ref()?.process_id()
    }

    pub(crate) fn database_url(&self, name: &str) -> String {
        format!("{}/{name}{}", self.base, self.parameters)
    }

    /// Runs a statement in the maintenance database.
    pub(crate) fn administer(&self, sql: &str) -> Result<String, String> {
        self.psql(&self.database_url(&self.maintenance), sql)
    }

    /// Runs `sql` in the database at `url`; rows unaligned, without a heading.
    pub(crate) fn psql(&self, url: &str, sql: &str) -> Result<String, String> {
        let output = Command::new(&self.psql)
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--no-password"])
            .args(["--set=ON_ERROR_STOP=1", "--dbname", url, "--command", sql])
            .stdin(Stdio::null())
            .output()
            .map_err(|fault| format!("{} did not start: {fault}", self.psql.display()))?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
        } else {
            let message = String::from_utf8_lossy(&output.stderr);
            Err(format!("PostgreSQL refused `{sql}`: {}", message.trim_end()))
        }
    }

    fn start_cleaner(&self) -> Result<ChildStdin, String> {
        Command::new("sh")
            .args(["-c", CLEANER, "cleaner"])
            .arg(&self.psql)
            .arg(self.database_url(&self.maintenance))
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(|fault| format!("the shell that drops test databases: {fault}"))?
            .stdin
            .take()
            .ok_or_else(|| "the shell that drops test databases has no pipe".to_owned())
    }

    /// Makes a database with a name of its own; `source` is empty or `TEMPLATE "name"`.
    fn make(&self, source: &str) -> String {
        let name = self.fresh_name();
        if let Some(cleaner) = &self.cleaner {
            let mut pipe = cleaner.lock().unwrap_or_else(PoisonError::into_inner);
            writeln!(pipe, "{name}").expect("the shell that drops test databases listens");
        }
        if let Err(fault) = self.administer(&format!(r#"CREATE DATABASE "{name}" {source}"#)) {
            panic!("{fault}");
        }
        name
    }

    /// A name no other test process uses at the same time.
    fn fresh_name(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        format!("t_{}_{:x}_{number}", process::id(), started.subsec_nanos())
    }

    fn wait_until_ready(&mut self) -> Result<(), String> {
        let deadline = Instant::now() + START_LIMIT;
        while let Err(fault) = self.administer("SELECT 1") {
            let Some(private) = &mut self.private else { return Err(fault) };
            if private.has_ended() || Instant::now() > deadline {
                let log = private.log();
                return Err(format!("PostgreSQL did not start ({fault}). Its log:\n{log}"));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}
