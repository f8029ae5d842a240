//! What those who watch the service are told.

use consortia_tests::samples::{ORGANISATIONS, PROJECTS, organisation, path};
use consortia_tests::{Client, Engine, Place, Server, program};
use std::collections::BTreeSet;
use std::fs;

/// A server that gives metrics, and a client of these.
fn watched(engine: Engine) -> (Server, Client) {
    let settings = [("CONSORTIA_METRICS_LISTEN", "127.0.0.1:0")];
    let api = Server::start_with(Place::fresh(engine), &settings);
    let log = api.log();
    let address = log.lines().find_map(|line| line.strip_prefix("Metrics on "));
    let address = address.and_then(|address| address.strip_suffix("/metrics"));
    let client = Client::new(address.unwrap_or_else(|| panic!("no address in {log}")));
    (api, client)
}

/// The value of a metric with all its labels.
fn value(text: &str, metric: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(metric)?.strip_prefix(' '));
    let value = line.unwrap_or_else(|| panic!("no {metric} in\n{text}"));
    value.parse().expect("a number")
}

#[test]
fn metrics_tell_what_was_asked_and_how_busy_the_service_is() {
    for engine in Engine::ALL {
        let (api, metrics) = watched(engine);
        let made = api.create(ORGANISATIONS, &organisation("Counted", "IT"));
        for _ in 0..3 {
            api.get(&path(ORGANISATIONS, &made)).expect(200);
        }
        api.get(&format!("{PROJECTS}/local:none")).expect(404);
        api.get("/nowhere/at-all").expect(404);
        api.client().request("BREW", "/coffee").send().expect(404);
        let answer = metrics.get("/metrics").expect(200);
        assert!(answer.header("content-type").starts_with("application/openmetrics-text"));
        let text = answer.text();
        let requests = |method: &str, route: &str, status: u16| {
            let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
            value(&text, &format!("consortia_requests_total{{{labels}}}"))
        };
        let near = |found: f64, expected: f64| (found - expected).abs() < f64::EPSILON;
        assert!(near(requests("GET", "/api/v1/organisations/{id}", 200), 3.0), "{text}");
        assert!(near(requests("POST", "/api/v1/organisations", 201), 1.0), "{text}");
        assert!(near(requests("GET", "/api/v1/projects/{id}", 404), 1.0), "{text}");
        assert!(near(requests("GET", "unmatched", 404), 1.0), "{text}");
        assert!(near(requests("other", "unmatched", 404), 1.0), "{text}");
        let kind = "method=\"GET\",route=\"/api/v1/organisations/{id}\"";
        let count = value(&text, &format!("consortia_request_duration_seconds_count{{{kind}}}"));
        assert!(near(count, 3.0), "{text}");
        for (metric, expected) in [
            ("consortia_requests_in_flight", 0.0),
            ("consortia_requests_at_work", 0.0),
            ("consortia_requests_waiting", 0.0),
            ("consortia_requests_shed_total", 0.0),
            ("consortia_requests_rate_limited_total", 0.0),
            ("consortia_log_lines_lost_total", 0.0),
            ("consortia_database_up", 1.0),
            ("consortia_database_writes_queued", 0.0),
            ("consortia_database_reads_waiting", 0.0),
            ("consortia_network_loaded", 1.0),
            ("consortia_import_running", 0.0),
        ] {
            let found = value(&text, metric);
            assert!(near(found, expected), "{metric} is {found}");
        }
        for metric in [
            "consortia_requests_at_work_limit",
            "process_resident_memory_bytes",
            "process_open_fds",
            "process_cpu_seconds_total",
        ] {
            assert!(value(&text, metric) > 0.0, "{metric}");
        }
        assert!(!text.contains(made["id"].as_str().expect("an id")), "no path is a label");
        // The public address does not give them.
        api.get("/metrics").problem(404, "unknown_path");
    }
}

#[test]
fn nobody_gives_metrics_unasked() {
    let api = Server::start(Place::fresh(Engine::Sqlite));
    assert!(!api.log().contains("Metrics"), "{}", api.log());
}

/// The names of metrics of ours in `text`.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let ours = |word: &&str| word.starts_with("consortia_") || word.starts_with("process_");
    words.filter(ours).map(str::to_owned).collect()
}

#[test]
fn dashboard_and_alerts_name_only_what_is_there() {
    let (api, metrics) = watched(Engine::Sqlite);
    api.get(PROJECTS).expect(200);
    let text = metrics.get("/metrics").expect(200).text();
    let there = named(&text);
    for file in ["grafana-dashboard.json", "alerts.yml"] {
        let file = program::repository().join("docs/operations").join(file);
        let wanted = named(&fs::read_to_string(&file).expect("the file"));
        assert!(wanted.len() > 5, "{} names {wanted:?}", file.display());
        let missing: Vec<_> = wanted.difference(&there).collect();
        assert!(missing.is_empty(), "{} names {missing:?}, not in\n{text}", file.display());
    }
}
