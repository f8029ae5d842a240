//! A running server.

use crate::client::{Answer, Client};
use crate::place::{Engine, Place};
use crate::reaper;
use crate::recording::Recording;
use serde_json::Value;
use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::FileExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// A debug build on a busy machine may take its time; a server that hangs may not.
const START_LIMIT: Duration = Duration::from_mins(1);
const STOP_LIMIT: Duration = Duration::from_secs(30);

/// A server under test with a client of its own. Killed when dropped.
#[derive(Debug)]
pub struct Server {
    running: Running,
    client: Client,
    recording: Arc<Recording>,
}

/// The process, shared by the views of one server.
#[derive(Debug)]
struct Running {
    place: Arc<Place>,
    process: Option<Process>,
    arguments: Vec<String>,
    settings: Vec<(String, String)>,
}

#[derive(Debug)]
struct Process {
    child: Child,
    base: String,
    log: Printed,
}

/// What a process prints, in a file without a name: unlike a pipe, whoever reads it sees all
/// that was printed before.
#[derive(Debug)]
struct Printed(File);

impl Server {
    /// Starts a server on `place` and waits until it is ready; its client may do what staff may.
    ///
    /// # Panics
    /// When it does not start, with its log.
    #[must_use]
    pub fn start(place: Place) -> Self {
        Self::start_with(place, &[])
    }

    /// The same with more `CONSORTIA_…` variables.
    ///
    /// # Panics
    /// When it does not start, with its log.
    #[must_use]
    pub fn start_with(place: Place, settings: &[(&str, &str)]) -> Self {
        Self::start_as(place, &["serve"], settings)
    }

    /// The same by other arguments than `serve`.
    ///
    /// # Panics
    /// When it does not start, with its log.
    #[must_use]
    pub fn start_as(place: Place, arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        let arguments: Vec<_> = arguments.iter().map(|text| (*text).to_owned()).collect();
        let settings: Vec<_> =
            settings.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let place = Arc::new(place);
        let process = Process::start(&place, &arguments, &settings);
        let recording = Arc::new(Recording::default());
        let client = Client::new(&process.base).recorded(&recording);
        let running = Running { place, process: Some(process), arguments, settings };
        let mut server = Self { running, client, recording };
        server.client = server.client.with_token(&server.token("staff"));
        server
    }

    /// Another view of this server whose client records elsewhere; it does not own the process.
    #[must_use]
    pub fn recorded(&self, recording: &Arc<Recording>) -> Self {
        let running = Running {
            place: Arc::clone(&self.running.place),
            process: None,
            arguments: Vec::new(),
            settings: Vec::new(),
        };
        let client = self.client.recorded(recording);
        Self { running, client, recording: Arc::clone(recording) }
    }

    /// A token that lets its bearer act in `role`, made by the command line on the same place.
    ///
    /// # Panics
    /// When the command fails.
    #[must_use]
    pub fn token(&self, role: &str) -> String {
        let printed = self.running.place.run(&["token", "--role", role, "--subject", role]);
        printed.split_whitespace().last().expect("a token is printed").to_owned()
    }

    /// The client whose answers are recorded.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// A client with the same token whose answers are not compared across engines.
    #[must_use]
    pub fn unrecorded(&self) -> Client {
        self.client.unrecorded()
    }

    /// A client without a token.
    #[must_use]
    pub fn anonymous(&self) -> Client {
        self.client.without_token()
    }

    /// What was answered so far.
    #[must_use]
    pub fn recording(&self) -> Arc<Recording> {
        Arc::clone(&self.recording)
    }

    /// The engine it works on.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.running.place.engine()
    }

    /// The place it works on.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.running.place
    }

    /// Its address, `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn base(&self) -> &str {
        self.client.base()
    }

    /// Everything it printed so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.running.process.as_ref().map(Process::log).unwrap_or_default()
    }

    /// The id of its process.
    ///
    /// # Panics
    /// On a view that does not own the process, or while it is down.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.running.process.as_ref().expect("the server runs").child.id()
    }

    /// Kills it at once, as a power cut would (SIGKILL).
    ///
    /// # Panics
    /// When it was not running.
    pub fn kill(&mut self) {
        let mut process = self.running.process.take().expect("the server runs");
        process.child.kill().expect("the server is killed");
        process.child.wait().expect("the server is gone");
        reaper::forget(process.child.id());
    }

    /// Asks it to stop (SIGTERM) and waits until it did.
    ///
    /// # Panics
    /// When it does not within 30 s.
    pub fn stop(&mut self) -> ExitStatus {
        let mut process = self.running.process.take().expect("the server runs");
        signal("TERM", process.child.id());
        process.wait(STOP_LIMIT)
    }

    /// Starts it again on the same place, most likely on another port.
    ///
    /// # Panics
    /// When it does not start, with its log.
    pub fn restart(&mut self) {
        assert!(self.running.process.is_none(), "kill or stop the server before starting it again");
        let Running { place, arguments, settings, .. } = &self.running;
        let process = Process::start(place, arguments, settings);
        self.client = self.client.at(&process.base);
        self.running.process = Some(process);
    }

    /// `GET path`; see [`Client::get`].
    #[must_use]
    pub fn get(&self, path: &str) -> Answer {
        self.client.get(path)
    }

    /// `POST path`; see [`Client::post`].
    #[must_use]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.client.post(path, body)
    }

    /// Creates a record, which must succeed, and gives it back as answered.
    ///
    /// # Panics
    /// When it is refused.
    #[expect(clippy::must_use_candidate, reason = "as often for the record as for the answer")]
    pub fn create(&self, path: &str, body: &Value) -> Value {
        self.client.post(path, body).expect(201).json()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let Some(process) = &mut self.running.process else { return };
        // Already gone is as good.
        let _ = process.child.kill();
        let _ = process.child.wait();
        reaper::forget(process.child.id());
        if thread::panicking() {
            eprintln!(
                "The server on {:?} printed:\n{}",
                self.running.place.engine(),
                process.log()
            );
        }
    }
}

impl Process {
    fn start(place: &Place, arguments: &[String], settings: &[(String, String)]) -> Self {
        let log = Printed(tempfile::tempfile().expect("a file"));
        let mut child = place
            .command(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdout(log.0.try_clone().expect("the file"))
            .stderr(log.0.try_clone().expect("the file"))
            .stdin(Stdio::null())
            .spawn()
            .expect("consortia starts");
        reaper::watch(child.id());
        let base = wait_for_address(&mut child, &log);
        let process = Self { child, base, log };
        process.wait_until_ready();
        process
    }

    fn log(&self) -> String {
        self.log.read()
    }

    fn wait_until_ready(&self) {
        let deadline = Instant::now() + START_LIMIT;
        let client = Client::new(&self.base);
        while client.try_status("/health/ready") != Some(200) {
            assert!(Instant::now() < deadline, "The server never got ready:\n{}", self.log());
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn wait(&mut self, limit: Duration) -> ExitStatus {
        let deadline = Instant::now() + limit;
        loop {
            if let Some(status) = self.child.try_wait().expect("the server can be waited for") {
                reaper::forget(self.child.id());
                return status;
            }
            assert!(Instant::now() < deadline, "The server does not stop:\n{}", self.log());
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Printed {
    fn read(&self) -> String {
        let length = self.0.metadata().expect("the file's length").len();
        let mut bytes = vec![0; usize::try_from(length).expect("a log that fits into memory")];
        self.0.read_exact_at(&mut bytes, 0).expect("what was printed");
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Sends a signal by the shell's own `kill`, which every system has.
fn signal(name: &str, process: u32) {
    let sent = Command::new("sh").args(["-c", &format!("kill -{name} {process}")]).status();
    assert!(sent.is_ok_and(|status| status.success()), "SIG{name} was not sent to {process}");
}

/// The first `http://127.0.0.1:PORT` it prints.
fn wait_for_address(child: &mut Child, log: &Printed) -> String {
    const PREFIX: &str = "http://127.0.0.1:";
    let deadline = Instant::now() + START_LIMIT;
    loop {
        let ended = child.try_wait().expect("the server can be waited for");
        let printed = log.read();
        if let Some(at) = printed.find(PREFIX) {
            let rest = &printed[at + PREFIX.len()..];
            let digits = rest.chars().take_while(char::is_ascii_digit).collect::<String>();
            // The digits are whole only once something follows them.
            if digits.len() < rest.len() {
                return format!("{PREFIX}{digits}");
            }
        }
        assert!(ended.is_none(), "The server ended before it was ready ({ended:?}):\n{printed}");
        assert!(Instant::now() < deadline, "The server printed no address:\n{printed}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Memory a process holds at its peak, in bytes (`VmHWM`).
#[must_use]
pub fn peak_memory(process: u32) -> Option<u64> {
    let mut text = String::new();
    File::open(format!("/proc/{process}/status")).ok()?.read_to_string(&mut text).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}
