//! Relations by which a record would come before itself.

use super::super::rows::period;
use super::super::{Conn, LOOKUP};
use crate::days::{DaySet, Days};
use crate::error::{Error, Result};
use crate::schema::relations;
use crate::types::Id;
use consortia_domain::Pointer;
use consortia_domain::relation::RelationContent;
use consortia_domain::relation_kind::RelationBetween;
use diesel::prelude::*;
use std::collections::HashMap;

/// How many relations are looked at in one direction, each as often as it is come to on other
/// days.
const MAX_LOOKS: usize = 10_000;
/// How many relations one after another are looked at in one direction.
const MAX_STEPS: usize = 1_000;

/// The relations of `content`'s kind that have one of `ids` at the end `$near`, each with that
/// end and the other, at most `room`; the relation `own` is being rewritten and does not count.
macro_rules! edges {
    ($c:ident, $own:ident, $content:ident, $ids:ident, $room:ident, $near:ident, $far:ident) => {
        relations::table
            .filter(relations::kind.eq($content.kind.code()))
            .filter(relations::$near.eq_any($ids))
            .filter(relations::id.ne($own))
            .select((
                relations::$near.assume_not_null(),
                relations::$far.assume_not_null(),
                relations::starts,
                relations::ends,
            ))
            .limit($room)
            .load::<(Id, Id, Option<String>, Option<String>)>($c)?
    };
}

/// What lies in one direction of a record, as far as it was looked at.
struct Search {
    forward: bool,
    /// The days on which each record is reached. Two ways to it that hold on days one after
    /// another are as good as one that holds on all of them: whatever follows is asked day by day.
    reached: HashMap<Id, DaySet>,
    /// The records from which to look further, for the days on which they were not reached before.
    frontier: HashMap<Id, DaySet>,
    looks: usize,
    steps: usize,
}

impl Search {
    fn new(start: Id, days: Days, forward: bool) -> Self {
        let (reached, frontier) = (HashMap::new(), HashMap::new());
        let mut search = Self { forward, reached, frontier, looks: 0, steps: 0 };
        search.frontier.entry(start).or_default().add(days);
        search
    }

    /// Goes one step further, unless that is too far. A query for each [`LOOKUP`] records.
    fn step(&mut self, c: &mut Conn, own: Id, content: &RelationContent) -> Result<()> {
        let frontier = std::mem::take(&mut self.frontier);
        let ids: Vec<Id> = frontier.keys().copied().collect();
        for ids in ids.chunks(LOOKUP) {
            // One more than there is room for shows that it is too far.
            let room = i64::try_from(MAX_LOOKS + 1 - self.looks).unwrap_or_default();
            let found = match (content.between, self.forward) {
                (RelationBetween::Projects, true) => {
                    edges!(c, own, content, ids, room, from_project_id, to_project_id)
                }
                (RelationBetween::Projects, false) => {
                    edges!(c, own, content, ids, room, to_project_id, from_project_id)
                }
                (RelationBetween::Organisations, true) => {
                    edges!(c, own, content, ids, room, from_organisation_id, to_organisation_id)
                }
                (RelationBetween::Organisations, false) => {
                    edges!(c, own, content, ids, room, to_organisation_id, from_organisation_id)
                }
            };
            for (near, far, starts, ends) in found {
                let days = Days::of(period(starts.as_deref(), ends.as_deref())?);
                for so_far in frontier.get(&near).map(DaySet::parts).unwrap_or_default() {
                    self.looks += 1;
                    if self.is_too_far() {
                        return Ok(());
                    }
                    if let Some(days) = days.common(*so_far) {
                        self.reach(far, days);
                    }
                }
            }
        }
        self.steps += usize::from(!self.frontier.is_empty());
        Ok(())
    }

    fn reach(&mut self, id: Id, days: Days) {
        let new = self.reached.entry(id).or_default().add(days);
        for new in new {
            self.frontier.entry(id).or_default().add(new);
        }
    }

    fn is_too_far(&self) -> bool {
        self.looks > MAX_LOOKS || self.steps > MAX_STEPS
    }
}

/// Refuses a relation that leads, with others of its kind, back to where it begins, all of them
/// possibly on the same day. Looked for from both ends, always from the one where less was looked
/// at so far: one end from which nothing leads on is enough, whatever hangs on the other. So it
/// takes no longer than twice the shorter of the two ways, and has its bounds.
pub(super) fn refuse(c: &mut Conn, own: Id, content: &RelationContent) -> Result<()> {
    if !content.kind.is_acyclic() {
        return Ok(());
    }
    let (start, end) = (Id(content.from_id), Id(content.to_id));
    let days = Days::of(content.period);
    let mut ahead = Search::new(end, days, true);
    let mut behind = Search::new(start, days, false);
    let at = Pointer::root().field("to_id");
    loop {
        let ahead_next = !ahead.is_too_far() && ahead.looks <= behind.looks;
        let (search, goal) = if ahead_next || behind.is_too_far() {
            (&mut ahead, start)
        } else {
            (&mut behind, end)
        };
        search.step(c, own, content)?;
        if search.reached.contains_key(&goal) {
            let detail = format!(
                "By other relations of this kind ('{}') the record it leads to comes from the one \
                 it begins with already, and no record may come before itself. Turn 'from_id' and \
                 'to_id' round, or mend the relation that is wrong.",
                content.kind.reads()
            );
            return Err(Error::invalid(&at, "circular_relation", detail));
        }
        if !search.is_too_far() && search.frontier.is_empty() {
            return Ok(());
        }
        if ahead.is_too_far() && behind.is_too_far() {
            let detail = format!(
                "So many relations of this kind ('{}') lead on from {}, and to {}, that it cannot \
                 be seen whether they go round. Expected at one of both at most {MAX_LOOKS}, and \
                 {MAX_STEPS} one after another; name another record, or delete relations that say \
                 little.",
                content.kind.reads(),
                content.to_id,
                content.from_id
            );
            return Err(Error::invalid(&at, "too_many_relations", detail));
        }
    }
}
