//! How many levels of records may be parts of one another: one rule for all kinds with parents.

use super::Conn;
use crate::error::{Error, Result};
use crate::types::{Id, Uid};
use consortia_domain::Pointer;
use consortia_domain::id::EntityKind;
use consortia_domain::record::MAX_LEVELS;
use diesel::prelude::*;

/// Records of a kind of which each may have a parent.
pub(super) struct Tree {
    pub(super) kind: EntityKind,
    pub(super) table: &'static str,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Uid)]
    id: Id,
}

impl Tree {
    /// Refuses to make the record `id`, of which the parent `was` another, a part of `parent`
    /// when it would be a part of itself, or lie too deep or what is below it. What lies too deep
    /// already may stay there.
    pub(super) fn check(
        &self,
        c: &mut Conn,
        id: Id,
        was: Option<Id>,
        parent: Option<Id>,
    ) -> Result<()> {
        let Some(parent) = parent.filter(|_| parent != was) else { return Ok(()) };
        let at = Pointer::root().field("parent_id");
        let above = self.from(c, parent)?;
        if above.contains(&id) {
            let kind = self.kind;
            let detail = format!(
                "This {kind} would be a part of itself, directly or through others; name another \
                 parent, or none."
            );
            return Err(Error::invalid(&at, "cycle", detail));
        }
        let room = MAX_LEVELS.checked_sub(above.len() + 1);
        if match room {
            Some(room) => self.lies_below(c, id, room)?,
            None => true,
        } {
            let detail = format!(
                "Below {} there would be more than {MAX_LEVELS} levels, from the topmost {kind} to \
                 the lowest part of this one. Expected at most {MAX_LEVELS}; name a parent further \
                 up, or none.",
                parent.0,
                kind = self.kind
            );
            return Err(Error::invalid(&at, "too_deep", detail));
        }
        Ok(())
    }

    /// The record and those above it, the nearest first: as many as may be, and one more.
    fn from(&self, c: &mut Conn, id: Id) -> Result<Vec<Id>> {
        let sql = format!(
            "WITH RECURSIVE above (id, parent_id, level) AS (\
               SELECT id, parent_id, 1 FROM {table} WHERE id = $1 \
               UNION ALL SELECT t.id, t.parent_id, a.level + 1 \
               FROM {table} t JOIN above a ON t.id = a.parent_id WHERE a.level <= {MAX_LEVELS}\
             ) SELECT id FROM above ORDER BY level",
            table = self.table
        );
        let found: Vec<Found> = diesel::sql_query(sql).bind::<Uid, _>(id).load(c)?;
        Ok(found.into_iter().map(|row| row.id).collect())
    }

    /// Whether anything lies more than `levels` below the record.
    fn lies_below(&self, c: &mut Conn, id: Id, levels: usize) -> Result<bool> {
        let sql = format!(
            "WITH RECURSIVE below (id, level) AS (\
               SELECT id, 1 FROM {table} WHERE parent_id = $1 \
               UNION ALL SELECT t.id, b.level + 1 \
               FROM {table} t JOIN below b ON t.parent_id = b.id WHERE b.level <= {levels}\
             ) SELECT id FROM below WHERE level > {levels} LIMIT 1",
            table = self.table
        );
        let found: Vec<Found> = diesel::sql_query(sql).bind::<Uid, _>(id).load(c)?;
        Ok(!found.is_empty())
    }
}
