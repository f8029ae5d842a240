//! How often one client may ask, and how many requests are let in at all.

use chrono::{TimeDelta, Utc};
use consortia_tests::people::person;
use consortia_tests::samples::{ORGANISATIONS, organisation};
use consortia_tests::{Client, Engine, Place, Server, on_each_engine};
use serde_json::{Value, json};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// A server behind a proxy on this machine, as which the tests speak: so that they come from
/// wherever they like.
fn behind_proxy(engine: Engine, settings: &[(&str, &str)]) -> Server {
    let mut all = vec![("CONSORTIA_TRUSTED_PROXIES", "127.0.0.1,10.0.0.0/8")];
    all.extend(settings);
    Server::start_with(Place::fresh(engine), &all)
}

const STRICT: [(&str, &str); 4] = [
    ("CONSORTIA_RATE_LIMIT_ADDRESS", "1"),
    ("CONSORTIA_RATE_LIMIT_ADDRESS_BURST", "5"),
    ("CONSORTIA_RATE_LIMIT_TOKEN", "1"),
    ("CONSORTIA_RATE_LIMIT_TOKEN_BURST", "20"),
];

/// How many of so many requests in a row are answered; the others must say why and until when.
fn answered(client: &Client, requests: usize, headers: &[(&str, &str)]) -> usize {
    let ask = || {
        let request = client.request("GET", "/api/v1");
        headers.iter().fold(request, |request, (name, value)| request.header(name, value)).send()
    };
    let refused = |answer: consortia_tests::Answer| {
        answer.problem(429, "rate_limited");
        let wait: u64 = answer.header("retry-after").parse().expect("seconds");
        assert!((1..=30).contains(&wait), "{wait}");
        assert!(answer.header("ratelimit").contains(";r=0;t="), "{:?}", answer.headers);
    };
    let answers = (0..requests).map(|_| ask());
    let (good, bad): (Vec<_>, Vec<_>) = answers.partition(|answer| answer.status == 200);
    bad.into_iter().for_each(refused);
    good.len()
}

#[test]
fn who_asks_too_often_is_told_when_to_come_back_and_nobody_else_is() {
    let api = behind_proxy(Engine::Sqlite, &STRICT);
    let anyone = api.anonymous();
    let from = |client: &str| [("X-Forwarded-For".to_owned(), client.to_owned())];
    let count = |client: &str, requests: usize| {
        let [(name, value)] = &from(client);
        answered(&anyone, requests, &[(name, value)])
    };
    // With every second that passes meanwhile one more is answered.
    assert!((5..15).contains(&count("203.0.113.1", 15)));
    assert!((5..15).contains(&count("203.0.113.2", 15)), "another client has its own account");
    assert!((5..15).contains(&count("198.51.100.1, 203.0.113.3", 15)));
    let made_up: usize =
        (0..15).map(|n| count(&format!("198.51.100.{n}, 203.0.113.4, 10.1.1.1"), 1)).sum();
    assert!((5..15).contains(&made_up), "what the client itself says is not believed");
    let households: usize = (0..15).map(|n| count(&format!("2001:db8:0:1::{n}"), 1)).sum();
    assert!((5..15).contains(&households), "a network of 64 bits is one client");
    assert_eq!(count("2001:db8:0:2::1", 1), 1);
    let other = [("X-Forwarded-For", "203.0.113.5"), ("Forwarded", "for=203.0.113.6")];
    assert!((5..15).contains(&answered(&anyone, 15, &other)));
    for _ in 0..20 {
        let request =
            anyone.request("GET", "/health/ready").header("X-Forwarded-For", "203.0.113.1");
        request.send().expect(200);
    }
    assert_eq!(answered(&anyone, 50, &[]), 50, "this machine itself is not limited");
    assert!(anyone.get("/api/v1").maybe_header("ratelimit").is_none());
}

#[test]
fn every_answer_says_how_its_client_stands() {
    let api = behind_proxy(Engine::Sqlite, &STRICT);
    let ask = |path: &str| {
        let request = api.client().request("GET", path);
        request.header("X-Forwarded-For", "203.0.113.1").send()
    };
    let first = ask("/api/v1/projects").expect(200);
    assert_eq!(first.header("ratelimit"), "\"address\";r=4;t=1");
    assert_eq!(first.header("ratelimit-policy"), "\"address\";q=5;w=5");
    let second = ask("/api/v1/projects/x").expect(400);
    assert_eq!(second.header("ratelimit"), "\"token\";r=19;t=1", "its bearer is known by now");
    assert_eq!(second.header("ratelimit-policy"), "\"token\";q=20;w=20");
}

#[test]
fn a_token_counts_for_its_bearer_and_a_made_up_one_for_its_address() {
    on_each_engine(|engine| {
        let api = behind_proxy(engine, &STRICT);
        let from = |address: &'static str| ("X-Forwarded-For", address);
        let staff = api.unrecorded();
        let here = answered(&staff, 12, &[from("203.0.113.1")]);
        let there = answered(&staff, 20, &[from("203.0.113.2")]);
        assert!((21..32).contains(&(here + there)), "20 and the first: {here} and {there}");
        assert_eq!(answered(&api.anonymous(), 1, &[from("203.0.113.2")]), 1, "its address is free");
        let made_up = |n: usize| {
            let client = api.anonymous().unrecorded().with_token(&format!("a.b.{n}"));
            let (name, address) = from("203.0.113.3");
            client.request("GET", "/api/v1").header(name, address).send().status
        };
        let told: Vec<u16> = (0..15).map(made_up).collect();
        let refused = told.iter().filter(|status| **status == 401).count();
        assert!((5..15).contains(&refused), "{told:?}");
        assert!(told.iter().all(|status| [401, 429].contains(status)), "{told:?}");
    });
}

#[test]
fn without_trusted_proxies_nobody_is_believed() {
    let api = Server::start_with(Place::fresh(Engine::Sqlite), &STRICT);
    let claims = [("X-Forwarded-For", "203.0.113.1"), ("Forwarded", "for=203.0.113.1")];
    assert_eq!(answered(&api.anonymous(), 30, &claims), 30, "it comes from this machine");
}

#[test]
fn a_proxy_that_does_not_say_who_asks_is_told_of_once() {
    const WARNING: &str = "a trusted proxy does not say who its client is";
    for (header, good, bad, advice) in [
        ("X-Forwarded-For", "203.0.113.1", None, "proxy_set_header X-Forwarded-For $remote_addr;"),
        ("Forwarded", "for=203.0.113.1", Some("for=unknown"), "Forwarded for=$remote_addr;"),
    ] {
        let api =
            behind_proxy(Engine::Sqlite, &[("CONSORTIA_PROXY_HEADER", &header.to_lowercase())]);
        let client = api.anonymous();
        let ask = |value: Option<&str>| {
            let request = client.request("GET", "/api/v1");
            value.into_iter().fold(request, |request, value| request.header(header, value)).send()
        };
        ask(Some(good)).expect(200);
        client.get("/health/ready").expect(200);
        assert!(!api.log().contains(WARNING), "{header}: probes go past the proxy");
        for _ in 0..3 {
            ask(bad).expect(200);
        }
        let log = api.log();
        let told: Vec<_> = log.lines().filter(|line| line.contains(WARNING)).collect();
        let [told] = told[..] else { panic!("{header}: {told:?} in\n{log}") };
        for expected in ["WARN", "127.0.0.1", &header.to_lowercase(), advice, "trusted_proxies"] {
            assert!(told.contains(expected), "{header}: {expected} in {told}");
        }
    }
}

#[test]
fn settings_of_limits_are_checked() {
    let place = Place::empty(Engine::Sqlite);
    for (setting, expected) in [
        ("trusted_proxies=proxy.example.org", "10.0.0.0/8"),
        ("trusted_proxies=10.0.0.0/40", "10.0.0.0/8"),
        (r#"trusted_proxies=["127.0.0.1"]"#, "separated by commas"),
        (r#"cors_origins=["https://example.org"]"#, "separated by commas"),
        ("proxy_header=x-real-ip", "x-forwarded-for or forwarded"),
        ("rate_limit_address=-1", "from 0 to 1000000"),
        ("metrics_listen=nowhere", "or nothing"),
    ] {
        let output = place.command(&["serve", "--set", setting]).output().expect("it runs");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && told.contains(expected), "{setting}: {told}");
    }
}

#[test]
fn what_is_too_much_is_sent_away_at_once_and_the_rest_is_answered() {
    const CLIENTS: usize = 40;
    for engine in Engine::ALL {
        let settings =
            [("CONSORTIA_MAX_REQUESTS_AT_WORK", "1"), ("CONSORTIA_MAX_REQUESTS_WAITING", "2")];
        let api = Server::start_with(Place::fresh(engine), &settings);
        for n in 0..100 {
            api.unrecorded().post(ORGANISATIONS, &organisation(&format!("O{n}"), "IT")).expect(201);
        }
        let client = api.unrecorded();
        let until = Instant::now() + Duration::from_secs(1);
        let ask = || {
            let mut statuses = Vec::new();
            while Instant::now() < until {
                let answer = client.get(&format!("{ORGANISATIONS}?limit=1000&sort=-label"));
                let status = answer.status;
                if status == 503 {
                    answer.problem(503, "overloaded");
                    assert_eq!(answer.header("retry-after"), "1");
                    thread::sleep(Duration::from_millis(10));
                } else {
                    assert_eq!(answer.expect(200).total(), 100);
                }
                statuses.push(status);
                // Probes are answered whatever else is asked.
                client.get("/health/ready").expect(200);
            }
            statuses
        };
        let statuses: Vec<u16> = thread::scope(|scope| {
            let asking: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(ask)).collect();
            asking.into_iter().flat_map(|one| one.join().expect("no panic")).collect()
        });
        let sent_away = statuses.iter().filter(|status| **status == 503).count();
        assert!(sent_away > 0 && sent_away < statuses.len(), "{engine:?}: {sent_away}");
        // Nobody asks any more, so everybody is let in.
        client.get(ORGANISATIONS).expect(200);
    }
}

#[test]
fn one_client_with_dear_requests_leaves_room_for_others() {
    const AT_ONCE: usize = 40;
    let settings = [
        ("CONSORTIA_TRUSTED_PROXIES", "127.0.0.1"),
        ("CONSORTIA_RATE_LIMIT_ADDRESS", "0"),
        ("CONSORTIA_RATE_LIMIT_TOKEN", "0"),
        ("CONSORTIA_MAX_REQUESTS_AT_WORK", "3"),
    ];
    for engine in Engine::ALL {
        let api = Server::start_with(consortia_tests::h2020::copy(engine), &settings);
        let (greedy, anyone) = (api.unrecorded(), api.anonymous());
        let from = |client: &Client, address: &str, path: &str| {
            client.request("GET", path).header("X-Forwarded-For", address).send()
        };
        let done = AtomicBool::new(false);
        // Whoever bears a token is one client wherever they are.
        let ask = |n: usize| {
            let (mut answered, mut refused) = (0, 0);
            while !done.load(Ordering::Relaxed) {
                let dear = format!("{ORGANISATIONS}?limit=200&sort=-label&country=!LU");
                let answer = from(&greedy, &format!("203.0.113.{n}"), &dear);
                if answer.status == 200 {
                    answered += 1;
                    continue;
                }
                answer.problem(429, "too_many_at_once");
                assert_eq!(answer.header("retry-after"), "1");
                refused += 1;
            }
            (answered, refused)
        };
        // Known by its token from now on.
        from(&greedy, "203.0.113.1", "/api/v1").expect(200);
        let (answered, refused) = thread::scope(|scope| {
            let asking: Vec<_> = (0..AT_ONCE)
                .map(|n| {
                    scope.spawn({
                        let ask = &ask;
                        move || ask(n)
                    })
                })
                .collect();
            thread::sleep(Duration::from_millis(300));
            for _ in 0..25 {
                from(&anyone, "198.51.100.1", &format!("{ORGANISATIONS}?limit=1&fields=id"))
                    .expect(200);
            }
            done.store(true, Ordering::Relaxed);
            let told = asking.into_iter().map(|one| one.join().expect("no panic"));
            told.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
        });
        assert!(answered > 0 && refused > 0, "{engine:?}: {answered}, {refused}");
    }
}

#[test]
fn answers_under_way_count_for_their_client_until_they_are_sent() {
    use std::io::{Read as _, Write as _};
    let settings = [
        ("CONSORTIA_TRUSTED_PROXIES", "127.0.0.1"),
        ("CONSORTIA_MAX_REQUESTS_AT_WORK", "1"),
        ("CONSORTIA_MAX_REQUESTS_WAITING", "3"),
    ];
    for engine in Engine::ALL {
        let api = Server::start_with(consortia_tests::h2020::copy(engine), &settings);
        let ask = |client: &str| {
            let request = api.anonymous();
            let request = request.request("GET", ORGANISATIONS).header("X-Forwarded-For", client);
            request.send()
        };
        // Of four at work and waiting three may be one client's. It does not read what it asked.
        let unread = [(); 3].map(|()| {
            let address = api.base().strip_prefix("http://").expect("an address");
            let mut connection = TcpStream::connect(address).expect("a connection");
            let head = format!(
                "GET {ORGANISATIONS}?format=ndjson HTTP/1.1\r\nHost: x\r\n\
                 X-Forwarded-For: 203.0.113.1\r\n\r\n"
            );
            connection.write_all(head.as_bytes()).expect("it is sent");
            connection.read_exact(&mut [0; 1000]).expect("the beginning");
            connection
        });
        ask("203.0.113.1").problem(429, "too_many_at_once");
        ask("198.51.100.1").expect(200);
        drop(unread);
        let from = Instant::now();
        while ask("203.0.113.1").status != 200 {
            assert!(from.elapsed() < Duration::from_secs(20), "{engine:?}: they count for ever");
            thread::sleep(Duration::from_millis(50));
        }
    }
}

#[test]
fn the_read_tokens_of_an_account_have_one_share_and_a_rate_each() {
    use std::io::{Read as _, Write as _};
    let settings = [
        ("CONSORTIA_TRUSTED_PROXIES", "127.0.0.1"),
        ("CONSORTIA_MAX_REQUESTS_AT_WORK", "1"),
        ("CONSORTIA_MAX_REQUESTS_WAITING", "3"),
    ];
    let api = Server::start_with(consortia_tests::h2020::copy(Engine::Sqlite), &settings);
    let from = |client: &Client| {
        client.request("GET", "/api/v1").header("X-Forwarded-For", "203.0.113.1").send()
    };
    let body = |label: String| {
        let expires_at = (Utc::now() + TimeDelta::days(1)).to_rfc3339();
        json!({"label": label, "scopes": ["published"], "expires_at": expires_at})
    };
    let anna = person(&api, "anna", "editor", &[]).unrecorded();
    let tokens: Vec<String> = (0..4)
        .map(|n| {
            let made = anna.post("/api/v1/read-tokens", &body(n.to_string())).expect(201).json();
            let token = made["token"].as_str().expect("a token").to_owned();
            // Known by it from now on.
            from(&anna.with_token(&token)).expect(200);
            token
        })
        .collect();
    let remaining = |client: &Client| from(client).expect(200).header("ratelimit").to_owned();
    let last = anna.with_token(&tokens[3]);
    assert_eq!(remaining(&last), remaining(&anna.with_token(&tokens[0])), "a rate of its own");
    // Of four at work and waiting three may be one account's, whichever token asks.
    let unread: Vec<TcpStream> = tokens[..3]
        .iter()
        .map(|token| {
            let mut connection = consortia_tests::raw::connect(api.base());
            let head = format!(
                "GET {ORGANISATIONS}?format=ndjson HTTP/1.1\r\nHost: x\r\n\
                 X-Forwarded-For: 203.0.113.1\r\nAuthorization: Bearer {token}\r\n\r\n"
            );
            connection.write_all(head.as_bytes()).expect("it is sent");
            connection.read_exact(&mut [0; 1000]).expect("the beginning");
            connection
        })
        .collect();
    from(&last).problem(429, "too_many_at_once");
    from(&api.anonymous()).expect(200);
    drop(unread);
    let begun = Instant::now();
    while from(&last).status != 200 {
        assert!(begun.elapsed() < Duration::from_secs(20), "they count for ever");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn long_lists_take_turns_with_the_others() {
    on_each_engine(|engine| {
        let settings =
            [("CONSORTIA_MAX_REQUESTS_AT_WORK", "2"), ("CONSORTIA_MAX_REQUESTS_WAITING", "8")];
        let api = Server::start_with(consortia_tests::h2020::copy(engine), &settings);
        let client = api.unrecorded();
        thread::scope(|scope| {
            let whole =
                || client.get(&format!("{ORGANISATIONS}?format=ndjson&fields=id")).expect(200);
            let streams: Vec<_> = (0..4).map(|_| scope.spawn(whole)).collect();
            let mut others = 0;
            while streams.iter().any(|stream| !stream.is_finished()) {
                client.get(&format!("{ORGANISATIONS}?limit=1&fields=id")).expect(200);
                others += 1;
            }
            for stream in streams {
                let lines = stream.join().expect("no panic").text().lines().count();
                assert_eq!(lines as u64, consortia_tests::h2020::ORGANISATIONS);
            }
            assert!(others > 10, "only {others} others were answered meanwhile");
        });
    });
}

#[test]
fn a_body_on_its_way_takes_no_place_from_others() {
    on_each_engine(|engine| {
        use std::io::Write as _;
        let settings =
            [("CONSORTIA_MAX_REQUESTS_AT_WORK", "1"), ("CONSORTIA_MAX_REQUESTS_WAITING", "1")];
        let api = Server::start_with(Place::fresh(engine), &settings);
        let body = organisation("Slow", "IT").to_string();
        let head = format!(
            "POST {ORGANISATIONS} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: application/json\r\nAuthorization: Bearer {}\r\n\
             Content-Length: {}\r\n\r\n",
            api.token("editor"),
            body.len()
        );
        let mut slow: Vec<_> = (0..50).map(|_| consortia_tests::raw::connect(api.base())).collect();
        for one in &mut slow {
            one.write_all(head.as_bytes()).expect("sent");
        }
        for _ in 0..20 {
            api.unrecorded().get(ORGANISATIONS).expect(200);
        }
        let last = &mut slow[0];
        last.write_all(body.as_bytes()).expect("sent");
        let answer = consortia_tests::raw::read_to_close(last);
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        let made: Value = api.unrecorded().get(ORGANISATIONS).json();
        assert_eq!(made["page"]["total"], 1);
    });
}
