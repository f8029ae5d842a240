//! Every documented operation, tried by schemathesis against the document that is served.

use consortia_tests::{Place, Server, h2020, on_each_engine};
use serde_json::Value;
use std::collections::BTreeMap;
use std::env;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Command;

/// The folder of schemathesis's own settings.
const SETTINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/schemathesis");

/// What schemathesis does, one after the other: the examples of the document, what lies at the
/// bounds of each schema, what is drawn from it, and chains of requests.
const PHASES: [&str; 4] = ["examples", "coverage", "fuzzing", "stateful"];

#[test]
#[ignore = "takes minutes, and schemathesis: CONTRIBUTING.md says how to install and run it"]
fn nothing_is_answered_that_the_document_does_not_say() {
    on_each_engine(|engine| {
        let api = Server::start(Place::fresh(engine));
        let catalogue = h2020::catalogue(api.place());
        api.place().run(&["import", "bundle", catalogue.to_str().expect("UTF-8")]);
        let document = format!("{}/openapi.json", api.client().base());
        let bearer = format!("Authorization: Bearer {}", api.token("admin"));
        let report = api.place().folder().join("schemathesis.ndjson");
        let program = env::var("SCHEMATHESIS").unwrap_or_else(|_| "schemathesis".to_owned());
        let mut command = Command::new(&program);
        command.current_dir(SETTINGS).args(["run", &document, "-H", &bearer]);
        command.args(["--report", "ndjson", "--report-ndjson-path"]).arg(&report);
        let output = command.output().unwrap_or_else(|fault| panic!("{program}: {fault}"));
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{engine:?}:\n{told}");
        let tried = tried(&report);
        println!("{engine:?}: {tried:?}");
        for phase in PHASES {
            let cases = tried.get(phase).copied().unwrap_or_default();
            assert!(cases > 0, "{engine:?}: the phase '{phase}' tried nothing\n{told}");
        }
        assert_eq!(api.get("/health/ready").status, 200);
    });
}

/// How many requests each phase made up, by the report of all that happened.
fn tried(report: &Path) -> BTreeMap<String, usize> {
    let mut tried = BTreeMap::new();
    for line in BufReader::new(File::open(report).expect("the report")).lines() {
        let event: Value = serde_json::from_str(&line.expect("a line")).expect("JSON");
        let scenario = &event["ScenarioFinished"];
        if let (Some(phase), Some(cases)) =
            (scenario["phase"].as_str(), scenario["recorder"]["cases"].as_object())
        {
            *tried.entry(phase.to_owned()).or_default() += cases.len();
        }
    }
    tried
}
