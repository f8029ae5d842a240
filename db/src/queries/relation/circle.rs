//! Relations by which a record would come before itself.

use super::super::rows::period;
use super::super::{Conn, LOOKUP};
use crate::error::{Error, Result};
use crate::schema::relations;
use crate::types::Id;
use chrono::NaiveDate;
use consortia_domain::Pointer;
use consortia_domain::period::Period;
use consortia_domain::relation::RelationContent;
use consortia_domain::relation_kind::RelationBetween;
use diesel::prelude::*;
use std::collections::HashSet;

/// Where relations of `content`'s kind lead from `ids`; the relation `own` is being rewritten
/// and does not count.
macro_rules! beyond {
    ($c:ident, $own:ident, $content:ident, $ids:ident, $from:ident, $to:ident) => {
        relations::table
            .filter(relations::kind.eq($content.kind.code()))
            .filter(relations::$from.eq_any($ids))
            .filter(relations::id.ne($own))
            .select((relations::$to.assume_not_null(), relations::starts, relations::ends))
            .load::<(Id, Option<String>, Option<String>)>($c)?
    };
}

/// Whether both may hold on some day. Unknown and open ends put no limit.
fn may_meet(one: Period, other: Period) -> bool {
    let from = other.earliest_start().unwrap_or(NaiveDate::MIN);
    one.possibly_overlaps(from, other.latest_end().unwrap_or(NaiveDate::MAX))
}

/// Refuses a relation that leads, with others of its kind that may hold at the same time, back
/// to where it begins. A query for each step.
pub(super) fn refuse(c: &mut Conn, own: Id, content: &RelationContent) -> Result<()> {
    if !content.kind.is_acyclic() {
        return Ok(());
    }
    let (start, end) = (Id(content.from_id), Id(content.to_id));
    let mut seen = HashSet::from([end]);
    let mut frontier = vec![end];
    while !frontier.is_empty() && !seen.contains(&start) {
        let mut next = Vec::new();
        for ids in frontier.chunks(LOOKUP) {
            let found = match content.between {
                RelationBetween::Projects => {
                    beyond!(c, own, content, ids, from_project_id, to_project_id)
                }
                RelationBetween::Organisations => {
                    beyond!(c, own, content, ids, from_organisation_id, to_organisation_id)
                }
            };
            for (id, starts, ends) in found {
                let period = period(starts.as_deref(), ends.as_deref())?;
                if may_meet(period, content.period) && seen.insert(id) {
                    next.push(id);
                }
            }
        }
        frontier = next;
    }
    if !seen.contains(&start) {
        return Ok(());
    }
    let detail = format!(
        "The record it leads to is, through others, {} the one it comes from already; no record \
         may come before itself. Turn 'from_id' and 'to_id' round, or delete the relation that \
         is wrong.",
        content.kind.reads()
    );
    Err(Error::invalid(&Pointer::root().field("to_id"), "circular_relation", detail))
}
