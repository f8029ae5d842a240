//! Full-text search in PostgreSQL: tsvector, and `pg_trgm` for words near others.
//!
//! Texts arrive folded and split, so no parser or dictionary of PostgreSQL takes part:
//! vectors are made of the words as they are, queries by a cast. Which field a word stood
//! in is read from `search_documents.names`.

use super::{Backend, Conn};
use crate::error::Result;
use crate::schema::{search_documents, search_words};
use crate::search::{Document, Piece};
use crate::types::Id;
use consortia_domain::id::EntityKind;
use diesel::dsl::sql;
use diesel::expression::BoxableExpression;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Text};
use diesel::upsert::excluded;

/// SQL type of the words of a document.
#[derive(Clone, Copy, Debug, diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
#[diesel(postgres_type(oid = 3614, array_oid = 3643))]
pub struct TsVector;

diesel::table! {
    use diesel::sql_types::{Integer, Text};
    use crate::types::Uid;
    use super::TsVector;

    /// The documents with their words.
    #[sql_name = "search_documents"]
    indexed (record_id) {
        record_id -> Uid,
        label_length -> Integer,
        label_key -> Text,
        names -> Text,
        words -> TsVector,
    }
}

diesel::define_sql_function! {
    /// A vector of words without places.
    fn array_to_tsvector(words: Array<Text>) -> TsVector;
}

/// The function that tells where in its first argument the second begins, from 1.
pub(crate) const POSITION: &str = "strpos";

/// "The document holds these words."
pub(crate) type Holds<'a> =
    Box<dyn BoxableExpression<search_documents::table, Backend, SqlType = Bool> + 'a>;

/// The condition that a document holds, for each of `words`, one of its alternatives.
pub(crate) fn holds<'a>(words: &[Vec<String>]) -> Holds<'a> {
    let words = expression(words);
    Box::new(sql::<Bool>("search_documents.words @@ ").bind::<Text, _>(words).sql("::tsquery"))
}

/// `('word':* | 'other':*) & …`; words are letters and digits, so quotes need no escape.
fn expression(words: &[Vec<String>]) -> String {
    let any = |alternatives: &Vec<String>| {
        let prefixes: Vec<_> = alternatives.iter().map(|word| format!("'{word}':*")).collect();
        format!("({})", prefixes.join(" | "))
    };
    words.iter().map(any).collect::<Vec<_>>().join(" & ")
}

/// Whether any document holds these words.
pub(crate) fn any(c: &mut Conn, words: &[Vec<String>]) -> Result<bool> {
    let matching = search_documents::table.filter(holds(words));
    Ok(diesel::select(diesel::dsl::exists(matching)).get_result(c)?)
}

/// How many documents hold these words.
pub(crate) fn count(c: &mut Conn, words: &[Vec<String>]) -> Result<i64> {
    Ok(search_documents::table.filter(holds(words)).count().get_result(c)?)
}

/// The words of `entity` that hold one of `pieces`. The trigrams of `pg_trgm` see two
/// blanks before each word and one behind, so pieces of one letter have one too.
pub(crate) fn near(c: &mut Conn, entity: EntityKind, pieces: &[Piece]) -> Result<Vec<String>> {
    let pattern = |piece: &Piece| {
        let before = if piece.begins { "" } else { "%" };
        let behind = if piece.ends { "" } else { "%" };
        format!("{before}{}{behind}", piece.letters)
    };
    let mut holding = search_words::table.select(search_words::word).into_boxed::<Backend>();
    for piece in pieces {
        let of_entity = search_words::entity.eq(entity.code());
        holding = holding.or_filter(search_words::word.like(pattern(piece)).and(of_entity));
    }
    Ok(holding.load(c)?)
}

/// Writes documents, new ones and changed ones.
pub(crate) fn put(c: &mut Conn, documents: &[Document]) -> Result<()> {
    let rows: Vec<_> = documents
        .iter()
        .map(|document| {
            let words: Vec<&str> = document.words.iter().map(String::as_str).collect();
            (
                indexed::record_id.eq(Id(document.id)),
                indexed::label_length.eq(document.label_length()),
                indexed::label_key.eq(&document.label_key),
                indexed::names.eq(&document.names),
                indexed::words.eq(array_to_tsvector(words)),
            )
        })
        .collect();
    diesel::insert_into(indexed::table)
        .values(rows)
        .on_conflict(indexed::record_id)
        .do_update()
        .set((
            indexed::label_length.eq(excluded(indexed::label_length)),
            indexed::label_key.eq(excluded(indexed::label_key)),
            indexed::names.eq(excluded(indexed::names)),
            indexed::words.eq(excluded(indexed::words)),
        ))
        .execute(c)?;
    Ok(())
}

/// Takes documents out.
pub(crate) fn remove(c: &mut Conn, ids: &[Id]) -> Result<()> {
    diesel::delete(indexed::table.filter(indexed::record_id.eq_any(ids.to_vec()))).execute(c)?;
    Ok(())
}
