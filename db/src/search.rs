//! Full-text search: what is indexed, how a query is understood and how hits are ranked.
//!
//! Everything is folded by [`search_key`](consortia_domain::text::search_key) before it
//! reaches an engine, so accents, case and punctuation are settled here and the engines'
//! own tokenisers have only blanks to split at. Both engines then answer alike, down to
//! the order:
//!
//! 1. Every word of the query must begin a word of the record (its names or its body).
//! 2. Words that nothing begins with are mended: [`Plan`] looks for words of names that
//!    are one edit away, two for words of eight letters or more.
//! 3. Hits are put into tiers that a person can check by eye: 0 a whole name equals the
//!    query; 1 a name begins with it; 2 every word is a whole word of the names; 3 every
//!    word begins a word of the names; 4 the body was needed; 5 to 7 as 2 to 4, after
//!    mending. Within a tier the record with most connections comes first (projects of an
//!    organisation, organisations of a project), then the shorter label, then the label,
//!    then the id. No engine's own relevance figure takes part, because no two engines
//!    agree on one.
//!
//! Every indexed word carries the mark of its kind of record ([`mark`]), so one index
//! answers for each kind without looking at the documents.

mod distance;
mod document;
mod plan;

pub(crate) use document::Document;
pub(crate) use plan::{Index, Piece, Plan};

use crate::error::Error;
use consortia_domain::filter::Filter;
use consortia_domain::id::EntityKind;
use consortia_domain::page::{CursorValue, ListRequest, Page};
use uuid::Uuid;

/// The most characters of a word that are indexed and searched for.
const LONGEST_WORD: usize = 64;

/// A record found, with the values it was ranked by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) id: Uuid,
    /// For the cursor, in the order of the sort.
    pub(crate) rank: Vec<CursorValue>,
}

/// One page of ranked hits, and how many there are in all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hits {
    pub(crate) found: Vec<Hit>,
    /// Whether more follow.
    pub(crate) more: bool,
    pub(crate) total: u64,
}

impl Hits {
    /// Ends the page after `most` hits, if it does not end before.
    pub(crate) fn end_after(&mut self, most: usize) {
        self.more = self.more || most < self.found.len();
        self.found.truncate(most);
    }

    /// The page of `records`, which are the hits in the same order.
    pub(crate) fn page<F: Filter, T>(
        self,
        request: &ListRequest<F>,
        plan: Plan,
        records: Vec<T>,
    ) -> Page<T> {
        let last = self.found.into_iter().next_back().filter(|_| self.more);
        Page {
            data: records,
            next: last.map(|hit| request.cursor_after(hit.rank, hit.id)),
            total: self.total,
            corrections: plan.corrections,
        }
    }
}

/// The fault of a cursor that somebody made.
pub(crate) fn foreign_cursor() -> Error {
    Error::Invalid(consortia_domain::page::foreign_cursor())
}

/// The letter in front of every indexed word of a kind of record.
const fn mark(entity: EntityKind) -> char {
    match entity {
        EntityKind::Organisation => 'o',
        EntityKind::Programme => 'g',
        EntityKind::Call => 'c',
        EntityKind::Project => 'p',
        EntityKind::Participation => 't',
        EntityKind::Relation => 'r',
        EntityKind::Agreement => 'a',
        EntityKind::Source => 's',
        EntityKind::Statement => 'm',
        EntityKind::Claim => 'l',
    }
}

/// `word` as it stands in the index: marked, and cut when very long.
fn marked(entity: EntityKind, word: &str) -> String {
    std::iter::once(mark(entity)).chain(word.chars().take(LONGEST_WORD)).collect()
}
