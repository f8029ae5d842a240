//! Formats, caching, compression and paging.

use crate::common::client;
use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use serde_json::{Value, json};
use tempfile::tempdir;

/// A service with `count` projects `P0`, `P1`, …
macro_rules! with_projects {
    ($client:ident, $count:expr) => {
        let dir = tempdir().expect("a directory");
        let $client = client(&dir, &[("data_licence", "CC-BY-4.0")]).await;
        for n in 0..$count {
            let content = json!({"acronym": format!("P{n}"), "keywords": ["=cmd()", "a,b"]});
            let made = $client.write(Method::POST, "/api/v1/projects", &content, &[]).await;
            assert_eq!(made.status, StatusCode::CREATED);
        }
    };
}

fn labels(page: &Value) -> Vec<String> {
    let data = page["data"].as_array().expect("data").iter();
    data.map(|record| record["label"].as_str().expect("a label").to_owned()).collect()
}

#[actix_web::test]
async fn pages_follow_one_another() {
    with_projects!(client, 5);
    let mut seen = Vec::new();
    let mut uri = "/api/v1/projects?limit=2&sort=-label&fields=label".to_owned();
    loop {
        let answer = client.get(&uri).await;
        let page = answer.json();
        assert_eq!((&page["page"]["total"], &page["page"]["limit"]), (&json!(5), &json!(2)));
        assert_eq!(page["meta"]["licence"], "CC-BY-4.0");
        seen.extend(labels(&page));
        let link = answer.header("link");
        let Some(next) = page["page"]["next"].as_str() else {
            assert_eq!(link, "");
            break;
        };
        let target = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\""));
        uri = target.expect("a link").to_owned();
        assert!(uri.ends_with(&format!("cursor={next}")), "{uri}");
    }
    assert_eq!(seen, ["P4", "P3", "P2", "P1", "P0"]);
    let cursor = client.get("/api/v1/projects?limit=2&sort=label").await.json();
    let cursor = cursor["page"]["next"].as_str().expect("a cursor").to_owned();
    let other = client.get(&format!("/api/v1/projects?sort=-label&cursor={cursor}")).await;
    assert_eq!(other.json()["errors"][0]["code"], "invalid_cursor");
}

#[actix_web::test]
async fn unchanged_answers_are_not_sent_again() {
    with_projects!(client, 1);
    let list = client.get("/api/v1/projects").await;
    let id = list.json()["data"][0]["id"].as_str().expect("an id").to_owned();
    let record = format!("/api/v1/projects/{id}");
    let spec = "/openapi.json".to_owned();
    for uri in ["/api/v1/projects".to_owned(), record.clone(), spec, "/api/v1/vocabularies".into()]
    {
        let etag = client.get(&uri).await.header("etag").to_owned();
        assert!(!etag.is_empty(), "{uri}");
        let opaque = etag.trim_start_matches("W/").trim_matches('"');
        for sent in [
            etag.clone(),
            format!("W/\"{opaque}\""),
            format!("\"{opaque}+br\""),
            format!("\"x\", {etag}"),
            "*".to_owned(),
        ] {
            let request =
                TestRequest::get().uri(&uri).insert_header(("If-None-Match", sent.clone()));
            let answer = client.send(request).await;
            assert_eq!(
                (answer.status, answer.text.as_str()),
                (StatusCode::NOT_MODIFIED, ""),
                "{sent}"
            );
            assert!(!answer.header("etag").is_empty());
        }
        let request = TestRequest::get().uri(&uri).insert_header(("If-None-Match", "\"other\""));
        assert_eq!(client.send(request).await.status, StatusCode::OK);
    }
    let since = |date: &str| {
        TestRequest::get().uri(&record).insert_header(("If-Modified-Since", date.to_owned()))
    };
    let future = client.send(since("Fri, 01 Jan 2100 00:00:00 GMT")).await;
    assert_eq!(future.status, StatusCode::NOT_MODIFIED);
    let past = client.send(since("Sat, 01 Jan 2000 00:00:00 GMT")).await;
    assert_eq!(past.status, StatusCode::OK);
    // What is included may change by itself, so only its digest counts.
    let included = format!("{record}?include=participations");
    let request = TestRequest::get()
        .uri(&included)
        .insert_header(("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"));
    assert_eq!(client.send(request).await.status, StatusCode::OK);
    let plain = client.get(&record).await;
    assert_ne!(plain.header("etag"), client.get(&included).await.header("etag"));
}

#[actix_web::test]
async fn tables_and_lines() {
    with_projects!(client, 3);
    let csv = client.get("/api/v1/projects?format=csv&fields=label,keywords&sort=label").await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"projects.csv\"");
    let row = |n: u8| format!("P{n},\"'=cmd(); a,b\"\r\n");
    let expected = format!("label,keywords\r\n{}{}{}", row(0), row(1), row(2));
    assert_eq!(csv.text, expected);
    let bom = client.get("/api/v1/projects?format=csv&bom=true&fields=label&limit=1").await;
    assert!(bom.text.starts_with('\u{feff}'));
    assert!(bom.header("link").contains("cursor="));
    let request = TestRequest::get()
        .uri("/api/v1/projects?sort=label&fields=label")
        .insert_header(("Accept", "text/html, application/x-ndjson;q=0.9, application/json;q=0.5"));
    let lines = client.send(request).await;
    assert_eq!(lines.header("content-type"), "application/x-ndjson");
    assert_eq!(lines.text, "{\"label\":\"P0\"}\n{\"label\":\"P1\"}\n{\"label\":\"P2\"}\n");
    for (query, parameter) in [
        ("include=participations", "include"),
        ("fields=participations", "fields"),
        ("fields=label&include=participations", "include"),
    ] {
        let refused = client.get(&format!("/api/v1/projects?format=csv&{query}")).await;
        assert_eq!(refused.problem(), "invalid_parameters", "{query}");
        let error = &refused.json()["errors"][0];
        assert_eq!(error["parameter"], parameter, "{query}");
        assert!(error["detail"].as_str().is_some_and(|text| text.contains("no column for")));
    }
    for resource in [
        "organisations",
        "programmes",
        "calls",
        "participations",
        "relations",
        "agreements",
        "sources",
        "statements",
        "claims",
    ] {
        let uri = format!("/api/v1/{resource}?format=csv");
        let table = client.get(&uri).await;
        assert!(table.text.starts_with("id,") && table.text.ends_with("\r\n"), "{}", table.text);
    }
}

#[actix_web::test]
async fn every_field_named_is_shown() {
    with_projects!(client, 1);
    for resource in [
        "projects",
        "organisations",
        "programmes",
        "calls",
        "participations",
        "relations",
        "agreements",
        "sources",
        "statements",
        "claims",
    ] {
        let answer = client.get(&format!("/api/v1/{resource}?fields=zzz")).await.json();
        let detail = answer["errors"][0]["detail"].as_str().expect("a detail").to_owned();
        let allowed = detail.split("Allowed: ").nth(1).expect("names").trim_end_matches('.');
        if resource == "projects" {
            let shown = client.get("/api/v1/projects").await.json()["data"][0].clone();
            let mut fields: Vec<_> = shown.as_object().expect("a record").keys().cloned().collect();
            let included = ["participations", "programmes", "calls", "funders", "sources"];
            let fields_only = allowed.split(", ").filter(|name| !included.contains(name));
            let mut named: Vec<_> = fields_only.map(str::to_owned).collect();
            fields.sort_unstable();
            named.sort_unstable();
            assert_eq!(fields, named);
        }
        let all =
            client.get(&format!("/api/v1/{resource}?fields={}", allowed.replace(' ', ""))).await;
        assert_eq!(all.status, StatusCode::OK);
    }
}

#[actix_web::test]
async fn large_answers_are_compressed() {
    with_projects!(client, 20);
    for encoding in ["zstd", "br", "gzip"] {
        let request =
            |uri: &str| TestRequest::get().uri(uri).insert_header(("Accept-Encoding", encoding));
        let large = client.send(request("/openapi.json")).await;
        assert_eq!(large.header("content-encoding"), encoding);
        assert!(large.header("vary").to_lowercase().contains("accept-encoding"));
        assert!(large.header("etag").ends_with(&format!("+{encoding}\"")));
        let small = client.send(request("/health/live")).await;
        assert_eq!(small.header("content-encoding"), "");
        assert_eq!(small.json()["status"], "ok");
        let etag = large.header("etag").to_owned();
        let unchanged = request("/openapi.json").insert_header(("If-None-Match", etag.clone()));
        let unchanged = client.send(unchanged).await;
        assert_eq!(unchanged.status, StatusCode::NOT_MODIFIED);
        assert_eq!((unchanged.header("etag"), unchanged.text.as_str()), (etag.as_str(), ""));
    }
    let plain = client.send(TestRequest::get().uri("/openapi.json")).await;
    assert_eq!(plain.header("content-encoding"), "");
    assert!(plain.header("vary").contains("Accept-Encoding"));
}

#[actix_web::test]
async fn request_ids_and_security_headers() {
    let dir = tempdir().expect("a directory");
    let client = client(&dir, &[]).await;
    for (sent, kept) in [("abc-123", true), ("", false), ("a b", false), (&"x".repeat(129), false)]
    {
        let request = TestRequest::get().uri("/api/v1").insert_header(("X-Request-Id", sent));
        let answer = client.send(request).await;
        let id = answer.header("x-request-id");
        assert_eq!(id == sent, kept, "{sent:?} {id:?}");
        assert!(!id.is_empty());
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(answer.header("content-security-policy").contains("default-src 'none'"));
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
}

#[actix_web::test]
async fn other_origins_may_read_only_where_allowed() {
    let dir = tempdir().expect("a directory");
    let client = client(&dir, &[("cors_origins", "https://example.org")]).await;
    let from = |origin: &str, method: Method| {
        TestRequest::default()
            .method(method)
            .uri("/api/v1")
            .insert_header(("Origin", origin.to_owned()))
    };
    let allowed = client.send(from("https://example.org", Method::GET)).await;
    assert_eq!(allowed.header("access-control-allow-origin"), "https://example.org");
    assert!(allowed.header("vary").contains("Origin"));
    let other = client.send(from("https://example.com", Method::GET)).await;
    assert_eq!(other.header("access-control-allow-origin"), "");
    let preflight = from("https://example.org", Method::OPTIONS)
        .insert_header(("Access-Control-Request-Method", "POST"));
    let preflight = client.send(preflight).await;
    assert_eq!(preflight.header("access-control-allow-methods"), "GET, HEAD");
    assert_eq!(preflight.status, StatusCode::NO_CONTENT);
}

#[actix_web::test]
async fn the_reference_needs_nothing_from_elsewhere() {
    let dir = tempdir().expect("a directory");
    let client = client(&dir, &[]).await;
    assert_eq!(client.get("/docs").await.header("location"), "/docs/");
    let page = client.get("/docs/").await;
    assert!(page.header("content-security-policy").contains("script-src 'self'"));
    assert!(!page.text.contains("//cdn") && !page.text.contains("https://"), "{}", page.text);
    for piece in page.text.split(['"', '\'']).filter(|text| text.starts_with("./")) {
        let answer = client.get(&format!("/docs/{}", &piece[2..])).await;
        assert_eq!(answer.status, StatusCode::OK, "{piece}");
    }
    let starter = client.get("/docs/swagger-initializer.js").await;
    assert!(starter.text.contains("/openapi.json") && !starter.text.contains("http"));
    let problems = client.get("/problems").await;
    for code in consortia_api::problem::Code::ALL {
        assert!(problems.text.contains(&format!("id=\"{}\"", code.name())));
    }
}
