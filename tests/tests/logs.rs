//! The log, where nobody reads it.

use consortia_tests::{Client, Engine, Place};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, PipeReader, Read};
use std::process::{Child, Stdio};

/// More requests than a pipe holds lines of, of this length.
const MANY: u64 = 200;
const LENGTH: usize = 1_000;

/// A server whose log goes to whoever may read it, and of which the address is known. Killed when
/// dropped.
struct Logging<R> {
    child: Child,
    client: Client,
    log: BufReader<R>,
}

impl<R> Drop for Logging<R> {
    fn drop(&mut self) {
        // Already gone is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that says everything into one pipe.
fn piped(place: &Place, format: &str) -> Logging<PipeReader> {
    let (reader, writer) = io::pipe().expect("a pipe");
    let child = started(place, format, writer.try_clone().expect("the pipe"), writer);
    let mut log = BufReader::new(reader);
    let client = Client::new(&address(&mut log));
    Logging { child, client, log }
}

/// A server that logs to a terminal.
fn at_terminal(place: &Place, format: &str) -> Logging<File> {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&terminal).and_then(|()| unlockpt(&terminal)).expect("our terminal");
    let name = ptsname(&terminal, Vec::new()).expect("its name").into_string().expect("UTF-8");
    let shown = OpenOptions::new().read(true).write(true).open(name).expect("the terminal");
    let (reader, writer) = io::pipe().expect("a pipe");
    let child = started(place, format, writer, shown);
    let client = Client::new(&address(&mut BufReader::new(reader)));
    Logging { child, client, log: BufReader::new(terminal.into()) }
}

fn started(
    place: &Place,
    format: &str,
    stdout: impl Into<Stdio>,
    stderr: impl Into<Stdio>,
) -> Child {
    let mut command = place.command(&["serve"]);
    command.env("CONSORTIA_LOG_FORMAT", format).env("CONSORTIA_LOG", "info");
    command.stdin(Stdio::null()).stdout(stdout).stderr(stderr);
    command.spawn().expect("consortia starts")
}

/// The address that a server which starts says it listens on.
fn address(said: &mut BufReader<impl Read>) -> String {
    loop {
        let mut line = String::new();
        assert_ne!(said.read_line(&mut line).expect("a line"), 0, "it ended");
        if let Some(at) = line.find("http://127.0.0.1:") {
            let end = line[at..].find(|c: char| c.is_whitespace() || c == '"' || c == ',');
            return line[at..][..end.unwrap_or(line.len() - at)].to_owned();
        }
    }
}

/// Asks more than the log has room for while nobody reads it, and then reads up to the line that
/// tells of lost ones; gives how many answers are told of before, and that line.
fn ask_unread<R: Read>(server: &mut Logging<R>) -> (usize, String) {
    let client = server.client.clone();
    let ask = || client.get(&format!("/{}", "x".repeat(LENGTH))).expect(404);
    for _ in 0..MANY {
        ask();
    }
    client.get("/health/live").expect(200);
    let mut line = String::new();
    let mut answered = 0;
    while !line.contains("were lost") {
        // Makes room for the next line, of which the first tells what is missing.
        line.clear();
        server.log.read_line(&mut line).expect("a line");
        answered += usize::from(line.contains("answered"));
        ask();
    }
    (answered, line)
}

#[test]
fn a_reader_that_stalls_costs_lines_and_no_request() {
    for format in ["text", "json"] {
        let place = Place::fresh(Engine::Sqlite);
        let (answered, line) = ask_unread(&mut piped(&place, format));
        assert!(answered > 10, "{answered}");
        let lost = if format == "json" {
            let line: serde_json::Value = serde_json::from_str(&line).expect("JSON");
            line["lines"].as_u64()
        } else {
            line.trim().rsplit_once("lines=").and_then(|(_, lines)| lines.parse().ok())
        };
        let lost = lost.expect("a number of lines");
        assert!((10..2 * MANY).contains(&lost), "{lost} of {MANY}");
    }
}

#[test]
fn a_terminal_that_nobody_reads_costs_lines_and_no_request() {
    for format in ["text", "json"] {
        let place = Place::fresh(Engine::Sqlite);
        ask_unread(&mut at_terminal(&place, format));
    }
}

#[test]
fn a_long_address_makes_no_long_line() {
    let place = Place::fresh(Engine::Sqlite);
    let mut server = piped(&place, "json");
    let client = server.client.clone();
    for (length, logged) in [(1_023, 1_024), (1_024, 1_024 + '…'.len_utf8())] {
        client.get(&format!("/{}", "x".repeat(length))).expect(404);
        let line = loop {
            let mut line = String::new();
            server.log.read_line(&mut line).expect("a line");
            if line.contains("answered") {
                break line;
            }
        };
        let line: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        let target = line["span"]["target"].as_str().expect("a target");
        assert_eq!((target.len(), target.ends_with('…')), (logged, length == 1_024), "{target}");
    }
}

#[test]
fn the_id_that_a_client_gives_its_request_is_in_the_log() {
    for (format, told) in
        [("text", "request_id=\"my-id-1\""), ("json", "\"request_id\":\"my-id-1\"")]
    {
        let place = Place::fresh(Engine::Sqlite);
        let mut server = piped(&place, format);
        let client = server.client.clone();
        client.get("/nowhere").expect(404);
        let asked = client.request("GET", "/nowhere").header("X-Request-Id", "my-id-1").send();
        assert_eq!(asked.expect(404).header("x-request-id"), "my-id-1");
        let mut answered = Vec::new();
        while answered.len() < 2 {
            let mut line = String::new();
            server.log.read_line(&mut line).expect("a line");
            answered.extend(Some(line).filter(|line| line.contains("answered")));
        }
        let has = answered.iter().map(|line| line.contains(told)).collect::<Vec<_>>();
        assert_eq!(has, [false, true], "{format}: {answered:?}");
    }
}
