//! A database of an earlier version, one whose schema is taken back, and one that is damaged:
//! what commands say of it, and that they leave it as it is.

use consortia_tests::samples::{ORGANISATIONS, organisation};
use consortia_tests::{Engine, Place, Server, on_both_engines, on_each_engine};
use std::fs::OpenOptions;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::thread;
use std::time::{Duration, Instant};

/// What a command says that fails.
fn refused(place: &Place, arguments: &[&str]) -> String {
    let output = place.command(arguments).output().expect("consortia starts");
    assert!(!output.status.success(), "{arguments:?} succeeded");
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

#[test]
fn what_only_looks_or_adds_leaves_the_schema_as_it_is() {
    on_each_engine(|engine| {
        let mut api = Server::start(Place::fresh(engine));
        api.stop();
        let place = api.place();
        assert!(place.run(&["migrate", "--revert"]).contains("Undid"), "{engine:?}");
        let waiting = place.run(&["migrate", "--status"]);
        for arguments in [
            &["user", "list"][..],
            &["user", "add", "anna", "--role", "admin"],
            &["export", "bundle"],
            &["contact", "export", "anna@example.org"],
            &["import", "bundle", "nothing.ndjson"],
        ] {
            std::fs::write(place.folder().join("nothing.ndjson"), "").expect("a file");
            let told = refused(place, arguments);
            assert!(told.contains("consortia migrate"), "{engine:?} {arguments:?}: {told}");
            assert_eq!(place.run(&["migrate", "--status"]), waiting, "{engine:?} {arguments:?}");
        }
        place.run(&["migrate"]);
        place.run(&["user", "list"]);
    });
}

#[test]
fn a_schema_is_not_taken_back_while_it_is_served() {
    let api = Server::start(Place::fresh(Engine::Sqlite));
    let told = refused(api.place(), &["migrate", "--revert"]);
    assert!(told.contains("stop it first") && told.contains("consortia backup"), "{told}");
    assert!(api.place().run(&["migrate", "--status"]).contains("up to date"));
}

#[test]
fn a_server_takes_no_writes_from_a_schema_that_is_not_its_own() {
    on_both_engines(|api| {
        let add = |name: &str| api.post(ORGANISATIONS, &organisation(name, "IT"));
        let kept = add("Before").expect(201);
        let noted = "__diesel_schema_migrations";
        // What the next version notes, and what taking the last migration back leaves.
        for (foreign, own) in [
            (
                format!("INSERT INTO {noted} (version) VALUES ('9999')"),
                format!("DELETE FROM {noted} WHERE version = '9999'"),
            ),
            (
                format!("UPDATE {noted} SET version = '0000' WHERE version = '0013'"),
                format!("UPDATE {noted} SET version = '0013' WHERE version = '0000'"),
            ),
        ] {
            drop(api.place().query(&foreign));
            let told = add("Meanwhile").problem(503, "read_only").to_string();
            assert!(told.contains("Another version of the program"), "{told}");
            api.get(kept.header("location")).expect(200);
            api.get("/health/ready").problem(503, "read_only");
            api.get("/health/live").expect(200);
            drop(api.place().query(&own));
            add("After").expect(201);
            api.get("/health/ready").expect(200);
        }
        let names = api.get(ORGANISATIONS).expect(200).json().to_string();
        assert!(names.contains("After") && !names.contains("Meanwhile"), "{names}");
    });
}

#[test]
fn what_was_begun_is_written_before_the_schema_changes() {
    let api = Server::start(Place::fresh(Engine::Postgres));
    let elsewhere = api.place().folder().join("elsewhere");
    let revert = ["migrate", "--revert", "--data-dir", elsewhere.to_str().expect("UTF-8")];
    let (made, answered, reverted) = thread::scope(|scope| {
        // What makes a write take its time.
        scope.spawn(|| {
            let held = "BEGIN; LOCK TABLE organisations IN SHARE MODE; SELECT pg_sleep(3); COMMIT";
            drop(api.place().query(held));
        });
        thread::sleep(Duration::from_millis(500));
        let writing = scope.spawn(|| {
            (api.post(ORGANISATIONS, &organisation("Begun", "IT")).expect(201), Instant::now())
        });
        thread::sleep(Duration::from_millis(500));
        assert!(api.place().run(&revert).contains("Undid"));
        let reverted = Instant::now();
        let (made, answered) = writing.join().expect("no panic");
        (made, answered, reverted)
    });
    assert!(answered < reverted, "it was taken into a schema that is not the server's");
    api.post(ORGANISATIONS, &organisation("After", "IT")).problem(503, "read_only");
    // What is gone with the migration cannot be read either.
    let list = api.get(ORGANISATIONS).problem(503, "read_only").to_string();
    assert!(list.contains("consortia migrate"), "{list}");
    api.place().run(&["migrate"]);
    api.get(made.header("location")).expect(200);
    api.get("/health/ready").expect(200);
}

#[test]
fn doctor_tells_of_a_damaged_file() {
    let mut api = Server::start(Place::fresh(Engine::Sqlite));
    api.stop();
    let place = api.place();
    assert!(place.run(&["doctor"]).contains("consortia user add NAME --role admin"));
    let name = consortia_tests::place::sqlite_file(place.folder());
    let mut file = OpenOptions::new().write(true).open(&name).expect("the file");
    let length = file.metadata().expect("its length").len();
    file.seek(SeekFrom::Start(length / 2)).expect("its middle");
    file.write_all(&[0xA5; 16_384]).expect("four pages of nonsense");
    drop(file);
    let told = refused(place, &["doctor"]);
    assert!(told.contains("it is damaged") && told.contains("restore"), "{told}");
    assert!(!told.contains("Unknown on"), "{told}");
}
