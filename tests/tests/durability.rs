//! Killed at any moment (SIGKILL): what was acknowledged is there, nothing is partial.

use consortia_tests::samples::{ORGANISATIONS, column, id, path};
use consortia_tests::{Client, Engine, Place, Server};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

const KILLS: u32 = 20;
const WRITERS: usize = 4;

/// Writes until the server is gone; gives the ids of what was acknowledged. `begun` tells
/// that something was.
fn write_until_killed(
    client: &Client,
    writer: usize,
    round: u32,
    begun: &AtomicBool,
) -> Vec<String> {
    let mut acknowledged = Vec::new();
    loop {
        let name = format!("Round {round} writer {writer} number {}", acknowledged.len());
        let body = json!({
            "names": [{"value": name, "kind": "legal"}, {"value": "twin", "kind": "alias"}],
            "country": "IT",
            "external_ids": [{"scheme": "local", "value": name}]
        });
        match client.request("POST", ORGANISATIONS).json(&body).try_send() {
            Some(answer) => acknowledged.push(id(&answer.expect(201).json()).to_owned()),
            None => return acknowledged,
        }
        begun.store(true, Ordering::Relaxed);
    }
}

#[test]
fn acknowledged_writes_survive_twenty_kills() {
    for engine in Engine::ALL {
        let mut server = Server::start(Place::fresh(engine));
        let mut acknowledged = BTreeSet::new();
        for round in 0..KILLS {
            let client = server.unrecorded();
            let begun = AtomicBool::new(false);
            let written: Vec<String> = thread::scope(|scope| {
                let write = |writer| {
                    let client = client.clone();
                    let begun = &begun;
                    scope.spawn(move || write_until_killed(&client, writer, round, begun))
                };
                let writers: Vec<_> = (0..WRITERS).map(write).collect();
                // However slow the machine: killed at another moment of the work each time.
                while !begun.load(Ordering::Relaxed)
                    && !writers.iter().all(ScopedJoinHandle::is_finished)
                {
                    thread::sleep(Duration::from_millis(1));
                }
                thread::sleep(Duration::from_millis(u64::from(17 * round)));
                server.kill();
                writers.into_iter().flat_map(|writer| writer.join().expect("no panic")).collect()
            });
            assert!(!written.is_empty(), "{engine:?}: round {round} wrote nothing");
            acknowledged.extend(written);
            server.restart();
        }
        let client = server.unrecorded();
        let all = client.walk(&format!("{ORGANISATIONS}?limit=1000"));
        let ids: BTreeSet<String> = column(&all, "id").into_iter().collect();
        let lost: Vec<_> = acknowledged.difference(&ids).collect();
        assert!(lost.is_empty(), "{engine:?}: {} acknowledged writes are lost", lost.len());
        // At most the writes under way at each kill were made without being acknowledged.
        assert!(ids.len() <= acknowledged.len() + WRITERS * KILLS as usize);
        for record in &all {
            assert_whole(record);
        }
        for record in all.iter().step_by(97) {
            let history = client.get(&format!("{}/revisions", path(ORGANISATIONS, record)));
            assert_eq!(column(&history.expect(200).data(), "action"), ["created"]);
            let found = client.get(&format!(
                "{ORGANISATIONS}/local:{}",
                record["external_ids"][0]["value"].as_str().unwrap_or_default().replace(' ', "%20")
            ));
            assert_eq!(found.expect(200).json()["id"], record["id"]);
        }
    }
}

fn assert_whole(record: &Value) {
    assert_eq!(record["version"], 1, "{record}");
    assert_eq!(record["names"].as_array().map(Vec::len), Some(2), "{record}");
    assert_eq!(record["external_ids"][0]["value"], record["label"], "{record}");
}

const PROJECTS: usize = 400;
const PARTS: usize = 4;
const ORGANISATIONS_MADE: usize = 300;

/// A CORDIS folder with a few hundred projects.
fn write_cordis(folder: &Path) -> PathBuf {
    let folder = folder.join("cordis");
    fs::create_dir_all(&folder).expect("a folder");
    let mut projects =
        "id;acronym;status;title;startDate;endDate;totalCost;ecMaxContribution\n".to_owned();
    let mut parts =
        "projectID;organisationID;name;activityType;country;order;role;ecContribution\n".to_owned();
    for n in 0..PROJECTS {
        let number = 700_000 + n;
        let _ = writeln!(
            projects,
            "{number};P{n};SIGNED;Title {n};2015-01-01;2018-12-31;{n}.50;{n}.25"
        );
        for part in 0..PARTS {
            let organisation = (n * 7 + part * 31) % ORGANISATIONS_MADE;
            let role = if part == 0 { "coordinator" } else { "participant" };
            let _ = writeln!(
                parts,
                "{number};{};Organisation {organisation};HES;IT;{};{role};{part}00.10",
                900_000_000 + organisation,
                part + 1
            );
        }
    }
    fs::write(folder.join("project.csv"), projects).expect("project.csv");
    fs::write(folder.join("organization.csv"), parts).expect("organization.csv");
    folder
}

#[test]
fn an_import_killed_twenty_times_completes() {
    for engine in Engine::ALL {
        let place = Place::fresh(engine);
        let folder = write_cordis(place.folder());
        let arguments = ["import", "cordis", folder.to_str().expect("UTF-8")];
        let whole = {
            let other = Place::fresh(engine);
            let from = Instant::now();
            other.run(&arguments);
            from.elapsed()
        };
        for kill in 0..KILLS {
            let mut import = place
                .command(&arguments)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("consortia starts");
            // From the first moments to just before the end of an undisturbed run.
            thread::sleep(whole * (kill + 1) / (KILLS + 1));
            import.kill().expect("the import is killed");
            import.wait().expect("the import is gone");
        }
        place.run(&arguments);
        let server = Server::start(place);
        let client = server.unrecorded();
        let count = |list: &str| client.get(&format!("/api/v1/{list}?limit=1")).expect(200).total();
        assert_eq!(count("projects"), PROJECTS as u64, "{engine:?}");
        assert_eq!(count("organisations"), ORGANISATIONS_MADE as u64, "{engine:?}");
        let projects = client.walk("/api/v1/projects?include=participations&limit=100");
        for project in &projects {
            let parts = project["participations"].as_array().expect("participations");
            assert_eq!(parts.len(), PARTS, "{engine:?} {project}");
            assert_eq!(project["version"], 1, "{engine:?}: written more than once: {project}");
        }
    }
}
