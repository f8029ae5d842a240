//! Every documented operation, tried by schemathesis against the document that is served.

use consortia_tests::{h2020, on_both_engines};
use std::env;
use std::process::Command;

/// The folder of schemathesis's own settings.
const SETTINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/schemathesis");

#[test]
#[ignore = "takes minutes, and schemathesis: CONTRIBUTING.md says how to install and run it"]
fn nothing_is_answered_that_the_document_does_not_say() {
    on_both_engines(|api| {
        let catalogue = h2020::catalogue(api.place());
        api.place().run(&["import", "bundle", catalogue.to_str().expect("UTF-8")]);
        let document = format!("{}/openapi.json", api.client().base());
        let bearer = format!("Authorization: Bearer {}", api.token("admin"));
        let program = env::var("SCHEMATHESIS").unwrap_or_else(|_| "schemathesis".to_owned());
        let mut command = Command::new(&program);
        command.current_dir(SETTINGS).args(["run", &document, "-H", &bearer]);
        command.args(["--max-examples", "10", "--request-timeout", "30"]);
        let output = command.output().unwrap_or_else(|fault| panic!("{program}: {fault}"));
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{told}");
        assert_eq!(api.get("/health/ready").status, 200);
    });
}
