//! Walks the document and applies the rules.

use crate::rules;
use serde_json::Value;
use std::fmt;

/// A rule broken somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where in the document.
    pub at: String,
    /// What is wrong.
    pub detail: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.detail)
    }
}

/// One operation of the document.
pub(crate) struct Operation<'a> {
    pub(crate) path: &'a str,
    pub(crate) method: &'a str,
    pub(crate) value: &'a Value,
}

impl Operation<'_> {
    /// Whether it changes something.
    pub(crate) fn writes(&self) -> bool {
        self.method != "get"
    }

    /// Its name, or nothing.
    pub(crate) fn id(&self) -> &str {
        self.value["operationId"].as_str().unwrap_or_default()
    }
}

/// Collects faults.
pub(crate) struct Report(Vec<Fault>);

impl Report {
    /// Notes that `detail` is wrong with `operation`.
    pub(crate) fn operation(&mut self, operation: &Operation<'_>, detail: impl Into<String>) {
        self.at(format!("{} {}", operation.method.to_uppercase(), operation.path), detail);
    }

    /// Notes that `detail` is wrong at `at`.
    pub(crate) fn at(&mut self, at: impl Into<String>, detail: impl Into<String>) {
        self.0.push(Fault { at: at.into(), detail: detail.into() });
    }
}

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Every fault of `document`, which is the OpenAPI document as JSON.
#[must_use]
pub fn lint(document: &Value) -> Vec<Fault> {
    let mut report = Report(Vec::new());
    let operations = operations(document);
    for operation in &operations {
        rules::names(operation, &mut report);
        rules::texts(operation, &mut report);
        rules::parameters(operation, &mut report);
        rules::answers(operation, &mut report);
        rules::security(operation, &mut report);
        rules::preconditions(operation, &mut report);
    }
    rules::unique_ids(&operations, &mut report);
    rules::tags(document, &operations, &mut report);
    rules::fields(document, &mut report);
    rules::terms(document, &mut report);
    rules::references(document, &mut report);
    report.0
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, item)| {
            METHODS.into_iter().filter_map(move |method| {
                Some(Operation { path, method, value: item.get(method)? })
            })
        })
        .collect()
}
