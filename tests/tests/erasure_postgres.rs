//! What an erasure leaves in a whole cluster of PostgreSQL.

use crate::erasure::Known;
use consortia_test_postgres::{Cluster, Database, Settings};
use consortia_tests::files::held_below;
use consortia_tests::people::administrator;
use consortia_tests::{Place, Server};
use serde_json::{Value, json};
use std::path::PathBuf;

/// A role that owns its database, and may nothing else.
const ROLE: &str = "keeper";

/// A server on a cluster of its own, and another database there to ask as superuser.
struct Own {
    api: Server,
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
        Self { api: Server::start(Place::owned_by(ROLE, database)), beside, folder }
    }

    /// Runs statements as superuser in the server's own database.
    fn run(&self, statements: &[&str]) {
        for sql in statements {
            let _ = self.api.place().query(sql);
        }
    }

    fn erase(&self, known: &Known) -> Value {
        let admin = administrator(&self.api).unrecorded();
        admin.delete(&known.at, "*").expect(200).json()["remains_in"].clone()
    }

    /// The files that hold anything of it.
    fn found(&self, known: &Known) -> Vec<String> {
        let held = held_below(&self.folder, &known.needles).into_iter();
        held.map(|(n, path)| format!("{n} in {}", path.display())).collect()
    }
}

/// What operations.md has whoever runs the server do.
const GRANTS: [&str; 5] = [
    "GRANT pg_checkpoint TO keeper",
    "GRANT EXECUTE ON FUNCTION pg_switch_wal() TO keeper",
    "GRANT EXECUTE ON FUNCTION pg_ls_waldir() TO keeper",
    "ALTER SYSTEM SET wal_recycle = off",
    "SELECT pg_reload_conf()",
];

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
    own.run(&GRANTS[..3]);
    let third = Known::somebody(&own.api, "quarfoot");
    assert_eq!(own.erase(&third), kept, "while files are recycled");
    own.run(&GRANTS[3..]);
    assert_eq!(own.erase(&other), json!(["backups", "disk"]));
    for known in [&one, &other, &third] {
        assert_eq!(own.found(known), [""; 0]);
    }
    let slot = "SELECT pg_create_physical_replication_slot('somebody')";
    drop(own.beside.query(slot));
    let last = Known::somebody(&own.api, "zwingmann");
    assert_eq!(own.erase(&last), kept, "while somebody may have a copy");
}
