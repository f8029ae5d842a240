//! JSON bodies, read by the domain's own decoders so that every fault is found at once.

use super::query::refuse_parameters;
use super::{media, read_body};
use crate::admission::step_aside;
use crate::problem::{Code, Problem};
use crate::state::State;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use consortia_domain::decode::{Decode, decode};
use consortia_domain::json;
use consortia_domain::merge_patch::MergePatch;
use futures_util::future::LocalBoxFuture;
use serde_json::Value;

/// Media types of a whole record.
const RECORD: [&str; 1] = ["application/json"];
/// Media types of a change to a record.
const PATCH: [&str; 2] = ["application/merge-patch+json", "application/json"];
/// Deepest nesting of arrays and objects accepted.
const MAX_DEPTH: usize = 32;
/// How the names begin by which the JSON reader marks numbers for itself: an object with such
/// a name would be taken for one.
const RESERVED: &str = "$serde_json::private::";

/// The body as a `T`, and as it was sent.
#[derive(Debug)]
pub struct Body<T> {
    /// What the body says.
    pub value: T,
    /// The JSON itself; identifies the request for `Idempotency-Key`.
    pub json: Value,
}

impl<T: Decode + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let json = read_json(&request, payload, &RECORD).await?;
            let value = decode(&json).map_err(|errors| Problem::invalid_body(&errors))?;
            Ok(Self { value, json })
        })
    }
}

/// The body as a JSON Merge Patch of a `T`.
#[derive(Debug)]
pub struct PatchBody<T>(pub MergePatch<T>);

impl<T: 'static> FromRequest for PatchBody<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let json = read_json(&request, payload, &PATCH).await?;
            decode(&json).map(Self).map_err(|errors| Problem::invalid_body(&errors))
        })
    }
}

async fn read_json(
    request: &HttpRequest,
    payload: Payload,
    accepted: &[&str],
) -> Result<Value, Problem> {
    refuse_parameters(request)?;
    media::check(request, accepted)?;
    let state = request.app_data::<web::Data<State>>().ok_or_else(State::missing)?;
    let (limit, time) = (state.config().max_body_bytes, state.config().request_timeout);
    // Whatever was looked up to let it in, the body takes its time.
    step_aside();
    let body = read_body(request, payload, limit, time).await?;
    state.admission().take_place().await?;
    parse(&body)
}

/// Reads JSON text, refusing what nests too deep to be a record or gives a field twice.
fn parse(body: &[u8]) -> Result<Value, Problem> {
    let malformed = |detail: String| Problem::new(Code::MalformedJson, detail);
    if body.is_empty() {
        return Err(malformed("The body is empty; send a JSON object.".into()));
    }
    if depth(body) > MAX_DEPTH {
        let detail = format!("The body nests deeper than the {MAX_DEPTH} levels accepted.");
        return Err(malformed(detail));
    }
    if has_reserved_name(body) {
        let detail = format!(
            "The body has a field whose name begins with '{RESERVED}'. No record has such a \
             field; leave it out."
        );
        return Err(malformed(detail));
    }
    json::read(body).map_err(|fault| match fault {
        json::Fault::Repeated(errors) => Problem::invalid_body(&errors),
        json::Fault::Syntax(error) => {
            let text = error.to_string();
            let what = text.split(" at line ").next().unwrap_or_default();
            let (line, column) = (error.line(), error.column());
            malformed(format!("The body is not JSON: {what} at line {line}, column {column}."))
        }
    })
}

/// How deep arrays and objects nest, at least as long as the text is JSON.
fn depth(body: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_string, mut escaped) = (false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Whether a field's name is reserved, however it is escaped, at least as long as the text
/// is JSON.
fn has_reserved_name(body: &[u8]) -> bool {
    let (mut start, mut escaped) = (None, false);
    for (at, byte) in body.iter().enumerate() {
        match (start, byte) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), b'\\') => escaped = true,
            (Some(from), b'"') => {
                let named = || body[at + 1..].trim_ascii_start().starts_with(b":");
                if is_reserved(&body[from..=at]) && named() {
                    return true;
                }
                start = None;
            }
            (None, b'"') => start = Some(at),
            _ => {}
        }
    }
    false
}

/// Whether `quoted`, a JSON string, begins as reserved names do.
fn is_reserved(quoted: &[u8]) -> bool {
    matches!(quoted.get(1), Some(b'$' | b'\\'))
        && serde_json::from_slice::<String>(quoted).is_ok_and(|name| name.starts_with(RESERVED))
}
