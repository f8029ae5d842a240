//! Records through their whole life: created, read, changed, deleted, remembered.

use crate::common::client;
use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use serde_json::{Value, json};
use tempfile::tempdir;

/// Content of one record of each kind that needs no other.
fn contents() -> [(&'static str, Value, Value); 4] {
    [
        (
            "organisations",
            json!({"names": [{"value": "Fondazione ISMU", "kind": "legal"}], "country": "IT",
                   "external_ids": [{"scheme": "pic", "value": "968823876"}]}),
            json!({"country": "FR"}),
        ),
        (
            "programmes",
            json!({"code": "X2030", "titles": {"en": "Examples"},
                   "external_ids": [{"scheme": "local", "value": "x2030"}]}),
            json!({"titles": {"en": "More examples"}}),
        ),
        (
            "calls",
            json!({"identifier": "X-2030-1", "year": 2030,
                   "external_ids": [{"scheme": "local", "value": "x-1"}]}),
            json!({"year": 2031}),
        ),
        (
            "projects",
            json!({"acronym": "SPRING", "period": {"start": "2021-03-01", "end": "2023-02-28"},
                   "external_ids": [{"scheme": "cordis", "value": "101004635"}]}),
            json!({"acronym": "SUMMER"}),
        ),
    ]
}

#[actix_web::test]
async fn a_whole_life() {
    let dir = tempdir().expect("a directory");
    let client = client(&dir, &[]).await;
    for (resource, content, patch) in contents() {
        let path = format!("/api/v1/{resource}");
        let made = client.write(Method::POST, &path, &content, &[]).await;
        assert_eq!(made.status, StatusCode::CREATED, "{resource}: {}", made.text);
        let uri = made.header("location").to_owned();
        assert_eq!(uri, format!("{path}/{}", made.json()["id"].as_str().expect("an id")));

        let read = client.get(&uri).await;
        assert_eq!(read.json(), made.json());
        assert_eq!(read.header("etag"), made.header("etag"));
        assert!(!read.header("last-modified").is_empty());
        assert_eq!(read.header("cache-control"), "no-cache");
        assert_eq!(read.header("content-location"), "");

        let external = &content["external_ids"][0];
        let by = format!(
            "{path}/{}:{}",
            external["scheme"].as_str().expect("a scheme"),
            external["value"].as_str().expect("a value")
        );
        let found = client.get(&by).await;
        assert_eq!(found.json(), made.json());
        assert_eq!(found.header("content-location"), uri);

        let no_match = client.write(Method::PATCH, &uri, &patch, &[]).await;
        assert_eq!(no_match.problem(), "if_match_required");
        let stale = client.write(Method::PATCH, &uri, &patch, &[("If-Match", "\"9\"")]).await;
        assert_eq!(stale.problem(), "stale_version");
        let weak = client.write(Method::PATCH, &uri, &patch, &[("If-Match", "W/\"1\"")]).await;
        assert_eq!(weak.problem(), "invalid_parameters");

        let tag = made.header("etag");
        let changed = client.write(Method::PATCH, &uri, &patch, &[("If-Match", tag)]).await;
        assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
        assert_eq!(changed.json()["version"], 2);
        assert_eq!(client.get(&uri).await.json(), changed.json());

        let any = [("If-Match", "*")];
        let replaced = client.write(Method::PUT, &uri, &json!({}), &any).await;
        assert_eq!(replaced.json()["version"], 3, "{}", replaced.text);
        assert_eq!(replaced.json()["external_ids"], json!([]));

        let several = [("If-Match", "\"1\", \"3+gzip\"")];
        let deleted = client.write(Method::DELETE, &uri, &json!(null), &several).await;
        assert_eq!((deleted.status, deleted.text.as_str()), (StatusCode::NO_CONTENT, ""));
        assert_eq!(client.get(&uri).await.problem(), "gone");
        let again = client.write(Method::DELETE, &uri, &json!(null), &any).await;
        assert_eq!(again.problem(), "gone");

        let history = client.get(&format!("{uri}/revisions?limit=2")).await.json();
        let actions = |page: &Value| -> Vec<Value> {
            page["data"].as_array().expect("data").iter().map(|r| r["action"].clone()).collect()
        };
        assert_eq!(actions(&history), ["created", "updated"]);
        assert_eq!(history["page"]["total"], 4);
        assert_eq!(history["data"][0]["actor"], "user:anna");
        let cursor = history["page"]["next"].as_str().expect("a next page");
        let rest = client.get(&format!("{uri}/revisions?limit=2&cursor={cursor}")).await.json();
        assert_eq!(actions(&rest), ["updated", "deleted"]);
        let sorted = client.get(&format!("{uri}/revisions?sort=at&q=x")).await;
        assert_eq!(sorted.json()["errors"].as_array().map(Vec::len), Some(2));
    }
}

#[actix_web::test]
async fn participations_belong_to_projects() {
    let dir = tempdir().expect("a directory");
    let client = client(&dir, &[]).await;
    let [(_, organisation, _), _, _, (_, project, _)] = contents();
    let made = client.write(Method::POST, "/api/v1/organisations", &organisation, &[]).await;
    let organisation = made.json()["id"].clone();
    client.write(Method::POST, "/api/v1/projects", &project, &[]).await;
    let parts = "/api/v1/projects/cordis:101004635/participations";
    let content = json!({
        "organisation_id": organisation, "role": "coordinator",
        "ec_contribution": {"amount": 377_006.44, "currency": "EUR"}
    });
    let made = client.write(Method::POST, parts, &content, &[]).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert!(made.text.contains("\"amount\":377006.44"), "{}", made.text);
    let uri = made.header("location").to_owned();
    assert!(uri.starts_with("/api/v1/participations/"));
    assert_eq!(client.get(&uri).await.json(), made.json());
    assert_eq!(client.get(parts).await.json()["data"], json!([made.json()]));
    let shown = client.get("/api/v1/projects/cordis:101004635?include=participations").await;
    assert_eq!(shown.json()["participations"], json!([made.json()]));
    let few = client.get("/api/v1/projects?fields=label,participations").await.json();
    assert_eq!(few["data"], json!([{"label": "SPRING", "participations": [made.json()]}]));
    let projects = client.get("/api/v1/organisations/pic:968823876/projects").await.json();
    assert_eq!(projects["data"][0]["label"], "SPRING");
    let partners = client.get("/api/v1/organisations/pic:968823876/partners").await.json();
    assert_eq!(
        (&partners["summary"]["projects"], &partners["page"]["total"]),
        (&json!(1), &json!(0))
    );
    let used = format!("/api/v1/organisations/{}", organisation.as_str().expect("an id"));
    let answer = client.write(Method::DELETE, &used, &json!(null), &[("If-Match", "*")]).await;
    assert_eq!(answer.problem(), "in_use");
    let missing = client.get("/api/v1/projects/cordis:101004636/participations").await;
    assert_eq!(missing.problem(), "not_found");
    assert_eq!(
        client.get("/api/v1/participations/pic:968823876").await.problem(),
        "invalid_parameters"
    );
    let nobody = json!({"organisation_id": "0198c0de-0000-7000-8000-000000000000"});
    let answer = client.write(Method::POST, parts, &nobody, &[]).await;
    assert_eq!(answer.problem(), "invalid_body");
    assert_eq!(answer.json()["errors"][0]["pointer"], "/organisation_id");
}

#[actix_web::test]
async fn a_repeated_creation_is_answered_as_the_first_time() {
    let dir = tempdir().expect("a directory");
    let client = client(&dir, &[]).await;
    let key = [("Idempotency-Key", "9d0b6c1e")];
    let post = |body: Value| {
        let client = &client;
        async move { client.write(Method::POST, "/api/v1/projects", &body, &key).await }
    };
    let first = post(json!({"acronym": "A", "keywords": []})).await;
    let again = post(json!({"keywords": [], "acronym": "A"})).await;
    assert_eq!(again.status, StatusCode::CREATED);
    assert_eq!(again.text, first.text);
    for header in ["etag", "location", "content-type"] {
        assert_eq!(again.header(header), first.header(header));
    }
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(post(json!({"acronym": "B"})).await.problem(), "idempotency_mismatch");
    assert_eq!(client.get("/api/v1/projects").await.json()["page"]["total"], 1);
    for bad in ["", "ä", "a b", &"x".repeat(256)] {
        let headers = [("Idempotency-Key", bad)];
        let answer = client.write(Method::POST, "/api/v1/projects", &json!({}), &headers).await;
        assert_eq!(answer.problem(), "invalid_parameters", "{bad:?}");
    }
}

#[actix_web::test]
async fn discovery_and_vocabularies() {
    let dir = tempdir().expect("a directory");
    let client = client(&dir, &[]).await;
    let offer = client.get("/api/v1").await.json();
    for resource in offer["resources"].as_array().expect("resources") {
        let href = resource["href"].as_str().expect("an address");
        let answer = client.get(href).await;
        let known = [StatusCode::OK, StatusCode::UNAUTHORIZED];
        assert!(known.contains(&answer.status), "{href}: {}", answer.status);
    }
    let all = client.get("/api/v1/vocabularies").await.json();
    for vocabulary in all["data"].as_array().expect("data") {
        let name = vocabulary["name"].as_str().expect("a name");
        assert_eq!(&client.get(&format!("/api/v1/vocabularies/{name}")).await.json(), vocabulary);
    }
    let missing = client.get("/api/v1/vocabularies/colours").await;
    assert_eq!(missing.problem(), "not_found");
    let tree = client.get("/api/v1/programmes/tree").await;
    assert_eq!((tree.status, &tree.json()["data"]), (StatusCode::OK, &json!([])));
    let ready = client.send(TestRequest::get().uri("/health/ready")).await;
    assert_eq!((ready.status, &ready.json()["status"]), (StatusCode::OK, &json!("ok")));
}
