//! Who may write, and what is said to those who may not.

use crate::common::{client, token};
use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use consortia_api::auth::{KeyPair, Keyring, Tokens, UserRole};
use serde_json::json;
use std::time::Duration;
use tempfile::tempdir;

/// A request that creates a project, with `authorization`.
fn create(authorization: Option<&str>) -> TestRequest {
    let request = TestRequest::post().uri("/api/v1/projects").set_json(json!({"acronym": "X"}));
    match authorization {
        Some(value) => request.insert_header(("Authorization", value)),
        None => request,
    }
}

#[actix_web::test]
async fn tokens_are_needed_and_checked() {
    let dir = tempdir().expect("a directory");
    let client = client(&dir, &[]).await;
    let good = token(&client.state, UserRole::Editor);
    assert_eq!(
        client.send(create(Some(&format!("bearer {good}")))).await.status,
        StatusCode::CREATED
    );
    for (authorization, code) in [
        (None, "token_required"),
        (Some(good.clone()), "token_required"),
        (Some("Basic YTpi".to_owned()), "token_required"),
        (Some("Bearer nonsense".to_owned()), "invalid_token"),
        (Some(format!("Bearer {}x", &good[..good.len() - 2])), "invalid_token"),
        (Some(format!("Bearer {}", "a".repeat(5000))), "invalid_token"),
    ] {
        let answer = client.send(create(authorization.as_deref())).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.problem(), code, "{authorization:?}");
        assert!(answer.header("www-authenticate").starts_with("Bearer realm="));
    }
}

#[actix_web::test]
async fn tokens_of_others_are_refused() {
    let dir = tempdir().expect("a directory");
    let client = client(&dir, &[]).await;
    let key = client.state.config().signing_key_path();
    let hour = Duration::from_hours(1);
    let made = |path: &std::path::Path, issuer: &str, audience: &str| {
        let keys = Keyring::open_or_create(path).expect("a key");
        Tokens::new(keys, issuer, audience)
            .issue("eve", UserRole::Admin, &[], hour)
            .expect("a token")
    };
    let other_key = dir.path().join("other.pem");
    // {"alg":"none","typ":"JWT"} in front of the claims of a good token.
    let good = made(&key, "consortia", "consortia");
    let claims = good.split('.').nth(1).expect("claims");
    for (token, reason) in [
        (made(&other_key, "consortia", "consortia"), "signature"),
        (made(&key, "elsewhere", "consortia"), "issuer"),
        (made(&key, "consortia", "elsewhere"), "audience"),
        (format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}."), ""),
    ] {
        let answer = client.send(create(Some(&format!("Bearer {token}")))).await;
        assert_eq!(answer.problem(), "invalid_token");
        let detail = answer.json()["detail"].as_str().unwrap_or_default().to_owned();
        assert!(detail.contains(reason), "{reason} in {detail}");
    }
}

#[actix_web::test]
async fn expired_tokens_say_so() {
    let dir = tempdir().expect("a directory");
    let client = client(&dir, &[]).await;
    let claims = json!({
        "iss": "consortia", "aud": "consortia", "sub": "anna", "role": "admin", "iat": 0,
        "nbf": 0, "exp": 1, "jti": "x"
    });
    let pem = std::fs::read(client.state.config().signing_key_path()).expect("the key");
    let key = jsonwebtoken::EncodingKey::from_ed_pem(&pem).expect("an Ed25519 key");
    let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::EdDSA);
    header.kid = Some(client.state.tokens().keys().ids().0);
    let token = jsonwebtoken::encode(&header, &claims, &key).expect("a token");
    let answer = client.send(create(Some(&format!("Bearer {token}")))).await;
    assert!(answer.json()["detail"].as_str().is_some_and(|text| text.contains("expired")));
}

#[actix_web::test]
async fn roles_are_told_apart() {
    let dir = tempdir().expect("a directory");
    let client = client(&dir, &[]).await;
    let made = client.write(Method::POST, "/api/v1/projects", &json!({"acronym": "X"}), &[]).await;
    let uri = made.header("location").to_owned();
    let delete = |role: UserRole| {
        TestRequest::delete()
            .uri(&uri)
            .insert_header(("Authorization", format!("Bearer {}", token(&client.state, role))))
            .insert_header(("If-Match", "\"1\""))
    };
    let answer = client.send(delete(UserRole::Editor)).await;
    assert_eq!(answer.problem(), "role_required");
    assert!(answer.json()["detail"].as_str().is_some_and(|text| text.contains("staff")));
    assert_eq!(client.send(delete(UserRole::Staff)).await.status, StatusCode::NO_CONTENT);
}

#[cfg(unix)]
#[test]
fn the_key_is_private_or_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempdir().expect("a directory");
    let path = dir.path().join("deep/er/signing-key.pem");
    KeyPair::open_or_create(&path).expect("a key is made");
    let mode = std::fs::metadata(&path).expect("the key").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("chmod");
    let fault = KeyPair::open(&path).err().expect("it is refused").to_string();
    assert!(fault.contains("chmod 600"), "{fault}");
    std::fs::write(&path, "nonsense").expect("overwritten");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("chmod");
    assert!(KeyPair::open(&path).is_err());
}
