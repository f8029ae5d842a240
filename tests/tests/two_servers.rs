//! Two servers of one PostgreSQL database: what one writes the other tells, one stands in for
//! the other, and both outlive the database's absence.

use consortia_test_postgres::{Cluster, Settings};
use consortia_tests::integrity::assert_sound;
use consortia_tests::samples::{
    ORGANISATIONS, PROJECTS, column, id, organisation, participation, path, project,
};
use consortia_tests::{Client, Engine, Place, Server};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Two servers of a new database.
fn pair() -> [Server; 2] {
    let first = Server::start(Place::fresh(Engine::Postgres));
    let second = Server::start(Place::at(first.place().url()));
    [first, second]
}

/// Asks until `found` likes the answer, which must be within a second.
fn within_a_second(client: &Client, path: &str, found: impl Fn(&Value) -> bool) {
    let from = Instant::now();
    loop {
        let answer = client.get(path).expect(200).json();
        if found(&answer) {
            return;
        }
        assert!(from.elapsed() < Duration::from_secs(1), "{path}: {answer:#}");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn what_one_writes_the_other_tells_within_a_second() {
    let servers = pair();
    let hub = servers[0].create(ORGANISATIONS, &organisation("Hub", "IT"));
    let hub = path(ORGANISATIONS, &hub);
    for round in 1..=10 {
        let (writing, asked) = (&servers[round % 2], servers[(round + 1) % 2].unrecorded());
        let spoke = writing.create(ORGANISATIONS, &organisation(&format!("S{round}"), "FR"));
        let made = writing.create(PROJECTS, &project(&format!("P{round}"), "2015/2016"));
        let below = format!("{}/participations", path(PROJECTS, &made));
        let hub_id = json!({"organisation_id": hub.rsplit('/').next(), "role": "coordinator"});
        writing.create(&below, &hub_id);
        writing.create(&below, &participation(&spoke, "participant"));
        let spoke = id(&spoke).to_owned();
        within_a_second(&asked, &format!("{ORGANISATIONS}/{spoke}"), |it| it["id"] == *spoke);
        within_a_second(&asked, &format!("{hub}/partners?limit=100"), |it| {
            let partners = it["data"].as_array().expect("a list");
            partners.len() == round && partners.iter().any(|it| it["organisation"]["id"] == *spoke)
        });
        within_a_second(&asked, &format!("{hub}/network"), |it| it.to_string().contains(&spoke));
        within_a_second(&asked, "/api/v1/network/summary", |it| {
            it["organisations"].as_u64() == Some(round as u64 + 1)
        });
    }
}

/// Where the two servers are just now.
type Addresses = Mutex<[String; 2]>;

/// Sends a request to one server or the other until it is answered; a refusal to serve or to
/// connect, or being told that it is at work, is tried again elsewhere, as a load balancer's client would. Any other answer counts.
fn persist(client: &Client, addresses: &Addresses, key: &str, turn: usize) -> Value {
    let deadline = Instant::now() + Duration::from_secs(20);
    for attempt in turn.. {
        let base = addresses.lock().expect("no panic")[attempt % 2].clone();
        let client = client.at(&base);
        let request = client.request("POST", ORGANISATIONS).header("Idempotency-Key", key);
        match request.json(&organisation(key, "IT")).try_send() {
            Some(answer) if ![409, 503].contains(&answer.status) => {
                return answer.expect(201).json();
            }
            _ => assert!(Instant::now() < deadline, "{key} is never answered"),
        }
        thread::sleep(Duration::from_millis(5));
    }
    unreachable!("there is always another attempt")
}

#[test]
fn each_may_be_killed_under_load_and_retries_cure_it() {
    let mut servers = pair();
    // A token of the first server would be strange to the second, were the keys not the same.
    let key = servers[0].place().folder().join("signing-key.pem");
    servers[1].kill();
    std::fs::copy(key, servers[1].place().folder().join("signing-key.pem")).expect("the key");
    servers[1].restart();
    let client = servers[0].unrecorded();
    let addresses = Mutex::new([servers[0].base().to_owned(), servers[1].base().to_owned()]);
    let stop = AtomicBool::new(false);
    let made: Vec<Value> = thread::scope(|scope| {
        let write = |writer: usize| {
            let (client, addresses, stop) = (&client, &addresses, &stop);
            scope.spawn(move || {
                let mut made = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    let key = format!("writer-{writer}-number-{}", made.len());
                    made.push(persist(client, addresses, &key, writer));
                }
                made
            })
        };
        let writers: Vec<_> = (0..4).map(write).collect();
        for round in 0..6 {
            thread::sleep(Duration::from_millis(150));
            let server = &mut servers[round % 2];
            if round < 4 {
                server.kill();
            } else {
                assert!(server.stop().success());
            }
            server.restart();
            addresses.lock().expect("no panic")[round % 2] = server.base().to_owned();
        }
        stop.store(true, Ordering::Relaxed);
        writers.into_iter().flat_map(|writer| writer.join().expect("no panic")).collect()
    });
    let told: BTreeSet<String> = column(&made, "id").into_iter().collect();
    assert_eq!(told.len(), made.len(), "each request made a record of its own");
    for server in &servers {
        let all = client.at(server.base()).walk(&format!("{ORGANISATIONS}?limit=1000"));
        let found: BTreeSet<String> = column(&all, "id").into_iter().collect();
        assert_eq!(found, told, "each record was made once");
    }
    let [mut first, mut second] = servers;
    first.kill();
    second.kill();
    assert_sound(first.place());
}

/// Asks until the status is `wanted`; gives the time it took.
fn wait_for(client: &Client, path: &str, wanted: u16) -> Duration {
    let from = Instant::now();
    while client.try_status(path) != Some(wanted) {
        assert!(from.elapsed() < Duration::from_secs(20), "{path} is never {wanted}");
        thread::sleep(Duration::from_millis(20));
    }
    from.elapsed()
}

/// How soon a server tells that its database is away or silent: what the documents say.
const SOON: Duration = Duration::from_secs(2);

/// How long both servers, asked at the same time, take to be not ready.
fn time_until_not_ready(servers: &[Server; 2]) -> [Duration; 2] {
    thread::scope(|scope| {
        let ask = |server: &Server| {
            let client = server.unrecorded();
            scope.spawn(move || wait_for(&client, "/health/ready", 503))
        };
        servers.each_ref().map(ask).map(|asked| asked.join().expect("an answer"))
    })
}

/// Ends a watch, also where the test ends before its time.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Asks whether a server lives until it is `over`, which must be so every time; gives how often.
fn watch(client: &Client, over: &AtomicBool) -> u32 {
    let mut asked = 0;
    while !over.load(Ordering::Relaxed) {
        client.get("/health/live").expect(200);
        asked += 1;
        thread::sleep(Duration::from_millis(20));
    }
    asked
}

#[test]
fn the_database_may_go_away_and_come_back() {
    let cluster = Cluster::start(Settings::default()).unwrap_or_else(|fault| panic!("{fault}"));
    let cluster: &'static Cluster = Box::leak(Box::new(cluster));
    let database = cluster.create_database();
    let servers = [(); 2].map(|()| Server::start(Place::at(database.url())));
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let watched = servers.each_ref().map(|server| {
            let (client, over) = (server.unrecorded(), &over);
            scope.spawn(move || watch(&client, over))
        });
        let until = Over(&over);
        goes_away_and_comes_back(cluster, &servers);
        drop(until);
        for watched in watched {
            let asked = watched.join().expect("it lives throughout");
            assert!(asked > 50, "asked whether it lives {asked} times only");
        }
    });
}

/// Stops the database of `servers`, starts it again, and has it fall silent for a while.
fn goes_away_and_comes_back(cluster: &Cluster, servers: &[Server; 2]) {
    let kept = servers[0].create(ORGANISATIONS, &organisation("Kept", "IT"));
    cluster.stop();
    let took = time_until_not_ready(servers);
    assert!(took.iter().all(|took| *took < SOON), "stopped: not ready was told after {took:?}");
    let client = servers[0].unrecorded();
    client.get("/health/ready").problem(503, "unavailable");
    client.get(ORGANISATIONS).problem(503, "unavailable");
    client.post(ORGANISATIONS, &organisation("Lost", "IT")).problem(503, "unavailable");
    cluster.resume();
    for (n, server) in servers.iter().enumerate() {
        let client = server.unrecorded();
        wait_for(&client, "/health/ready", 200);
        assert_eq!(client.get(&path(ORGANISATIONS, &kept)).expect(200).json(), kept);
        client.post(ORGANISATIONS, &organisation(&format!("After {n}"), "IT")).expect(201);
    }
    assert_eq!(servers[1].get(ORGANISATIONS).total(), 3);
    cluster.signal("STOP");
    let took = time_until_not_ready(servers);
    cluster.signal("CONT");
    assert!(took.iter().all(|took| *took < SOON), "silent: not ready was told after {took:?}");
    println!("Not ready was told of a silent database after {took:?}.");
    for server in servers {
        wait_for(&server.unrecorded(), "/health/ready", 200);
    }
    client.post(ORGANISATIONS, &organisation("After silence", "IT")).expect(201);
}
