//! The log, where nobody reads it.

use consortia_tests::{Client, Engine, Place};
use std::io::{BufRead as _, BufReader, PipeReader};
use std::process::{Child, Stdio};

/// More requests than a pipe holds lines of, of this length.
const MANY: u64 = 200;
const LENGTH: usize = 1_000;

/// A server whose log goes into a pipe, of which its address was read. Killed when dropped.
struct Piped {
    child: Child,
    client: Client,
    log: BufReader<PipeReader>,
}

impl Drop for Piped {
    fn drop(&mut self) {
        // Already gone is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn started(place: &Place, format: &str) -> Piped {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let mut command = place.command(&["serve"]);
    command.env("CONSORTIA_LOG_FORMAT", format).env("CONSORTIA_LOG", "info");
    command.stdin(Stdio::null()).stdout(writer.try_clone().expect("the pipe")).stderr(writer);
    let child = command.spawn().expect("consortia starts");
    drop(command);
    let mut log = BufReader::new(reader);
    let base = loop {
        let mut line = String::new();
        assert_ne!(log.read_line(&mut line).expect("a line"), 0, "it ended");
        if let Some(at) = line.find("http://127.0.0.1:") {
            let end = line[at..].find(|c: char| c.is_whitespace() || c == '"' || c == ',');
            break line[at..][..end.unwrap_or(line.len() - at)].to_owned();
        }
    };
    Piped { child, client: Client::new(&base), log }
}

#[test]
fn a_reader_that_stalls_costs_lines_and_no_request() {
    for format in ["text", "json"] {
        let place = Place::fresh(Engine::Sqlite);
        let mut server = started(&place, format);
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
