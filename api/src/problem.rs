//! Problems: every error answer, as RFC 9457 `application/problem+json`.

mod code;
mod from;
mod schema;

pub use code::Code;
pub use schema::{ProblemDocument, ProblemError, ProblemReferrers};

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use consortia_domain::error::{Errors, FieldError, Location};
use std::borrow::Cow;
use std::fmt;

/// The most characters of a text of the client's that an answer repeats.
const EXCERPT: usize = 100;

/// The most faults an answer names: who makes more than these mends them by rule, not one by one.
const NAMED: usize = 200;

/// `text` as an answer repeats it: shortened when it is long.
#[must_use]
pub fn excerpt(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// Media type of problems.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// An error answer: what kind, what exactly, where, and headers that go with it.
#[derive(Debug)]
pub struct Problem {
    code: Code,
    detail: String,
    errors: Vec<FieldError>,
    referred_to_by: Vec<ProblemReferrers>,
    headers: Vec<(HeaderName, String)>,
    source: Option<anyhow::Error>,
}

impl Problem {
    /// A problem of kind `code`; `detail` is a sentence for people on this occurrence.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self {
            code,
            detail,
            errors: Vec::new(),
            referred_to_by: Vec::new(),
            headers: Vec::new(),
            source: None,
        }
    }

    /// A fault of ours: `source` goes to the log, never to the client.
    #[must_use]
    pub fn internal(source: impl Into<anyhow::Error>) -> Self {
        let detail = "The fault is on the server's side and has been logged under the request id.";
        Self { source: Some(source.into()), ..Self::new(Code::Internal, detail) }
    }

    /// A problem made of the `errors` of a request, of which it names the first [`NAMED`].
    #[must_use]
    pub fn of_errors(code: Code, errors: &Errors) -> Self {
        let count = errors.iter().count();
        let errors: Vec<_> = errors.iter().take(NAMED).cloned().collect();
        let detail = match errors.as_slice() {
            [only] => only.detail.clone(),
            named if named.len() < count => {
                format!("{count} faults were found; 'errors' names the first {NAMED}.")
            }
            _ => format!("{count} faults were found; 'errors' names each."),
        };
        Self { errors, ..Self::new(code, detail) }
    }

    /// The problem with another header on its answer.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The problem with what the log should hold beside it.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<anyhow::Error>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Its kind.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// The sentence on this occurrence.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// What the log should hold beside it.
    #[must_use]
    pub fn source_error(&self) -> Option<&anyhow::Error> {
        self.source.as_ref()
    }

    /// The document as sent to the client.
    #[must_use]
    pub fn document(&self, request_id: &str) -> ProblemDocument {
        ProblemDocument {
            r#type: format!("/problems#{}", self.code.name()),
            title: self.code.title().to_owned(),
            status: self.code.status().as_u16(),
            detail: self.detail.clone(),
            code: self.code.name().to_owned(),
            request_id: request_id.to_owned(),
            errors: self.errors.iter().map(ProblemError::from).collect(),
            referred_to_by: self.referred_to_by.clone(),
        }
    }

    /// The whole answer.
    #[must_use]
    pub fn response(&self, request_id: &str) -> HttpResponse {
        let mut response = HttpResponse::build(self.code.status());
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        for (name, value) in &self.headers {
            // A value that is no header text is left out: the answer matters more.
            if let Ok(value) = HeaderValue::from_str(value) {
                response.append_header((name.clone(), value));
            }
        }
        let body = serde_json::to_vec(&self.document(request_id)).unwrap_or_default();
        response.content_type(PROBLEM_JSON).body(body)
    }

    /// What a bare error `status` of the framework means; used when no problem was made.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        let (code, detail) = match status {
            StatusCode::NOT_FOUND => {
                (Code::UnknownPath, "Nothing lives at this address; /api/v1 lists what there is.")
            }
            StatusCode::PAYLOAD_TOO_LARGE => (Code::BodyTooLarge, "The body is too large."),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                (Code::UnsupportedMediaType, "The media type of the body is not accepted here.")
            }
            StatusCode::NOT_ACCEPTABLE => {
                (Code::NotAcceptable, "None of the formats asked for is available here.")
            }
            StatusCode::REQUEST_TIMEOUT => {
                (Code::RequestTimeout, "The body did not arrive in time.")
            }
            status if status.is_client_error() => {
                (Code::MalformedRequest, "The request cannot be read.")
            }
            _ => return Self::internal(anyhow::anyhow!("answered with a bare {status}")),
        };
        Self::new(code, detail)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    /// The frame around every handler (`frame.rs`) builds the answer again with the request
    /// id, which is unknown here.
    fn error_response(&self) -> HttpResponse {
        self.response("")
    }
}

impl From<&FieldError> for ProblemError {
    fn from(fault: &FieldError) -> Self {
        let mut error = Self {
            pointer: None,
            parameter: None,
            header: None,
            code: fault.code.to_owned(),
            detail: fault.detail.clone(),
        };
        match &fault.at {
            Location::Pointer(at) => error.pointer = Some(at.as_str().to_owned()),
            Location::Parameter(name) => error.parameter = Some(name.clone()),
            Location::Header(name) => error.header = Some(name.clone()),
        }
        error
    }
}
