//! Whatever goes wrong, the answer is a problem document that says how to mend it.

use crate::common::{client, token};
use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use consortia_api::auth::UserRole;
use consortia_api::problem::Code;
use serde_json::json;
use tempfile::tempdir;

#[actix_web::test]
async fn unknown_paths_and_methods() {
    let dir = tempdir().expect("a directory");
    let client = client(&dir, &[]).await;
    for path in
        ["/nothing", "/api/v1/nothing", "/api/v2", "/api/v1/projects/a/b/c", "//", "/docs/x"]
    {
        let answer = client.get(path).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (StatusCode::NOT_FOUND, "unknown_path")
        );
    }
    for (method, path, allow) in [
        (Method::POST, "/api/v1", "GET, HEAD, OPTIONS"),
        (Method::DELETE, "/api/v1/projects", "GET, POST, HEAD, OPTIONS"),
        (Method::POST, "/api/v1/projects/x", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
        (Method::PUT, "/health/live", "GET, HEAD, OPTIONS"),
        (Method::TRACE, "/openapi.json", "GET, HEAD, OPTIONS"),
        (Method::PATCH, "/docs/", "GET, HEAD, OPTIONS"),
    ] {
        let answer = client.send(TestRequest::default().method(method).uri(path)).await;
        assert_eq!(answer.problem(), "method_not_allowed", "{path}");
        assert_eq!(answer.header("allow"), allow, "{path}");
        let options = client.send(TestRequest::default().method(Method::OPTIONS).uri(path)).await;
        assert_eq!((options.status, options.header("allow")), (StatusCode::NO_CONTENT, allow));
        assert_eq!(options.text, "");
    }
}

#[actix_web::test]
async fn malformed_requests() {
    let dir = tempdir().expect("a directory");
    let client = client(&dir, &[]).await;
    let long = format!("/api/v1/projects?q={}", "a".repeat(20_000));
    for (uri, code) in [
        ("/api/v1/%ff", "malformed_request"),
        ("/api/v1/%zz", "malformed_request"),
        ("/api/v1/projects?q=%ff", "invalid_parameters"),
        ("/api/v1/projects?q=%0", "invalid_parameters"),
        (long.as_str(), "uri_too_long"),
        ("/api/v1/projects/not-an-id", "invalid_parameters"),
        ("/api/v1/projects/nonsense:1", "invalid_parameters"),
    ] {
        assert_eq!(client.get(uri).await.problem(), code, "{uri}");
    }
    let nul = client.get("/api/v1/projects?q=a%00b").await;
    assert_eq!(nul.problem(), "invalid_parameters");
    assert!(nul.text.contains("NUL"), "{}", nul.text);
    for id in ["a".repeat(9000), format!("pic:{}", "9".repeat(9000))] {
        let answer = client.get(&format!("/api/v1/projects/{id}")).await;
        assert!(answer.text.len() < 1500, "{}", answer.text);
    }
}

#[actix_web::test]
async fn serde_names_in_texts_are_only_texts() {
    let dir = tempdir().expect("a directory");
    let client = client(&dir, &[]).await;
    let body = json!({"acronym": "$serde_json::private::Number"});
    let made = client.write(Method::POST, "/api/v1/projects", &body, &[]).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
}

#[actix_web::test]
async fn every_fault_of_a_query_at_once() {
    let dir = tempdir().expect("a directory");
    let client = client(&dir, &[]).await;
    let uri = "/api/v1/projects?limit=0&sort=nope&start_date_from=x&colour=red&fields=id,zzz\
               &format=xml&cursor=abc&include=partners";
    let answer = client.get(uri).await;
    assert_eq!(answer.problem(), "invalid_parameters");
    let errors = answer.json()["errors"].clone();
    let faults: Vec<_> =
        errors.as_array().expect("errors").iter().map(|e| &e["parameter"]).collect();
    for name in
        ["limit", "sort", "start_date_from", "colour", "fields", "format", "cursor", "include"]
    {
        assert!(faults.iter().any(|fault| **fault == name), "{name} in {errors}");
    }
}

#[actix_web::test]
async fn bodies() {
    let dir = tempdir().expect("a directory");
    let client = client(&dir, &[("max_body_bytes", "2000")]).await;
    let bearer = format!("Bearer {}", token(&client.state, UserRole::Editor));
    let post = |body: &str| {
        TestRequest::post()
            .uri("/api/v1/projects")
            .insert_header(("Authorization", bearer.clone()))
            .insert_header(("Content-Type", "application/json"))
            .set_payload(body.to_owned())
    };
    let nested = format!("{}{}", "[".repeat(40), "]".repeat(40));
    let large = format!("{{\"acronym\": \"{}\"}}", "x".repeat(3000));
    for (body, code) in [
        ("", "malformed_json"),
        ("{", "malformed_json"),
        ("{\"acronym\": }", "malformed_json"),
        ("{} {}", "malformed_json"),
        (nested.as_str(), "malformed_json"),
        (large.as_str(), "body_too_large"),
        ("[]", "invalid_body"),
        ("null", "invalid_body"),
        ("{\"acronym\": 7}", "invalid_body"),
        ("{\"id\": \"x\"}", "invalid_body"),
        ("{\"nonsense\": 1}", "invalid_body"),
        (r#"{"founded": {"$serde_json::private::Number": "abc"}}"#, "malformed_json"),
        (r#"{"order": {"\u0024serde_json::private::Number" : "1"}}"#, "malformed_json"),
    ] {
        assert_eq!(client.send(post(body)).await.problem(), code, "{body}");
    }
    let answer = client.send(post("{\n  \"acronym\": truth\n}")).await;
    assert!(
        answer.json()["detail"].as_str().is_some_and(|text| text.contains("at line 2, column"))
    );
    for (media_type, code) in [
        ("text/plain", "unsupported_media_type"),
        ("application/xml", "unsupported_media_type"),
        ("application/json; charset=latin1", "unsupported_media_type"),
        ("application/merge-patch+json", "unsupported_media_type"),
    ] {
        let request = post("{}").insert_header(("Content-Type", media_type));
        assert_eq!(client.send(request).await.problem(), code, "{media_type}");
    }
    let gzipped = post("{}").insert_header(("Content-Encoding", "gzip"));
    assert_eq!(client.send(gzipped).await.problem(), "unsupported_media_type");
    let utf8 = post("{}").insert_header(("Content-Type", "Application/JSON; Charset=\"UTF-8\""));
    assert_eq!(client.send(utf8).await.status, StatusCode::CREATED);
}

#[actix_web::test]
async fn several_faults_of_a_body_at_once() {
    let dir = tempdir().expect("a directory");
    let client = client(&dir, &[]).await;
    let body = json!({"country": "XX", "names": [{"value": ""}], "label": "x", "nonsense": 1});
    let answer = client.write(Method::POST, "/api/v1/organisations", &body, &[]).await;
    assert_eq!(answer.problem(), "invalid_body");
    let errors = answer.json()["errors"].clone();
    for pointer in ["/country", "/names/0/value", "/label", "/nonsense"] {
        let found = errors.as_array().expect("errors").iter().any(|e| e["pointer"] == pointer);
        assert!(found, "{pointer} in {errors}");
    }
}

#[actix_web::test]
async fn formats_that_are_not_there() {
    let dir = tempdir().expect("a directory");
    let client = client(&dir, &[]).await;
    let request = TestRequest::get().uri("/api/v1/projects").insert_header(("Accept", "image/png"));
    let answer = client.send(request).await;
    assert_eq!(answer.problem(), "not_acceptable");
    assert!(answer.json()["detail"].as_str().is_some_and(|text| text.contains("text/csv")));
    let request = TestRequest::get()
        .uri("/api/v1/vocabularies")
        .insert_header(("Accept-Encoding", "identity;q=0, deflate"));
    assert_eq!(client.send(request).await.problem(), "not_acceptable");
}

#[test]
fn the_table_of_codes_is_sound() {
    let mut names: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Code::ALL.len(), "no code twice");
    for code in Code::ALL {
        assert!(code.status().is_client_error() || code.status().is_server_error());
        assert!(code.explanation().ends_with('.'), "{}", code.name());
        assert!(code.name().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
    }
}
