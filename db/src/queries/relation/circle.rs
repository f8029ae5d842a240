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
use std::collections::HashMap;

/// The days on which something may hold, both ends included.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Days(NaiveDate, NaiveDate);

impl Days {
    /// Unknown and open ends put no limit.
    fn of(period: Period) -> Self {
        let first = period.earliest_start().unwrap_or(NaiveDate::MIN);
        Self(first, period.latest_end().unwrap_or(NaiveDate::MAX))
    }

    /// Those on which both may hold.
    fn common(self, other: Self) -> Option<Self> {
        let both = Self(self.0.max(other.0), self.1.min(other.1));
        (both.0 <= both.1).then_some(both)
    }

    fn within(self, other: Self) -> bool {
        other.0 <= self.0 && self.1 <= other.1
    }
}

/// The relations of `content`'s kind that have one of `ids` at the end `$near`, each with that
/// end and the other; the relation `own` is being rewritten and does not count.
macro_rules! edges {
    ($c:ident, $own:ident, $content:ident, $ids:ident, $near:ident, $far:ident) => {
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
            .load::<(Id, Id, Option<String>, Option<String>)>($c)?
    };
}

/// What lies in one direction of a record, as far as it was looked at.
struct Search {
    forward: bool,
    /// The days on which each record is reached; none of them within others of the same record.
    reached: HashMap<Id, Vec<Days>>,
    frontier: Vec<(Id, Days)>,
}

impl Search {
    fn new(start: Id, days: Days, forward: bool) -> Self {
        Self { forward, reached: HashMap::new(), frontier: vec![(start, days)] }
    }

    /// Goes one step further. A query.
    fn step(&mut self, c: &mut Conn, own: Id, content: &RelationContent) -> Result<()> {
        let mut frontier: HashMap<Id, Vec<Days>> = HashMap::new();
        for (id, days) in self.frontier.drain(..) {
            frontier.entry(id).or_default().push(days);
        }
        let ids: Vec<Id> = frontier.keys().copied().collect();
        for ids in ids.chunks(LOOKUP) {
            let found = match (content.between, self.forward) {
                (RelationBetween::Projects, true) => {
                    edges!(c, own, content, ids, from_project_id, to_project_id)
                }
                (RelationBetween::Projects, false) => {
                    edges!(c, own, content, ids, to_project_id, from_project_id)
                }
                (RelationBetween::Organisations, true) => {
                    edges!(c, own, content, ids, from_organisation_id, to_organisation_id)
                }
                (RelationBetween::Organisations, false) => {
                    edges!(c, own, content, ids, to_organisation_id, from_organisation_id)
                }
            };
            for (near, far, starts, ends) in found {
                let days = Days::of(period(starts.as_deref(), ends.as_deref())?);
                for so_far in frontier.get(&near).into_iter().flatten() {
                    if let Some(days) = days.common(*so_far) {
                        self.reach(far, days);
                    }
                }
            }
        }
        Ok(())
    }

    fn reach(&mut self, id: Id, days: Days) {
        let known = self.reached.entry(id).or_default();
        if !known.iter().any(|known| days.within(*known)) {
            known.push(days);
            self.frontier.push((id, days));
        }
    }
}

/// Refuses a relation that leads, with others of its kind, back to where it begins, all of them
/// possibly on the same day. Looked for from both ends at once, so that it takes no longer than
/// the shorter of the two ways: a query for each step.
pub(super) fn refuse(c: &mut Conn, own: Id, content: &RelationContent) -> Result<()> {
    if !content.kind.is_acyclic() {
        return Ok(());
    }
    let (start, end) = (Id(content.from_id), Id(content.to_id));
    let days = Days::of(content.period);
    let mut ahead = Search::new(end, days, true);
    let mut behind = Search::new(start, days, false);
    while !ahead.frontier.is_empty() && !behind.frontier.is_empty() {
        ahead.step(c, own, content)?;
        behind.step(c, own, content)?;
        if ahead.reached.contains_key(&start) || behind.reached.contains_key(&end) {
            let detail = format!(
                "By other relations of this kind ('{}') the record it leads to comes from the one \
                 it begins with already, and no record may come before itself. Turn 'from_id' and \
                 'to_id' round, or mend the relation that is wrong.",
                content.kind.reads()
            );
            let at = Pointer::root().field("to_id");
            return Err(Error::invalid(&at, "circular_relation", detail));
        }
    }
    Ok(())
}
