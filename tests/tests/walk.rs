//! Walking the whole registry by cursor while another client writes: each project once.

use consortia_tests::samples::{PROJECTS, id, project};
use consortia_tests::{Client, Engine, Server, h2020};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

#[test]
fn each_project_is_met_once_while_another_client_writes() {
    for engine in Engine::ALL {
        let api = Server::start(h2020::copy(engine));
        let before = all_ids(&api.unrecorded());
        assert_eq!(before.len() as u64, h2020::PROJECTS);
        let stop = AtomicBool::new(false);
        let (writer, reader) = (api.unrecorded(), api.unrecorded());
        thread::scope(|scope| {
            let writing = scope.spawn(|| write_until(&writer, &before, &stop));
            for order in ["", "&sort=-start_date", "&sort=label"] {
                let mut seen: HashMap<String, u32> = HashMap::new();
                let list = format!("{PROJECTS}?fields=id&limit=1000{order}");
                for record in reader.walk(&list) {
                    *seen.entry(id(&record).to_owned()).or_default() += 1;
                }
                let repeated = seen.values().filter(|times| **times > 1).count();
                let missing = before.iter().filter(|id| !seen.contains_key(*id)).count();
                assert_eq!((repeated, missing), (0, 0), "{engine:?} {list}");
            }
            stop.store(true, Ordering::Relaxed);
            let written = writing.join().expect("the writer does not fail");
            assert!(written > 20, "{engine:?}: only {written} writes went on meanwhile");
        });
    }
}

fn all_ids(client: &Client) -> Vec<String> {
    let all = client.walk(&format!("{PROJECTS}?fields=id&limit=1000"));
    all.iter().map(|record| id(record).to_owned()).collect()
}

/// Creates, changes (in ways that keep every sort key) and deletes, as an editor at work
/// does; projects that stood there before stay.
fn write_until(client: &Client, standing: &[String], stop: &AtomicBool) -> usize {
    let mut written = 0;
    let mut own: Vec<(String, String)> = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let made =
            client.post(PROJECTS, &project(&format!("NEW{written}"), "2020/2021")).expect(201);
        own.push((made.header("location").to_owned(), made.etag().to_owned()));
        let at = format!("{PROJECTS}/{}", standing[written * 31 % standing.len()]);
        let found = client.get(&at).expect(200);
        let change: Value = json!({"keywords": [format!("seen {written}")]});
        client.patch(&at, found.etag(), &change).expect(200);
        if written % 3 == 2 {
            let (at, tag) = own.swap_remove(0);
            client.delete(&at, &tag).expect(204);
        }
        written += 1;
    }
    written
}
