//! What is acknowledged was synced before: the system calls of whoever writes are followed.

use consortia_test_postgres::{Cluster, Settings};
use consortia_tests::samples::{ORGANISATIONS, organisation, path};
use consortia_tests::{Client, Engine, Place, Server};
use serde_json::json;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;

/// How often each kind of change is made.
const ROUNDS: u32 = 20;

/// Processes whose calls that sync files are followed.
struct Followed {
    strace: Child,
    calls: TempDir,
}

/// When a file was synced, in seconds since 1970.
struct Synced {
    from: f64,
    until: f64,
}

impl Followed {
    /// Follows these processes, and those that they start.
    fn begin(processes: &[u32]) -> Self {
        let calls = tempfile::tempdir().expect("a folder");
        let mut strace = Command::new("strace");
        // A file for each thread, in which each call is one line with its time, length and path.
        strace.args(["-ff", "-ttt", "-T", "-y", "-e", "trace=fsync,fdatasync", "-o"]);
        strace.arg(calls.path().join("calls"));
        strace.args(processes.iter().flat_map(|process| ["-p".to_owned(), process.to_string()]));
        let strace = strace.stderr(Stdio::null()).spawn();
        let strace = strace.unwrap_or_else(|fault| panic!("strace: {fault}; install it (strace)"));
        let mut this = Self { strace, calls };
        while !processes.iter().all(|process| is_followed(*process)) {
            let ended = this.strace.try_wait().expect("strace can be waited for");
            assert!(ended.is_none(), "strace may not follow {processes:?}");
            thread::sleep(Duration::from_millis(10));
        }
        this
    }

    /// When files were synced whose paths have `part` in them.
    fn end(mut self, part: &str) -> Vec<Synced> {
        let kill = format!("kill -INT {}", self.strace.id());
        let sent = Command::new("sh").args(["-c", &kill]).status();
        assert!(sent.is_ok_and(|status| status.success()), "{kill}");
        self.strace.wait().expect("strace ends");
        let files = fs::read_dir(self.calls.path()).expect("what it wrote");
        let read = |file: std::io::Result<fs::DirEntry>| {
            fs::read_to_string(file.expect("a file").path()).expect("what it wrote")
        };
        let calls: String = files.map(read).collect();
        calls.lines().filter(|call| call.contains(part)).filter_map(Synced::read).collect()
    }
}

impl Synced {
    /// Reads `1764243000.123456 fdatasync(9</path>) = 0 <0.000123>`; `None` for one that failed.
    fn read(call: &str) -> Option<Self> {
        let (from, call) = call.split_once(' ')?;
        let (_, took) = call.split_once(") = 0 <")?;
        let (from, took): (f64, f64) =
            (from.parse().ok()?, took.trim_end_matches('>').parse().ok()?);
        Some(Self { from, until: from + took })
    }
}

/// Whether every thread of a process is followed.
fn is_followed(process: u32) -> bool {
    let threads = fs::read_dir(format!("/proc/{process}/task")).expect("the process runs");
    threads.flatten().all(|thread| {
        let status = fs::read_to_string(thread.path().join("status")).unwrap_or_default();
        status.lines().any(|line| line.starts_with("TracerPid:") && !line.ends_with("\t0"))
    })
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_secs_f64()
}

/// Registers, changes and deletes; when each was asked for and when it was acknowledged.
fn changes(client: &Client) -> Vec<[f64; 2]> {
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        let mut timed = |ask: &dyn Fn() -> String| {
            let from = now();
            let done = ask();
            acknowledged.push([from, now()]);
            done
        };
        let body = organisation(&format!("Number {round}"), "IT");
        let at =
            timed(&|| path(ORGANISATIONS, &client.post(ORGANISATIONS, &body).expect(201).json()));
        timed(&|| client.patch(&at, "*", &json!({"country": "FR"})).expect(200).text());
        timed(&|| client.delete(&at, "*").expect(204).text());
    }
    acknowledged
}

#[test]
#[ignore = "follows system calls, which needs strace and the right to; .ci/run runs it"]
fn what_is_acknowledged_was_synced_before() {
    for engine in Engine::ALL {
        let (server, processes, log) = match engine {
            Engine::Sqlite => {
                let server = Server::start(Place::fresh(engine));
                let process = server.process_id();
                (server, vec![process], "registry.db-wal>")
            }
            Engine::Postgres => {
                let cluster = Cluster::start(Settings { durable: true, ..Settings::default() });
                let cluster: &'static Cluster =
                    Box::leak(Box::new(cluster.unwrap_or_else(|fault| panic!("{fault}"))));
                let server = Server::start(Place::on(cluster.create_database()));
                (server, cluster.processes(), "/pg_wal/")
            }
        };
        let followed = Followed::begin(&processes);
        let acknowledged = changes(&server.unrecorded());
        let synced = followed.end(log);
        for [asked, told] in &acknowledged {
            let before = |it: &Synced| *asked < it.from && it.until < *told;
            assert!(synced.iter().any(before), "{engine:?}: acknowledged and not synced");
        }
        println!("{engine:?}: {} changes, {} syncs", acknowledged.len(), synced.len());
    }
}
