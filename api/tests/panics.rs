//! What the log says of a panic.

use consortia_api::telemetry::log_panics;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{self, Write};
use std::panic::catch_unwind;
use std::sync::{Arc, Mutex};
use tracing::Level;
use tracing::subscriber::with_default;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic here").extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Alone in its program: the hook is the whole program's.
#[test]
fn a_panic_is_one_line_of_the_log() {
    log_panics();
    let log = Log::default();
    let out = log.clone();
    let json =
        tracing_subscriber::fmt().json().flatten_event(true).with_writer(move || out.clone());
    with_default(json.with_max_level(Level::INFO).finish(), || {
        tracing::info_span!("request", request_id = "abc").in_scope(|| {
            catch_unwind(|| panic!("said {}", "so")).expect_err("a panic");
            catch_unwind(|| std::panic::panic_any(7)).expect_err("a panic");
        });
    });
    let log = String::from_utf8(log.0.lock().expect("no panic here").clone()).expect("UTF-8");
    let lines: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let [said, kind] = &lines[..] else { panic!("{log}") };
    assert_eq!((&said["level"], &said["message"]), (&"ERROR".into(), &"panicked: said so".into()));
    let place = said["place"].as_str().unwrap_or_default();
    assert!(place.contains("tests/panics.rs:3"), "{log}");
    assert_eq!(said["span"]["request_id"], "abc");
    let wanted = Backtrace::capture().status() == BacktraceStatus::Captured;
    assert_eq!(said.get("backtrace").is_some(), wanted, "{log}");
    assert_eq!(kind["message"], "panicked: of unknown kind");
}
