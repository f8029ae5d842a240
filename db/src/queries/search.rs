//! Searching: planning, ranking and keeping the index. What the engines say differently
//! is in [`fulltext`](super::fulltext).

mod weights;

pub(crate) use weights::{connect, recount};

use super::{Backend, CHUNK, Conn, LOOKUP, fulltext};
use crate::error::Result;
use crate::schema::{search_documents, search_words};
use crate::search::{Document, Hit, Hits, Index, Piece, Plan, foreign_cursor};
use crate::types::{Id, Uid};
use consortia_domain::id::EntityKind;
use consortia_domain::page::{Correction, Cursor, CursorValue, ListRequest, SearchQuery};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Integer, Text};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Understands `query` for records of kind `entity`, mending words that nothing begins
/// with. Looks into the index only, so filters do not change what is mended.
pub(crate) fn plan(c: &mut Conn, entity: EntityKind, query: &SearchQuery) -> Result<Plan> {
    Plan::make(&mut Engine(c), entity, query)
}

/// Understands `query` for lists that look for it in records of several kinds. Where any kind
/// holds the words as typed, none has them mended.
pub(crate) fn among(
    c: &mut Conn,
    entities: &[EntityKind],
    query: &SearchQuery,
) -> Result<Vec<Plan>> {
    let mut plans = Vec::with_capacity(entities.len());
    let mut is_known = false;
    for entity in entities {
        let plan = plan(c, *entity, query)?;
        is_known = is_known || (!plan.is_mended() && fulltext::any(c, &plan.marked())?);
        plans.push(plan);
    }
    if is_known {
        plans.retain(|plan| !plan.is_mended());
    }
    Ok(plans)
}

/// What was mended in any of `plans`.
pub(crate) fn corrections(plans: Vec<Plan>) -> Vec<Correction> {
    let mut all = Vec::new();
    for correction in plans.into_iter().flat_map(|plan| plan.corrections) {
        if !all.contains(&correction) {
            all.push(correction);
        }
    }
    all
}

/// The index of one engine, as planning sees it.
struct Engine<'a>(&'a mut Conn);

impl Index for Engine<'_> {
    fn any(&mut self, words: &[Vec<String>]) -> Result<bool> {
        fulltext::any(self.0, words)
    }

    fn near(&mut self, entity: EntityKind, pieces: &[Piece]) -> Result<Vec<String>> {
        fulltext::near(self.0, entity, pieces)
    }
}

/// The ids of the records that `plan` finds, for lists with an order of their own:
/// `table::id.eq_any(search::matching(&plan))`.
pub(crate) fn matching<'a>(plan: &Plan) -> search_documents::BoxedQuery<'a, Backend, Uid> {
    search_documents::table
        .filter(fulltext::holds(&plan.marked()))
        .select(search_documents::record_id)
        .into_boxed()
}

/// The page of `request` by rank, among all records or among those whose ids `within`
/// selects.
pub(crate) fn ranked<F>(
    c: &mut Conn,
    plan: &Plan,
    request: &ListRequest<F>,
    within: Option<&dyn QueryFragment<Backend>>,
) -> Result<Hits> {
    let limit = request.limit as usize;
    let page = Ranked::new(plan, within, request.cursor.as_ref(), i64::from(request.limit) + 1)?;
    let mut rows: Vec<(Id, i32, i64, i32, String)> = page.load(c)?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let total = match within {
        _ if request.cursor.is_none() && !more => i64::try_from(rows.len()).unwrap_or(i64::MAX),
        None => fulltext::count(c, &plan.marked())?,
        Some(_) => Total(Matches::new(plan, within)).get_result(c)?,
    };
    let hits = rows.into_iter().map(|(id, tier, weight, length, label)| Hit {
        id: id.0,
        rank: vec![
            CursorValue::Integer(tier.into()),
            CursorValue::Integer(weight),
            CursorValue::Integer(length.into()),
            CursorValue::Text(label),
        ],
    });
    Ok(Hits { found: hits.collect(), more, total: total.unsigned_abs() })
}

/// `FROM … WHERE …` of the documents that match.
struct Matches<'a> {
    holds: fulltext::Holds<'static>,
    within: Option<&'a dyn QueryFragment<Backend>>,
}

impl<'a> Matches<'a> {
    fn new(plan: &Plan, within: Option<&'a dyn QueryFragment<Backend>>) -> Self {
        Self { holds: fulltext::holds(&plan.marked()), within }
    }
}

impl QueryFragment<Backend> for Matches<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        out.push_sql(" FROM search_documents");
        if let Some(within) = self.within {
            // A join, not IN: the engine may then begin at whichever side is smaller.
            out.push_sql(" INNER JOIN (");
            within.walk_ast(out.reborrow())?;
            out.push_sql(") AS chosen ON chosen.id = search_documents.record_id");
        }
        out.push_sql(" WHERE ");
        self.holds.walk_ast(out)
    }
}

/// The number of documents that match.
struct Total<'a>(Matches<'a>);

impl QueryFragment<Backend> for Total<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql("SELECT COUNT(*)");
        self.0.walk_ast(out)
    }
}

impl Query for Total<'_> {
    type SqlType = BigInt;
}

impl QueryId for Total<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<Conn> for Total<'_> {}

/// The matching documents behind a cursor, best first.
struct Ranked<'a> {
    matches: Matches<'a>,
    mended: bool,
    /// `"\n phrase \n"`: a whole name.
    whole_name: String,
    /// `"\n phrase"`: the beginning of a name.
    name_start: String,
    /// For each word of the query: `" word "` of each alternative.
    whole_words: Vec<Vec<String>>,
    /// For each word of the query: `" word"` of each alternative.
    word_starts: Vec<Vec<String>>,
    after: Option<After>,
    limit: i64,
}

/// Where a page begins.
struct After {
    tier: i32,
    weight: i64,
    length: i32,
    label: String,
    id: Id,
}

impl After {
    /// Reads the values that [`ranked`] wrote.
    fn read(cursor: &Cursor) -> Option<Self> {
        use CursorValue::{Integer, Text};
        let [Integer(tier), Integer(weight), Integer(length), Text(label)] =
            cursor.values.as_slice()
        else {
            return None;
        };
        Some(Self {
            tier: i32::try_from(*tier).ok()?,
            weight: *weight,
            length: i32::try_from(*length).ok()?,
            label: label.clone(),
            id: Id(cursor.id),
        })
    }
}

impl<'a> Ranked<'a> {
    fn new(
        plan: &Plan,
        within: Option<&'a dyn QueryFragment<Backend>>,
        cursor: Option<&Cursor>,
        limit: i64,
    ) -> Result<Self> {
        let after = cursor.map(|cursor| After::read(cursor).ok_or_else(foreign_cursor));
        let each = |form: fn(&String) -> String| {
            let words = plan.words.iter();
            words.map(|alternatives| alternatives.iter().map(form).collect()).collect()
        };
        Ok(Self {
            matches: Matches::new(plan, within),
            mended: plan.is_mended(),
            whole_name: format!("\n {} \n", plan.phrase),
            name_start: format!("\n {}", plan.phrase),
            whole_words: each(|word| format!(" {word} ")),
            word_starts: each(|word| format!(" {word}")),
            after: after.transpose()?,
            limit,
        })
    }

    /// The tier as SQL; see [`crate::search`].
    fn tier<'b>(&'b self, out: &mut AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        if self.mended {
            out.push_sql("CASE WHEN ");
            every(&self.whole_words, out)?;
            out.push_sql(" THEN 5 WHEN ");
            every(&self.word_starts, out)?;
            out.push_sql(" THEN 6 ELSE 7 END");
            return Ok(());
        }
        out.push_sql("CASE WHEN ");
        contains(&self.whole_name, out)?;
        out.push_sql(" THEN 0 WHEN ");
        contains(&self.name_start, out)?;
        out.push_sql(" THEN 1 WHEN ");
        every(&self.whole_words, out)?;
        out.push_sql(" THEN 2 WHEN ");
        every(&self.word_starts, out)?;
        out.push_sql(" THEN 3 ELSE 4 END");
        Ok(())
    }

    /// The hits that come behind the cursor.
    fn behind<'b>(after: &'b After, out: &mut AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        out.push_sql(" WHERE (tier > ");
        out.push_bind_param::<Integer, _>(&after.tier)?;
        out.push_sql(" OR (tier = ");
        out.push_bind_param::<Integer, _>(&after.tier)?;
        out.push_sql(" AND (weight < ");
        out.push_bind_param::<BigInt, _>(&after.weight)?;
        out.push_sql(" OR (weight = ");
        out.push_bind_param::<BigInt, _>(&after.weight)?;
        out.push_sql(" AND (label_length > ");
        out.push_bind_param::<Integer, _>(&after.length)?;
        out.push_sql(" OR (label_length = ");
        out.push_bind_param::<Integer, _>(&after.length)?;
        out.push_sql(" AND (label_key > ");
        out.push_bind_param::<Text, _>(&after.label)?;
        out.push_sql(" OR (label_key = ");
        out.push_bind_param::<Text, _>(&after.label)?;
        out.push_sql(" AND record_id > ");
        out.push_bind_param::<Uid, _>(&after.id)?;
        out.push_sql("))))))))");
        Ok(())
    }
}

/// "The names hold `text`."
fn contains<'b>(text: &'b String, out: &mut AstPass<'_, 'b, Backend>) -> QueryResult<()> {
    out.push_sql(fulltext::POSITION);
    out.push_sql("(names, ");
    out.push_bind_param::<Text, _>(text)?;
    out.push_sql(") > 0");
    Ok(())
}

/// "The names hold, for each word, one of its alternatives."
fn every<'b>(words: &'b [Vec<String>], out: &mut AstPass<'_, 'b, Backend>) -> QueryResult<()> {
    for (n, alternatives) in words.iter().enumerate() {
        out.push_sql(if n == 0 { "(" } else { " AND (" });
        for (n, text) in alternatives.iter().enumerate() {
            if n > 0 {
                out.push_sql(" OR ");
            }
            contains(text, out)?;
        }
        out.push_sql(")");
    }
    Ok(())
}

impl QueryFragment<Backend> for Ranked<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql("SELECT record_id, tier, weight, label_length, label_key FROM (SELECT ");
        out.push_sql("record_id, weight, label_length, label_key, ");
        self.tier(&mut out)?;
        out.push_sql(" AS tier");
        self.matches.walk_ast(out.reborrow())?;
        out.push_sql(") AS hits");
        if let Some(after) = &self.after {
            Self::behind(after, &mut out)?;
        }
        out.push_sql(" ORDER BY tier, weight DESC, label_length, label_key, record_id LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}

impl Query for Ranked<'_> {
    type SqlType = (Uid, Integer, BigInt, Integer, Text);
}

impl QueryId for Ranked<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<Conn> for Ranked<'_> {}

/// Indexes records that were created or changed, in the transaction that does so.
pub(crate) fn index(c: &mut Conn, documents: &[Document]) -> Result<()> {
    for chunk in documents.chunks(LOOKUP) {
        fulltext::put(c, chunk)?;
    }
    let learnt: BTreeSet<(&'static str, &str)> = documents
        .iter()
        .flat_map(|d| d.learnt.iter().map(|word| (d.entity.code(), word.as_str())))
        .collect();
    let learnt: Vec<_> = learnt.into_iter().collect();
    for chunk in learnt.chunks(CHUNK) {
        let rows: Vec<_> = chunk
            .iter()
            .map(|(entity, word)| (search_words::entity.eq(*entity), search_words::word.eq(*word)))
            .collect();
        diesel::insert_into(search_words::table)
            .values(rows)
            .on_conflict_do_nothing()
            .execute(c)?;
    }
    Ok(())
}

/// Takes deleted records out of the index. The words learnt from them stay.
pub(crate) fn remove(c: &mut Conn, ids: &[Uuid]) -> Result<()> {
    let ids: Vec<Id> = ids.iter().copied().map(Id).collect();
    for chunk in ids.chunks(LOOKUP) {
        fulltext::remove(c, chunk)?;
    }
    Ok(())
}
