//! `consortia backup` and `consortia restore`: nothing acknowledged is missing, nothing
//! damaged is taken, nothing half done is left.

use consortia_tests::samples::{ORGANISATIONS, PROJECTS, id, organisation, participation, path};
use consortia_tests::{Client, Engine, Place, Server};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const WRITERS: usize = 4;
const KILLS: u32 = 6;

/// Where `restore` may put something: no file, or an empty database.
fn empty(engine: Engine) -> Place {
    Place::empty(engine)
}

/// Runs `consortia`, which must refuse; gives what it says.
fn refused(place: &Place, arguments: &[&str]) -> String {
    let output = place.command(arguments).output().expect("consortia starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
    said
}

/// That nothing was left at a place: no file, and no table.
fn assert_untouched(place: &Place) {
    let files = fs::read_dir(place.folder()).expect("the folder");
    let left: Vec<_> = files.map(|file| file.expect("a file").file_name()).collect();
    assert!(left.is_empty(), "{left:?}");
    if let Some(database) = place.database() {
        let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
        assert_eq!(database.query(tables), "0");
    }
}

fn utf8(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// A registry with some partners in it.
fn fill(api: &Server) {
    let members: Vec<Value> = ["Alfa", "Béta", "Γ \\N gamma"]
        .iter()
        .map(|name| api.create(ORGANISATIONS, &organisation(name, "IT")))
        .collect();
    for acronym in ["ONE", "TWO \\t"] {
        let made = api.create(PROJECTS, &json!({"acronym": acronym, "period": "2015/2018"}));
        let at = format!("{}/participations", path(PROJECTS, &made));
        for member in &members {
            api.create(&at, &participation(member, "participant"));
        }
        let patch = json!({"total_cost": {"amount": 1234.56, "currency": "EUR"}});
        api.client().patch(&path(PROJECTS, &made), "*", &patch).expect(200);
    }
    let gone = api.create(ORGANISATIONS, &organisation("Gone", "IT"));
    api.client().delete(&path(ORGANISATIONS, &gone), "*").expect(204);
}

/// What the registry tells: its bundle, and of each record its history, of each organisation
/// its partners.
fn told(api: &Server) -> (String, Vec<Value>) {
    let client = api.unrecorded();
    let mut told = Vec::new();
    for list in [ORGANISATIONS, PROJECTS] {
        for record in client.walk(&format!("{list}?limit=1000")) {
            let at = path(list, &record);
            told.push(client.get(&format!("{at}/revisions")).expect(200).json());
            if list == ORGANISATIONS {
                told.push(client.get(&format!("{at}/partners")).expect(200).json());
            }
        }
    }
    (api.place().run(&["export", "bundle"]), told)
}

fn create_once(client: &Client, key: &str) -> consortia_tests::Answer {
    let request = client.request("POST", ORGANISATIONS).header("Idempotency-Key", key);
    request.json(&organisation("Once", "IT")).send().expect(201)
}

#[test]
fn what_is_restored_is_what_was_backed_up() {
    for engine in Engine::ALL {
        let api = Server::start(Place::fresh(engine));
        fill(&api);
        let once = create_once(api.client(), "a-key");
        let file = api.place().folder().join("backup.zip");
        let said = api.place().run(&["backup", utf8(&file)]);
        assert!(said.contains("The signing key is not in it"), "{said}");
        assert_eq!(fs::metadata(&file).expect("the file").permissions().mode() & 0o777, 0o600);
        assert!(api.place().run(&["backup", "--verify", utf8(&file)]).contains(" is sound."));
        let before = told(&api);

        let place = empty(engine);
        let said = place.run(&["restore", utf8(&file)]);
        assert!(said.contains("every table is what it was"), "{said}");
        let restored = Server::start(place);
        assert_eq!(told(&restored), before, "{engine:?}");
        // Of the other signing key, so the actor is the same by name only.
        let again = create_once(restored.client(), "a-key");
        assert_eq!(again.header("idempotent-replayed"), "true");
        assert_eq!((again.json(), again.etag()), (once.json(), once.etag()));
        // Numbering goes on in both alike.
        let next = |api: &Server| {
            let made = api.create(ORGANISATIONS, &organisation("Next", "IT"));
            let history = format!("{}/revisions", path(ORGANISATIONS, &made));
            api.get(&history).expect(200).data()[0]["seq"].as_u64().expect("a number")
        };
        assert_eq!(next(&restored), next(&api), "{engine:?}");
    }
}

/// Creates organisations until told to stop, noting each one acknowledged.
fn write_until(client: &Client, writer: usize, done: &Mutex<Vec<String>>, stop: &AtomicBool) {
    for n in 0.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let made = client.post(ORGANISATIONS, &organisation(&format!("W{writer} N{n}"), "IT"));
        done.lock().expect("no panic").push(id(&made.expect(201).json()).to_owned());
    }
}

#[test]
fn a_backup_under_load_has_everything_acknowledged_before() {
    for engine in Engine::ALL {
        let api = Server::start(Place::fresh(engine));
        fill(&api);
        let (done, stop) = (Mutex::new(Vec::new()), AtomicBool::new(false));
        let file = api.place().folder().join("backup.zip");
        let (before, during) = thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (client, done, stop) = (api.unrecorded(), &done, &stop);
                scope.spawn(move || write_until(&client, writer, done, stop));
            }
            let count = || done.lock().expect("no panic").len();
            while count() < 10 * WRITERS {
                thread::sleep(Duration::from_millis(1));
            }
            let before = done.lock().expect("no panic").clone();
            api.place().run(&["backup", utf8(&file)]);
            let during = count() - before.len();
            stop.store(true, Ordering::Relaxed);
            (before, during)
        });
        assert!(during > 0, "{engine:?}: nobody waited for the backup");
        let place = empty(engine);
        place.run(&["restore", utf8(&file)]);
        let restored = Server::start(place);
        let client = restored.unrecorded();
        let all = client.walk(&format!("{ORGANISATIONS}?limit=1000"));
        let lost: Vec<_> =
            before.iter().filter(|known| !all.iter().any(|it| id(it) == **known)).collect();
        assert!(lost.is_empty(), "{engine:?}: {lost:?}");
        for record in all.iter().step_by(20) {
            let history = client.get(&format!("{}/revisions", path(ORGANISATIONS, record)));
            assert_eq!(history.expect(200).total(), 1, "{engine:?}: {record}");
        }
    }
}

/// A sound backup of each engine, and the place it was taken from.
fn backed_up(engine: Engine) -> (Place, PathBuf) {
    let api = Server::start(Place::fresh(engine));
    fill(&api);
    let file = api.place().folder().join("backup.zip");
    api.place().run(&["backup", utf8(&file)]);
    let kept = empty(engine);
    let copy = kept.folder().join("backup.zip");
    fs::copy(&file, &copy).expect("a copy");
    (kept, copy)
}

#[test]
fn damaged_and_foreign_files_are_refused_and_change_nothing() {
    for engine in Engine::ALL {
        let (kept, file) = backed_up(engine);
        let sound = fs::read(&file).expect("the backup");
        let place = empty(engine);
        let bad = kept.folder().join("bad.zip");
        let refuse = |bytes: &[u8], expected: &str| {
            fs::write(&bad, bytes).expect("a file");
            let folder = place.folder().join("new/data");
            let new = ["restore", utf8(&bad), "--data-dir", utf8(&folder)];
            for arguments in
                [vec!["backup", "--verify", utf8(&bad)], new[..2].to_vec(), new.to_vec()]
            {
                let said = refused(&place, &arguments);
                assert!(said.contains(expected) && said.contains("bad.zip"), "{engine:?}: {said}");
            }
            assert_untouched(&place);
        };
        // The largest piece of content, far from where its name is told.
        let largest = match engine {
            Engine::Sqlite => "registry.db",
            Engine::Postgres => "tables/revisions.copy",
        };
        let begins = sound.windows(largest.len()).position(|it| it == largest.as_bytes());
        let begins = begins.expect("the name of the entry") + 200;
        for at in [begins, begins + 1000, begins + 3001, begins + 9002] {
            let mut flipped = sound.clone();
            flipped[at] ^= 0x10;
            refuse(&flipped, "is damaged or cut short");
        }
        for part in [2, 3, 10, 100] {
            refuse(&sound[..sound.len() - sound.len() / part], "is damaged or cut short");
        }
        refuse(&sound[..sound.len() - 1], "is damaged or cut short");
        refuse(b"", "is not a backup");
        refuse(b"{\"kind\": \"organisation\"}\n", "consortia import");
        let workbook = kept.folder().join("workbook.xlsx");
        kept.run(&["migrate"]);
        kept.run(&["export", "workbook", "--template", utf8(&workbook)]);
        refuse(&fs::read(&workbook).expect("the workbook"), "is not a backup");
        place.run(&["restore", utf8(&file)]);
    }
}

#[test]
fn only_an_empty_place_is_restored_to() {
    for engine in Engine::ALL {
        let (kept, file) = backed_up(engine);
        let mut api = Server::start(Place::fresh(engine));
        let before = told(&api);
        let expected = match engine {
            Engine::Sqlite => ["Another server already serves", "exists already"],
            Engine::Postgres => ["is not empty", "is not empty"],
        };
        let said = refused(api.place(), &["restore", utf8(&file)]);
        assert!(said.contains(expected[0]), "{said}");
        api.stop();
        let said = refused(api.place(), &["restore", utf8(&file)]);
        assert!(said.contains(expected[1]), "{said}");
        api.restart();
        assert_eq!(told(&api), before);
        // Nor is a backup written over.
        let said = refused(api.place(), &["backup", utf8(&file)]);
        assert!(said.contains("exists already"), "{said}");
        // Nor is a place of the other engine one.
        let other = if engine == Engine::Sqlite { Engine::Postgres } else { Engine::Sqlite };
        let place = empty(other);
        let said = refused(&place, &["restore", utf8(&file)]);
        assert!(said.contains("consortia export bundle"), "{said}");
        assert_untouched(&place);
        drop(kept);
    }
}

#[test]
fn a_restore_killed_at_any_moment_left_nothing_or_all() {
    for engine in Engine::ALL {
        let (_kept, file) = backed_up(engine);
        let arguments = ["restore", utf8(&file)];
        let whole = {
            let from = Instant::now();
            empty(engine).run(&arguments);
            from.elapsed()
        };

        for kill in 1..=KILLS {
            let place = empty(engine);
            let mut command = place.command(&arguments);
            command.stdout(Stdio::null()).stderr(Stdio::null());
            let mut running = command.spawn().expect("consortia starts");
            thread::sleep(whole * kill / KILLS);
            running.kill().expect("killed");
            let ended = running.wait().expect("gone");
            // Whole, if the name is there; else again.
            let is_whole = ended.success() || place.folder().join("registry.db").exists();
            let output = place.command(&arguments).output().expect("consortia starts");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(
                output.status.success() != is_whole
                    || engine == Engine::Postgres && said.contains("is not empty"),
                "{engine:?}: {said}"
            );
            let api = Server::start(place);
            let members = api.unrecorded().get(ORGANISATIONS).expect(200).total();
            assert_eq!(members, 3, "{engine:?} after kill {kill}");
        }
    }
}
