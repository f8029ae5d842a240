//! What the tests share: a service on a database of its own, and requests to it.

use actix_web::body::{BoxBody, MessageBody as _};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::test::{self, TestRequest};
use actix_web::web;
use consortia_api::app::app;
use consortia_api::auth::UserRole;
use consortia_api::config::{Config, Flag, Sources};
use consortia_api::server::{open_database, open_tokens};
use consortia_api::state::State;
use serde_json::Value;
use std::time::Duration;
use tempfile::TempDir;

/// Settings for a data directory of its own, with others as `(key, value)`.
pub(crate) fn config(dir: &TempDir, others: &[(&str, &str)]) -> Config {
    let data_dir = dir.path().join("data").display().to_string();
    let all = [("data_dir", data_dir.as_str()), ("listen", "127.0.0.1:0"), ("workers", "2")];
    let flags = all.iter().chain(others).map(|(key, value)| Flag {
        flag: format!("--{key}"),
        key: (*key).to_owned(),
        value: (*value).to_owned(),
    });
    let sources = Sources { file: None, environment: Vec::new(), flags: flags.collect() };
    Config::load(&sources).expect("a sound configuration")
}

/// The shared state on a fresh, migrated database, its network loaded.
pub(crate) fn state(dir: &TempDir, others: &[(&str, &str)]) -> web::Data<State> {
    let config = config(dir, others);
    let db = open_database(&config).expect("the database opens");
    db.migrate().expect("the database migrates");
    let tokens = open_tokens(&config).expect("the key is made");
    let state = State::new(config, db, tokens);
    state.network().load(state.db()).expect("the network loads");
    web::Data::new(state)
}

/// A token of `state` with `role`.
pub(crate) fn token(state: &State, role: UserRole) -> String {
    let hour = Duration::from_hours(1);
    state.tokens().issue("anna", role, &[], hour).expect("a token is made")
}

/// An answer, read whole.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: actix_web::http::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("{error} in {} {:?}", self.status, self.text))
    }

    /// A header as text; empty when missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The problem's code, after checking that it is a sound problem document.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16(), "{problem}");
        assert_eq!(problem["request_id"], self.header("x-request-id"), "{problem}");
        for field in ["type", "title", "detail"] {
            assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
        }
        problem["code"].as_str().expect("a code").to_owned()
    }
}

/// A service to send requests to.
pub(crate) struct Client<S> {
    service: S,
    pub(crate) state: web::Data<State>,
}

/// A service on a database of its own.
pub(crate) async fn client(
    dir: &TempDir,
    others: &[(&str, &str)],
) -> Client<
    impl Service<actix_http::Request, Response = ServiceResponse<BoxBody>, Error = actix_web::Error>,
> {
    let state = state(dir, others);
    let service = test::init_service(app(state.clone())).await;
    Client { service, state }
}

impl<S> Client<S>
where
    S: Service<actix_http::Request, Response = ServiceResponse<BoxBody>, Error = actix_web::Error>,
{
    /// Sends a request as it is.
    pub(crate) async fn send(&self, request: TestRequest) -> Answer {
        let response = test::call_service(&self.service, request.to_request()).await;
        let status = response.status();
        let headers = response.headers().clone();
        let body = response.into_body();
        let body = match body.try_into_bytes() {
            Ok(bytes) => bytes,
            Err(body) => actix_web::body::to_bytes(body).await.expect("the body is read"),
        };
        Answer { status, headers, text: String::from_utf8_lossy(&body).into_owned() }
    }

    /// Reads `uri`.
    pub(crate) async fn get(&self, uri: &str) -> Answer {
        self.send(TestRequest::get().uri(uri)).await
    }

    /// Writes JSON to `uri` as an administrator, with further headers.
    pub(crate) async fn write(
        &self,
        method: Method,
        uri: &str,
        body: &Value,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = TestRequest::default().method(method).uri(uri).set_json(body);
        let bearer = format!("Bearer {}", token(&self.state, UserRole::Admin));
        request = request.insert_header(("Authorization", bearer));
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        self.send(request).await
    }
}
