//! A disk that is full, a database that takes no writes: told plainly, survived, and over when
//! the cause is.

use consortia_test_postgres::{Cluster, Settings};
use consortia_tests::people::administrator;
use consortia_tests::place::sqlite_file;
use consortia_tests::samples::{ORGANISATIONS, id, organisation, path};
use consortia_tests::{Answer, Client, Disk, Engine, Place, Server};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs::{File, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// An organisation that takes some room.
fn large(client: &Client) -> Answer {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let mut body = organisation(&format!("Number {number}"), "IT");
    let name = |n: u32| json!({"value": format!("{n} {}", "x".repeat(200)), "kind": "alias"});
    body["names"].as_array_mut().expect("names").extend((0..20).map(name));
    client.post(ORGANISATIONS, &body)
}

/// Writes by several clients at once until the disk is full; gives what was acknowledged, and one
/// refusal.
fn write_until_full(client: &Client) -> (Vec<Value>, Answer) {
    let until_refused = || {
        let mut made = Vec::new();
        loop {
            match large(client) {
                answer if answer.status == 201 => made.push(answer.json()),
                refused => return (made, refused),
            }
            assert!(made.len() < 10_000, "the disk is never full");
        }
    };
    let done: Vec<_> = thread::scope(|scope| {
        let writers: Vec<_> = (0..4).map(|_| scope.spawn(until_refused)).collect();
        writers.into_iter().map(|writer| writer.join().expect("no panic")).collect()
    });
    let refused = done[0].1.clone();
    for (_, refused) in &done {
        let problem = refused.problem(507, "storage_full");
        let detail = problem["detail"].as_str().expect("a detail");
        assert!(detail.contains("free some space"), "{detail}");
    }
    (done.into_iter().flat_map(|(made, _)| made).collect(), refused)
}

/// Takes all the room that is left.
fn fill(file: &Path) {
    let mut file = File::create(file).expect("a file on the small disk");
    for size in [1 << 16, 1 << 12, 1] {
        let bytes = vec![b'x'; size];
        while file.write_all(&bytes).is_ok() {}
    }
}

fn assert_kept(client: &Client, made: &[Value]) {
    for record in made {
        let found = client.get(&path(ORGANISATIONS, record)).expect(200).json();
        assert_eq!((id(&found), &found["names"]), (id(record), &record["names"]));
    }
}

fn assert_there(client: &Client, made: &[Value]) {
    assert_kept(client, made);
    let total = client.get(&format!("{ORGANISATIONS}?limit=1")).expect(200).total();
    assert_eq!(total, made.len() as u64, "what was refused is not there");
}

/// That the SQLite database in `folder` is sound, asked of the engine itself.
fn assert_whole(folder: &Path) {
    let file = rusqlite::Connection::open(sqlite_file(folder)).expect("the file opens");
    let checked: String = file
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .expect("the file is readable");
    assert_eq!(checked, "ok");
}

#[test]
fn a_full_disk_refuses_writes_and_nothing_else() {
    let server = Server::start(Place::on_small_disk(24));
    let disk = server.place().disk_of(server.process_id());
    let client = server.unrecorded();
    let mut made = vec![large(&client).expect(201).json()];
    for _ in 0..3 {
        fill(&disk.join("filler"));
        let (more, _) = write_until_full(&client);
        made.extend(more);
        assert_there(&client, &made);
        client.get("/health/ready").expect(200);
        client.get(&format!("{ORGANISATIONS}?q=number")).expect(200);
        client.get(&format!("{}/partners", path(ORGANISATIONS, &made[0]))).expect(200);
        std::fs::remove_file(disk.join("filler")).expect("room again");
        // The same server, at once.
        made.push(large(&client).expect(201).json());
        assert_there(&client, &made);
        assert_whole(&disk);
    }
}

/// Project tables of CORDIS with so many rows.
fn table(rows: u32) -> Vec<u8> {
    let mut table = "id;acronym;status;title;startDate;endDate\n".to_owned();
    for n in 0..rows {
        let title = "x".repeat(100);
        let _ = writeln!(table, "{};P{n};SIGNED;{title};2015-01-01;2018-12-31", 700_000 + n);
    }
    table.into_bytes()
}

#[test]
fn an_upload_that_fills_the_disk_leaves_nothing_on_it() {
    let server = Server::start(Place::on_small_disk(24));
    let disk = server.place().disk_of(server.process_id());
    // What is sent lies on it too.
    std::fs::create_dir(disk.join("uploads")).expect("a folder on the small disk");
    let inside = server.place().folder().join("disk/uploads");
    symlink(inside, server.place().folder().join("uploads")).expect("a link");
    let admin = administrator(&server).unrecorded();
    let import = |rows| {
        let request = admin.request("POST", "/api/v1/imports?name=project.csv");
        request.body("text/csv", table(rows)).send()
    };
    let uploads = || std::fs::read_dir(disk.join("uploads")).expect("a folder").count();
    let mut made = vec![large(&admin).expect(201).json()];
    for room in [0, 200_000, 1_000_000] {
        fill(&disk.join("filler"));
        let filler = File::options().write(true).open(disk.join("filler")).expect("the filler");
        let length = filler.metadata().expect("its length").len();
        filler.set_len(length - room).expect("some room");
        drop(filler);
        let problem = import(10_000).problem(507, "storage_full");
        let detail = problem["detail"].as_str().expect("a detail");
        assert!(detail.contains("free some space"), "{detail}");
        assert_eq!(uploads(), 0, "with room for {room} bytes");
        assert!(admin.get("/api/v1/imports").expect(200).data().is_empty());
        std::fs::remove_file(disk.join("filler")).expect("room again");
        made.push(large(&admin).expect(201).json());
        assert_there(&admin, &made);
    }
    // The same server takes the next.
    let begun = import(100).expect(202);
    let status = || admin.get(begun.header("location")).expect(200).json()["status"].clone();
    while status() == "running" {
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(status(), "completed");
    assert_eq!(uploads(), 0);
}

#[test]
fn what_postgresql_says_of_a_full_disk_is_told_and_survived() {
    let server = Server::start(Place::fresh(Engine::Postgres));
    let database = server.place().database().expect("a database");
    let client = server.unrecorded();
    let before = large(&client).expect(201).json();
    // Its words and its code, without the disk.
    let full = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
        RAISE EXCEPTION 'could not extend file \"base/1/2\": No space left on device' \
        USING ERRCODE = 'disk_full'; END $$; \
        CREATE TRIGGER full_disk BEFORE INSERT ON revisions \
        FOR EACH ROW EXECUTE FUNCTION full_disk()";
    drop(database.query(full));
    large(&client).problem(507, "storage_full");
    assert_there(&client, std::slice::from_ref(&before));
    drop(database.query("DROP TRIGGER full_disk ON revisions"));
    let after = large(&client).expect(201).json();
    assert_there(&client, &[before, after]);
}

/// A PostgreSQL server of one's own.
fn cluster() -> &'static Cluster {
    let cluster = Cluster::start(Settings::default()).unwrap_or_else(|fault| panic!("{fault}"));
    Box::leak(Box::new(cluster))
}

#[test]
#[ignore = "mounts a disk, which needs root and a loop device; .ci/run runs it"]
fn a_full_disk_of_postgresql_refuses_writes_and_nothing_else() {
    let cluster = cluster();
    let (beside, database) = (cluster.create_database(), cluster.create_database());
    let data = beside.query("SHOW data_directory");
    let disk = Disk::of(64, Path::new(data.trim()));
    let (_, name) = database.url().rsplit_once('/').expect("a name");
    let name = name.split('?').next().expect("a name");
    drop(beside.query(&format!("CREATE TABLESPACE small LOCATION '{}'", disk.path().display())));
    drop(beside.query(&format!("ALTER DATABASE \"{name}\" SET TABLESPACE small")));
    let mut server = Server::start(Place::at(database.url()));
    let client = server.unrecorded();
    let mut made = vec![large(&client).expect(201).json()];
    for _ in 0..3 {
        fill(&disk.path().join("filler"));
        made.extend(write_until_full(&client).0);
        assert_there(&client, &made);
        client.get("/health/ready").expect(200);
        client.get(&format!("{ORGANISATIONS}?q=number")).expect(200);
        std::fs::remove_file(disk.path().join("filler")).expect("room again");
        // The same servers, at once.
        made.push(large(&client).expect(201).json());
        assert_there(&client, &made);
    }
    server.kill();
    server.restart();
    assert_there(&server.unrecorded(), &made);
}

/// That nothing can be had just now, and that this is told.
fn assert_away(client: &Client) {
    for answer in [client.get(&format!("{ORGANISATIONS}?limit=1")), large(client)] {
        answer.problem(503, "unavailable");
        assert!(answer.maybe_header("retry-after").is_some());
    }
    client.get("/health/ready").problem(503, "unavailable");
    client.get("/health/live").expect(200);
}

#[test]
#[ignore = "mounts a disk, which needs root and a loop device; .ci/run runs it"]
fn a_disk_gone_read_only_refuses_writes_until_it_is_mounted_anew_and_nothing_else() {
    let disk = Disk::of(64, &std::env::temp_dir());
    let place = Place::in_folder(&disk.path());
    // What servers of one data folder share a lock on lies there too.
    symlink(disk.path().join("serve.lock"), place.folder().join("serve.lock")).expect("a link");
    let server = Server::start(place);
    let client = server.unrecorded();
    let mut made: Vec<_> = (0..20).map(|_| large(&client).expect(201).json()).collect();
    let old = server.place().folder().join("old.db");
    std::fs::copy(sqlite_file(&disk.path()), &old).expect("a copy");
    for _ in 0..3 {
        disk.go_read_only();
        for round in 0..5 {
            // SQLite tells a failed write, not why it failed; the file opened anew is read-only.
            let code = if round == 0 { "unavailable" } else { "read_only" };
            let refused = large(&client);
            let problem = refused.problem(503, code);
            let detail = problem["detail"].as_str().expect("a detail");
            assert!(detail.contains("read-only"), "{detail}");
            assert!(refused.maybe_header("retry-after").is_some());
            assert_there(&client, &made);
        }
        client.delete(&path(ORGANISATIONS, &made[0]), "*").problem(503, "read_only");
        client.get("/health/ready").expect(200);
        client.get(&format!("{ORGANISATIONS}?q=number")).expect(200);
        let read_until = |unmounted: &AtomicBool| {
            while !unmounted.load(Ordering::Relaxed) {
                let status = client.get(&path(ORGANISATIONS, &made[0])).status;
                assert!([200, 503].contains(&status), "{status}");
            }
        };
        let unmounted = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| read_until(&unmounted));
            disk.unmount();
            unmounted.store(true, Ordering::Relaxed);
        });
        assert_away(&client);
        let below = std::fs::read_dir(disk.path()).expect("the folder").count();
        assert_eq!(below, 0, "nothing is made where the disk was");
        let below = sqlite_file(&disk.path());
        std::fs::copy(&old, &below).expect("a copy");
        assert_away(&client);
        std::fs::remove_file(&below).expect("it is gone");
        disk.mount();
        // The same server, at once.
        assert_there(&client, &made);
        made.push(large(&client).expect(201).json());
        assert_there(&client, &made);
        assert_whole(&disk.path());
        made.push(large(&client).expect(201).json());
    }
    let second = server.place().command(&["serve"]).output().expect("consortia runs");
    let told = String::from_utf8_lossy(&second.stderr);
    assert!(told.contains("Another server already serves"), "{told}");
}

/// Writes until PostgreSQL has stopped itself; gives what was acknowledged.
fn write_until_stopped(client: &Client, cluster: &Cluster) -> Vec<Value> {
    let until_stopped = || {
        let mut made = Vec::new();
        let deadline = Instant::now() + Duration::from_mins(2);
        while cluster.process_id().is_some() {
            let answer = large(client);
            match answer.status {
                201 => made.push(answer.json()),
                507 => drop(answer.problem(507, "storage_full")),
                _ => drop(answer.problem(503, "unavailable")),
            }
            assert!(Instant::now() < deadline, "PostgreSQL never stops: {answer:?}");
        }
        made
    };
    thread::scope(|scope| {
        let writers: Vec<_> = (0..4).map(|_| scope.spawn(until_stopped)).collect();
        // What fails for want of room writes too little to fill a file of the log soon.
        while cluster.process_id().is_some() {
            drop(cluster.switch_log());
        }
        writers.into_iter().flat_map(|writer| writer.join().expect("no panic")).collect()
    })
}

/// That the server finds its database again: it looks every few seconds at the longest.
fn assert_found_again(client: &Client) {
    let since = Instant::now();
    while client.get("/health/ready").status != 200 {
        assert!(since.elapsed() < Duration::from_secs(5), "it is not found again");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
#[ignore = "mounts a disk, which needs root and a loop device; .ci/run runs it"]
fn a_postgresql_that_a_full_or_failed_disk_stopped_loses_nothing_and_is_found_again() {
    let disk = Disk::of(192, &std::env::temp_dir());
    std::fs::set_permissions(disk.path(), Permissions::from_mode(0o777)).expect("open to all");
    let within = Some(&*Box::leak(disk.path().into_boxed_path()));
    let cluster = Cluster::start(Settings { durable: true, within, ..Settings::default() });
    let cluster: &Cluster = Box::leak(Box::new(cluster.unwrap_or_else(|fault| panic!("{fault}"))));
    let database = cluster.create_database();
    let server = Server::start(Place::at(database.url()));
    let client = server.unrecorded();
    let mut made = vec![large(&client).expect(201).json()];
    for _ in 0..2 {
        fill(&disk.path().join("filler"));
        made.extend(write_until_stopped(&client, cluster));
        assert_away(&client);
        std::fs::remove_file(disk.path().join("filler")).expect("room again");
        cluster.resume();
        assert_found_again(&client);
        assert_kept(&client, &made);
        made.push(large(&client).expect(201).json());
    }
    disk.go_read_only();
    made.extend(write_until_stopped(&client, cluster));
    assert_away(&client);
    // What it cannot write any more it leaves to be stopped.
    cluster.stop();
    disk.unmount();
    disk.mount();
    cluster.resume();
    // The same server, by itself.
    assert_found_again(&client);
    assert_kept(&client, &made);
    made.push(large(&client).expect(201).json());
    assert_kept(&client, &made);
}

#[test]
fn a_read_only_postgresql_refuses_writes_and_nothing_else() {
    let cluster = cluster();
    let database = cluster.create_database();
    let server = Server::start(Place::at(database.url()));
    let client = server.unrecorded();
    let before = large(&client).expect(201).json();
    let set = |sql: &str| {
        drop(database.query(sql));
        drop(database.query("SELECT pg_reload_conf()"));
    };
    // Sessions hear of it in their own time.
    let wait_for = |status: u16| {
        for _ in 0..500 {
            let answer = large(&client);
            if answer.status == status {
                return answer;
            }
        }
        panic!("never {status}");
    };
    set("ALTER SYSTEM SET default_transaction_read_only = on");
    let refused = wait_for(503);
    refused.problem(503, "read_only");
    assert_eq!(refused.header("retry-after"), "60");
    client.get(&path(ORGANISATIONS, &before)).expect(200);
    client.get("/health/ready").expect(200);
    client.delete(&path(ORGANISATIONS, &before), "*").problem(503, "read_only");
    set("ALTER SYSTEM RESET default_transaction_read_only");
    wait_for(201);
    // A default of the database holds for as long as the connections that were opened under it.
    let elsewhere = cluster.create_database();
    let name = database.query("SELECT current_database()");
    let alter = |what: &str| drop(elsewhere.query(&format!("ALTER DATABASE \"{name}\" {what}")));
    alter("SET default_transaction_read_only = on");
    drop(elsewhere.query(&format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    )));
    wait_for(503).problem(503, "read_only");
    client.get("/health/ready").expect(200);
    alter("RESET default_transaction_read_only");
    wait_for(201);
    client.delete(&path(ORGANISATIONS, &before), "*").expect(204);
}
