//! Full-text search in SQLite: FTS5.
//!
//! Texts arrive folded, so the `ascii` tokeniser splits at blanks only (every character
//! beyond ASCII is a letter to it). The index keeps no text (`content=''`) and no places
//! (`detail='none'`): which field a word stood in is read from `search_documents.names`.

use super::{Backend, CHUNK, Conn};
use crate::error::Result;
use crate::schema::search_documents;
use crate::search::{Document, Piece};
use crate::types::Id;
use consortia_domain::id::EntityKind;
use diesel::dsl::{max, sql};
use diesel::expression::BoxableExpression;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel::upsert::excluded;
use std::collections::HashMap;

diesel::table! {
    use diesel::sql_types::{BigInt, Integer, Text};
    use crate::types::Uid;

    /// The numbers of the documents, by which the index knows them.
    #[sql_name = "search_documents"]
    numbered (record_id) {
        record_id -> Uid,
        doc -> BigInt,
        label_length -> Integer,
        label_key -> Text,
        names -> Text,
    }
}

diesel::table! {
    /// The index itself.
    search_index (rowid) {
        rowid -> BigInt,
        words -> Text,
    }
}

/// The function that tells where in its first argument the second begins, from 1.
pub(crate) const POSITION: &str = "instr";

/// "The document holds these words."
pub(crate) type Holds<'a> =
    Box<dyn BoxableExpression<search_documents::table, Backend, SqlType = Bool> + 'a>;

/// The condition that a document holds, for each of `words`, one of its alternatives.
pub(crate) fn holds<'a>(words: &[Vec<String>]) -> Holds<'a> {
    Box::new(
        sql::<Bool>(
            "search_documents.doc IN (SELECT rowid FROM search_index WHERE search_index MATCH ",
        )
        .bind::<Text, _>(expression(words))
        .sql(")"),
    )
}

/// `("word"* OR "other"*) AND …`; words are letters and digits, so quotes need no escape.
fn expression(words: &[Vec<String>]) -> String {
    let any = |alternatives: &Vec<String>| {
        let prefixes: Vec<_> = alternatives.iter().map(|word| format!("\"{word}\"*")).collect();
        format!("({})", prefixes.join(" OR "))
    };
    words.iter().map(any).collect::<Vec<_>>().join(" AND ")
}

/// Whether any document holds these words.
pub(crate) fn any(c: &mut Conn, words: &[Vec<String>]) -> Result<bool> {
    let found = sql::<Bool>("SELECT EXISTS (SELECT 1 FROM search_index WHERE search_index MATCH ")
        .bind::<Text, _>(expression(words))
        .sql(")");
    Ok(found.get_result(c)?)
}

/// How many documents hold these words.
pub(crate) fn count(c: &mut Conn, words: &[Vec<String>]) -> Result<i64> {
    let count = sql::<BigInt>("SELECT COUNT(*) FROM search_index WHERE search_index MATCH ")
        .bind::<Text, _>(expression(words));
    Ok(count.get_result(c)?)
}

/// The words of `entity` that hold one of `pieces`. The index of words holds each with two
/// blanks before and one behind.
pub(crate) fn near(c: &mut Conn, entity: EntityKind, pieces: &[Piece]) -> Result<Vec<String>> {
    let phrase = |piece: &Piece| {
        let before = if piece.begins { "  " } else { "" };
        let behind = if piece.ends { " " } else { "" };
        format!("\"{before}{}{behind}\"", piece.letters)
    };
    let phrases = pieces.iter().map(phrase).collect::<Vec<_>>().join(" OR ");
    let words = sql::<Text>(
        "SELECT word FROM search_words WHERE word_id IN \
         (SELECT rowid FROM search_trigrams WHERE search_trigrams MATCH ",
    )
    .bind::<Text, _>(phrases)
    .sql(") AND entity = ")
    .bind::<Text, _>(entity.code());
    Ok(words.load(c)?)
}

/// Writes documents, new ones and changed ones.
pub(crate) fn put(c: &mut Conn, documents: &[Document]) -> Result<()> {
    let ids: Vec<Id> = documents.iter().map(|document| Id(document.id)).collect();
    let known: HashMap<Id, i64> = numbered::table
        .filter(numbered::record_id.eq_any(ids))
        .select((numbered::record_id, numbered::doc))
        .load(c)?
        .into_iter()
        .collect();
    let mut last = numbered::table.select(max(numbered::doc)).first::<Option<i64>>(c)?.unwrap_or(0);
    let mut rows = Vec::with_capacity(documents.len());
    let mut words = Vec::with_capacity(documents.len());
    for document in documents {
        let id = Id(document.id);
        let doc = known.get(&id).copied().unwrap_or_else(|| {
            last += 1;
            last
        });
        rows.push((
            numbered::record_id.eq(id),
            numbered::doc.eq(doc),
            numbered::label_length.eq(document.label_length()),
            numbered::label_key.eq(&document.label_key),
            numbered::names.eq(&document.names),
        ));
        words.push((search_index::rowid.eq(doc), search_index::words.eq(line(document))));
    }
    for chunk in rows.chunks(CHUNK) {
        diesel::insert_into(numbered::table)
            .values(chunk)
            .on_conflict(numbered::record_id)
            .do_update()
            .set((
                numbered::label_length.eq(excluded(numbered::label_length)),
                numbered::label_key.eq(excluded(numbered::label_key)),
                numbered::names.eq(excluded(numbered::names)),
            ))
            .execute(c)?;
    }
    unindex(c, known.into_values().collect())?;
    for chunk in words.chunks(CHUNK) {
        diesel::insert_into(search_index::table).values(chunk).execute(c)?;
    }
    Ok(())
}

/// The words in one line, for the tokeniser to split again.
fn line(document: &Document) -> String {
    let mut line = String::new();
    for word in &document.words {
        line.push_str(word);
        line.push(' ');
    }
    line
}

/// Takes documents out.
pub(crate) fn remove(c: &mut Conn, ids: &[Id]) -> Result<()> {
    let chosen = numbered::table.filter(numbered::record_id.eq_any(ids.to_vec()));
    let docs: Vec<i64> = chosen.select(numbered::doc).load(c)?;
    diesel::delete(numbered::table.filter(numbered::record_id.eq_any(ids.to_vec()))).execute(c)?;
    unindex(c, docs)
}

fn unindex(c: &mut Conn, docs: Vec<i64>) -> Result<()> {
    if !docs.is_empty() {
        let gone = search_index::table.filter(search_index::rowid.eq_any(docs));
        diesel::delete(gone).execute(c)?;
    }
    Ok(())
}
