//! What those who watch the service are told.

use consortia_tests::people::administrator;
use consortia_tests::samples::{ORGANISATIONS, PROJECTS, organisation, path};
use consortia_tests::{Client, Engine, Place, Server, on_each_engine, program};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

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

/// Rows of an import that takes a while.
const ROWS: u32 = 4_000;

/// A table of projects in the form of CORDIS.
fn table() -> String {
    let mut table = "id;acronym;status;title;startDate;endDate\n".to_owned();
    for n in 0..ROWS {
        let _ = writeln!(table, "{};P{n};SIGNED;Title {n};2015-01-01;2018-12-31", 700_000 + n);
    }
    table
}

#[test]
fn metrics_tell_how_an_import_comes_along() {
    on_each_engine(|engine| {
        let (api, metrics) = watched(engine);
        let scrape = || metrics.get("/metrics").expect(200).text();
        let before = value(&scrape(), "consortia_network_revision_lag");
        let admin = administrator(&api).unrecorded();
        let upload = admin.request("POST", "/api/v1/imports?name=project.csv");
        let begun = upload.body("text/csv", table()).send().expect(202);
        let mut seen = Vec::new();
        while admin.get(begun.header("location")).expect(200).json()["status"] == "running" {
            let text = scrape();
            if value(&text, "consortia_import_running") > 0.0 {
                seen.push(WHILE_IMPORTING.map(|metric| value(&text, metric)));
            }
        }
        let highest = |n: usize| seen.iter().map(|values| values[n]).fold(0.0, f64::max);
        let [rows, stored, done, in_use, queued, lag] = [0, 1, 2, 3, 4, 5].map(highest);
        println!(
            "{engine:?}: of {} scrapes the highest: {rows} rows read, {stored} stored, {done} done, \
             {in_use} connections in use, {queued} writes queued, {lag} revisions behind",
            seen.len()
        );
        let is_part = |values: &[f64; 6]| 0.0 < values[2] && values[2] < 1.0;
        assert!(seen.iter().any(is_part), "{engine:?}: no part of it is done: {seen:?}");
        assert!(seen.is_sorted_by(|a, b| a[0] <= b[0] && a[1] <= b[1]), "{engine:?}: {seen:?}");
        assert!(rows > 0.0 && rows <= f64::from(ROWS) && stored > 0.0, "{engine:?}: {seen:?}");
        assert!(in_use > 0.0 && queued > 0.0 && lag > 0.0, "{engine:?}: {seen:?}");
        let from = Instant::now();
        let after = loop {
            let text = scrape();
            if value(&text, "consortia_network_revision_lag") <= before {
                break text;
            }
            assert!(from.elapsed() < Duration::from_secs(10), "the network stays behind\n{text}");
            thread::sleep(Duration::from_millis(50));
        };
        for metric in ["import_running", "import_rows_read", "import_done_ratio"] {
            let found = value(&after, &format!("consortia_{metric}"));
            assert!(found <= 0.0, "{metric} is {found} when none runs");
        }
        assert!(before <= 0.0, "behind by {before} before anything was written");
    });
}

/// What moves while an import runs.
const WHILE_IMPORTING: [&str; 6] = [
    "consortia_import_rows_read",
    "consortia_import_records_stored",
    "consortia_import_done_ratio",
    "consortia_database_connections_in_use",
    "consortia_database_writes_queued",
    "consortia_network_revision_lag",
];

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
