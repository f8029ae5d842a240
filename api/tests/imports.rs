//! Importing a file over HTTP: taken, watched, and reported on.

use crate::common::{Answer, client, token};
use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use consortia_api::auth::UserRole;
use consortia_api::state::State;
use std::time::{Duration, Instant};
use tempfile::tempdir;

const PROJECTS: &str = "id;acronym;status;title;startDate;endDate;totalCost;ecMaxContribution;\
    legalBasis;topics;ecSignatureDate;frameworkProgramme;masterCall;subCall;fundingScheme;nature;\
    objective;contentUpdateDate;rcn;grantDoi\n\
    101004635;SPRING;SIGNED;Integration;2021-03-01;2023-02-28;\"2108434,39\";1999536.25;\
    H2020-EU.3.6.;MIGRATION-10-2020;2020-11-23;H2020;;H2020-SC6-MIGRATION-2020;CSA;;;2022-01-01;\
    233002;\n";

fn upload(state: &State, role: UserRole, query: &str, media_type: &str, body: &str) -> TestRequest {
    TestRequest::post()
        .uri(&format!("/api/v1/imports{query}"))
        .insert_header(("Authorization", format!("Bearer {}", token(state, role))))
        .insert_header(("Content-Type", media_type.to_owned()))
        .set_payload(body.to_owned())
}

#[actix_web::test]
async fn a_table_is_taken_and_its_import_watched() {
    let dir = tempdir().expect("a directory");
    let client = client(&dir, &[]).await;
    let read = |uri: &str| {
        let bearer = format!("Bearer {}", token(&client.state, UserRole::Admin));
        TestRequest::get().uri(uri).insert_header(("Authorization", bearer))
    };
    let started = Instant::now();
    let request = upload(&client.state, UserRole::Admin, "?name=project.csv", "text/csv", PROJECTS);
    let taken = client.send(request).await;
    assert_eq!(taken.status, StatusCode::ACCEPTED, "{}", taken.text);
    let uri = taken.header("location").to_owned();
    assert_eq!(uri, format!("/api/v1/imports/{}", taken.json()["id"].as_str().expect("an id")));
    let ended: Answer = loop {
        let answer = client.send(read(&uri)).await;
        if answer.json()["status"] != "running" {
            break answer;
        }
        assert!(started.elapsed() < Duration::from_mins(1), "it takes too long");
        actix_web::rt::time::sleep(Duration::from_millis(20)).await;
    };
    let ended = ended.json();
    assert_eq!(ended["status"], "completed", "{ended}");
    assert_eq!(ended["counts"]["projects"]["created"], 1, "{ended}");
    assert_eq!(ended["actor"], "user:anna");
    assert_eq!(ended["source"], "project.csv");
    let project = client.get("/api/v1/projects/cordis:101004635").await.json();
    assert_eq!(project["acronym"], "SPRING");
    let list = client.send(read("/api/v1/imports")).await.json();
    assert_eq!((&list["page"]["total"], &list["data"][0]["id"]), (&1.into(), &ended["id"]));
    let uploads = dir.path().join("data/uploads");
    while std::fs::read_dir(&uploads).is_ok_and(|mut entries| entries.next().is_some()) {
        assert!(started.elapsed() < Duration::from_mins(1), "the upload stays");
        actix_web::rt::time::sleep(Duration::from_millis(20)).await;
    }
    let unknown = client.send(read("/api/v1/imports/0198c0de-0000-7000-8000-000000000000")).await;
    assert_eq!(unknown.problem(), "not_found");
}

#[actix_web::test]
async fn what_cannot_be_imported_is_refused_at_once() {
    let dir = tempdir().expect("a directory");
    let client = client(&dir, &[("max_upload_bytes", "1000")]).await;
    let large = format!("{PROJECTS}{}", "x".repeat(1000));
    for (role, query, media_type, body, code) in [
        (UserRole::Staff, "", "text/csv", PROJECTS, "role_required"),
        (UserRole::Admin, "?name=../x.csv", "text/csv", "x", "invalid_parameters"),
        (UserRole::Admin, "?colour=red", "text/csv", "x", "invalid_parameters"),
        (UserRole::Admin, "", "image/png", "x", "unsupported_media_type"),
        (UserRole::Admin, "", "text/csv", "", "invalid_body"),
        (UserRole::Admin, "?name=a.csv", "text/csv", "a;b\n1;2\n", "invalid_body"),
        (UserRole::Admin, "?name=a.zip", "application/zip", "PK\u{3}\u{4}", "invalid_body"),
        (UserRole::Admin, "", "text/csv", large.as_str(), "body_too_large"),
    ] {
        let answer = client.send(upload(&client.state, role, query, media_type, body)).await;
        assert_eq!(answer.problem(), code, "{query} {media_type} {}", answer.text);
        assert!(!answer.text.contains("uploads"), "{}", answer.text);
    }
    let anyone = client.get("/api/v1/imports").await;
    assert_eq!(anyone.problem(), "token_required");
    let uploads = dir.path().join("data/uploads");
    assert!(std::fs::read_dir(uploads).is_ok_and(|mut entries| entries.next().is_none()));
}
