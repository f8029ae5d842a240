//! Paging by the values of the last record seen: no offset, nothing lost or repeated.
//!
//! A page after a cursor holds the rows that come behind the cursor's values in the order
//! of the sort keys, with the id as the last key. Unknown values come last whichever way a
//! key is sorted. Each page costs the same, however deep, where an index gives the order.

use super::rows::{today, total};
use super::{Backend, Conn, heavy, revision, search};
use crate::error::{Error, Result};
use crate::key::Key as ListKey;
use crate::search::{Plan, foreign_cursor};
use crate::totals::Totals;
use crate::types::{Id, Uid};
use chrono::{Datelike, NaiveDate, NaiveDateTime};
use consortia_domain::filter::{Filter, YEARS};
use consortia_domain::page::{Cursor, CursorValue, ListRequest, Page};
use diesel::dsl::sql;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, SqlLiteral, ValidGrouping, is_aggregate,
};
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Bool, Date, Text, Timestamp};
use std::collections::HashMap;
use std::fmt::Debug;
use uuid::Uuid;

/// A column rows are sorted by.
struct Key {
    name: &'static str,
    sql: &'static str,
    of: SortType,
    nullable: bool,
    descending: bool,
}

impl Key {
    /// Whether a cursor may hold `value` for this key.
    fn admits(&self, value: &Value) -> bool {
        match (self.of, value) {
            (_, Value::Null) => self.nullable,
            (SortType::Text, Value::Text(_)) | (SortType::Integer, Value::Integer(_)) => true,
            (SortType::Date, Value::Date(day)) => YEARS.contains(&day.year()),
            (SortType::Instant, Value::Instant(at)) => YEARS.contains(&at.year()),
            _ => false,
        }
    }
}

/// What a sort name stands for: a column, with its table's name in front, the type of its
/// values, and whether it may be null.
pub(crate) struct SortColumn(pub(crate) &'static str, pub(crate) SortType, pub(crate) bool);

/// The type of the values of a [`SortColumn`].
#[derive(Clone, Copy)]
pub(crate) enum SortType {
    Text,
    Integer,
    Date,
    Instant,
}

/// A sort value of the cursor, as it is bound.
enum Value {
    Null,
    Text(String),
    Integer(i64),
    Date(NaiveDate),
    Instant(NaiveDateTime),
}

impl From<&CursorValue> for Value {
    fn from(value: &CursorValue) -> Self {
        match value {
            CursorValue::Null => Self::Null,
            CursorValue::Text(text) => Self::Text(text.clone()),
            CursorValue::Integer(number) => Self::Integer(*number),
            CursorValue::Date(day) => Self::Date(*day),
            CursorValue::Instant(at) => Self::Instant(at.naive_utc()),
        }
    }
}

/// The order of a list and the place its page begins at.
pub(crate) struct Keyset {
    /// The id column, with its table's name.
    id: &'static str,
    keys: Vec<Key>,
    after: Option<(Vec<Value>, Id)>,
    limit: usize,
    fingerprint: u64,
}

impl Keyset {
    /// The keyset of a request; `column` tells what each sort name stands for.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a cursor whose values are not of the sort keys; it was made by
    /// somebody else. [`Error::Internal`] for a sort name `column` does not know, which does
    /// not pass the request's own checks.
    pub(crate) fn new<F>(
        request: &ListRequest<F>,
        id: &'static str,
        column: impl Fn(&str) -> Option<SortColumn>,
    ) -> Result<Self> {
        let mut keys = Vec::with_capacity(request.sort.len());
        for sort in &request.sort {
            let Some(SortColumn(sql, of, nullable)) = column(sort.name) else {
                return Err(Error::internal(format!("no column to sort by '{}'", sort.name)));
            };
            keys.push(Key { name: sort.name, sql, of, nullable, descending: sort.descending });
        }
        let after = request.cursor.as_ref().map(|cursor| {
            (cursor.values.iter().map(Value::from).collect::<Vec<_>>(), Id(cursor.id))
        });
        let fits = |values: &[Value]| {
            values.len() == keys.len() && keys.iter().zip(values).all(|(key, of)| key.admits(of))
        };
        if after.as_ref().is_some_and(|(values, _)| !fits(values)) {
            return Err(foreign_cursor());
        }
        let limit = request.limit as usize;
        Ok(Self { id, keys, after, limit, fingerprint: request.fingerprint })
    }

    /// The rows behind the cursor.
    pub(crate) fn after(&self) -> After<'_> {
        After(self)
    }

    /// The order of the rows.
    pub(crate) fn order(&self) -> Order<'_> {
        Order(self)
    }

    /// How many rows to load: one more than the page, to see whether there is a next one.
    pub(crate) fn rows(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// The id column.
    pub(crate) fn ids(&self) -> SqlLiteral<Uid> {
        sql(self.id)
    }

    /// The same with a page that ends where its records hold much. `load` gives the ids of the
    /// rows behind the cursor, and is asked only if any record does.
    pub(crate) fn ending_early(
        mut self,
        c: &mut Conn,
        load: impl FnOnce(&Self, &mut Conn) -> QueryResult<Vec<Id>>,
    ) -> Result<Self> {
        if heavy::any(c)? {
            let ids = load(&self, c)?;
            self.limit = self.limit.min(heavy::fitting(c, &ids)?);
        }
        Ok(self)
    }

    /// The length of the whole list, counted when `totals` does not know it; `list` tells the
    /// list from others.
    pub(crate) fn total(
        &self,
        c: &mut Conn,
        totals: Option<&Totals>,
        list: &impl Debug,
        count: impl FnOnce(&mut Conn) -> QueryResult<i64>,
    ) -> Result<u64> {
        let Some(totals) = totals else { return total(count(c)?) };
        let seq = revision::last(c)?.map_or(0, |(seq, _)| seq);
        // Statuses and groups of countries change with the day.
        let list = ListKey::of(&(self.id, today(), list));
        if let Some(known) = totals.get(&list, seq) {
            return Ok(known);
        }
        let counted = total(count(c)?)?;
        totals.put(list, seq, counted);
        Ok(counted)
    }

    /// Makes the page of the rows loaded. `value` tells a row's value of a sort name, `id`
    /// its id, `finish` turns the rows of the page into records.
    pub(crate) fn page<R, T>(
        &self,
        mut rows: Vec<R>,
        total: u64,
        value: impl Fn(&R, &str) -> CursorValue,
        id: impl Fn(&R) -> Id,
        finish: impl FnOnce(Vec<R>) -> Result<Vec<T>>,
    ) -> Result<Page<T>> {
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next = rows.last().filter(|_| more).map(|last| Cursor {
            fingerprint: self.fingerprint,
            values: self.keys.iter().map(|key| value(last, key.name)).collect(),
            id: id(last).0,
        });
        Ok(Page { data: finish(rows)?, next, total, corrections: Vec::new() })
    }

    /// The id follows the first key's direction, so that one index serves both ways.
    fn id_descending(&self) -> bool {
        self.keys.first().is_some_and(|key| key.descending)
    }
}

/// The page of `$request` among the rows that `$chosen` makes a query of, or among the `$count` of
/// the query `$chosen`; for kinds of records whose module has a `Row`, `value`, which tells a row's
/// value of a sort name, and `complete`, which makes records of rows.
macro_rules! paged {
    ($c:ident, $totals:ident, $request:ident, $keyset:ident, $chosen:ident) => {{
        let name = (&$request.filter, &$request.search);
        let count = $keyset.total($c, $totals, &name, |c| $chosen().count().get_result(c))?;
        paged!($c, $keyset, count, $chosen())
    }};
    ($c:ident, $keyset:ident, $count:ident, $chosen:expr) => {{
        let keyset = $keyset.ending_early($c, |keyset, c| {
            let rows = $chosen.filter(keyset.after()).order(keyset.order()).limit(keyset.rows());
            rows.select(keyset.ids()).load(c)
        })?;
        let rows: Vec<Row> = $chosen
            .filter(keyset.after())
            .order(keyset.order())
            .limit(keyset.rows())
            .select(Row::as_select())
            .load($c)?;
        keyset.page(rows, $count, value, |row| row.id, |rows| complete($c, rows))?
    }};
}
pub(crate) use paged;

/// The page of a search that is not sorted otherwise: the best hits first, among those whose
/// ids `within` selects. `load` gives the records of ids in any order.
pub(crate) fn by_rank<F: Filter, T>(
    c: &mut Conn,
    request: &ListRequest<F>,
    plan: Plan,
    within: Option<&dyn QueryFragment<Backend>>,
    load: impl FnOnce(&mut Conn, &[Id]) -> Result<Vec<T>>,
    id: impl Fn(&T) -> Uuid,
) -> Result<Page<T>> {
    let mut hits = search::ranked(c, &plan, request, within)?;
    let mut ids: Vec<Id> = hits.found.iter().map(|hit| Id(hit.id)).collect();
    if heavy::any(c)? {
        hits.end_after(heavy::fitting(c, &ids)?);
        ids.truncate(hits.found.len());
    }
    let mut records: HashMap<Uuid, T> =
        load(c, &ids)?.into_iter().map(|record| (id(&record), record)).collect();
    let ordered: Vec<T> = ids.iter().filter_map(|id| records.remove(&id.0)).collect();
    if ordered.len() < ids.len() {
        return Err(Error::internal("the search index knows records that are not there"));
    }
    Ok(hits.page(request, plan, ordered))
}

/// `ORDER BY` of a [`Keyset`].
pub(crate) struct Order<'a>(&'a Keyset);

impl QueryFragment<Backend> for Order<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        // Which keys there are differs from request to request under one type.
        for key in &self.0.keys {
            if key.nullable {
                out.push_sql(key.sql);
                out.push_sql(" IS NULL, ");
            }
            out.push_sql(key.sql);
            out.push_sql(if key.descending { " DESC, " } else { ", " });
        }
        out.push_sql(self.0.id);
        if self.0.id_descending() {
            out.push_sql(" DESC");
        }
        Ok(())
    }
}

/// The condition that a row comes behind the cursor of a [`Keyset`].
pub(crate) struct After<'a>(&'a Keyset);

impl QueryFragment<Backend> for After<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        let keyset = self.0;
        let Some((values, id)) = &keyset.after else {
            out.push_sql("1 = 1");
            return Ok(());
        };
        let keys: Vec<(&Key, &Value)> = keyset.keys.iter().zip(values).collect();
        out.push_sql("(");
        // Says nothing new, but lets the engine begin in the middle of an index.
        if let Some((key, value)) = keys.first()
            && !key.nullable
        {
            out.push_sql(key.sql);
            out.push_sql(if key.descending { " <= " } else { " >= " });
            bind(value, &mut out)?;
            out.push_sql(" AND ");
        }
        out.push_sql("(");
        for (n, (key, value)) in keys.iter().enumerate() {
            if matches!(value, Value::Null) {
                // Nothing comes behind the unknown but more of it.
                continue;
            }
            ties(&keys[..n], &mut out)?;
            out.push_sql("(");
            out.push_sql(key.sql);
            out.push_sql(if key.descending { " < " } else { " > " });
            bind(value, &mut out)?;
            if key.nullable {
                out.push_sql(" OR ");
                out.push_sql(key.sql);
                out.push_sql(" IS NULL");
            }
            out.push_sql(") OR ");
        }
        ties(&keys, &mut out)?;
        out.push_sql(keyset.id);
        out.push_sql(if keyset.id_descending() { " < " } else { " > " });
        out.push_bind_param::<Uid, Id>(id)?;
        out.push_sql("))");
        Ok(())
    }
}

/// "`k` equals the cursor's value AND …" for each of `keys`.
fn ties<'b>(keys: &[(&'b Key, &'b Value)], out: &mut AstPass<'_, 'b, Backend>) -> QueryResult<()> {
    for (key, value) in keys {
        out.push_sql(key.sql);
        if matches!(value, Value::Null) {
            out.push_sql(" IS NULL AND ");
        } else {
            out.push_sql(" = ");
            bind(value, out)?;
            out.push_sql(" AND ");
        }
    }
    Ok(())
}

fn bind<'b>(value: &'b Value, out: &mut AstPass<'_, 'b, Backend>) -> QueryResult<()> {
    match value {
        Value::Null => {
            out.push_sql("NULL");
            Ok(())
        }
        Value::Text(text) => out.push_bind_param::<Text, String>(text),
        Value::Integer(number) => out.push_bind_param::<BigInt, i64>(number),
        Value::Date(day) => out.push_bind_param::<Date, NaiveDate>(day),
        Value::Instant(at) => out.push_bind_param::<Timestamp, NaiveDateTime>(at),
    }
}

/// Makes a fragment usable in any query: its columns are named in full and checked by the
/// engine alone.
macro_rules! expression {
    ($name:ident, $type:ty) => {
        impl Expression for $name<'_> {
            type SqlType = $type;
        }
        impl<Q> AppearsOnTable<Q> for $name<'_> {}
        impl<Q> SelectableExpression<Q> for $name<'_> {}
        impl<G> ValidGrouping<G> for $name<'_> {
            type IsAggregate = is_aggregate::Never;
        }
    };
}

expression!(After, Bool);
expression!(Order, Bool);
