//! Requests and answers.

use crate::recording::Recording;
use serde_json::Value;
use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;
use ureq::Agent;
use ureq::http::{Method, Request, Response};

/// Far above what any request needs, so that only a hanging server reaches it.
const LIMIT: Duration = Duration::from_mins(2);

/// A client of one server, cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    agent: Agent,
    base: String,
    token: Option<String>,
    recording: Option<Arc<Recording>>,
}

impl Client {
    /// A client of the server at `base`, without a token.
    #[must_use]
    pub fn new(base: &str) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .allow_non_standard_methods(true)
            .timeout_global(Some(LIMIT))
            .build()
            .into();
        Self { agent, base: base.to_owned(), token: None, recording: None }
    }

    /// The same client of a server at another address.
    #[must_use]
    pub fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    /// The same client sending `token`.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same client sending no token.
    #[must_use]
    pub fn without_token(&self) -> Self {
        Self { token: None, ..self.clone() }
    }

    /// The same client adding its answers to `recording`.
    #[must_use]
    pub fn recorded(&self, recording: &Arc<Recording>) -> Self {
        Self { recording: Some(Arc::clone(recording)), ..self.clone() }
    }

    /// The same client keeping its answers to itself, as those of concurrent clients must be.
    #[must_use]
    pub fn unrecorded(&self) -> Self {
        Self { recording: None, ..self.clone() }
    }

    /// The address of the server.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// `GET path`.
    #[must_use]
    pub fn get(&self, path: &str) -> Answer {
        self.request("GET", path).send()
    }

    /// `POST path` with a JSON body.
    #[must_use]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.request("POST", path).json(body).send()
    }

    /// `PUT path` of a record whose current entity tag is `etag`.
    #[must_use]
    pub fn put(&self, path: &str, etag: &str, body: &Value) -> Answer {
        self.request("PUT", path).header("If-Match", etag).json(body).send()
    }

    /// `PATCH path` (JSON Merge Patch) of a record whose current entity tag is `etag`.
    #[must_use]
    pub fn patch(&self, path: &str, etag: &str, body: &Value) -> Answer {
        let request = self.request("PATCH", path).header("If-Match", etag);
        request.body("application/merge-patch+json", body.to_string()).send()
    }

    /// `DELETE path` of a record whose current entity tag is `etag`.
    #[must_use]
    pub fn delete(&self, path: &str, etag: &str) -> Answer {
        self.request("DELETE", path).header("If-Match", etag).send()
    }

    /// A request to be completed; `path` may also be a whole address of this server.
    #[must_use]
    pub fn request(&self, method: &str, path: &str) -> Pending<'_> {
        let path = path.strip_prefix(&self.base).unwrap_or(path);
        let mut headers = Vec::new();
        if let Some(token) = &self.token {
            headers.push(("Authorization".to_owned(), format!("Bearer {token}")));
        }
        let (method, path) = (method.to_owned(), path.to_owned());
        Pending { client: self, method, path, headers, body: Vec::new() }
    }

    /// The status `path` is answered with; `None` when nobody answers.
    #[must_use]
    pub fn try_status(&self, path: &str) -> Option<u16> {
        self.request("GET", path).try_send().map(|answer| answer.status)
    }

    /// Every record of a list, page after page.
    ///
    /// # Panics
    /// When a page is not answered with 200, or the cursors do not end.
    #[must_use]
    pub fn walk(&self, path: &str) -> Vec<Value> {
        let mut records = Vec::new();
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut next = path.to_owned();
        for _ in 0..100_000 {
            let page = self.get(&next).expect(200).json();
            records.extend(page["data"].as_array().expect("a list has data").iter().cloned());
            let Some(cursor) = page["page"]["next"].as_str() else { return records };
            next = format!("{path}{joint}cursor={cursor}");
        }
        panic!("The cursors of {path} do not end");
    }
}

/// A request being put together.
#[derive(Debug)]
pub struct Pending<'a> {
    client: &'a Client,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Pending<'_> {
    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sends this JSON.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// Sends these bytes as `media_type`; an empty type sends no `Content-Type`.
    #[must_use]
    pub fn body(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        if !media_type.is_empty() {
            self.headers.push(("Content-Type".to_owned(), media_type.to_owned()));
        }
        self.body = body.into();
        self
    }

    /// Sends it.
    ///
    /// # Panics
    /// When the server does not answer.
    #[must_use]
    pub fn send(self) -> Answer {
        let recording = self.client.recording.clone();
        let (client, request) = (self.client, format!("{} {}", self.method, self.path));
        let answer = client.exchange(self).unwrap_or_else(|fault| {
            panic!("{request} at {} was not answered: {fault}", client.base)
        });
        if let Some(recording) = recording {
            recording.add(&client.base, &answer);
        }
        answer
    }

    /// Sends it to a server that may not be there; never recorded.
    #[must_use]
    pub fn try_send(self) -> Option<Answer> {
        self.client.exchange(self).ok()
    }
}

impl Client {
    fn exchange(&self, pending: Pending<'_>) -> Result<Answer, ureq::Error> {
        let request = format!("{} {}", pending.method, pending.path);
        let method = Method::from_bytes(pending.method.as_bytes()).expect("a method");
        let mut builder = Request::builder().method(method).uri(self.base.clone() + &pending.path);
        for (name, value) in &pending.headers {
            builder = builder.header(name, value);
        }
        let fits = "a request that HTTP allows; use `raw` for others";
        let response = if pending.body.is_empty() {
            self.agent.run(builder.body(()).expect(fits))?
        } else {
            self.agent.run(builder.body(pending.body).expect(fits))?
        };
        Answer::read(request, response)
    }
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The request it answers, `GET /path`.
    pub request: String,
    /// The status.
    pub status: u16,
    /// The headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    fn read(request: String, response: Response<ureq::Body>) -> Result<Self, ureq::Error> {
        let status = response.status().as_u16();
        let shown = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let mut headers: Vec<(String, String)> = Vec::new();
        for (name, value) in response.headers() {
            let value = shown(value.as_bytes());
            match headers.iter_mut().find(|(known, _)| known == name.as_str()) {
                Some((_, values)) => *values = format!("{values}, {value}"),
                None => headers.push((name.to_string(), value)),
            }
        }
        let mut body = Vec::new();
        response.into_body().into_reader().read_to_end(&mut body)?;
        Ok(Self { request, status, headers, body })
    }

    /// Itself, when its status is `status`.
    ///
    /// # Panics
    /// When it is another, with the whole answer.
    #[expect(
        clippy::must_use_candidate,
        clippy::return_self_not_must_use,
        reason = "as often an assertion as a value"
    )]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}\n{}", self.request, self.text());
        self
    }

    /// The value of a header, which must be there.
    ///
    /// # Panics
    /// When it is not.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.maybe_header(name)
            .unwrap_or_else(|| panic!("{}: no header {name} in {:?}", self.request, self.headers))
    }

    /// The value of a header, if it is there; several of one name are one list (RFC 9110,
    /// section 5.3), joined when the answer was read.
    #[must_use]
    pub fn maybe_header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(key, _)| key == name);
        found.next().map(|(_, value)| value.as_str())
    }

    /// The entity tag.
    #[must_use]
    pub fn etag(&self) -> &str {
        self.header("etag")
    }

    /// The body.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is not.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|fault| panic!("{}: {fault} in\n{}", self.request, self.text()))
    }

    /// The records of a list.
    ///
    /// # Panics
    /// When it is not a list.
    #[must_use]
    pub fn data(&self) -> Vec<Value> {
        self.json()["data"].as_array().expect("a list has data").clone()
    }

    /// The exact number of records of a list.
    ///
    /// # Panics
    /// When it is not a list.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.json()["page"]["total"].as_u64().expect("a list has a total")
    }

    /// The problem document of a refusal: media type, status, title, request id and code are
    /// checked, and the document given back.
    ///
    /// # Panics
    /// When it is not the problem expected, with the whole answer.
    #[expect(clippy::must_use_candidate, reason = "as often an assertion as a value")]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}\n{}", self.request, self.text());
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.request);
        let problem = self.json();
        assert_eq!(problem["status"], status, "{}\n{problem:#}", self.request);
        assert_eq!(problem["code"], code, "{}\n{problem:#}", self.request);
        assert_eq!(problem["request_id"], self.header("x-request-id"), "{}", self.request);
        for field in ["type", "title", "detail"] {
            let text = problem[field].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{} has no {field}\n{problem:#}", self.request);
        }
        problem
    }
}
