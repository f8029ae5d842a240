//! Clients that mean no good: slow ones, endless ones, deep, long and twisted requests.

use consortia_tests::raw::{connect, exchange, read_to_close};
use consortia_tests::samples::{ORGANISATIONS, PROJECTS, project};
use consortia_tests::{Engine, Place, Server, h2020, on_each_engine};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

/// Slow clients of each of three kinds; those that ask for everything and read nothing are a
/// third as many, since what they ask for must be found first.
const SLOW: usize = 60;

/// Time for the head of a request to arrive.
const HEAD: Duration = Duration::from_secs(10);
/// The same for a body, as set here.
const BODY: Duration = Duration::from_secs(3);
/// How much earlier: the server's clock for these goes in steps.
const EARLY: Duration = Duration::from_secs(1);
/// How much later than it should something may happen on a machine that has much to do.
const MARGIN: Duration = Duration::from_secs(18);

/// Waits until `happens`, far longer than it should take.
fn wait_until(what: &str, happens: impl FnMut() -> bool) {
    wait_for(what, Duration::from_mins(1), happens);
}

/// Waits until `happens`, for so long at most.
fn wait_for(what: &str, limit: Duration, mut happens: impl FnMut() -> bool) {
    let deadline = Instant::now() + limit;
    while !happens() {
        assert!(Instant::now() < deadline, "{what} does not happen");
        thread::sleep(Duration::from_millis(50));
    }
}

/// Connections a server holds with its clients, by its own end of each: those to its database are
/// none.
fn connections(api: &Server) -> usize {
    let port = api.base().rsplit(':').next().and_then(|port| port.parse::<u16>().ok());
    let own_end = format!(":{:04X}", port.expect("a port"));
    let table = fs::read_to_string("/proc/net/tcp").expect("its connections");
    let held = table.lines().filter(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        // Established, or closed by the client only.
        fields[1].ends_with(&own_end) && ["01", "08"].contains(&fields[3])
    });
    held.count()
}

/// The head of a request to create a project.
fn post(token: &str, more: &str) -> String {
    format!(
        "POST {PROJECTS} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/json\r\nAuthorization: Bearer {token}\r\n{more}\r\n"
    )
}

#[test]
fn two_hundred_slow_clients_hold_nobody_up_and_are_cut_off() {
    on_each_engine(|engine| {
        let seconds = BODY.as_secs().to_string();
        let settings = [("CONSORTIA_REQUEST_TIMEOUT_SECONDS", seconds.as_str())];
        let api = Server::start_with(h2020::copy(engine), &settings);
        let before = connections(&api);
        let open = |count: usize, said: &str| -> Vec<TcpStream> {
            let begin = |_| {
                let mut stream = connect(api.base());
                stream.write_all(said.as_bytes()).expect("sent");
                stream
            };
            (0..count).map(begin).collect()
        };
        let begun = Instant::now();
        let silent = open(SLOW, "");
        let mut dripping = open(SLOW, "GET /api/v1 HTTP/1.1\r\nHost: localhost\r\n");
        let mut bodies = open(SLOW, &post(&api.token("editor"), "Content-Length: 1000\r\n"));
        let everything = format!("{ORGANISATIONS}?format=ndjson");
        let mut readers = open(
            SLOW / 3,
            &format!("GET {everything} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
        );
        let listening = [&silent, &dripping, &bodies].map(|streams| {
            streams.last().expect("a connection").try_clone().expect("the connection")
        });
        thread::scope(|scope| {
            // Each as long as it is let, and how long that was.
            let ended = listening.map(|mut stream| {
                scope.spawn(move || (read_to_close(&mut stream), begun.elapsed()))
            });
            scope.spawn(|| {
                // Longer than a head may take, lest it be ended for its pause.
                while begun.elapsed() < HEAD + MARGIN / 2 {
                    for stream in dripping.iter_mut().chain(&mut bodies) {
                        // Those cut off already say so here.
                        let _ = stream.write_all(b"x");
                    }
                    thread::sleep(Duration::from_millis(500));
                }
            });
            let client = api.unrecorded();
            wait_until("room", || client.get(ORGANISATIONS).status == 200);
            for n in 0..100 {
                client.get(&format!("{ORGANISATIONS}?limit={}", n + 1)).expect(200);
                thread::sleep(Duration::from_millis(20));
            }
            let ended = ended.map(|it| it.join().expect("it listens to the end"));
            println!("{engine:?}: cut off after {:?}", ended.each_ref().map(|(_, after)| after));
            let [(_, silent), (head, dripping), (body, late)] = &ended;
            assert!(head.is_empty() || head.starts_with("HTTP/1.1 408"), "{head}");
            assert!(body.starts_with("HTTP/1.1 408"), "{body}");
            assert!(body.contains("request_timeout"), "{body}");
            for (after, limit) in [(silent, HEAD), (dripping, HEAD), (late, BODY)] {
                let in_time = *after + EARLY > limit && *after < limit + MARGIN;
                assert!(in_time, "{engine:?}: after {after:?}, not {limit:?}");
            }
        });
        // Only the client of this test itself may still be connected.
        wait_for("cutting off", BODY + MARGIN, || connections(&api) <= before + 2);
        println!("{engine:?}: all cut off after {:?}", begun.elapsed());
        let answers = readers.iter_mut().map(read_to_close);
        let answered = answers.filter(|answer| answer.starts_with("HTTP/1.1 200")).count();
        println!("{engine:?}: {answered} of those who read nothing had an answer to read");
        assert!(answered > 0, "{engine:?}: nobody was let in who then read nothing");
        drop(silent);
        api.unrecorded().get(ORGANISATIONS).expect(200);
    });
}

#[test]
fn an_upload_must_keep_arriving() {
    let settings =
        [("CONSORTIA_REQUEST_TIMEOUT_SECONDS", "1"), ("CONSORTIA_MAX_UPLOAD_BYTES", "10000")];
    let api = Server::start_with(Place::fresh(Engine::Sqlite), &settings);
    let token = api.token("admin");
    let head = |length: usize| {
        format!(
            "POST /api/v1/imports HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: text/csv\r\nAuthorization: Bearer {token}\r\n\
             Content-Length: {length}\r\n\r\n"
        )
    };
    let mut stream = connect(api.base());
    stream.write_all(head(1000).as_bytes()).expect("sent");
    for _ in 0..30 {
        // Cut off on the way, which shows below.
        let _ = stream.write_all(b"x");
        thread::sleep(Duration::from_millis(100));
    }
    let answer = read_to_close(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    let answer = exchange(api.base(), (head(20_000) + &"x".repeat(20_000)).as_bytes());
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    let uploads = api.place().folder().join("uploads");
    wait_until("clearing up", || fs::read_dir(&uploads).map_or(0, Iterator::count) == 0);
}

#[test]
fn what_takes_too_long_is_broken_off() {
    let settings = [("CONSORTIA_REQUEST_TIMEOUT_SECONDS", "1")];
    for engine in Engine::ALL {
        let api = Server::start_with(h2020::copy(engine), &settings);
        let admin = api.unrecorded().with_token(&api.token("admin"));
        admin.get("/api/v1/workbook").problem(503, "timeout");
        let busy = || {
            let stat = fs::read_to_string(format!("/proc/{}/stat", api.process_id()));
            let stat = stat.expect("the process runs");
            let after_name = stat.rsplit(')').next().expect("fields").split_whitespace();
            let times =
                after_name.skip(11).take(2).map(|ticks| ticks.parse::<u64>().expect("ticks"));
            times.sum::<u64>()
        };
        // Less than a tenth of one processor: nobody goes on for a client that was told.
        wait_until("rest", || {
            let before = busy();
            thread::sleep(Duration::from_secs(1));
            busy() - before < 10
        });
    }
}

#[test]
fn bodies_have_bounds_in_every_direction() {
    on_each_engine(|engine| {
        let settings = [("CONSORTIA_MAX_BODY_BYTES", "400000")];
        let api = Server::start_with(Place::fresh(engine), &settings);
        let client = api.unrecorded();
        let send =
            |body: String| client.request("POST", PROJECTS).body("application/json", body).send();
        let nested = |depth: usize| {
            format!("{{\"custom\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1))
        };
        send(nested(32)).problem(422, "invalid_body");
        send(nested(33)).problem(400, "malformed_json");
        send("[".repeat(200_000)).problem(400, "malformed_json");
        let keywords = |count: usize| {
            let words: Vec<String> = (0..count).map(|n| format!("w{n}")).collect();
            send(json!({"keywords": words}).to_string())
        };
        keywords(10_000).expect(201);
        keywords(10_001).problem(422, "invalid_body");
        send(format!("\"{}\"", "x".repeat(400_000))).problem(413, "body_too_large");
        for number in ["1e999999999", &"9".repeat(100_000)] {
            let body = format!("{{\"total_cost\":{{\"amount\":{number},\"currency\":\"EUR\"}}}}");
            send(body).problem(422, "invalid_body");
        }

        let token = api.token("editor");
        let raw =
            |more: &str, body: &str| exchange(api.base(), (post(&token, more) + body).as_bytes());
        let chunk = format!("{:x}\r\n{}\r\n", 100_000, " ".repeat(100_000));
        let endless = chunk.repeat(5) + "0\r\n\r\n";
        for (more, body, status) in [
            ("Transfer-Encoding: chunked\r\n", endless.as_str(), "413"),
            ("Transfer-Encoding: chunked\r\n", "zz\r\n{}\r\n0\r\n\r\n", "400"),
            ("Content-Length: 2\r\nContent-Encoding: gzip\r\n", "{}", "415"),
            // What a proxy and a server could read as different requests is none.
            ("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n", "400"),
            ("Content-Length: 2\r\nContent-Length: 3\r\n", "{}", "400"),
            ("Content-Length: +2\r\n", "{}", "400"),
            ("Content-Length: 99999999999999999999\r\n", "{}", "400"),
        ] {
            let answer = raw(more, body);
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{more}{answer}");
        }
        assert_eq!(client.get(PROJECTS).total(), 1);
    });
}

#[test]
fn addresses_and_heads_have_bounds() {
    on_each_engine(|engine| {
        let api = Server::start(Place::fresh(engine));
        let client = api.unrecorded();
        let faults = |query: &str, code: &str| {
            let problem =
                client.get(&format!("{PROJECTS}?{query}")).problem(400, "invalid_parameters");
            let errors = problem["errors"].as_array().expect("faults").clone();
            assert!(errors.iter().any(|error| error["code"] == code), "{code} in {problem}");
        };
        let values =
            |count: usize| (0..count).map(|n| format!("v{n}")).collect::<Vec<_>>().join(",");
        client.get(&format!("{PROJECTS}?keyword={}", values(200))).expect(200);
        faults(&format!("keyword={}", values(201)), "too_many_values");
        let conditions = |names: &[&str]| {
            let each = names.iter().flat_map(|name| (0..10).map(move |n| format!("{name}=!v{n}&")));
            each.collect::<String>()
        };
        client.get(&format!("{PROJECTS}?{}", conditions(&["keyword", "place"]))).expect(200);
        faults(&(conditions(&["keyword"]) + "keyword=w"), "too_many_conditions");
        faults(&(conditions(&["keyword", "place"]) + "target_group=w"), "too_many_conditions");
        let parameters = |count: usize| {
            let told = client.get(&format!("{PROJECTS}?{}", "x=1&".repeat(count)));
            told.problem(400, "invalid_parameters").to_string().contains("too_many_parameters")
        };
        assert_eq!([200, 201].map(parameters), [false, true]);
        let address = |length: usize| {
            let rest = length - PROJECTS.len() - 1;
            client.get(&format!("{PROJECTS}?{}", "&".repeat(rest)))
        };
        address(16 * 1024).expect(200);
        address(16 * 1024 + 1).problem(414, "uri_too_long");
        for query in ["cursor=AAAA", &format!("cursor={}", "A".repeat(5000)), "q=%00", "limit=-1"] {
            client.get(&format!("{PROJECTS}?{query}")).problem(400, "invalid_parameters");
        }
        let own_lines = "GET /api/v1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
        let head_length = own_lines.len() + 2;
        let head = |lines: &str| exchange(api.base(), format!("{own_lines}{lines}\r\n").as_bytes());
        let many = |count: usize| {
            (0..count).fold(String::new(), |mut lines, n| {
                let _ = write!(lines, "X-{n}: y\r\n");
                lines
            })
        };
        let taken = |lines: &str| {
            let answer = head(lines);
            let refused = answer.is_empty() || answer.starts_with("HTTP/1.1 4");
            assert!(refused || answer.starts_with("HTTP/1.1 200"), "{answer}");
            !refused
        };
        // With those that each has.
        assert_eq!([94, 95].map(|more| taken(&many(more))), [true, false]);
        let long = |length: usize| format!("X: {}\r\n", "y".repeat(length - head_length - 5));
        // What is read at once is looked at as a whole, so that some more may be taken.
        let (most, at_once) = (128 * 1024, 64 * 1024);
        assert_eq!([most, most + at_once].map(|length| taken(&long(length))), [true, false]);
        assert!(!taken("X\0: y\r\n"));
        client.get("/api/v1").expect(200);
    });
}

#[test]
fn many_requests_sent_before_any_answer_is_read_are_answered_in_order() {
    let api = Server::start(Place::fresh(Engine::Sqlite));
    let mut requests = String::new();
    for n in 1..=50 {
        let close = if n == 50 { "Connection: close\r\n" } else { "" };
        let _ =
            write!(requests, "GET {PROJECTS}?limit={n} HTTP/1.1\r\nHost: localhost\r\n{close}\r\n");
    }
    let answers = exchange(api.base(), requests.as_bytes());
    let limits = answers.match_indices("\"limit\":").map(|(at, found)| {
        let digits = answers[at + found.len()..].chars().take_while(char::is_ascii_digit);
        digits.collect::<String>()
    });
    let expected = (1..=50).map(|n: u32| n.to_string());
    assert!(limits.eq(expected), "{answers}");
}

#[test]
fn a_client_that_hangs_up_leaves_nothing_behind() {
    on_each_engine(|engine| {
        let api = Server::start(Place::fresh(engine));
        api.unrecorded().post(PROJECTS, &project("P", "2020")).expect(201);
        let before = connections(&api);
        let token = api.token("editor");
        let body = json!({"acronym": "HALF"}).to_string();
        for _ in 0..100 {
            let mut stream = connect(api.base());
            let head = post(&token, &format!("Content-Length: {}\r\n", body.len()));
            stream.write_all(format!("{head}{}", &body[..5]).as_bytes()).expect("sent");
        }
        wait_until("forgetting", || connections(&api) <= before + 1);
        let list: Value = api.unrecorded().get(PROJECTS).expect(200).json();
        assert_eq!(list["page"]["total"], 1, "half a request is none");
    });
}
