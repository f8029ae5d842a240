//! The commands of the documents for whoever runs a registry, tried in a folder with nothing
//! set, as on the first day. What is not tried is named here with the reason.

use consortia_tests::documents::commands;
use consortia_tests::people::PASSWORD;
use consortia_tests::{Engine, Place, h2020, program};
use std::collections::BTreeSet;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// What begins a command that is not tried, and why.
const NOT_TRIED: [(&str, &str); 14] = [
    ("consortia backup", "names the command; the next has its file"),
    ("consortia import", "names the command"),
    ("consortia user", "names the command"),
    ("curl ", "asks a server; accounts:: and erasure:: ask the same"),
    ("docker ", "needs containers"),
    ("e2fsck ", "mends a disk of the machine; storage:: does so with one of its own"),
    ("echo \"POSTGRES_PASSWORD=", "belongs to containers"),
    ("export CONSORTIA_", "belongs to containers"),
    ("install ", "changes the machine"),
    ("mount ", "changes the machine; storage:: mounts a disk of its own"),
    ("psql ", "erasure_postgres:: runs these statements"),
    ("sqlite3 ", "needs a program that not every machine has"),
    ("systemctl ", "changes the machine"),
    ("until umount ", "changes the machine; storage:: unmounts a disk of its own"),
];
/// Those of [`NOT_TRIED`] that are left out when they stand alone; with arguments they are tried.
const ALONE: [&str; 3] = ["consortia backup", "consortia import", "consortia user"];

/// What stands in the documents for something of whoever reads them.
const STANDS_FOR: [(&str, &str); 4] = [
    ("/var/lib/consortia", "./consortia-data"),
    ("/root/", "./"),
    ("/dev/tty", "/dev/null"),
    ("import bundle --dry-run", "import bundle --dry-run founding-catalogue.ndjson"),
];

/// Whom the documents name.
const PEOPLE: [&str; 3] = ["anna", "bice", "mara"];

/// A folder in which `consortia` is a command.
struct Machine {
    folder: TempDir,
    path: String,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let programs = folder.path().join("bin");
        std::fs::create_dir(&programs).expect("a folder");
        symlink(program::consortia(), programs.join("consortia")).expect("a link");
        let path = std::env::var("PATH").expect("a path");
        Self { path: format!("{}:{path}", programs.display()), folder }
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a line in a shell, which fails when any of its commands does.
    fn run(&self, line: &str) -> Output {
        // What waits for somebody ends all the same.
        let mut shell = Command::new("timeout");
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("CONSORTIA_") {
                shell.env_remove(name);
            }
        }
        shell.args(["120", "bash", "-o", "pipefail", "-c", line]).current_dir(self.folder());
        shell.env("PATH", &self.path).env("CONSORTIA_LISTEN", "127.0.0.1:0").stdin(Stdio::null());
        shell.output().expect("bash starts")
    }

    /// Runs a line that a document shows, which must succeed; gives what went wrong.
    fn try_out(&self, line: &str) -> Option<String> {
        let mut line = line.to_owned();
        for (stands, what) in STANDS_FOR {
            line = line.replace(stands, what);
        }
        let are_there = !line.contains("user add");
        for name in PEOPLE.iter().filter(|name| are_there && line.contains(&format!(" {name}"))) {
            // Refused where there is one already.
            let _ =
                self.run(&format!("echo '{PASSWORD}' | consortia user add {name} --role staff"));
        }
        if line.contains("key retire") {
            let listed = String::from_utf8(self.run("consortia key list").stdout).expect("UTF-8");
            let former = listed.lines().find(|line| !line.contains("signs"));
            let former = former.and_then(|line| line.split_whitespace().next());
            line = format!("consortia key retire {}", former.unwrap_or("nothing"));
        }
        // What is asked for a password when a sentence names the command alone.
        if line.starts_with("consortia user add") || line.starts_with("consortia user password") {
            line = format!("echo '{PASSWORD}' | {line}");
        }
        let output = self.run(&line);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        (!output.status.success()).then(|| format!("{line}\n{told}"))
    }
}

#[test]
fn the_commands_of_the_documents_work_as_they_stand() {
    let machine = Machine::new();
    let place = Place::empty(Engine::Sqlite);
    let catalogue = h2020::catalogue(&place);
    std::fs::copy(&catalogue, machine.folder().join("founding-catalogue.ndjson")).expect("a copy");
    let begun = machine.run("consortia import bundle founding-catalogue.ndjson");
    assert!(begun.status.success(), "{}", String::from_utf8_lossy(&begun.stderr));
    let (mut tried, mut faults, mut needed) = (0, Vec::new(), BTreeSet::new());
    for document in ["accounts.md", "operations.md"] {
        for command in commands(document) {
            let is_it = |(it, _): &&(&str, &str)| {
                command == *it || !ALONE.contains(it) && command.starts_with(it)
            };
            if let Some((beginning, _)) = NOT_TRIED.iter().find(is_it) {
                needed.insert(*beginning);
                continue;
            }
            tried += 1;
            faults.extend(machine.try_out(&command).map(|how| format!("{document}: {how}")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    println!("{tried} commands of the documents were tried");
    assert!(tried > 25, "only {tried} commands were tried");
    let idle: Vec<_> = NOT_TRIED.iter().filter(|(it, _)| !needed.contains(it)).collect();
    assert!(idle.is_empty(), "no document has {idle:?} any more");
}
