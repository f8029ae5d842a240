//! Records that hold much. They are noted apart, by the log of changes, so that a page of them can
//! end before it fills the memory, and a page without any costs one look at an empty table.

use super::revision::Change;
use super::{CHUNK, Conn, LOOKUP};
use crate::error::Result;
use crate::schema::heavy_records;
use crate::types::Id;
use consortia_domain::id::EntityKind;
use consortia_domain::revision::RevisionAction;
use diesel::dsl::exists;
use diesel::prelude::*;
use std::collections::HashMap;

/// Bytes of content after which a page ends, those of records that are not noted apart.
pub(super) const PAGE_BYTES: i64 = 4 << 20;
/// How many records are loaded at a time, where any is heavy and they are not needed together.
const FEW: usize = 32;

/// The most bytes of content that a record holds without being noted. There may be many
/// statements about one record, which are shown with it.
pub(super) const fn unnoted(entity: EntityKind) -> usize {
    match entity {
        EntityKind::Statement => 1 << 10,
        _ => 8 << 10,
    }
}

/// Notes how much the records are that `changes` lead to.
pub(super) fn note(c: &mut Conn, changes: &[Change]) -> Result<()> {
    let known = |change: &&Change| change.action != RevisionAction::Created;
    let former: Vec<Id> = changes.iter().filter(known).map(|change| Id(change.id)).collect();
    for ids in former.chunks(LOOKUP) {
        let noted = heavy_records::table.filter(heavy_records::record_id.eq_any(ids));
        diesel::delete(noted).execute(c)?;
    }
    let heavy = changes.iter().filter(|change| change.bytes > unnoted(change.entity));
    let rows: Vec<_> = heavy
        .map(|change| {
            let bytes = i64::try_from(change.bytes).unwrap_or(i64::MAX);
            (heavy_records::record_id.eq(Id(change.id)), heavy_records::bytes.eq(bytes))
        })
        .collect();
    for rows in rows.chunks(CHUNK) {
        diesel::insert_into(heavy_records::table).values(rows).execute(c)?;
    }
    Ok(())
}

/// Whether there is any.
pub(super) fn any(c: &mut Conn) -> Result<bool> {
    let noted = heavy_records::table.select(heavy_records::record_id);
    Ok(diesel::select(exists(noted)).get_result(c)?)
}

/// How many records to load at a time that are not needed together.
pub(super) fn at_a_time(c: &mut Conn) -> Result<usize> {
    Ok(if any(c)? { FEW } else { usize::MAX })
}

/// The bytes of content that those of the records `ids` hold which are noted.
pub(super) fn sizes(c: &mut Conn, ids: &[Id]) -> Result<HashMap<Id, i64>> {
    let mut sizes = HashMap::new();
    for ids in ids.chunks(LOOKUP) {
        let noted = heavy_records::table.filter(heavy_records::record_id.eq_any(ids));
        sizes.extend(noted.load::<(Id, i64)>(c)?);
    }
    Ok(sizes)
}

/// How many of the records `ids`, from the first, make a page.
pub(super) fn fitting(c: &mut Conn, ids: &[Id]) -> Result<usize> {
    let sizes = sizes(c, ids)?;
    Ok(page_of(ids, &sizes))
}

/// How many of `ids`, from the first, make a page when they hold as much as `sizes` says: as many
/// as hold 4 MiB together, and one at least, or nobody would come past it.
pub(super) fn page_of(ids: &[Id], sizes: &HashMap<Id, i64>) -> usize {
    let mut room = PAGE_BYTES;
    let fits = |id: &&Id| {
        room -= sizes.get(id).copied().unwrap_or_default();
        room >= 0
    };
    ids.iter().take_while(fits).count().max(1)
}
