//! Bringing together what a batch says of each record: several of its records may turn out
//! to be about one.

use super::dates::Dates;
use super::edits::Merge;
use crate::types::Id;
use chrono::NaiveDateTime;
use consortia_domain::import::Origin;
use std::collections::HashMap;
use std::hash::Hash;
use uuid::Uuid;

/// What a batch says of one record.
struct Said<'a, I, C> {
    id: I,
    /// Whether the record was there before the batch.
    known: bool,
    /// What is said, and as of when.
    contents: Vec<(C, Option<NaiveDateTime>)>,
    /// Where it is first said.
    origin: &'a Origin,
}

/// What a batch comes to.
pub(super) struct Sorted<'a, I, R, C> {
    /// The merges of known records.
    pub(super) known: Vec<Merge<'a, R, C>>,
    /// The contents of new ones.
    pub(super) new: Vec<(I, C)>,
}

/// What a batch says, by record, in the order of the batch.
pub(super) struct Gathered<'a, I, C> {
    said: Vec<Said<'a, I, C>>,
    places: HashMap<I, usize>,
}

impl<'a, I: Copy + Eq + Hash + Into<Uuid>, C: Clone + Default> Gathered<'a, I, C> {
    pub(super) fn new() -> Self {
        Self { said: Vec::new(), places: HashMap::new() }
    }

    /// Adds what one record of the batch says of the record `id`.
    pub(super) fn add(
        &mut self,
        (id, known): (I, bool),
        content: C,
        as_of: Option<NaiveDateTime>,
        origin: &'a Origin,
    ) {
        let place = *self.places.entry(id).or_insert_with(|| {
            self.said.push(Said { id, known, contents: Vec::new(), origin });
            self.said.len() - 1
        });
        self.said[place].contents.push((content, as_of));
    }

    /// The records that were there before.
    pub(super) fn known(&self) -> Vec<Id> {
        self.said.iter().filter(|said| said.known).map(|said| Id::of(said.id)).collect()
    }

    /// Merges everything into what is stored.
    pub(super) fn merged<R>(
        self,
        mut stored: HashMap<I, R>,
        dates: &mut Dates,
        content: impl Fn(&R) -> &C,
        merge: impl Fn(&C, &C) -> C,
    ) -> Sorted<'a, I, R, C> {
        let mut known = Vec::new();
        let mut new = Vec::new();
        for Said { id, contents, origin, .. } in self.said {
            let mut all = |start: C| {
                contents.iter().fold(start, |before, (said, as_of)| {
                    dates.merge(id.into(), *as_of, &before, said, &merge)
                })
            };
            match stored.remove(&id) {
                Some(record) => {
                    let merged = all(content(&record).clone());
                    known.push(Merge { id: id.into(), record, merged, origin });
                }
                None => new.push((id, all(C::default()))),
            }
        }
        Sorted { known, new }
    }
}
