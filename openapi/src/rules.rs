//! The rules, one function each. What they enforce is written in `docs/API-DESIGN.md`.

use crate::lint::{Operation, Report};
use serde_json::Value;
use std::collections::BTreeSet;

const PROBLEM: &str = "application/problem+json";

/// Whether `name` is `snake_case`.
fn is_snake(name: &str) -> bool {
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase());
    starts && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Operations are called `verb_resource`; paths are plural and kebab-case.
pub(crate) fn names(operation: &Operation<'_>, report: &mut Report) {
    const VERBS: [&str; 8] =
        ["list", "get", "create", "replace", "update", "delete", "search", "start"];
    let id = operation.id();
    let verb = id.split('_').next().unwrap_or_default();
    if !VERBS.contains(&verb) || !id.contains('_') || !is_snake(id) {
        let verbs = VERBS.join(", ");
        report.operation(operation, format!("operationId '{id}' is not verb_resource ({verbs})"));
    }
    let fits = match operation.method {
        "get" => ["list", "get", "search"].contains(&verb),
        "post" => ["create", "start"].contains(&verb),
        "put" => verb == "replace",
        "patch" => verb == "update",
        _ => verb == "delete",
    };
    if !fits {
        report.operation(operation, format!("operationId '{id}' does not fit the method"));
    }
    for segment in operation.path.split('/').filter(|segment| !segment.is_empty()) {
        let name = segment.trim_matches(['{', '}']);
        let kebab = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !kebab && !is_snake(name) {
            report.operation(operation, format!("'{segment}' in the path is not lower case"));
        }
    }
}

/// Every operation says what it does, in short and at length.
pub(crate) fn texts(operation: &Operation<'_>, report: &mut Report) {
    for field in ["summary", "description"] {
        let text = operation.value[field].as_str().unwrap_or_default();
        if text.trim().is_empty() {
            report.operation(operation, format!("has no {field}"));
        }
    }
    let summary = operation.value["summary"].as_str().unwrap_or_default();
    if summary.ends_with('.') || summary.len() > 80 {
        report.operation(operation, "the summary is a short phrase without a full stop");
    }
}

/// Every parameter is described, and named `snake_case` unless it is a header.
pub(crate) fn parameters(operation: &Operation<'_>, report: &mut Report) {
    let parameters = operation.value["parameters"].as_array().into_iter().flatten();
    for parameter in parameters {
        let name = parameter["name"].as_str().unwrap_or_default();
        if parameter["in"] != "header" && !is_snake(name) {
            report.operation(operation, format!("parameter '{name}' is not snake_case"));
        }
        if parameter["description"].as_str().unwrap_or_default().trim().is_empty() {
            report.operation(operation, format!("parameter '{name}' has no description"));
        }
    }
    let pages =
        operation.value["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
            .as_str()
            .is_some_and(|schema| schema.contains("/List_"));
    for name in ["limit", "cursor", "format"] {
        let declared = operation.value["parameters"].as_array().into_iter().flatten();
        if pages && !declared.clone().any(|parameter| parameter["name"] == name) {
            report.operation(operation, format!("answers a page but takes no '{name}'"));
        }
    }
    for placeholder in operation.path.split('{').skip(1) {
        let name = placeholder.split('}').next().unwrap_or_default();
        let declared = operation.value["parameters"].as_array().into_iter().flatten();
        if !declared.clone().any(|p| p["in"] == "path" && p["name"] == name) {
            report.operation(operation, format!("path parameter '{name}' is not declared"));
        }
    }
}

/// Whether a body is text, of which an example can be shown.
fn is_text(content: &Value) -> bool {
    const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    content.as_object().is_none_or(|types| types.keys().any(|name| name != WORKBOOK))
}

fn has_example(content: &Value) -> bool {
    let media_types = content.as_object().into_iter().flatten();
    media_types.clone().any(|(_, media)| {
        !media["example"].is_null() || media["examples"].as_object().is_some_and(|e| !e.is_empty())
    })
}

/// Every operation shows an example of success, and every error is a problem document.
pub(crate) fn answers(operation: &Operation<'_>, report: &mut Report) {
    let empty = serde_json::Map::new();
    let answers = operation.value["responses"].as_object().unwrap_or(&empty);
    // Only questions about health are never sent away.
    let probe = operation.path.starts_with("/health");
    let mut needed: Vec<&str> = if probe { vec![] } else { vec!["429", "500", "503"] };
    if operation.writes() {
        needed.extend(["401", "400"]);
    }
    if operation.writes() && !opens_accounts(operation) {
        needed.push("403");
    }
    if !operation.value["requestBody"].is_null() {
        needed.extend(["413", "415", "408"]);
    }
    if takes_if_match(operation) {
        needed.extend(["412", "428", "410"]);
    }
    if operation.path.contains('{') {
        needed.push("404");
    }
    for status in needed {
        if !answers.contains_key(status) {
            report.operation(operation, format!("the answer {status} is not described"));
        }
    }
    if !answers.keys().any(|status| status.starts_with('2')) {
        report.operation(operation, "no successful answer is described");
    }
    for (status, answer) in answers {
        if answer["description"].as_str().unwrap_or_default().trim().is_empty() {
            report.operation(operation, format!("the answer {status} has no description"));
        }
        if status.starts_with(['4', '5']) && answer["content"][PROBLEM].is_null() {
            report.operation(operation, format!("the answer {status} is not {PROBLEM}"));
        }
        let has_body = status.starts_with('2') && status != "204" && is_text(&answer["content"]);
        if has_body && !has_example(&answer["content"]) {
            report.operation(operation, format!("the answer {status} has no example"));
        }
    }
    let body = &operation.value["requestBody"]["content"];
    let json = body.as_object().is_some_and(|types| types.keys().any(|name| name.contains("json")));
    if json && !has_example(body) {
        report.operation(operation, "the request body has no example");
    }
}

/// Whether the operation is how one comes by a token, which nobody can send before.
fn opens_accounts(operation: &Operation<'_>) -> bool {
    ["create_session", "create_session_renewal"].contains(&operation.id())
}

/// Whether the operation changes what somebody may have changed meanwhile.
fn takes_if_match(operation: &Operation<'_>) -> bool {
    let parameters = operation.value["parameters"].as_array().into_iter().flatten();
    parameters.into_iter().any(|parameter| parameter["name"] == "If-Match")
}

/// Changing or deleting a record takes the version that was read; what has no version is little.
pub(crate) fn preconditions(operation: &Operation<'_>, report: &mut Report) {
    const WITHOUT_VERSION: [&str; 4] =
        ["delete_session", "delete_read_token", "replace_account_password", "replace_own_password"];
    let changes = ["put", "patch", "delete"].contains(&operation.method);
    if changes && !takes_if_match(operation) && !WITHOUT_VERSION.contains(&operation.id()) {
        report.operation(operation, "changes a record without 'If-Match'");
    }
}

/// Writes need a token; reads do not ask for one.
pub(crate) fn security(operation: &Operation<'_>, report: &mut Report) {
    let secured = operation.value["security"].as_array().is_some_and(|list| !list.is_empty());
    if operation.writes() && !secured && !opens_accounts(operation) {
        report.operation(operation, "writes but asks for no security");
    }
}

/// No two operations share a name.
pub(crate) fn unique_ids(operations: &[Operation<'_>], report: &mut Report) {
    let mut seen = BTreeSet::new();
    for operation in operations {
        if !seen.insert(operation.id()) {
            report.operation(operation, format!("operationId '{}' is taken", operation.id()));
        }
    }
}

/// Every operation has one tag, and every tag used is explained.
pub(crate) fn tags(document: &Value, operations: &[Operation<'_>], report: &mut Report) {
    let explained: BTreeSet<&str> = document["tags"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|tag| tag["description"].as_str().is_some_and(|text| !text.is_empty()))
        .filter_map(|tag| tag["name"].as_str())
        .collect();
    for operation in operations {
        match operation.value["tags"].as_array().map(Vec::as_slice) {
            Some([tag]) if tag.as_str().is_some_and(|tag| explained.contains(tag)) => {}
            _ => report.operation(operation, "needs exactly one tag, explained in the document"),
        }
    }
}

/// Fields of schemas are `snake_case`, and described.
pub(crate) fn fields(document: &Value, report: &mut Report) {
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    for (name, schema) in schemas {
        let parts = schema["allOf"].as_array().into_iter().flatten().chain([schema]);
        for part in parts {
            for (field, property) in part["properties"].as_object().into_iter().flatten() {
                if !is_snake(field) {
                    report.at(name, format!("field '{field}' is not snake_case"));
                }
                if !is_described(property) {
                    report.at(name, format!("field '{field}' has no description"));
                }
            }
        }
    }
}

/// Whether a property is described, itself or in one of its alternatives.
fn is_described(property: &Value) -> bool {
    let text = |value: &Value| value["description"].as_str().is_some_and(|text| !text.is_empty());
    let mut alternatives = ["oneOf", "anyOf", "allOf"]
        .into_iter()
        .flat_map(|name| property[name].as_array().into_iter().flatten());
    text(property) || property["$ref"].is_string() || alternatives.any(is_described)
}

/// Terms of closed lists are written as requests and answers write them: in `snake_case`.
pub(crate) fn terms(document: &Value, report: &mut Report) {
    fn walk(value: &Value, at: &str, report: &mut Report) {
        match value {
            Value::Object(map) => {
                let terms = map.get("enum").and_then(Value::as_array).into_iter().flatten();
                for term in terms.filter_map(Value::as_str).filter(|term| !is_snake(term)) {
                    report.at(at, format!("the term '{term}' is not snake_case"));
                }
                for (name, inner) in map.iter().filter(|(name, _)| *name != "example") {
                    walk(inner, &format!("{at}/{name}"), report);
                }
            }
            Value::Array(items) => {
                for (n, inner) in items.iter().enumerate() {
                    walk(inner, &format!("{at}/{n}"), report);
                }
            }
            _ => {}
        }
    }
    walk(document, "", report);
}

/// Every `$ref` leads somewhere.
pub(crate) fn references(document: &Value, report: &mut Report) {
    fn walk(value: &Value, document: &Value, at: &str, report: &mut Report) {
        match value {
            Value::Object(map) => {
                if let Some(target) = map.get("$ref").and_then(Value::as_str) {
                    let found = target.strip_prefix('#').and_then(|path| document.pointer(path));
                    if found.is_none() {
                        report.at(at, format!("'{target}' leads nowhere"));
                    }
                }
                for (name, inner) in map {
                    walk(inner, document, &format!("{at}/{name}"), report);
                }
            }
            Value::Array(items) => {
                for (n, inner) in items.iter().enumerate() {
                    walk(inner, document, &format!("{at}/{n}"), report);
                }
            }
            _ => {}
        }
    }
    walk(document, document, "", report);
}
