//! What an erasure leaves in a whole cluster of PostgreSQL, and what others keep it from.

use crate::erasure::Known;
use consortia_test_postgres::{Cluster, Database, Settings};
use consortia_tests::documents::{commands, words};
use consortia_tests::files::{held, held_below};
use consortia_tests::people::administrator;
use consortia_tests::{Place, Server};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

/// A role that owns its database, and may nothing else.
const ROLE: &str = "keeper";

/// A server on a cluster of its own, and another database there to ask as superuser.
struct Own {
    api: Server,
    cluster: &'static Cluster,
    beside: Database,
    /// Every file of the cluster is in it, what the server prints too.
    folder: PathBuf,
}

impl Own {
    fn start() -> Self {
        let cluster = Cluster::start(Settings::default()).unwrap_or_else(|fault| panic!("{fault}"));
        let cluster: &'static Cluster = Box::leak(Box::new(cluster));
        let (beside, database) = (cluster.create_database(), cluster.create_database());
        let (_, name) = database.url().rsplit_once('/').expect("a name");
        drop(beside.query(&format!("CREATE ROLE {ROLE} LOGIN")));
        drop(beside.query(&format!(r#"ALTER DATABASE "{name}" OWNER TO {ROLE}"#)));
        let mut folder = PathBuf::from(beside.query("SHOW data_directory"));
        assert!(folder.pop(), "a folder around the data");
        Self { api: Server::start(Place::owned_by(ROLE, database)), cluster, beside, folder }
    }

    /// Runs statements as superuser in the server's own database.
    fn run(&self, statements: &[impl AsRef<str>]) {
        for sql in statements {
            let _ = self.api.place().query(sql.as_ref());
        }
    }

    fn erase(&self, known: &Known) -> Value {
        let admin = administrator(&self.api).unrecorded();
        admin.delete(&known.at, "*").expect(200).json()["remains_in"].clone()
    }

    /// Erases while `holding` keeps it from being wiped, which is over when it returns; then
    /// starts the server again, which tries as it does every hour.
    fn erase_while(&mut self, known: &Known, holding: impl FnOnce(&Self, &dyn Fn())) {
        let told = OnceLock::new();
        holding(self, &|| drop(told.set(self.erase(known))));
        let told = told.into_inner().expect("it was erased");
        assert_eq!(told, json!(["database", "write_ahead_log", "backups", "disk"]));
        self.api.stop();
        self.api.restart();
        let begun = Instant::now();
        while self.api.place().query("SELECT count(*) FROM erasures") != ["0"] {
            assert!(begun.elapsed() < Duration::from_mins(1), "it is never wiped");
            thread::sleep(Duration::from_millis(200));
        }
        assert_eq!(held(self.api.place(), &known.needles), []);
    }

    /// The files that hold anything of it.
    fn found(&self, known: &Known) -> Vec<String> {
        let held = held_below(&self.folder, &known.needles).into_iter();
        held.map(|(n, path)| format!("{n} in {}", path.display())).collect()
    }
}

/// The statements that operations.md has whoever runs the server run.
fn documented() -> Vec<String> {
    let commands = commands("operations.md");
    let command = commands.iter().find(|command| command.starts_with("psql ")).expect("psql");
    let words = words(command);
    let statements = words.iter().zip(&words[1..]).filter(|(word, _)| *word == "-c");
    // In the document the role is called so, as the database is.
    let here = |(_, sql): (&String, &String)| sql.replace(" TO consortia", &format!(" TO {ROLE}"));
    statements.map(here).collect()
}

#[test]
fn the_write_ahead_log_forgets_where_the_role_may_have_it_forget() {
    let own = Own::start();
    let kept = json!(["write_ahead_log", "backups", "disk"]);
    let one = Known::somebody(&own.api, "ockenfels");
    assert_eq!(own.erase(&one), kept, "without a privilege");
    let found = own.found(&one);
    assert!(found.iter().any(|held| held.contains("/pg_wal/")), "{found:?}");
    let other = Known::somebody(&own.api, "vanderquill");
    // Files with both of them in get the names of files to come.
    own.run(&["SELECT pg_switch_wal()", "CHECKPOINT"]);
    let to_come = "SELECT name FROM pg_ls_waldir() \
                    WHERE name > pg_walfile_name(pg_current_wal_insert_lsn())";
    let to_come = own.beside.query(to_come);
    let found = own.found(&other);
    let ahead = to_come.lines().any(|name| found.iter().any(|held| held.ends_with(name)));
    assert!(ahead, "none of {to_come} in {found:?}");
    let (grants, settings): (Vec<String>, _) =
        documented().into_iter().partition(|sql| sql.starts_with("GRANT "));
    assert!(!grants.is_empty() && !settings.is_empty(), "{grants:?} {settings:?}");
    own.run(&grants);
    let third = Known::somebody(&own.api, "quarfoot");
    assert_eq!(own.erase(&third), kept, "while files are recycled");
    own.run(&settings);
    assert_eq!(own.erase(&other), json!(["backups", "disk"]));
    for known in [&one, &other, &third] {
        assert_eq!(own.found(known), [""; 0]);
    }
    let slot = "SELECT pg_create_physical_replication_slot('somebody')";
    drop(own.beside.query(slot));
    let last = Known::somebody(&own.api, "zwingmann");
    assert_eq!(own.erase(&last), kept, "while somebody may have a copy");
}

#[test]
fn rows_held_back_by_the_server_are_said_and_wiped_later() {
    let mut own = Own::start();
    let known = Known::somebody(&own.api, "ockenfels");
    let setting = "SELECT count(*) FROM pg_settings WHERE name = 'vacuum_defer_cleanup_age'";
    if own.beside.query(setting) == "0" {
        // PostgreSQL 16 and later hold none back for it.
        assert_eq!(own.erase(&known), json!(["write_ahead_log", "backups", "disk"]));
        assert_eq!(held(own.api.place(), &known.needles), []);
        return;
    }
    own.erase_while(&known, |own, erase| {
        own.run(&["ALTER SYSTEM SET vacuum_defer_cleanup_age = 1000", "SELECT pg_reload_conf()"]);
        erase();
        own.run(&["ALTER SYSTEM RESET vacuum_defer_cleanup_age", "SELECT pg_reload_conf()"]);
    });
}

#[test]
fn rows_a_standby_still_reads_are_said_and_wiped_later() {
    for slot in [None, Some("standby")] {
        let mut own = Own::start();
        let standby = own.cluster.standby(slot).unwrap_or_else(|fault| panic!("{fault}"));
        let known = Known::somebody(&own.api, "ockenfels");
        own.erase_while(&known, |_, erase| {
            thread::scope(|scope| {
                scope.spawn(|| standby.read_for(Duration::from_secs(20)));
                // It tells what is read there every second.
                thread::sleep(Duration::from_secs(3));
                erase();
            });
        });
    }
}
