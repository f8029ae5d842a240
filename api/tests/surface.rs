//! What the router holds, whole: everything that is registered is described, wherever in the
//! source that is done.

use crate::common::state;
use actix_web::test::{self, TestRequest};
use consortia_api::app::app;
use std::collections::BTreeSet;
use std::str::Lines;
use tempfile::tempdir;

/// The pages for people, which are not in the document.
const PAGES: [&str; 6] = ["/", "/docs", "/docs/", "/docs/{file}", "/problems", "/openapi.json"];

/// The addresses of everything in the router, from how it shows itself: it has no other way to
/// tell of all it holds.
fn addresses(router: &str) -> BTreeSet<String> {
    let mut lines = router.lines();
    let mut scopes: Vec<(usize, String)> = Vec::new();
    let mut found = BTreeSet::new();
    while let Some(line) = lines.next() {
        let (text, depth) = (line.trim_start(), line.len() - line.trim_start().len());
        if text.ends_with("\": ResourceMap {") {
            // The same once more, by its name.
            let end = format!("{}}},", " ".repeat(depth));
            assert!(lines.any(|line| line == end), "{line} has no end");
        } else if text == "patterns: Single(" {
            let pattern = lines.next().map(|line| line.trim().trim_end_matches(','));
            let pattern = pattern.and_then(|it| it.strip_prefix('"')?.strip_suffix('"'));
            scopes.retain(|(outer, _)| *outer < depth);
            let above = scopes.last().map_or("", |(_, prefix)| prefix);
            scopes.push((depth, format!("{above}{}", pattern.expect("a pattern"))));
        } else if text == "nodes: None," || (text == "nodes: Some(" && is_empty(&lines)) {
            found.extend(scopes.last().map(|(_, address)| address.clone()));
        }
        assert!(!text.starts_with("patterns: List"), "several addresses of one resource: {line}");
    }
    found
}

/// Whether the list that begins here holds nothing: a scope of which only the answer to what it
/// does not know is served.
fn is_empty(lines: &Lines<'_>) -> bool {
    lines.clone().next().is_some_and(|line| line.trim() == "[],")
}

#[actix_web::test]
async fn everything_in_the_router_is_described() {
    let dir = tempdir().expect("a directory");
    let service = test::init_service(app(state(&dir, &[]))).await;
    let request = TestRequest::get().uri("/nowhere").to_request();
    let answer = test::call_service(&service, request).await;
    let registered = addresses(&format!("{:#?}", answer.request().resource_map()));
    let document = consortia_api::openapi::openapi();
    let described = document.paths.paths.keys().cloned();
    let described: BTreeSet<_> = described.chain(PAGES.map(str::to_owned)).collect();
    assert_eq!(registered, described);
}
