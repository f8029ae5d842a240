//! Answering with one record.

use super::conditional::{begin, http_date, record_etag};
use super::{Answer, Format, Representation as _, Resource, etag_of};
use crate::extract::{Parameters, languages};
use crate::problem::{Problem, excerpt};
use crate::traces::{self, Kind};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use consortia_domain::error::Invalid;
use consortia_domain::filter::QueryReader;
use consortia_domain::id::RecordRef;
use serde_json::{Map, Value};
use std::marker::PhantomData;

/// How a record is to be shown: `fields`, `include`, `format`.
#[derive(Clone, Debug)]
pub struct RecordQuery<T> {
    /// The fields to show; `None` for all.
    pub(super) fields: Option<Vec<&'static str>>,
    /// What to include.
    pub(super) include: Vec<&'static str>,
    /// The format asked for by parameter.
    pub(super) format: Option<Format>,
    of: PhantomData<fn() -> T>,
}

impl<T: Resource> RecordQuery<T> {
    /// Every field, nothing included.
    #[must_use]
    pub fn plain() -> Self {
        Self { fields: None, include: Vec::new(), format: None, of: PhantomData }
    }

    /// Whether `name` is to be included.
    #[must_use]
    pub fn includes(&self, name: &str) -> bool {
        self.include.contains(&name)
    }

    /// What is to be included.
    #[must_use]
    pub fn included(&self) -> &[&'static str] {
        &self.include
    }

    /// Whether the column or field `name` is to be shown.
    pub(super) fn shows(&self, name: &str) -> bool {
        self.fields.as_ref().is_none_or(|fields| fields.contains(&name)) || self.includes(name)
    }

    /// `record` as JSON, with the fields asked for only.
    pub(super) fn json(&self, record: &T) -> Result<Vec<u8>, Problem> {
        if self.fields.is_none() {
            return serde_json::to_vec(record).map_err(Problem::internal);
        }
        let value = serde_json::to_value(record).map_err(Problem::internal)?;
        let Value::Object(map) = value else {
            return Err(Problem::internal(anyhow::anyhow!("a record is not an object")));
        };
        let shown = map.into_iter().filter(|(name, _)| self.shows(name));
        serde_json::to_vec(&shown.collect::<Map<_, _>>()).map_err(Problem::internal)
    }
}

impl<T: Resource> Parameters for RecordQuery<T> {
    fn read(query: &mut QueryReader<'_>, _: &[(String, String)]) -> Self {
        let fields = names(query, "fields", &[T::FIELDS, T::INCLUDES].concat());
        let mut include = Vec::new();
        if !T::INCLUDES.is_empty() {
            include = names(query, "include", T::INCLUDES).unwrap_or_default();
            // A field that is only shown on request is requested by naming it.
            let named = fields.iter().flatten().filter(|name| T::INCLUDES.contains(name));
            include.extend(named);
        }
        Self { fields, include, format: query.one("format"), of: PhantomData }
    }
}

/// Reads a comma-separated list of `allowed` names.
fn names(
    query: &mut QueryReader<'_>,
    parameter: &str,
    allowed: &[&'static str],
) -> Option<Vec<&'static str>> {
    let text = query.text(parameter)?;
    let mut names = Vec::new();
    for item in text.split(',').map(str::trim) {
        if let Some(name) = allowed.iter().find(|name| **name == item) {
            names.push(*name);
        } else {
            let allowed = allowed.join(", ");
            let item = excerpt(item);
            let detail = format!("'{item}' cannot be named here. Allowed: {allowed}.");
            query.fault(parameter, Invalid::new("unknown_name", detail));
        }
    }
    Some(names)
}

/// The address of a record.
pub(super) fn location<T: Resource>(record: &T) -> String {
    format!("/api/v1/{}/{}", T::PATH, record.id())
}

/// Answers with `record`, found by `asked_by`; 304 when the client has it already.
///
/// # Errors
/// `not_acceptable` when the client wants another format than there is.
pub fn answer_record<T: Resource>(
    http: &HttpRequest,
    query: &RecordQuery<T>,
    asked_by: &RecordRef,
    record: &T,
) -> Answer {
    Format::choose(query.format, http.headers(), Format::RECORD)?;
    let _part = traces::begin_part("render", Kind::Internal);
    let body = query.json(record)?;
    let etag = match record.stamp() {
        Some(stamp) => record_etag(stamp.version, &body),
        None => etag_of(&body),
    };
    // What is shown beside the record, or in a language, may change by itself.
    let plain = query.include.is_empty() && languages(http.headers()).is_empty();
    let reliable = if plain { record.modified() } else { None };
    let (mut response, unchanged) = begin(http.headers(), etag, reliable);
    if let Some(stamp) = record.stamp() {
        response.insert_header((header::LAST_MODIFIED, http_date(stamp.updated_at)));
    }
    if matches!(asked_by, RecordRef::External(_)) {
        response.insert_header((header::CONTENT_LOCATION, location(record)));
    }
    if unchanged {
        return Ok(response.finish());
    }
    Ok(response.content_type(Format::Json.content_type()).body(body))
}

/// Answers with a record just created.
///
/// # Errors
/// Never for the registry's own records, which always serialise.
pub fn created<T: Resource>(record: &T) -> Answer {
    let body = RecordQuery::plain().json(record)?;
    let version = record.stamp().map_or(1, |stamp| stamp.version);
    let mut response = HttpResponse::Created();
    response.insert_header((header::ETAG, record_etag(version, &body)));
    response.insert_header((header::LOCATION, location(record)));
    response.insert_header((header::CACHE_CONTROL, "no-cache"));
    Ok(response.content_type(Format::Json.content_type()).body(body))
}

/// Answers with a record just changed.
///
/// # Errors
/// Never for the registry's own records, which always serialise.
pub fn changed<T: Resource>(record: &T) -> Answer {
    let body = RecordQuery::plain().json(record)?;
    let version = record.stamp().map_or(1, |stamp| stamp.version);
    let mut response = HttpResponse::Ok();
    response.insert_header((header::ETAG, record_etag(version, &body)));
    response.insert_header((header::CONTENT_LOCATION, location(record)));
    response.insert_header((header::CACHE_CONTROL, "no-cache"));
    Ok(response.content_type(Format::Json.content_type()).body(body))
}

/// Answers that a record is gone.
///
/// # Errors
/// Never.
pub fn deleted() -> Answer {
    Ok(HttpResponse::NoContent().finish())
}
