//! The history of a record, whatever its kind.

use crate::extract::{Parameters, RecordPath};
use crate::respond::cells::instant;
use crate::respond::registered::named;
use crate::respond::{Answer, Cell, Column, DescribedFilter, ListQuery, RangeOf, Resource};
use crate::respond::{RecordQuery, Registered, answer_document, answer_list};
use crate::state::State;
use actix_web::{HttpRequest, web};
use consortia_db::{Conn, revision};
use consortia_domain::error::{Errors, Invalid, Location};
use consortia_domain::filter::{Filter, QueryReader};
use consortia_domain::id::RecordRef;
use consortia_domain::page::ListRequest;
use consortia_domain::record::Stamp;
use consortia_domain::revision::{Revision, StateAt, content_of};
use serde_json::Value;
use std::str::FromStr;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};
use uuid::Uuid;

/// A history takes no filter: it is one record's.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFilter;

impl Filter for NoFilter {
    const SORTS: &'static [&'static str] = &[];

    fn read(_: &mut QueryReader<'_>) -> Self {
        Self
    }
}

impl IntoParams for NoFilter {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        Vec::new()
    }
}

impl DescribedFilter for NoFilter {
    const RANGES: &'static [(&'static str, RangeOf)] = &[];
}

/// What a list that is neither searched, filtered nor sorted is asked for: a page, and how it
/// is shown.
#[derive(Clone, Debug)]
pub struct PagedQuery<T>(pub(super) ListQuery<T, NoFilter>);

impl<T: Resource> Parameters for PagedQuery<T> {
    fn read(query: &mut QueryReader<'_>, pairs: &[(String, String)]) -> Self {
        Self(paged(query, pairs))
    }
}

impl<T: Resource> IntoParams for PagedQuery<T> {
    fn into_params(given_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        paged_params::<T>(given_in)
    }
}

/// What a history is asked for.
pub type RevisionQuery = PagedQuery<Revision>;

/// Reads the parameters of a list that is neither searched, filtered nor sorted.
pub(super) fn paged<T: Resource>(
    query: &mut QueryReader<'_>,
    pairs: &[(String, String)],
) -> ListQuery<T, NoFilter> {
    // `q` and `sort` are read apart, from nothing, so that they stay unknown to the reader of
    // the request. The empty name is the path, to which cursors belong.
    let paging = |name: &str| ["cursor", "limit", ""].contains(&name);
    let own: Vec<_> = pairs.iter().filter(|(name, _)| paging(name)).cloned().collect();
    let given: Vec<_> = own.iter().filter(|(name, _)| !name.is_empty()).cloned().collect();
    let mut reader = QueryReader::new(&given);
    let request = ListRequest::read(&mut reader, &own);
    for fault in reader.finish().err().iter().flat_map(Errors::iter) {
        if let Location::Parameter(name) = &fault.at {
            query.fault(name, Invalid::new(fault.code, fault.detail.clone()));
        }
    }
    // Named here, so that the reader of the request knows them; it would complain once more
    // of one given twice.
    for name in ["cursor", "limit"] {
        if given.iter().filter(|(key, _)| key == name).count() <= 1 {
            query.text(name);
        }
    }
    ListQuery::new(request, RecordQuery::read(query, pairs), !given.is_empty())
}

/// Describes the parameters that [`paged`] reads.
pub(super) fn paged_params<T: Resource>(
    given_in: impl Fn() -> Option<ParameterIn>,
) -> Vec<Parameter> {
    let mut parameters = ListQuery::<T, NoFilter>::into_params(given_in);
    parameters.retain(|parameter| !["q", "sort", "bom"].contains(&parameter.name.as_str()));
    parameters
}

impl Resource for Revision {
    const PATH: &'static str = "revisions";
    const FIELDS: &'static [&'static str] =
        &["seq", "entity", "record_id", "version", "action", "actor", "at", "change"];
    const SEARCH_EXAMPLE: &'static str = "";

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new("seq", |r| Cell::plain(r.seq)),
            Column::new("entity", |r| Cell::plain(r.entity)),
            Column::new("record_id", |r| Cell::plain(r.record_id)),
            Column::new("version", |r| Cell::plain(r.version)),
            Column::new("action", |r| Cell::plain(r.action)),
            Column::new("actor", |r| Cell::text(&r.actor)),
            Column::new("at", |r| instant(r.at)),
            Column::new("change", |r| Cell::maybe_text(r.change.as_ref())),
        ]
    }

    fn id(&self) -> String {
        self.seq.to_string()
    }

    fn stamp(&self) -> Option<&Stamp> {
        None
    }
}

/// Which state of a record is asked for.
#[derive(Clone, Copy, Debug)]
pub struct StateQuery(StateAt);

impl Parameters for StateQuery {
    fn read(query: &mut QueryReader<'_>, _: &[(String, String)]) -> Self {
        let instant = query.instant("as_of", true);
        let version = query.one::<Version>("version");
        Self(match (instant, version) {
            (Some(_), Some(_)) => {
                let detail = "Give 'as_of' or 'version', not both.";
                query.fault("version", Invalid::new("contradicting_parameters", detail));
                StateAt::Last
            }
            (Some(instant), None) => StateAt::Instant(instant),
            (None, Some(Version(version))) => StateAt::Version(version),
            (None, None) => StateAt::Last,
        })
    }
}

/// The number of a version, as parameters state it.
struct Version(u32);

impl FromStr for Version {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        text.parse().map(Self).map_err(|_| {
            let detail = format!("'{text}' is not the number of a version, such as 2.");
            Invalid::new("not_a_number", detail)
        })
    }
}

/// What [`StateQuery`] reads, for the document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters and is never made")]
struct StateParameters {
    /// Instant of the state, RFC 3339; a day means its end in UTC.
    #[param(example = "2026-01-31T12:00:00Z")]
    as_of: Option<String>,
    /// Version that is the state.
    #[param(minimum = 1, example = 2)]
    version: Option<u32>,
}

impl IntoParams for StateQuery {
    fn into_params(given_in: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        StateParameters::into_params(given_in)
    }
}

/// Answers with the state of the record at `path` that is asked for.
pub(super) async fn former<R: Registered>(
    http: &HttpRequest,
    state: &web::Data<State>,
    path: RecordPath,
    StateQuery(at): StateQuery,
) -> Answer {
    let wanted = named::<R>(path)?;
    let found = state.read(move |c| {
        let id = own_id::<R>(c, &wanted)?;
        let mut found = revision::state(c, R::KIND, id, at)?;
        found.content = found.content.map(whole::<R>);
        Ok(found)
    });
    answer_document(http, state, found.await?).await
}

/// A content with all its fields: a merge patch that forgets one leaves it out. What today's
/// rules would refuse is shown as it was.
fn whole<R: Registered>(content: Value) -> Value {
    let read = content_of::<R>(&content).ok();
    let Some(mut whole) = read.and_then(|read| serde_json::to_value(read).ok()) else {
        return content;
    };
    if let (Some(field), Value::Object(fields)) = (R::WITHIN, &mut whole) {
        fields.insert(field.to_owned(), content[field].clone());
    }
    whole
}

/// The id that is meant. A deleted record is found by its id only.
fn own_id<R: Registered>(c: &mut Conn<'_>, wanted: &RecordRef) -> consortia_db::Result<Uuid> {
    match wanted {
        RecordRef::Id(id) => Ok(*id),
        external @ RecordRef::External(_) => Ok(R::get(c, external)?.id()),
    }
}

/// Answers with the history of the record at `path`.
pub(super) async fn answer<R: Registered>(
    http: &HttpRequest,
    state: &web::Data<State>,
    path: RecordPath,
    query: RevisionQuery,
) -> Answer {
    let wanted = named::<R>(path)?;
    let load = move |c: &mut Conn<'_>, request: &ListRequest<NoFilter>| {
        let id = own_id::<R>(c, &wanted)?;
        let ListRequest { cursor, limit, fingerprint, .. } = request;
        revision::of(c, R::KIND, id, cursor.as_ref(), *limit, *fingerprint)
    };
    answer_list(http, state, query.0, load).await
}
