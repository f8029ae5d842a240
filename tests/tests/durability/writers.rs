//! Those who write until it is over, what they were told, and what must be there of it.

use consortia_tests::client::Pending;
use consortia_tests::samples::{ORGANISATIONS, PROJECTS, id, participation, path};
use consortia_tests::{Answer, Client};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, ScopedJoinHandle};
use std::time::Duration;

pub(super) const WRITERS: usize = 8;
pub(super) const PARTICIPATIONS: &str = "/api/v1/participations";

/// What a writer was told is done: the path of a record and the version it is at.
pub(super) type Acknowledged = BTreeMap<String, u64>;

/// Every record of the lists written to, by its path.
pub(super) type Found = BTreeMap<String, Value>;

/// Writes until a request is not answered, or by what is `over`: organisations that change once,
/// each taking part in a project with the one before. `begun` counts what was acknowledged.
fn write(
    client: &Client,
    name: &str,
    begun: &AtomicUsize,
    over: impl Fn(&Answer) -> bool,
) -> Acknowledged {
    let mut acknowledged = Acknowledged::new();
    let mut before: Option<Value> = None;
    let answered = |request: Pending<'_>, status: u16| {
        request.try_send().filter(|answer| !over(answer)).map(|answer| answer.expect(status))
    };
    // Nothing after the first request that was not answered.
    let mut write = || -> Option<()> {
        let name = format!("{name} number {}", acknowledged.len());
        let mut made = |list: &str, body: Value| {
            let made = answered(client.request("POST", list).json(&body), 201)?.json();
            let list = if list.ends_with("participations") { PARTICIPATIONS } else { list };
            acknowledged.insert(path(list, &made), 1);
            begun.fetch_add(1, Ordering::Relaxed);
            Some(made)
        };
        let organisation = made(
            ORGANISATIONS,
            json!({
                "names": [{"value": name, "kind": "legal"}, {"value": "twin", "kind": "alias"}],
                "country": "IT",
                "external_ids": [{"scheme": "local", "value": name}]
            }),
        )?;
        let project = made(PROJECTS, json!({"acronym": name, "keywords": ["one", "two"]}))?;
        let below = format!("{}/participations", path(PROJECTS, &project));
        for member in [Some(&organisation), before.as_ref()].into_iter().flatten() {
            made(&below, participation(member, "participant"))?;
        }
        let at = path(ORGANISATIONS, &organisation);
        let moved = client.request("PATCH", &at).header("If-Match", "*");
        let body =
            json!({"place": {"city": "Brno"}, "homepage": "https://example.org"}).to_string();
        answered(moved.body("application/merge-patch+json", body), 200)?;
        acknowledged.insert(at, 2);
        before = Some(organisation);
        Some(())
    };
    while write().is_some() {}
    acknowledged
}

/// One round: writers at work until `kill` ends it; what they were told.
pub(super) fn write_until(
    kill: impl FnOnce(),
    client: &Client,
    round: u32,
    over: impl Fn(&Answer) -> bool + Sync,
) -> Acknowledged {
    let begun = AtomicUsize::new(0);
    let written = thread::scope(|scope| {
        let write = |writer| {
            let (client, begun, over) = (client.clone(), &begun, &over);
            let name = format!("Round {round} writer {writer}");
            scope.spawn(move || write(&client, &name, begun, over))
        };
        let writers: Vec<_> = (0..WRITERS).map(write).collect();
        // However slow the machine: killed at another moment of the work each time.
        while begun.load(Ordering::Relaxed) < WRITERS
            && !writers.iter().all(ScopedJoinHandle::is_finished)
        {
            thread::sleep(Duration::from_millis(1));
        }
        kill();
        let written = writers.into_iter().map(|writer| writer.join().expect("no panic"));
        written.flatten().collect::<Acknowledged>()
    });
    assert!(!written.is_empty(), "round {round} wrote nothing");
    written
}

/// How long the work of a round goes on before it is killed.
pub(super) fn pause(round: u32) {
    thread::sleep(Duration::from_millis(u64::from(7 * round % 61)));
}

pub(super) fn everything(client: &Client) -> Found {
    let mut found = Found::new();
    for list in [ORGANISATIONS, PROJECTS, PARTICIPATIONS] {
        for record in client.walk(&format!("{list}?limit=1000")) {
            found.insert(path(list, &record), record);
        }
    }
    found
}

/// That all that was acknowledged is there, and each record of a writer as a whole. Beside what
/// was acknowledged there are at most the writes that were under way at the kills.
pub(super) fn assert_kept(acknowledged: &Acknowledged, found: &Found, kills: u32) {
    let lost: Vec<_> = acknowledged
        .iter()
        .filter(|(path, version)| {
            found.get(*path).is_none_or(|it| it["version"].as_u64() < Some(**version))
        })
        .collect();
    assert!(lost.is_empty(), "lost {lost:?}");
    let ours: BTreeSet<&str> =
        found.values().filter(|it| it["label"].as_str().is_some_and(is_ours)).map(id).collect();
    let seats = found.iter().filter(|(path, _)| path.starts_with(PARTICIPATIONS));
    let seats = seats.filter(|(_, it)| ours.contains(id(&it["project"]))).count();
    assert!(ours.len() + seats <= acknowledged.len() + WRITERS * kills as usize);
    found.values().for_each(assert_whole);
}

fn is_ours(label: &str) -> bool {
    label.starts_with("Round ")
}

/// What a writer sent in one request is there as a whole.
fn assert_whole(record: &Value) {
    let Some(label) = record["label"].as_str().filter(|label| is_ours(label)) else { return };
    if record["keywords"].is_array() {
        assert_eq!(record["keywords"].as_array().map(Vec::len), Some(2), "{record}");
        return;
    }
    assert_eq!(record["names"].as_array().map(Vec::len), Some(2), "{record}");
    assert_eq!(record["external_ids"][0]["value"], label, "{record}");
    assert_eq!(record["version"] == 2, record["place"]["city"] == "Brno", "{record}");
    assert_eq!(record["version"] == 2, record["homepage"].is_string(), "{record}");
}
