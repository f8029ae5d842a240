//! Statements: reading and writing single ones. Lists are in `list`.

mod list;

pub(crate) use list::list;

use super::references::References;
use super::revision::Change;
use super::rows::{from_doc, integer, naive, stamp, to_doc, unsigned};
use super::written::written;
use super::{Backend, Conn, LOOKUP, any, heavy, search, source};
use crate::conn::Stamp;
use crate::deadline;
use crate::error::{Error, Result};
use crate::schema::statements;
use crate::search::Document;
use crate::types::{Doc, Id};
use chrono::NaiveDateTime;
use consortia_domain::error::Invalid;
use consortia_domain::id::{EntityKind, StatementId};
use consortia_domain::statement::{Statement, StatementContent};
use consortia_domain::{Errors, Pointer};
use diesel::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// The most bytes of JSON that what a field is said to be holds.
const MAX_VALUE_BYTES: usize = 10_000;

/// A row of `statements`: the content as a document, beside it what lists ask for.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = statements, check_for_backend(Backend))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct Row {
    id: Id,
    about_kind: String,
    about_id: Id,
    field: String,
    basis: String,
    source_id: Option<Id>,
    content: Doc,
    version: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl Row {
    fn write(
        id: Id,
        content: &StatementContent,
        version: u32,
        created_at: NaiveDateTime,
        by: &Stamp,
    ) -> Result<Self> {
        Ok(Self {
            id,
            about_kind: content.about_kind.code().to_owned(),
            about_id: Id(content.about_id),
            field: content.field.to_string(),
            basis: content.basis.code().to_owned(),
            source_id: content.source_id.map(Id::of),
            content: to_doc(content)?,
            version: integer(version)?,
            created_at,
            updated_at: naive(by.now),
        })
    }
}

/// Rows with the records they are about and their sources, in the order given. Each of these
/// records is looked up and written out once, however many are about it; where records hold much,
/// few at a time.
fn complete(c: &mut Conn, rows: Vec<Row>) -> Result<Vec<Statement>> {
    let cited: BTreeSet<Id> = rows.iter().filter_map(|row| row.source_id).collect();
    let sources = source::references(c, &cited.into_iter().collect::<Vec<_>>())?;
    let contents = rows.iter().map(|row| from_doc(&row.content));
    let contents = contents.collect::<Result<Vec<StatementContent>>>()?;
    let mut places: BTreeMap<(EntityKind, Id), Vec<usize>> = BTreeMap::new();
    for (place, content) in contents.iter().enumerate() {
        places.entry((content.about_kind, Id(content.about_id))).or_default().push(place);
    }
    // What to show for the record, and whether it says so.
    let mut told: Vec<Option<(String, bool)>> = vec![None; rows.len()];
    let at_a_time = heavy::at_a_time(c)?.min(rows.len().max(1));
    for some in places.keys().copied().collect::<Vec<_>>().chunks(at_a_time) {
        for alike in some.chunk_by(|(one, _), (other, _)| one == other) {
            let kind = alike[0].0;
            let ids: Vec<Id> = alike.iter().map(|(_, id)| *id).collect();
            for about in any::load(c, kind, &ids)? {
                let (label, mut says) = (about.label(), about.says());
                for place in places.get(&(kind, Id(about.id()))).into_iter().flatten() {
                    deadline::check()?;
                    told[*place] = Some((label.clone(), says(&contents[*place])));
                }
            }
        }
    }
    let completed = rows.into_iter().zip(contents).zip(told).map(|((row, content), told)| {
        let lost = || Error::internal("a statement is about a record not there");
        let (about, preferred) = told.ok_or_else(lost)?;
        Ok(Statement {
            id: row.id.0.into(),
            about,
            preferred,
            source: row.source_id.and_then(|id| sources.get(&id).cloned()),
            content,
            stamp: stamp(row.version, row.created_at, row.updated_at)?,
        })
    });
    completed.collect()
}

written! {
    statements: Statement, StatementContent, StatementId, Statement;
    kept by keep;
    released by release;
}

fn keep(c: &mut Conn, id: Id, content: &StatementContent) -> Result<()> {
    search::index(c, &[Document::statement(id.0, content)])
}

fn release(c: &mut Conn, id: Id) -> Result<()> {
    search::remove(c, &[id.0])
}

/// Refuses statements about records that are not there, or that these could not make true.
fn check(c: &mut Conn, id: Id, content: &StatementContent) -> Result<()> {
    check_size(c, id, content)?;
    let mut references = References::default();
    references.source(Pointer::root().field("source_id"), content.source_id);
    references.check(c)?;
    let about = any::load(c, content.about_kind, &[Id(content.about_id)])?;
    let Some(about) = about.first() else {
        let (kind, id) = (content.about_kind, content.about_id);
        let detail = format!("There is no {kind} {id}; name another record, or another kind.");
        let mut errors = Errors::new();
        let fault = Invalid::new("dangling_reference", detail);
        errors.body(&Pointer::root().field("about_id"), fault);
        return Err(Error::Invalid(errors));
    };
    about.could_say(content).map_err(Error::Invalid)
}

/// Refuses a statement of which the value is long, or with which those about one record, that are
/// shown with it, would be more than a page holds.
fn check_size(c: &mut Conn, id: Id, content: &StatementContent) -> Result<()> {
    let value = content.value.to_string().len();
    if value > MAX_VALUE_BYTES {
        let detail = format!(
            "The value holds {value} bytes. Expected at most {MAX_VALUE_BYTES}; state parts of it, \
             each by the path of its field."
        );
        return Err(Error::invalid(&Pointer::root().field("value"), "too_long", detail));
    }
    let others = statements::table.filter(statements::about_id.eq(Id(content.about_id)));
    let others: Vec<Id> = others.filter(statements::id.ne(id)).select(statements::id).load(c)?;
    let sizes = heavy::sizes(c, &others)?;
    let held: i64 = others.iter().map(|other| size(*other, &sizes)).sum();
    let own = i64::try_from(to_doc(content)?.0.to_string().len()).unwrap_or(i64::MAX);
    if held + own > heavy::PAGE_BYTES {
        let detail = format!(
            "This holds {own} bytes; the statements about one record hold {} (4 MiB) together at \
             most, of which {} are free. Delete some first.",
            heavy::PAGE_BYTES,
            (heavy::PAGE_BYTES - held).max(0)
        );
        return Err(Error::invalid(&Pointer::root(), "too_large", detail));
    }
    Ok(())
}

/// The bytes of content that a statement holds at most, by the `sizes` of those that are noted.
fn size(id: Id, sizes: &HashMap<Id, i64>) -> i64 {
    let unnoted = i64::try_from(heavy::unnoted(KIND)).unwrap_or(i64::MAX);
    sizes.get(&id).copied().unwrap_or(unnoted)
}

pub(crate) fn fitting_about(c: &mut Conn, records: &[Uuid]) -> Result<usize> {
    let records: Vec<Id> = records.iter().copied().map(Id).collect();
    let mut about: HashMap<Id, i64> = HashMap::new();
    for records in records.chunks(LOOKUP) {
        let of_these: Vec<(Id, Id)> = statements::table
            .filter(statements::about_id.eq_any(records))
            .select((statements::about_id, statements::id))
            .load(c)?;
        let ids: Vec<Id> = of_these.iter().map(|(_, id)| *id).collect();
        let sizes = heavy::sizes(c, &ids)?;
        for (record, id) in of_these {
            *about.entry(record).or_default() += size(id, &sizes);
        }
    }
    Ok(heavy::page_of(&records, &about))
}

pub(crate) fn about(c: &mut Conn, records: &[Uuid]) -> Result<Vec<Statement>> {
    let ids: Vec<Id> = records.iter().copied().map(Id).collect();
    let mut rows = Vec::new();
    for ids in ids.chunks(LOOKUP) {
        let of_these: Vec<Row> = statements::table
            .filter(statements::about_id.eq_any(ids))
            .order((statements::about_id, statements::field, statements::id))
            .select(Row::as_select())
            .load(c)?;
        rows.extend(of_these);
    }
    complete(c, rows)
}

/// Deletes the statements about records that were deleted themselves; gives back the changes.
pub(super) fn delete_about(c: &mut Conn, records: &[Id]) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    for ids in records.chunks(LOOKUP) {
        let about = || statements::table.filter(statements::about_id.eq_any(ids));
        let gone: Vec<(Id, i32)> =
            about().select((statements::id, statements::version)).order(statements::id).load(c)?;
        if gone.is_empty() {
            continue;
        }
        diesel::delete(about()).execute(c)?;
        search::remove(c, &gone.iter().map(|(id, _)| id.0).collect::<Vec<_>>())?;
        for (id, version) in gone {
            changes.push(Change::deleted(KIND, id.0, unsigned(version)?));
        }
    }
    Ok(changes)
}
