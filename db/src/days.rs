//! Sets of days, as far as relations hold on them.

use chrono::NaiveDate;
use consortia_domain::period::Period;

/// Days one after another, from the first to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Days(NaiveDate, NaiveDate);

impl Days {
    /// Those on which something of this period may hold. Unknown and open ends put no limit.
    pub(crate) fn of(period: Period) -> Self {
        let first = period.earliest_start().unwrap_or(NaiveDate::MIN);
        Self(first, period.latest_end().unwrap_or(NaiveDate::MAX))
    }

    /// Those that are among both.
    pub(crate) fn common(self, other: Self) -> Option<Self> {
        let both = Self(self.0.max(other.0), self.1.min(other.1));
        (both.0 <= both.1).then_some(both)
    }
}

/// Any days: parts with others between them, in order.
#[derive(Debug, Default)]
pub(crate) struct DaySet(Vec<Days>);

impl DaySet {
    /// Its parts.
    pub(crate) fn parts(&self) -> &[Days] {
        &self.0
    }

    /// Adds days; tells which of them were not there. O(parts).
    pub(crate) fn add(&mut self, days: Days) -> Vec<Days> {
        let from = self.0.partition_point(|known| known.1.succ_opt().is_some_and(|it| it < days.0));
        let to = self.0.partition_point(|known| known.0.pred_opt().is_none_or(|it| it <= days.1));
        let (mut new, mut whole) = (Vec::new(), days);
        let mut next = Some(days.0);
        for known in &self.0[from..to] {
            if let Some((first, last)) = next.zip(known.0.pred_opt())
                && first <= last
            {
                new.push(Days(first, last));
            }
            next = known.1.succ_opt();
            whole = Days(whole.0.min(known.0), whole.1.max(known.1));
        }
        new.extend(next.filter(|first| *first <= days.1).map(|first| Days(first, days.1)));
        self.0.splice(from..to, [whole]);
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: u32) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(i32::try_from(n).expect("few") + 700_000)
            .expect("a day")
    }

    fn days(first: u32, last: u32) -> Days {
        Days(day(first), day(last))
    }

    #[test]
    fn what_is_added_is_told_once() {
        let mut set = DaySet::default();
        assert_eq!(set.add(days(10, 12)), [days(10, 12)]);
        assert_eq!(set.add(days(20, 22)), [days(20, 22)]);
        assert_eq!(set.add(days(11, 12)), []);
        assert_eq!(
            (set.add(days(13, 14)), set.add(days(8, 9))),
            (vec![days(13, 14)], vec![days(8, 9)])
        );
        assert_eq!(set.parts(), [days(8, 14), days(20, 22)]);
        assert_eq!(set.add(days(5, 30)), [days(5, 7), days(15, 19), days(23, 30)]);
        assert_eq!(set.parts(), [days(5, 30)]);
        let all = Days(NaiveDate::MIN, NaiveDate::MAX);
        assert_eq!(set.add(all), [Days(NaiveDate::MIN, day(4)), Days(day(31), NaiveDate::MAX)]);
        assert_eq!((set.add(all), set.0), (vec![], vec![all]));
    }

    #[test]
    fn of_many_overlapping_days_little_is_told_and_kept() {
        let mut set = DaySet::default();
        let told: usize = (0..100)
            .rev()
            .flat_map(|first| (100..200).map(move |last| days(first, last)))
            .map(|days| set.add(days).len())
            .sum();
        assert_eq!((told, set.0), (199, vec![days(0, 199)]));
    }
}
