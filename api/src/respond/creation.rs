//! Creating records, once for each idempotency key.

use super::conditional::record_etag;
use super::record::{RecordQuery, location};
use super::{Answer, Format, Resource, etag_of};
use crate::auth::Principal;
use crate::extract::IdempotencyKey;
use crate::problem::{Code, Problem};
use crate::state::State;
use actix_web::http::header::{self, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse};
use consortia_db::{Tx, idempotency};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The answer to a creation, as it is given again when the request is repeated.
#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    location: String,
    etag: String,
    body: String,
}

impl Stored {
    fn of<T: Resource>(record: &T) -> Result<Self, Problem> {
        let body = RecordQuery::plain().json(record)?;
        let version = record.stamp().map_or(1, |stamp| stamp.version);
        let etag = record_etag(version, &body);
        let body = String::from_utf8(body).map_err(Problem::internal)?;
        Ok(Self { location: location(record), etag, body })
    }

    fn answer(self, again: bool) -> HttpResponse {
        let mut response = HttpResponse::Created();
        response.insert_header((header::LOCATION, self.location));
        response.insert_header((header::ETAG, self.etag));
        response.insert_header((header::CACHE_CONTROL, "no-cache"));
        if again {
            response.insert_header(("Idempotent-Replayed", "true"));
        }
        response.content_type(Format::Json.content_type()).body(self.body)
    }
}

/// What came of a creation inside its transaction.
enum Outcome {
    /// It was done now.
    Done(Result<Stored, Problem>),
    /// It had been done before; the answer given then.
    Before(Vec<u8>),
}

/// `json` with the members of every object in the order of their names, which is all two
/// JSON texts of one value may differ in once they are parsed.
fn canonical(json: &Value) -> Value {
    match json {
        Value::Array(items) => items.iter().map(canonical).collect(),
        Value::Object(map) => {
            let mut members: Vec<_> = map.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            members.into_iter().map(|(name, value)| (name.clone(), canonical(value))).collect()
        }
        other => other.clone(),
    }
}

fn in_flight() -> Problem {
    let detail = "A request with this Idempotency-Key is being answered; repeat this one in a \
                  moment, and it is given the same answer.";
    Problem::new(Code::IdempotencyInFlight, detail).header(RETRY_AFTER, "1")
}

/// Creates a record by `work` in the name of `principal`, and answers 201. A request with
/// the same key and the same `json` body is answered as the first time, for a day.
///
/// # Errors
/// What `work` fails with; `idempotency_mismatch` when the key belongs to another request,
/// `idempotency_in_flight` while one with this key is at work.
pub async fn create<T, F>(
    http: &HttpRequest,
    state: &State,
    principal: &Principal,
    key: IdempotencyKey,
    json: &Value,
    work: F,
) -> Answer
where
    T: Resource,
    F: FnOnce(&mut Tx<'_>) -> consortia_db::Result<T> + Send + 'static,
{
    let at_work = key.0.as_deref().map(|key| {
        let begun = state.in_flight().begin(&principal.actor(), key);
        begun.ok_or_else(in_flight)
    });
    let _at_work = at_work.transpose()?;
    let hash = etag_of(format!("{}\n{}", http.uri().path(), canonical(json)).as_bytes());
    let outcome = state.write(principal, move |tx| {
        let Some(key) = key.0 else { return Ok(Outcome::Done(Stored::of(&work(tx)?))) };
        if let Some(answer) = idempotency::begin(tx, &key, &hash)? {
            return Ok(Outcome::Before(answer));
        }
        let stored = Stored::of(&work(tx)?);
        if let Ok(stored) = &stored {
            let answer = serde_json::to_vec(stored).unwrap_or_default();
            idempotency::finish(tx, &key, &hash, &answer)?;
        }
        Ok(Outcome::Done(stored))
    });
    match outcome.await? {
        Outcome::Done(stored) => Ok(stored?.answer(false)),
        Outcome::Before(answer) => {
            let stored: Stored = serde_json::from_slice(&answer).map_err(Problem::internal)?;
            Ok(stored.answer(true))
        }
    }
}
