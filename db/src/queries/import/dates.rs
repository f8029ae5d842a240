//! How new a source's word on a record is, so that an older file fills gaps and no more.

use super::super::{CHUNK, Conn, LOOKUP};
use crate::error::Result;
use crate::schema::import_dates;
use crate::types::Id;
use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::upsert::excluded;
use std::collections::HashMap;
use uuid::Uuid;

/// When sources last updated what they say of the records of a batch.
pub(super) struct Dates {
    stored: HashMap<Uuid, NaiveDateTime>,
    /// Dates later than the stored ones, or of records without one.
    newer: HashMap<Uuid, NaiveDateTime>,
}

impl Dates {
    /// What is stored of these records.
    pub(super) fn load(c: &mut Conn, ids: &[Id]) -> Result<Self> {
        let mut stored = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(LOOKUP) {
            let rows: Vec<(Id, NaiveDateTime)> = import_dates::table
                .filter(import_dates::record_id.eq_any(ids))
                .select((import_dates::record_id, import_dates::as_of))
                .load(c)?;
            stored.extend(rows.into_iter().map(|(id, as_of)| (id.0, as_of)));
        }
        Ok(Self { stored, newer: HashMap::new() })
    }

    /// What is known of a record after `said`, which is as of `as_of`. An older word adds
    /// what was unknown; a newer or undated one also replaces what it states.
    pub(super) fn merge<C>(
        &mut self,
        id: Uuid,
        as_of: Option<NaiveDateTime>,
        known: &C,
        said: &C,
        merge: impl Fn(&C, &C) -> C,
    ) -> C {
        let merged = merge(known, said);
        let older = as_of.zip(self.stored.get(&id)).is_some_and(|(new, stored)| new < *stored);
        if older {
            return merge(&merged, known);
        }
        self.note(id, as_of);
        merged
    }

    /// Notes that a record is as of `as_of` now, if that is later than what is stored.
    pub(super) fn note(&mut self, id: Uuid, as_of: Option<NaiveDateTime>) {
        let stored = self.stored.get(&id);
        if let Some(new) = as_of.filter(|new| stored.is_none_or(|stored| stored < new)) {
            let latest = self.newer.entry(id).or_insert(new);
            *latest = new.max(*latest);
        }
    }

    /// Writes down the dates that moved forward.
    pub(super) fn store(self, c: &mut Conn) -> Result<()> {
        let mut newer: Vec<_> = self.newer.into_iter().collect();
        newer.sort_unstable();
        for chunk in newer.chunks(CHUNK) {
            let row = |(id, as_of): &(Uuid, NaiveDateTime)| {
                (import_dates::record_id.eq(Id(*id)), import_dates::as_of.eq(*as_of))
            };
            let rows: Vec<_> = chunk.iter().map(row).collect();
            diesel::insert_into(import_dates::table)
                .values(rows)
                .on_conflict(import_dates::record_id)
                .do_update()
                .set(import_dates::as_of.eq(excluded(import_dates::as_of)))
                .execute(c)?;
        }
        Ok(())
    }
}

/// Forgets the date of a record that is being deleted.
pub(crate) fn forget(c: &mut Conn, id: Uuid) -> Result<()> {
    diesel::delete(import_dates::table.find(Id(id))).execute(c)?;
    Ok(())
}
