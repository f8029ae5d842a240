//! What is done with every kind of record: read, listed, changed, deleted. Written once.

use super::creation::create;
use super::record::{answer_record, changed, deleted};
use super::{Answer, ListQuery, RecordQuery, Resource, answer_list};
use crate::auth::{Staff, Writer};
use crate::extract::{Body, IdempotencyKey, IfMatch, PatchBody, RecordPath, languages};
use crate::problem::Problem;
use crate::state::State;
use actix_web::{HttpRequest, web};
use consortia_db::{Conn, Error, Result, Tx, revision, statement};
use consortia_domain::draft::Withdrawal;
use consortia_domain::error::{Errors, Invalid, Pointer};
use consortia_domain::filter::Filter;
use consortia_domain::id::RecordRef;
use consortia_domain::language::LanguageTag;
use consortia_domain::page::{ListRequest, Page};
use consortia_domain::record::Record;
use consortia_domain::revision::{Restoration, StateAt, content_of};
use consortia_domain::statement::Statement;
use std::collections::HashMap;
use uuid::Uuid;

/// A kind of record as the store keeps it and the API shows it. Implemented by
/// [`operations!`](crate::routes::operations).
pub trait Registered: Record + Sized {
    /// Which of them a list holds.
    type Filter: Filter + Clone + Send + Sync + 'static;
    /// What one is shown as.
    type Shown: Resource + From<Self>;
    /// For records that no other registry gives an identifier to: what to do with one instead,
    /// `{}` standing for it.
    const INSTEAD_OF_EXTERNAL_IDS: Option<&'static str>;

    /// One page of those that match.
    ///
    /// # Errors
    /// As the store says.
    fn list(c: &mut Conn<'_>, request: &ListRequest<Self::Filter>) -> Result<Page<Self>>;

    /// The one that is meant.
    ///
    /// # Errors
    /// As the store says.
    fn get(c: &mut Conn<'_>, wanted: &RecordRef) -> Result<Self>;

    /// Puts new content in the place of the old, which is at `version`.
    ///
    /// # Errors
    /// As the store says.
    fn update(tx: &mut Tx<'_>, id: Uuid, version: u32, content: &Self::Content) -> Result<Self>;

    /// Deletes the one that is at `version`.
    ///
    /// # Errors
    /// As the store says.
    fn delete(tx: &mut Tx<'_>, id: Uuid, version: u32) -> Result<()>;
}

/// What a list of records is asked for.
pub type RecordListQuery<R> = ListQuery<<R as Registered>::Shown, <R as Registered>::Filter>;

/// Records as they are shown, with what is `wanted` beside each, and their texts in the
/// languages `asked` for.
fn shown<R: Registered>(
    c: &mut Conn<'_>,
    wanted: &[&'static str],
    asked: &[LanguageTag],
    records: Vec<R>,
) -> Result<Vec<R::Shown>> {
    let mut records = records;
    if wanted.contains(&"sources") {
        show_sources(c, &mut records)?;
    }
    if !asked.is_empty() {
        for record in &mut records {
            record.show_in_language(asked);
        }
    }
    let mut shown = records.into_iter().map(R::Shown::from).collect::<Vec<_>>();
    R::Shown::include(c, wanted, &mut shown)?;
    Ok(shown)
}

/// Puts beside each record what is stated about it.
fn show_sources<R: Record>(c: &mut Conn<'_>, records: &mut [R]) -> Result<()> {
    let ids: Vec<Uuid> = records.iter().map(Record::id).collect();
    let mut about: HashMap<Uuid, Vec<Statement>> = HashMap::new();
    for statement in statement::about(c, &ids)? {
        about.entry(statement.content.about_id).or_default().push(statement);
    }
    for record in records {
        let statements = about.remove(&record.id()).unwrap_or_default();
        record.show_sources(statements);
    }
    Ok(())
}

/// The record at `path`, which may have to be its own id.
///
/// # Errors
/// When it is not, and other registries do not know such records.
pub fn named<R: Registered>(path: RecordPath) -> std::result::Result<RecordRef, Problem> {
    if let (RecordRef::External(external), Some(instead)) = (&path.0, R::INSTEAD_OF_EXTERNAL_IDS) {
        let external = external.to_string();
        let detail = format!(
            "'{external}' cannot name {}, which has no external identifiers. Expected its id; {}",
            R::KIND.with_article(),
            instead.replace("{}", &external)
        );
        return Err(Problem::invalid_parameter("id", Invalid::new("invalid_id", detail)));
    }
    Ok(path.0)
}

/// Answers with the records that are left when `narrow` has added to the filter.
///
/// # Errors
/// As [`answer_list`].
pub async fn list_narrowed<R, N>(
    http: &HttpRequest,
    state: &web::Data<State>,
    query: RecordListQuery<R>,
    narrow: N,
) -> Answer
where
    R: Registered,
    N: Fn(&mut Conn<'_>, &mut R::Filter) -> Result<()> + Clone + Send + 'static,
{
    let included = query.look.included().to_vec();
    let asked = languages(http.headers());
    let load = move |c: &mut Conn<'_>, request: &ListRequest<R::Filter>| {
        let mut request = request.clone();
        narrow(c, &mut request.filter)?;
        let mut page = R::list(c, &request)?;
        if included.contains(&"sources") {
            let ids: Vec<Uuid> = page.data.iter().map(Record::id).collect();
            let fitting = statement::fitting_about(c, &ids)?;
            if fitting < ids.len() {
                request.limit = u32::try_from(fitting).unwrap_or(request.limit);
                page = R::list(c, &request)?;
            }
        }
        let Page { data, next, total, corrections } = page;
        Ok(Page { data: shown::<R>(c, &included, &asked, data)?, next, total, corrections })
    };
    answer_list(http, state, query, load).await
}

/// Answers with the records that match.
///
/// # Errors
/// As [`answer_list`].
pub async fn list<R: Registered>(
    http: &HttpRequest,
    state: &web::Data<State>,
    query: RecordListQuery<R>,
) -> Answer {
    list_narrowed::<R, _>(http, state, query, |_, _| Ok(())).await
}

/// Answers with the record at `path`.
///
/// # Errors
/// When there is none, or as [`answer_record`].
pub async fn get<R: Registered>(
    http: &HttpRequest,
    state: &State,
    path: RecordPath,
    look: RecordQuery<R::Shown>,
) -> Answer {
    let wanted = named::<R>(path)?;
    let (asked, included) = (wanted.clone(), look.included().to_vec());
    let languages = languages(http.headers());
    let read = state.read(move |c| {
        let record = R::get(c, &wanted)?;
        shown::<R>(c, &included, &languages, vec![record])
    });
    let shown = read.await?;
    let record = shown.first().ok_or_else(|| Problem::internal(anyhow::anyhow!("none shown")))?;
    answer_record(http, &look, &asked, record)
}

/// Registers a record by `work` and answers with it.
///
/// # Errors
/// As [`create`].
pub async fn post<R, W>(
    http: &HttpRequest,
    state: &State,
    writer: &Writer,
    key: IdempotencyKey,
    body: Body<R::Content>,
    work: W,
) -> Answer
where
    R: Registered,
    W: FnOnce(&mut Tx<'_>, &R::Content) -> Result<R> + Send + 'static,
{
    let Body { value, json } = body;
    let rights = writer.0.rights();
    let work = move |tx: &mut Tx<'_>| {
        rights.register::<R>(tx.conn(), &value)?;
        work(tx, &value).map(R::Shown::from)
    };
    create(http, state, &writer.0, key, &json, work).await
}

/// Puts whole new content in the place of the old.
///
/// # Errors
/// When there is no such record, it changed meanwhile, or the content is not acceptable.
pub async fn put<R: Registered>(
    state: &State,
    writer: &Writer,
    path: RecordPath,
    if_match: IfMatch,
    body: Body<R::Content>,
) -> Answer {
    let wanted = named::<R>(path)?;
    change::<R, _>(state, writer, wanted, if_match, move |_| Ok(body.value)).await
}

/// Changes parts of the content.
///
/// # Errors
/// As [`put`].
pub async fn patch<R: Registered>(
    state: &State,
    writer: &Writer,
    path: RecordPath,
    if_match: IfMatch,
    body: PatchBody<R::Content>,
) -> Answer {
    let wanted = named::<R>(path)?;
    change::<R, _>(state, writer, wanted, if_match, move |old| Ok(body.0.apply(old)?)).await
}

async fn change<R, N>(
    state: &State,
    writer: &Writer,
    wanted: RecordRef,
    if_match: IfMatch,
    new: N,
) -> Answer
where
    R: Registered,
    N: FnOnce(&R::Content) -> Result<R::Content> + Send + 'static,
{
    let rights = writer.0.rights();
    let work = move |tx: &mut Tx<'_>| {
        let old = R::get(tx.conn(), &wanted)?;
        let version = old.stamp().version;
        rights.touch(tx.conn(), &old)?;
        if_match.check(version)?;
        let new = new(old.content())?;
        rights.register::<R>(tx.conn(), &new)?;
        R::update(tx, old.id(), version, &new)
    };
    changed(&R::Shown::from(state.write(&writer.0, work).await?))
}

/// Puts the content of a former version in the place of the present one.
///
/// # Errors
/// When there is no such record or version, the record changed meanwhile, or the content is not
/// acceptable any more.
pub async fn restore<R: Registered>(
    state: &State,
    writer: &Writer,
    path: RecordPath,
    if_match: IfMatch,
    body: Body<Restoration>,
) -> Answer {
    let wanted = named::<R>(path)?;
    let Restoration { version: former } = body.value;
    let rights = writer.0.rights();
    let (own, known) = (rights.clone(), if_match.clone());
    // What was does not change any more: others need not wait while it is gone through.
    let replay = move |c: &mut Conn<'_>| {
        let old = R::get(c, &wanted)?;
        own.touch(c, &old)?;
        known.check(old.stamp().version)?;
        let state = revision::state(c, R::KIND, old.id(), StateAt::Version(former));
        let content = state.map_err(in_body)?.content.unwrap_or_default();
        Ok((RecordRef::Id(old.id()), content_of::<R>(&content)?))
    };
    let (wanted, content) = state.read(replay).await?;
    let work = move |tx: &mut Tx<'_>| {
        let old = R::get(tx.conn(), &wanted)?;
        let version = old.stamp().version;
        rights.touch(tx.conn(), &old)?;
        if_match.check(version)?;
        rights.register::<R>(tx.conn(), &content)?;
        R::update(tx, old.id(), version, &content)
    };
    changed(&R::Shown::from(state.write(&writer.0, work).await?))
}

/// A fault of the version as one of the body that names it.
fn in_body(fault: Error) -> Error {
    let Error::Invalid(faults) = &fault else { return fault };
    let mut errors = Errors::new();
    for fault in faults.iter() {
        let at = Pointer::root().field("version");
        errors.body(&at, Invalid::new(fault.code, fault.detail.clone()));
    }
    Error::Invalid(errors)
}

/// Withdraws the record at `path`: deletes it, telling everybody why.
///
/// # Errors
/// As [`delete`], and when it is not the writer's own.
pub async fn withdraw<R: Registered>(
    state: &State,
    writer: &Writer,
    path: RecordPath,
    if_match: IfMatch,
    body: Body<Withdrawal>,
) -> Answer {
    let wanted = named::<R>(path)?;
    let rights = writer.0.rights();
    let work = move |tx: &mut Tx<'_>| {
        let old = R::get(tx.conn(), &wanted)?;
        let version = old.stamp().version;
        rights.withdraw(tx.conn(), &old)?;
        if_match.check(version)?;
        tx.because(body.value.reason.to_string());
        R::delete(tx, old.id(), version)
    };
    state.write(&writer.0, work).await?;
    deleted()
}

/// Deletes the record at `path`.
///
/// # Errors
/// When there is none, it changed meanwhile, or something refers to it.
pub async fn delete<R: Registered>(
    state: &State,
    staff: &Staff,
    path: RecordPath,
    if_match: IfMatch,
) -> Answer {
    let wanted = named::<R>(path)?;
    let work = move |tx: &mut Tx<'_>| {
        let old = R::get(tx.conn(), &wanted)?;
        let version = old.stamp().version;
        if_match.check(version)?;
        R::delete(tx, old.id(), version)
    };
    state.write(&staff.0, work).await?;
    deleted()
}
