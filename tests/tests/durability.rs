//! Killed at any moment (SIGKILL): what was acknowledged is there, nothing is partial.

use consortia_tests::integrity::assert_sound;
use consortia_tests::samples::{ORGANISATIONS, PROJECTS, id, participation, path};
use consortia_tests::{Client, Engine, Place, Server, on_each_engine};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

const PARTICIPATIONS: &str = "/api/v1/participations";

/// How often the server is killed under writers, and an import by itself.
const KILLS: u32 = 50;
const IMPORT_KILLS: u32 = 20;
const WRITERS: usize = 8;

/// What a writer was told is done: the path of a record and the version it is at.
type Acknowledged = BTreeMap<String, u64>;

/// Writes until the server is gone: organisations that change once, each taking part in a
/// project with the one before. `begun` counts what was acknowledged.
fn write_until_killed(client: &Client, name: &str, begun: &AtomicUsize) -> Acknowledged {
    let mut acknowledged = Acknowledged::new();
    let mut before: Option<Value> = None;
    // Nothing after the first request that was not answered.
    let mut write = || -> Option<()> {
        let name = format!("{name} number {}", acknowledged.len());
        let mut made = |list: &str, body: Value| {
            let made = client.request("POST", list).json(&body).try_send()?.expect(201).json();
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
        moved.body("application/merge-patch+json", body).try_send()?.expect(200);
        acknowledged.insert(at, 2);
        before = Some(organisation);
        Some(())
    };
    while write().is_some() {}
    acknowledged
}

/// Imports at work beside the server, one edition after the other, each begun when the server is
/// there again; killed now and then too.
struct Importing {
    place: Place,
    running: Mutex<Child>,
    rounds: AtomicU32,
    over: AtomicBool,
}

impl Importing {
    /// Begins beside whatever runs at `place`.
    fn begin(place: &Place) -> Self {
        let place = match place.engine() {
            Engine::Sqlite => Place::in_folder(place.folder()),
            Engine::Postgres => Place::at(place.url()),
        };
        let running = Mutex::new(Self::edition(&place, 0));
        Self { place, running, rounds: AtomicU32::new(0), over: AtomicBool::new(false) }
    }

    fn edition(place: &Place, edition: u32) -> Child {
        import_in_background(place, &write_cordis(place.folder(), edition))
    }

    /// How the import that runs has ended, if it has.
    fn ended(&self) -> Option<ExitStatus> {
        let mut running = self.running.lock().expect("no panic");
        running.try_wait().expect("the import can be waited for")
    }

    /// Imports until it is over; gives how many editions came in to their end.
    fn go_on(&self) -> u32 {
        let mut completed = 0;
        for edition in 1.. {
            let status = loop {
                match self.ended() {
                    Some(status) => break status,
                    None => thread::sleep(Duration::from_millis(2)),
                }
            };
            let killed = status.signal().is_some();
            assert!(killed || status.success(), "the import failed beside a server: {status}");
            completed += u32::from(!killed);
            while self.rounds.load(Ordering::Relaxed) < edition && !self.is_over() {
                thread::sleep(Duration::from_millis(2));
            }
            if self.is_over() {
                break;
            }
            *self.running.lock().expect("no panic") = Self::edition(&self.place, edition);
        }
        completed
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    fn kill(&self) {
        self.running.lock().expect("no panic").kill().expect("the import is killed");
    }
}

/// Ends the importing, also where the test ends before its time.
struct Over<'a>(&'a Importing);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.over.store(true, Ordering::Relaxed);
    }
}

/// One round: writers at work until the server is killed; what they were told, and whether an
/// import ran at that moment.
fn killed_at_work(server: &mut Server, importing: &Importing, round: u32) -> (Acknowledged, bool) {
    server.restart();
    importing.rounds.fetch_add(1, Ordering::Relaxed);
    let client = server.unrecorded();
    let begun = AtomicUsize::new(0);
    thread::scope(|scope| {
        let write = |writer| {
            let (client, begun) = (client.clone(), &begun);
            let name = format!("Round {round} writer {writer}");
            scope.spawn(move || write_until_killed(&client, &name, begun))
        };
        let writers: Vec<_> = (0..WRITERS).map(write).collect();
        // However slow the machine: killed at another moment of the work each time.
        while begun.load(Ordering::Relaxed) < WRITERS
            && !writers.iter().all(ScopedJoinHandle::is_finished)
        {
            thread::sleep(Duration::from_millis(1));
        }
        thread::sleep(Duration::from_millis(u64::from(7 * round % 61)));
        server.kill();
        let imports = importing.ended().is_none();
        let written = writers.into_iter().map(|writer| writer.join().expect("no panic"));
        (written.flatten().collect(), imports)
    })
}

#[test]
fn acknowledged_writes_survive_fifty_kills_during_imports() {
    on_each_engine(|engine| {
        let mut server = Server::start(Place::fresh(engine));
        server.kill();
        let mut acknowledged = Acknowledged::new();
        let importing = Importing::begin(server.place());
        let mut beside_imports = 0;
        let editions = thread::scope(|scope| {
            let imports = scope.spawn(|| importing.go_on());
            let until = Over(&importing);
            for round in 0..KILLS {
                let (written, imports) = killed_at_work(&mut server, &importing, round);
                beside_imports += u32::from(imports);
                if round % 10 == 9 {
                    importing.kill();
                }
                assert!(!written.is_empty(), "{engine:?}: round {round} wrote nothing");
                acknowledged.extend(written);
            }
            drop(until);
            imports.join().expect("no panic")
        });
        println!(
            "{engine:?}: an import ran at {beside_imports} of {KILLS} kills, and {editions} came \
             in to their end"
        );
        assert!(beside_imports > KILLS / 2, "{engine:?}: at {beside_imports} kills only");
        let folder = write_cordis(importing.place.folder(), u32::MAX);
        importing.place.run(&["import", "cordis", utf8(&folder)]);
        assert_sound(server.place());
        let imported = "SELECT count(*) FROM revisions WHERE actor LIKE 'import:%'";
        let imported: usize = server.place().query(imported)[0].parse().expect("a number");
        assert!(imported > IMPORTED, "{engine:?}: the imports changed {imported} records");
        server.restart();
        let client = server.unrecorded();
        let found = everything(&client);
        let lost: Vec<_> = acknowledged
            .iter()
            .filter(|(path, version)| {
                found.get(*path).is_none_or(|it| it["version"].as_u64() < Some(**version))
            })
            .collect();
        assert!(lost.is_empty(), "{engine:?}: lost {lost:?}");
        // At most the writes under way at each kill were made without being acknowledged.
        let ours = found.values().filter(|it| it["label"].as_str().is_none_or(is_ours)).count();
        assert!(ours <= acknowledged.len() + WRITERS * KILLS as usize + IMPORTED * PARTS);
        found.values().for_each(assert_whole);
        let from = Instant::now();
        let compared = compare_partners(&client, &shared_projects(&found));
        println!("{engine:?}: partners of {compared} organisations took {:?}", from.elapsed());
    });
}

/// Asks for the partners of every organisation; they must be those `expected`.
fn compare_partners(client: &Client, expected: &BTreeMap<String, BTreeMap<String, u64>>) -> usize {
    for (organisation, expected) in expected {
        let at = format!(
            "{ORGANISATIONS}/{organisation}/partners?limit=1000&fields=organisation,shared_projects"
        );
        let partners = client.get(&at).expect(200).data();
        let shared = |it: &Value| {
            let count = it["shared_projects"].as_u64().expect("a count");
            (id(&it["organisation"]).to_owned(), count)
        };
        let partners: BTreeMap<String, u64> = partners.iter().map(shared).collect();
        assert_eq!(partners, *expected, "partners of {organisation}");
    }
    expected.len()
}

fn is_ours(label: &str) -> bool {
    label.starts_with("Round ")
}

/// Every record of the lists written to, by its path.
fn everything(client: &Client) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for list in [ORGANISATIONS, PROJECTS, PARTICIPATIONS] {
        for record in client.walk(&format!("{list}?limit=1000")) {
            found.insert(path(list, &record), record);
        }
    }
    found
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

/// Who shares how many projects with whom, as the participations say.
fn shared_projects(found: &BTreeMap<String, Value>) -> BTreeMap<String, BTreeMap<String, u64>> {
    let mut members: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (_, row) in found.iter().filter(|(path, _)| path.starts_with(PARTICIPATIONS)) {
        members.entry(id(&row["project"])).or_default().insert(id(&row["organisation"]));
    }
    let organisations = found.iter().filter(|(path, _)| path.starts_with(ORGANISATIONS));
    let mut shared: BTreeMap<String, BTreeMap<String, u64>> =
        organisations.map(|(_, record)| (id(record).to_owned(), BTreeMap::new())).collect();
    for group in members.values() {
        for (a, b) in group.iter().flat_map(|a| group.iter().map(move |b| (a, b))) {
            let partners = shared.entry((*a).to_owned()).or_default();
            if a != b {
                *partners.entry((*b).to_owned()).or_default() += 1;
            }
        }
    }
    shared
}

const IMPORTED: usize = 200;
const PARTS: usize = 4;
const ORGANISATIONS_MADE: usize = 300;

fn utf8(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// An import at work.
fn import_in_background(place: &Place, folder: &Path) -> Child {
    let mut import = place.command(&["import", "cordis", utf8(folder)]);
    import.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("consortia starts")
}

/// A CORDIS folder with two hundred projects, all of which say something new each `edition`.
fn write_cordis(folder: &Path, edition: u32) -> PathBuf {
    let folder = folder.join("cordis");
    fs::create_dir_all(&folder).expect("a folder");
    let mut projects =
        "id;acronym;status;title;startDate;endDate;totalCost;ecMaxContribution\n".to_owned();
    let mut parts =
        "projectID;organisationID;name;activityType;country;order;role;ecContribution\n".to_owned();
    for n in 0..IMPORTED {
        let number = 700_000 + n;
        let _ = writeln!(
            projects,
            "{number};P{n};SIGNED;Title {n} of {edition};2015-01-01;2018-12-31;{n}.50;{n}.25"
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
    on_each_engine(|engine| {
        let place = Place::fresh(engine);
        let folder = write_cordis(place.folder(), 0);
        let arguments = ["import", "cordis", utf8(&folder)];
        let whole = {
            let other = Place::fresh(engine);
            let from = Instant::now();
            other.run(&arguments);
            from.elapsed()
        };
        for kill in 0..IMPORT_KILLS {
            let mut import = import_in_background(&place, &folder);
            // From the first moments to just before the end of an undisturbed run.
            thread::sleep(whole * (kill + 1) / (IMPORT_KILLS + 1));
            import.kill().expect("the import is killed");
            import.wait().expect("the import is gone");
        }
        place.run(&arguments);
        let server = Server::start(place);
        let client = server.unrecorded();
        let count = |list: &str| client.get(&format!("/api/v1/{list}?limit=1")).expect(200).total();
        assert_eq!(count("projects"), IMPORTED as u64, "{engine:?}");
        assert_eq!(count("organisations"), ORGANISATIONS_MADE as u64, "{engine:?}");
        let projects = client.walk("/api/v1/projects?include=participations&limit=100");
        for project in &projects {
            let parts = project["participations"].as_array().expect("participations");
            assert_eq!(parts.len(), PARTS, "{engine:?} {project}");
            assert_eq!(project["version"], 1, "{engine:?}: written more than once: {project}");
        }
    });
}
