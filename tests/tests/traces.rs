//! What collectors of traces are sent, and what they cannot do to requests.

use consortia_tests::collector::{Collector, Mood, attribute};
use consortia_tests::samples::{ORGANISATIONS, PROJECTS, organisation, path};
use consortia_tests::{Client, Engine, Place, Server};
use serde_json::Value;
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const SPAN: &str = "b7ad6b7169203331";

/// A server whose traces go to `endpoint`.
fn traced(engine: Engine, endpoint: &str, more: &[(&str, &str)]) -> Server {
    let mut settings =
        vec![("CONSORTIA_OTLP_ENDPOINT", endpoint), ("CONSORTIA_METRICS_LISTEN", "127.0.0.1:0")];
    settings.extend(more);
    Server::start_with(Place::fresh(engine), &settings)
}

/// The number behind a metric without labels.
fn metric(api: &Server, name: &str) -> f64 {
    let log = api.log();
    let address = log.lines().find_map(|line| line.strip_prefix("Metrics on ")).expect("one");
    let client = Client::new(address.trim_end_matches("/metrics"));
    let text = client.get("/metrics").expect(200).text();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {name} in\n{text}"))
}

/// Waits until `held`, half a minute at most.
fn wait(what: &str, held: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !held() {
        assert!(Instant::now() < deadline, "{what}");
        thread::sleep(Duration::from_millis(50));
    }
}

fn is_request(span: &Value, route: &str) -> bool {
    span["kind"] == 2 && attribute(span, "http.route") == route
}

#[test]
fn a_request_is_a_span_of_the_trace_it_belongs_to_and_its_parts_are_below_it() {
    for engine in Engine::ALL {
        let collector = Collector::start(Mood::Takes);
        let api = traced(engine, &collector.url, &[]);
        let made = api.create(ORGANISATIONS, &organisation("Traced", "IT"));
        let parent = format!("00-{TRACE}-{SPAN}-01");
        let read = api.client().request("GET", &format!("{}?q=secret", path(ORGANISATIONS, &made)));
        read.header("traceparent", &parent).send().expect(400);
        let list = api.client().request("GET", &format!("{ORGANISATIONS}?q=Traced"));
        list.header("traceparent", &parent).send().expect(200);
        let network = format!("{}/partners", path(ORGANISATIONS, &made));
        api.client().request("GET", &network).header("traceparent", &parent).send().expect(200);
        let elsewhere = api.client().request("BREW", "/nowhere");
        elsewhere.header("traceparent", &parent).send().expect(404);

        let in_trace = |span: &Value| span["traceId"] == TRACE;
        let lists = collector.wait_for(|it| in_trace(it) && is_request(it, ORGANISATIONS));
        let [list] = lists.as_slice() else { panic!("{lists:#?}") };
        assert_eq!(list["name"], format!("GET {ORGANISATIONS}"));
        assert_eq!(list["parentSpanId"], SPAN);
        assert_eq!(attribute(list, "http.request.method"), "GET");
        assert_eq!(attribute(list, "http.response.status_code"), "200");
        assert_eq!(list["status"], serde_json::json!({}));
        let time = |of: &Value, end: &str| -> u128 {
            of[end].as_str().and_then(|text| text.parse().ok()).expect("nanoseconds")
        };
        let (start, end) = (time(list, "startTimeUnixNano"), time(list, "endTimeUnixNano"));
        assert!(start < end);
        let parts: Vec<Value> =
            collector.wait_for(|it| in_trace(it) && it["parentSpanId"] == list["spanId"]);
        let names: Vec<_> = parts.iter().map(|part| part["name"].as_str().unwrap_or("")).collect();
        for name in ["authenticate", "query", "render"] {
            assert!(names.contains(&name), "{name} is not in {names:?}");
        }
        for part in &parts {
            assert!(start <= time(part, "startTimeUnixNano"));
        }
        let query = parts.iter().find(|part| part["name"] == "query").expect("one");
        let (kind, system) = match engine {
            Engine::Sqlite => (1, "sqlite"),
            Engine::Postgres => (3, "postgresql"),
        };
        assert_eq!(query["kind"], kind);
        assert_eq!(attribute(query, "db.system.name"), system);

        // The network is asked within a query, which is a part of a request.
        let of_network = collector.wait_for(|it| in_trace(it) && it["name"] == "network");
        let within = collector.wait_for(|it| it["spanId"] == of_network[0]["parentSpanId"]);
        assert_eq!(within[0]["name"], "query");
        let above = collector.wait_for(|it| it["spanId"] == within[0]["parentSpanId"]);
        assert!(is_request(&above[0], "/api/v1/organisations/{id}/partners"), "{above:#?}");

        let refused =
            collector.wait_for(|it| in_trace(it) && is_request(it, "/api/v1/organisations/{id}"));
        assert_eq!(attribute(&refused[0], "http.response.status_code"), "400");
        let unknown = collector.wait_for(|it| attribute(it, "http.request.method") == "_OTHER");
        assert_eq!(
            (&unknown[0]["name"], attribute(&unknown[0], "http.route")),
            (&"HTTP".into(), Value::Null)
        );

        // Without a trace of its own a request begins one, which the log names too.
        let created = collector.wait_for(|it| it["name"] == format!("POST {ORGANISATIONS}"));
        assert_eq!(created[0]["parentSpanId"], "");
        let trace = created[0]["traceId"].as_str().expect("an id");
        assert!(trace.len() == 32 && trace != TRACE && api.log().contains(trace));
        let writes = collector.wait_for(|it| it["name"] == "write" && it["traceId"] == trace);
        assert_eq!(writes.len(), 1);

        // No more is told than is listed.
        let all = collector.text();
        let token = api.token("staff");
        let signed = token.split('.').next().expect("a header");
        for secret in
            [signed, "secret", "Traced", "Bearer", "q=", made["id"].as_str().expect("one")]
        {
            assert!(!all.contains(secret), "'{secret}' is in\n{all}");
        }
        let sent = u32::try_from(collector.spans().len()).expect("few");
        wait("they are counted", || {
            metric(&api, "consortia_trace_spans_sent_total") >= sent.into()
        });
        assert!(metric(&api, "consortia_trace_spans_lost_total") < 0.5);
    }
}

#[test]
fn who_asks_decides_whether_a_trace_is_recorded_and_else_the_share_does() {
    let collector = Collector::start(Mood::Takes);
    let api = traced(Engine::Sqlite, &collector.url, &[("CONSORTIA_OTLP_SAMPLE_RATIO", "0")]);
    let ask = |route: &str, flags: &str| {
        let asked = api.client().request("GET", route);
        asked.header("traceparent", &format!("00-{TRACE}-{SPAN}-{flags}")).send().expect(200);
    };
    api.get("/api/v1/programmes").expect(200);
    ask("/api/v1/calls", "00");
    ask(PROJECTS, "01");
    let spans = collector.wait_for(|span| span["kind"] == 2);
    assert!(spans.len() == 1 && is_request(&spans[0], PROJECTS), "{spans:#?}");
}

#[test]
fn what_is_left_is_sent_when_a_server_stops() {
    let collector = Collector::start(Mood::Takes);
    let mut api = traced(Engine::Sqlite, &collector.url, &[]);
    api.get(PROJECTS).expect(200);
    assert!(api.stop().success());
    assert!(collector.spans().iter().any(|span| is_request(span, PROJECTS)));
}

#[test]
fn a_collector_that_does_not_take_spans_loses_them_and_nothing_else() {
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port");
    let nobody = format!("http://{}", closed.local_addr().expect("an address"));
    drop(closed);
    let refuses = Collector::start(Mood::Refuses).url;
    let hangs = Collector::start(Mood::Hangs);
    // While one hangs, more come than the queue has room for: each request is four spans or five.
    for (endpoint, requests) in [(&nobody, 50), (&refuses, 50), (&hangs.url, 1500)] {
        let mut api = traced(Engine::Sqlite, endpoint, &[]);
        for _ in 0..requests {
            api.get("/api/v1/programmes?limit=1").expect(200);
        }
        wait("the lost are counted", || metric(&api, "consortia_trace_spans_lost_total") > 0.5);
        assert!(metric(&api, "consortia_trace_spans_sent_total") < 0.5, "{endpoint}");
        assert!(api.stop().success(), "it ends without them");
    }
    assert!(!hangs.text().is_empty(), "it was asked");
}

#[test]
fn nobody_is_sent_traces_unasked_and_a_wrong_address_is_told() {
    let api = Server::start(Place::fresh(Engine::Sqlite));
    let asked = api.client().request("GET", PROJECTS);
    asked.header("traceparent", &format!("00-{TRACE}-{SPAN}-01")).send().expect(200);
    wait("the log names the trace all the same", || api.log().contains(TRACE));
    for (name, value, expected) in [
        ("CONSORTIA_OTLP_ENDPOINT", "localhost:4318", "http://127.0.0.1:4318"),
        ("CONSORTIA_OTLP_ENDPOINT", "http://me:secret@127.0.0.1", "without user and password"),
        ("CONSORTIA_OTLP_SAMPLE_RATIO", "2", "a number from 0 to 1"),
    ] {
        let command = Place::empty(Engine::Sqlite).command(&["serve"]).env(name, value).output();
        let output = command.expect("it runs");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && told.contains(expected), "{told}");
        assert!(!told.contains("secret"), "{told}");
    }
}
