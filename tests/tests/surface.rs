//! The whole surface, driven by the document: what is described is served and nothing else, and
//! every answer is as careful as the others.

use consortia_tests::samples::{ORGANISATIONS, PROJECTS, organisation, project};
use consortia_tests::{Answer, Client, Engine, Place, Server, on_each_engine};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
const PAGES: [&str; 5] = ["/", "/docs", "/docs/", "/problems", "/openapi.json"];
const PAGE: &str = "https://pages.example.org";

/// What no error may tell of.
const INSIDES: [&str; 14] = [
    ".rs",
    "panic",
    "diesel",
    "sqlite",
    "postgres",
    "pg_",
    "sqlstate",
    "select ",
    "insert ",
    "no such table",
    "no such column",
    "constraint",
    "/tmp",
    "/home",
];

/// A server that lets pages of one other origin read it.
fn server(engine: Engine) -> Server {
    Server::start_with(Place::fresh(engine), &[("CONSORTIA_CORS_ORIGINS", PAGE)])
}

/// Every path of the document, with what is described there.
fn paths(api: &Server) -> Map<String, Value> {
    let document = api.unrecorded().get("/openapi.json").expect(200).json();
    document["paths"].as_object().expect("paths").clone()
}

/// The methods a path is described with, in capitals.
fn methods(item: &Value) -> BTreeSet<String> {
    METHODS
        .iter()
        .filter(|name| item.get(**name).is_some())
        .map(|name| name.to_uppercase())
        .collect()
}

/// An address of this path at which there is no record.
fn nowhere(path: &str) -> String {
    let nobody = "0198c0de-0000-7000-8000-000000000000";
    let parts = path.split('/').map(|part| if part.starts_with('{') { nobody } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// Asks for an operation as `client`, with a body that says nothing.
fn ask(client: &Client, method: &str, path: &str, origin: &str) -> Answer {
    let request = client.request(method, &nowhere(path)).header("Origin", origin);
    match method {
        "POST" => request.json(&json!({})),
        "PUT" | "PATCH" => request.header("If-Match", "*").json(&json!({})),
        "DELETE" => request.header("If-Match", "*"),
        _ => request,
    }
    .send()
}

/// What every answer must have, and must not, unless the server itself is broken.
fn check(answer: &Answer) {
    let told = format!("{} {:?}", answer.request, answer.headers);
    assert!(answer.status < 500 || answer.status == 503, "{told}\n{}", answer.text());
    check_care(answer);
}

/// What every answer must have, and must not.
fn check_care(answer: &Answer) {
    let told = format!("{} {:?}", answer.request, answer.headers);
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{told}");
    assert_eq!(answer.header("referrer-policy"), "no-referrer", "{told}");
    assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{told}");
    assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{told}");
    assert!(!answer.header("x-request-id").is_empty(), "{told}");
    for name in ["set-cookie", "server", "x-powered-by", "access-control-allow-credentials"] {
        assert!(answer.maybe_header(name).is_none(), "{told}");
    }
    if answer.status >= 400 {
        assert_eq!(answer.header("content-type"), "application/problem+json", "{told}");
        let text = answer.text().to_lowercase();
        for inside in INSIDES {
            assert!(!text.contains(inside), "{told} tells of '{inside}':\n{text}");
        }
    }
}

#[test]
fn every_operation_is_served_as_described_and_answers_with_care() {
    on_each_engine(|engine| {
        let api = server(engine);
        let anyone = api.anonymous().unrecorded();
        let admin = anyone.with_token(&api.token("admin"));
        for (path, item) in paths(&api) {
            for method in methods(&item) {
                let operation = &item[method.to_lowercase()];
                for (client, origin) in [(&anyone, "https://evil.example.org"), (&admin, PAGE)] {
                    let answer = ask(client, &method, &path, origin);
                    check(&answer);
                    let told =
                        format!("{} answers {}\n{}", answer.request, answer.status, answer.text());
                    let described = &operation["responses"][answer.status.to_string()];
                    assert!(described.is_object(), "{told}");
                    let media_type = answer.maybe_header("content-type").unwrap_or_default();
                    let essence = media_type.split(';').next().unwrap_or_default();
                    let content = described["content"].as_object();
                    let known = content.is_none_or(|types| types.contains_key(essence));
                    assert!(known, "{told} as {media_type}");
                    if answer.status >= 400 {
                        assert_ne!(answer.json()["code"], "unknown_path", "{told}");
                    }
                    let allowed = answer.maybe_header("access-control-allow-origin");
                    let reads = method == "GET" && origin == PAGE;
                    assert_eq!(allowed.is_some(), reads, "{told} to {origin}: {allowed:?}");
                    let needs = operation["security"].as_array().is_some_and(|all| !all.is_empty());
                    let asked_for_token = answer.status == 401;
                    let is_anyone = origin != PAGE;
                    assert_eq!(asked_for_token, needs && is_anyone, "{told}");
                }
            }
        }
    });
}

#[test]
fn nothing_is_served_that_is_not_described() {
    on_each_engine(|engine| {
        let api = server(engine);
        let admin = api.unrecorded().with_token(&api.token("admin"));
        let paths = paths(&api);
        for (path, item) in &paths {
            let described = methods(item);
            // `/programmes/tree` is also a record of which nobody knows.
            let fitting = paths.iter().filter(|(other, _)| fits(other, &nowhere(path)));
            let possible: BTreeSet<String> = fitting.flat_map(|(_, item)| methods(item)).collect();
            for method in METHODS.map(str::to_uppercase) {
                if possible.contains(&method) {
                    continue;
                }
                let answer = ask(&admin, &method, path, PAGE);
                check(&answer);
                answer.problem(405, "method_not_allowed");
                let allowed = answer.header("allow").split(", ").map(str::to_owned);
                let allowed: BTreeSet<String> =
                    allowed.filter(|name| !["HEAD", "OPTIONS"].contains(&name.as_str())).collect();
                assert!(
                    allowed == described || allowed == possible,
                    "{} allows {allowed:?}",
                    answer.request
                );
            }
            // What lies above and below is described too, or is not there.
            let above = path.rsplit_once('/').map_or("", |(above, _)| above);
            for near in [above.to_owned(), format!("{path}/"), format!("{path}/more/still")] {
                let known = paths.keys().any(|other| fits(other, &nowhere(&near)));
                if !known && !near.is_empty() {
                    ask(&admin, "GET", &near, PAGE).problem(404, "unknown_path");
                }
            }
        }
        for page in PAGES {
            for method in METHODS.map(str::to_uppercase).iter().filter(|it| *it != "GET") {
                ask(&admin, method, page, PAGE).problem(405, "method_not_allowed");
            }
        }
    });
}

#[test]
fn faults_of_the_store_tell_nothing_of_it() {
    on_each_engine(|engine| {
        let api = server(engine);
        let admin = api.unrecorded().with_token(&api.token("admin"));
        let made = admin.post(ORGANISATIONS, &organisation("O", "IT")).expect(201).json();
        let mut identified = project("P", "2020");
        identified["external_ids"] = json!([{"scheme": "cordis", "value": "101004635"}]);
        let parent = admin.post(PROJECTS, &identified).expect(201).json();
        let named = |name: &str| organisation(name, "IT");
        // What engines refuse by themselves: what is there already, what is not, what others
        // refer to, and texts and numbers beyond what they hold.
        let mut child = named("C");
        child["parent_id"] = made["id"].clone();
        admin.post(ORGANISATIONS, &child).expect(201);
        check(&admin.delete(&format!("{ORGANISATIONS}/{}", made["id"].as_str().expect("id")), "*"));
        child["parent_id"] = json!("0198c0de-0000-7000-8000-000000000000");
        let mut dear = project("D", "2020");
        dear["total_cost"] = json!({"amount": 1e300, "currency": "EUR"});
        for (path, body) in [
            (PROJECTS, &identified),
            (ORGANISATIONS, &child),
            (ORGANISATIONS, &named("N\0")),
            (ORGANISATIONS, &named(&"漢".repeat(50_000))),
            (PROJECTS, &dear),
        ] {
            let answer = admin.post(path, body);
            check(&answer);
            assert!((400..500).contains(&answer.status), "{engine:?}: {}", answer.text());
        }
        for query in ["q=%00", "q=%22%27--;*", "limit=99999999999999999999", "version=-1"] {
            check(&admin.get(&format!("{PROJECTS}?{query}")));
        }
        // And what nobody foresees.
        for table in ["organisations", "projects", "revisions"] {
            drop(api.place().query(&format!("ALTER TABLE {table} RENAME TO {table}_elsewhere")));
        }
        let known = [("project", &parent), ("organisation", &made)];
        let mut broken = 0;
        for (path, item) in paths(&api) {
            // What has begun to arrive ends early, without a word.
            if path == "/api/v1/bundle" {
                continue;
            }
            for method in methods(&item) {
                let mut path = path.clone();
                for (kind, record) in known {
                    let id = record["id"].as_str().expect("an id");
                    path = path.replace(&format!("/{kind}s/{{id}}"), &format!("/{kind}s/{id}"));
                }
                let answer = ask(&admin, &method, &path, PAGE);
                check_care(&answer);
                if answer.status >= 500 {
                    assert!(!answer.text().contains("elsewhere"), "{}", answer.text());
                    broken += 1;
                }
            }
        }
        println!("{engine:?}: {broken} operations told that something went wrong");
        assert!(broken > 90, "{engine:?}: only {broken} operations met a fault of the store");
    });
}

/// Whether `path`, as the document writes it, stands for `address`.
fn fits(path: &str, address: &str) -> bool {
    let (pattern, parts) = (path.split('/'), address.split('/'));
    pattern.clone().count() == parts.clone().count()
        && pattern
            .zip(parts)
            .all(|(of, part)| of == part || (of.starts_with('{') && !part.is_empty()))
}

#[test]
fn pages_run_no_scripts_but_their_own() {
    let api = server(Engine::Sqlite);
    let client = api.anonymous().unrecorded();
    for page in PAGES.into_iter().chain(["/docs/swagger-ui.css", "/docs/nothing", "/nowhere"]) {
        let answer = client.get(page);
        check(&answer);
        let policy = answer.header("content-security-policy");
        let scripts = policy.split(';').find(|part| part.trim().starts_with("script-src"));
        assert!(scripts.is_none_or(|part| part.trim() == "script-src 'self'"), "{page}: {policy}");
    }
    let preflight = client
        .request("OPTIONS", "/api/v1/projects")
        .header("Origin", PAGE)
        .header("Access-Control-Request-Method", "DELETE")
        .send();
    let methods = preflight.maybe_header("access-control-allow-methods").unwrap_or_default();
    assert!(!methods.contains("DELETE") && !methods.contains("POST"), "{methods}");
    assert!(preflight.maybe_header("access-control-allow-credentials").is_none());
}
