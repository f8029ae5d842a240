//! Answering with a list: one page as JSON, or the whole list streamed line by line.

use super::conditional::{begin, weak_etag_of};
use super::csv::{write_head, write_row};
use super::{Answer, Column, Format, Meta, PageInfo, RecordQuery, Representation as _, Resource};
use crate::auth::Principal;
use crate::extract::Parameters;
use crate::problem::Problem;
use crate::state::State;
use crate::traces::{self, Kind};
use actix_web::http::header;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use consortia_db::{Conn, revision};
use consortia_domain::error::{Errors, Invalid};
use consortia_domain::filter::{Filter, QueryReader};
use consortia_domain::page::{Cursor, ListRequest, MAX_LIMIT, Page};
use consortia_domain::record::Timestamp;
use futures_util::stream;
use serde::Serialize;
use std::fmt::Write as _;

/// What a list is asked for: which records, in which order, shown how.
#[derive(Clone, Debug)]
pub struct ListQuery<T, F> {
    /// Which records, and which page of them.
    pub request: ListRequest<F>,
    /// How each is shown.
    pub look: RecordQuery<T>,
    /// Whether one page was asked for, by `limit` or `cursor`.
    one_page: bool,
    /// Whether a CSV file begins with a byte order mark.
    bom: bool,
}

impl<T, F> ListQuery<T, F> {
    /// A list asked for by `request` and shown as `look` says; `one_page` tells whether a
    /// page was named.
    #[must_use]
    pub fn new(request: ListRequest<F>, look: RecordQuery<T>, one_page: bool) -> Self {
        Self { request, look, one_page, bom: false }
    }
}

impl<T: Resource, F: Filter> Parameters for ListQuery<T, F> {
    fn read(query: &mut QueryReader<'_>, pairs: &[(String, String)]) -> Self {
        let one_page = pairs.iter().any(|(name, _)| name == "limit" || name == "cursor");
        Self {
            request: ListRequest::read(query, pairs),
            look: RecordQuery::read(query, pairs),
            one_page,
            bom: query.flag("bom").unwrap_or(false),
        }
    }
}

/// One page, and what is said about the whole list beside it.
#[derive(Clone, Debug)]
pub struct Listed<T> {
    /// The page.
    pub page: Page<T>,
    /// What the whole list comes to, where a list says so.
    pub summary: Option<serde_json::Value>,
}

impl<T> From<Page<T>> for Listed<T> {
    fn from(page: Page<T>) -> Self {
        Self { page, summary: None }
    }
}

impl<T> Listed<T> {
    /// A page, and what the whole list comes to.
    ///
    /// # Errors
    /// When the summary cannot be written as JSON.
    pub fn with(page: Page<T>, summary: &impl Serialize) -> consortia_db::Result<Self> {
        let summary = serde_json::to_value(summary)
            .map_err(|fault| consortia_db::Error::internal(format!("a summary: {fault}")))?;
        Ok(Self { page, summary: Some(summary) })
    }
}

/// Loads one page.
pub trait Load<T, F>: Clone + Send + 'static {
    /// The page that `request` asks for.
    ///
    /// # Errors
    /// As the store says.
    fn load(&self, c: &mut Conn<'_>, request: &ListRequest<F>) -> consortia_db::Result<Listed<T>>;
}

impl<T, F, L, P> Load<T, F> for L
where
    L: Fn(&mut Conn<'_>, &ListRequest<F>) -> consortia_db::Result<P> + Clone + Send + 'static,
    P: Into<Listed<T>>,
{
    fn load(&self, c: &mut Conn<'_>, request: &ListRequest<F>) -> consortia_db::Result<Listed<T>> {
        self(c, request).map(Into::into)
    }
}

/// Answers with the list that `load` gives page by page.
///
/// JSON holds one page. The line formats hold one page when `limit` or `cursor` is given,
/// otherwise the whole list, streamed.
///
/// # Errors
/// `not_acceptable`, or what loading the first page fails with. A fault on a later page
/// breaks the stream off, so that a client cannot take a part for the whole; so does what takes
/// from whoever asks what they may do.
pub async fn answer_list<T: Resource, F: Filter + Sync>(
    http: &HttpRequest,
    state: &web::Data<State>,
    query: ListQuery<T, F>,
    load: impl Load<T, F>,
) -> Answer {
    let format = Format::choose(query.look.format, http.headers(), Format::ALL)?;
    if format == Format::Csv {
        check_columns(&query.look)?;
    }
    let whole = format != Format::Json && !query.one_page;
    let mut request = query.request.clone();
    if whole {
        request.limit = MAX_LIMIT;
    }
    // What everybody may read goes on.
    let reader = http.extensions().get::<Principal>().filter(|_| !T::REUSABLE).cloned();
    let (first, as_of) = read_page(state, None, request.clone(), load.clone()).await?;
    if format == Format::Json {
        return answer_json(http, state, &query, first, as_of);
    }
    let first = first.page;
    let next = first.next.clone();
    let mut response = HttpResponse::Ok();
    response.content_type(format.content_type());
    response.insert_header((header::CACHE_CONTROL, "no-cache"));
    response.append_header((header::VARY, "Accept, Accept-Language"));
    response.insert_header(("X-Total-Count", first.total.to_string()));
    if format == Format::Csv {
        let name = T::PATH;
        let disposition = format!("attachment; filename=\"{name}.csv\"");
        response.insert_header((header::CONTENT_DISPOSITION, disposition));
    }
    let lines = Lines::new(query, format);
    let mut text = lines.head();
    lines.write(&first.data, &mut text)?;
    if !whole {
        add_link(&mut response, http, next.as_ref());
        return Ok(response.body(text));
    }
    let state = state.clone();
    let start = Streaming { state, reader, lines, request, load, text: Some(text), next };
    Ok(response.streaming(stream::try_unfold(start, Streaming::step)))
}

/// Refuses a table of what has no columns.
fn check_columns<T: Resource>(look: &RecordQuery<T>) -> Result<(), Problem> {
    let columns = T::columns();
    let missing = |name: &&str| !columns.iter().any(|column| column.field == *name);
    let named = look.fields.as_deref().unwrap_or_default();
    let mut errors = Errors::new();
    let mut refuse = |parameter: &str, names: Vec<&str>| {
        let detail = format!(
            "csv has no column for {}. Leave it out, or ask for format=json or format=ndjson.",
            names.join(", ")
        );
        errors.parameter(parameter, Invalid::new("no_column", detail));
    };
    let included = look.include.iter().copied().filter(|name| !named.contains(name));
    let included: Vec<_> = included.filter(missing).collect();
    if !included.is_empty() {
        refuse("include", included);
    }
    if !named.is_empty() && named.iter().all(missing) {
        refuse("fields", named.to_vec());
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::invalid_parameters(&errors)) }
}

/// One page, and the instant of the last change it may show; of a `reader` who came in before, if
/// they may still do what they could then.
async fn read_page<T: Resource, F: Filter + Sync>(
    state: &State,
    reader: Option<Principal>,
    request: ListRequest<F>,
    load: impl Load<T, F>,
) -> Result<(Listed<T>, Option<Timestamp>), Problem> {
    let read = state.read(move |c| {
        if let Some(reader) = reader {
            reader.check(c)?;
        }
        let last = revision::last(c)?;
        Ok((load.load(c, &request)?, last.map(|(_, at)| at)))
    });
    read.await
}

/// A whole list on its way out.
struct Streaming<T, F, L> {
    state: web::Data<State>,
    /// Who reads it, if they said.
    reader: Option<Principal>,
    lines: Lines<T>,
    request: ListRequest<F>,
    load: L,
    /// What is ready to be sent.
    text: Option<String>,
    /// Where the next page begins.
    next: Option<Cursor>,
}

impl<T: Resource, F: Filter + Sync, L: Load<T, F>> Streaming<T, F, L> {
    async fn step(mut self) -> Result<Option<(web::Bytes, Self)>, actix_web::Error> {
        if let Some(text) = self.text.take() {
            return Ok(Some((web::Bytes::from(text), self)));
        }
        let Some(next) = self.next.take() else { return Ok(None) };
        self.request.cursor = Some(next);
        let (reader, request) = (self.reader.clone(), self.request.clone());
        let page = read_page(&self.state, reader, request, self.load.clone()).await;
        let page = page.inspect_err(|problem| tracing::error!(%problem, "a stream broke off"));
        let (Listed { page, .. }, _) = page?;
        let mut text = String::new();
        self.lines.write(&page.data, &mut text)?;
        self.next = page.next;
        Ok(Some((web::Bytes::from(text), self)))
    }
}

/// Writes records line by line.
struct Lines<T> {
    format: Format,
    look: RecordQuery<T>,
    columns: Vec<Column<T>>,
    bom: bool,
}

impl<T: Resource> Lines<T> {
    fn new<F>(query: ListQuery<T, F>, format: Format) -> Self {
        let mut columns = T::columns();
        columns.retain(|column| query.look.shows(column.field));
        Self { format, look: query.look, columns, bom: query.bom }
    }

    fn head(&self) -> String {
        let mut text = String::new();
        if self.format == Format::Csv {
            if self.bom {
                text.push('\u{feff}');
            }
            write_head(&self.columns, &mut text);
        }
        text
    }

    fn write(&self, records: &[T], text: &mut String) -> Result<(), Problem> {
        for record in records {
            if self.format == Format::Csv {
                write_row(&self.columns, record, text);
            } else {
                let json = self.look.json(record)?;
                text.push_str(std::str::from_utf8(&json).map_err(Problem::internal)?);
                text.push('\n');
            }
        }
        Ok(())
    }
}

fn answer_json<T: Resource, F: Filter>(
    http: &HttpRequest,
    state: &State,
    query: &ListQuery<T, F>,
    listed: Listed<T>,
    as_of: Option<Timestamp>,
) -> Answer {
    let _part = traces::begin_part("render", Kind::Internal);
    let Listed { page, summary } = listed;
    let info = PageInfo {
        next: page.next.as_ref().map(Cursor::encode),
        limit: query.request.limit,
        total: page.total,
    };
    let mut body = Vec::with_capacity(1024 * (page.data.len() + 1));
    body.extend_from_slice(b"{\"data\":");
    if query.look.fields.is_none() {
        serde_json::to_writer(&mut body, &page.data).map_err(Problem::internal)?;
    } else {
        body.push(b'[');
        for (n, record) in page.data.iter().enumerate() {
            if n > 0 {
                body.push(b',');
            }
            body.extend_from_slice(&query.look.json(record)?);
        }
        body.push(b']');
    }
    body.extend_from_slice(b",\"page\":");
    serde_json::to_writer(&mut body, &info).map_err(Problem::internal)?;
    if let Some(summary) = summary {
        body.extend_from_slice(b",\"summary\":");
        serde_json::to_writer(&mut body, &summary).map_err(Problem::internal)?;
    }
    // What follows tells when and whence, and does not make the list another one.
    let etag = weak_etag_of(&body);
    body.extend_from_slice(b",\"meta\":");
    let meta = Meta::of(state, as_of, page.corrections);
    let meta = if T::REUSABLE { meta } else { meta.not_for_reuse() };
    serde_json::to_writer(&mut body, &meta).map_err(Problem::internal)?;
    body.push(b'}');
    let (mut response, unchanged) = begin(http.headers(), etag, None);
    add_link(&mut response, http, page.next.as_ref());
    if unchanged {
        return Ok(response.finish());
    }
    Ok(response.content_type(Format::Json.content_type()).body(body))
}

/// Points to the next page: the same address with another cursor.
fn add_link(
    response: &mut actix_web::HttpResponseBuilder,
    http: &HttpRequest,
    next: Option<&Cursor>,
) {
    let Some(next) = next else { return };
    let kept = http
        .query_string()
        .split('&')
        .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some("cursor"));
    let mut target = format!("{}?", http.path());
    for pair in kept {
        target.push_str(pair);
        target.push('&');
    }
    // Writing to a String cannot fail.
    let _ = write!(target, "cursor={}", next.encode());
    // A path decoded for routing may hold what no header may; then the body alone tells.
    if let Ok(value) = header::HeaderValue::try_from(format!("<{target}>; rel=\"next\"")) {
        response.insert_header((header::LINK, value));
    }
}
