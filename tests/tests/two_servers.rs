//! Two servers of one PostgreSQL database: what one writes the other tells, one stands in for
//! the other, and both outlive the database's absence.

use consortia_test_postgres::{Cluster, Settings};
use consortia_tests::integrity::assert_sound;
use consortia_tests::samples::{
    ORGANISATIONS, PROJECTS, column, id, organisation, participation, path, project,
};
use consortia_tests::{Answer, Client, Engine, Place, Server};
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

/// Asks until `found` likes the answer, which must be within a second; gives the time it took.
fn within_a_second(client: &Client, path: &str, found: impl Fn(&Value) -> bool) -> Duration {
    let from = Instant::now();
    loop {
        let answer = client.get(path).expect(200).json();
        if found(&answer) {
            return from.elapsed();
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
    let mut longest = Duration::ZERO;
    for round in 1..=10 {
        let (writing, asked) = (&servers[round % 2], servers[(round + 1) % 2].unrecorded());
        let spoke = writing.create(ORGANISATIONS, &organisation(&format!("S{round}"), "FR"));
        let made = writing.create(PROJECTS, &project(&format!("P{round}"), "2015/2016"));
        let below = format!("{}/participations", path(PROJECTS, &made));
        let hub_id = json!({"organisation_id": hub.rsplit('/').next(), "role": "coordinator"});
        writing.create(&below, &hub_id);
        writing.create(&below, &participation(&spoke, "participant"));
        let spoke = id(&spoke).to_owned();
        let told = [
            within_a_second(&asked, &format!("{ORGANISATIONS}/{spoke}"), |it| it["id"] == *spoke),
            within_a_second(&asked, &format!("{hub}/partners?limit=100"), |it| {
                let partners = it["data"].as_array().expect("a list");
                let told = |it: &Value| it["organisation"]["id"] == *spoke;
                partners.len() == round && partners.iter().any(told)
            }),
            within_a_second(&asked, &format!("{hub}/network"), |it| {
                it.to_string().contains(&spoke)
            }),
            within_a_second(&asked, "/api/v1/network/summary", |it| {
                it["organisations"].as_u64() == Some(round as u64 + 1)
            }),
        ];
        longest = longest.max(told.iter().sum());
    }
    println!("The other server told of it within {longest:?}.");
}

/// Where the two servers are just now.
type Addresses = Mutex<[String; 2]>;

/// Sends what `ask` makes to one server or the other until it is answered; a refusal to serve or
/// to connect, or being told that it is at work, is tried again elsewhere, as a load balancer's
/// client would. Any other answer counts; gives it with how many tries came before.
fn persist(
    (client, addresses): (&Client, &Addresses),
    turn: usize,
    ask: impl Fn(&Client) -> Option<Answer>,
) -> (Answer, usize) {
    let deadline = Instant::now() + Duration::from_secs(20);
    for tries in 0.. {
        let base = addresses.lock().expect("no panic")[(turn + tries) % 2].clone();
        match ask(&client.at(&base)) {
            Some(answer) if ![409, 503].contains(&answer.status) => return (answer, tries),
            _ => assert!(Instant::now() < deadline, "never answered"),
        }
        thread::sleep(Duration::from_millis(5));
    }
    unreachable!("there is always another try")
}

/// Registers something, reads it and changes the version that was read, each as often as it
/// takes; gives it as registered, and the longest that any of it took.
fn work(pair: (&Client, &Addresses), key: &str, turn: usize) -> (Value, Duration) {
    let mut longest = Duration::ZERO;
    let mut persist = |ask: &dyn Fn(&Client) -> Option<Answer>| {
        let from = Instant::now();
        let done = persist(pair, turn, ask);
        longest = longest.max(from.elapsed());
        done
    };
    let (made, _) = persist(&|client| {
        let request = client.request("POST", ORGANISATIONS).header("Idempotency-Key", key);
        request.json(&organisation(key, "IT")).try_send()
    });
    let made = made.expect(201).json();
    let at = path(ORGANISATIONS, &made);
    let (read, _) = persist(&|client| client.request("GET", &at).try_send());
    let read = read.expect(200);
    assert_eq!(read.json(), made, "one server registered it, either tells it");
    let change = json!({"country": "FR"}).to_string();
    let (changed, tries) = persist(&|client| {
        let request = client.request("PATCH", &at).header("If-Match", read.etag());
        request.body("application/merge-patch+json", change.clone()).try_send()
    });
    // Nobody else changes it: what is stale was made so by a try that was not answered.
    if tries == 0 || changed.status != 412 {
        changed.expect(200);
    }
    let (now, _) = persist(&|client| client.request("GET", &at).try_send());
    let now = now.expect(200).json();
    assert_eq!((&now["country"], &now["version"]), (&json!("FR"), &json!(2)), "changed once");
    (made, longest)
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
    let done: Vec<(Value, Duration)> = thread::scope(|scope| {
        let write = |writer: usize| {
            let (client, addresses, stop) = (&client, &addresses, &stop);
            scope.spawn(move || {
                let mut done = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    let key = format!("writer-{writer}-number-{}", done.len());
                    done.push(work((client, addresses), &key, writer));
                }
                done
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
    let (made, took): (Vec<_>, Vec<_>) = done.into_iter().unzip();
    let longest = took.into_iter().max().expect("some were made");
    println!("{} times four requests, each answered within {longest:?}.", made.len());
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
    let back = Instant::now();
    for (n, server) in servers.iter().enumerate() {
        let client = server.unrecorded();
        wait_for(&client, "/health/ready", 200);
        assert_eq!(client.get(&path(ORGANISATIONS, &kept)).expect(200).json(), kept);
        client.post(ORGANISATIONS, &organisation(&format!("After {n}"), "IT")).expect(201);
    }
    println!("Both read and wrote {:?} after the database was back.", back.elapsed());
    assert_eq!(servers[1].get(ORGANISATIONS).total(), 3);
    cluster.signal("STOP");
    let took = time_until_not_ready(servers);
    cluster.signal("CONT");
    assert!(took.iter().all(|took| *took < SOON), "silent: not ready was told after {took:?}");
    println!("Not ready was told of a silent database after {took:?}.");
    let back = Instant::now();
    for server in servers {
        wait_for(&server.unrecorded(), "/health/ready", 200);
    }
    println!("Both were ready {:?} after it spoke again.", back.elapsed());
    client.post(ORGANISATIONS, &organisation("After silence", "IT")).expect(201);
}
