//! A disk that is full, a database that takes no writes: told plainly, survived, and over when
//! the cause is.

use consortia_test_postgres::{Cluster, Settings};
use consortia_tests::place::sqlite_file;
use consortia_tests::samples::{ORGANISATIONS, id, organisation, path};
use consortia_tests::{Answer, Client, Engine, Place, Server};
use serde_json::{Value, json};
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

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

fn assert_there(client: &Client, made: &[Value]) {
    for record in made {
        let found = client.get(&path(ORGANISATIONS, record)).expect(200).json();
        assert_eq!((id(&found), &found["names"]), (id(record), &record["names"]));
    }
    let total = client.get(&format!("{ORGANISATIONS}?limit=1")).expect(200).total();
    assert_eq!(total, made.len() as u64, "what was refused is not there");
}

#[test]
fn a_full_disk_refuses_writes_and_nothing_else() {
    let server = Server::start(Place::on_small_disk(24));
    let disk = server.place().disk_of(server.process_id());
    let client = server.unrecorded();
    let mut made = vec![large(&client).expect(201).json()];
    for round in 0..3 {
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
        let file = rusqlite::Connection::open(sqlite_file(&disk)).expect("the file opens");
        let checked: String = file
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .expect("the file is readable");
        assert_eq!(checked, "ok", "in round {round}");
    }
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

#[test]
fn a_read_only_postgresql_refuses_writes_and_nothing_else() {
    let cluster = Cluster::start(Settings::default()).unwrap_or_else(|fault| panic!("{fault}"));
    let cluster: &'static Cluster = Box::leak(Box::new(cluster));
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
    client.delete(&path(ORGANISATIONS, &before), "*").expect(204);
}
