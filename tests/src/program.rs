//! The binary under test.
//!
//! Cargo tells a test only where the binaries of its own package are, and builds others only
//! as it sees fit. So the harness asks cargo itself: a `cargo build` with the profile this
//! test was built with, which takes half a second when nothing is left to do.

use serde_json::Value;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Names a built binary to test instead, such as one from a package.
const VARIABLE: &str = "CONSORTIA_BIN";

/// The `consortia` binary, built with the profile of this test.
///
/// # Panics
/// When it does not compile, with the compiler's messages.
pub fn consortia() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| match env::var_os(VARIABLE) {
        Some(stated) => stated.into(),
        None => build(),
    })
}

/// The root of the repository.
///
/// # Panics
/// Never: this package lies in it.
#[must_use]
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package lies in the repository")
}

fn build() -> PathBuf {
    // --workspace, so that features are united as `cargo test --workspace` unites them and
    // the same compiled dependencies serve.
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--workspace", "--bin", "consortia", "--message-format=json"])
        .args(["--profile", &profile()])
        .current_dir(repository())
        .output()
        .expect("cargo starts");
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "The binary under test does not compile:\n{messages}");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == "consortia")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .unwrap_or_else(|| panic!("cargo named no executable 'consortia':\n{messages}"))
}

/// The profile this program was built with, told from where it lies: `target/debug/deps/…`
/// when it is a test, `target/release/…` when it is a program, as the benchmark is.
fn profile() -> String {
    let here = env::current_exe().expect("the path of this program");
    let mut folders = here.ancestors().skip(1).filter_map(Path::file_name);
    let folder = folders.find(|folder| *folder != "deps").and_then(|name| name.to_str());
    match folder {
        Some("debug") | None => "dev".to_owned(),
        Some(other) => other.to_owned(),
    }
}
