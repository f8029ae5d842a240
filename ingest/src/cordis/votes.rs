//! Choosing between what different rows say of the same thing.

use super::index::{Moment, RowNo};

/// What some rows say.
#[derive(Clone, Debug)]
pub(super) struct Vote<T> {
    pub(super) value: T,
    /// The newest row that says so.
    pub(super) newest: Moment,
    /// How many rows say so.
    pub(super) count: u32,
    /// The first row that says so.
    pub(super) first: RowNo,
}

/// What all rows say. Nearly always one thing, so that one needs no list.
#[derive(Clone, Debug, Default)]
pub(super) enum Votes<T> {
    #[default]
    None,
    One(Vote<T>),
    Many(Vec<Vote<T>>),
}

impl<T: Ord> Votes<T> {
    /// Counts what one row says; `make` is called for what no row said before.
    pub(super) fn add<K: ?Sized + PartialEq>(
        &mut self,
        key: &K,
        moment: Moment,
        row: RowNo,
        make: impl FnOnce() -> T,
    ) where
        T: std::borrow::Borrow<K>,
    {
        let known = self.as_mut_slice().iter_mut().find(|vote| vote.value.borrow() == key);
        if let Some(vote) = known {
            vote.newest = vote.newest.max(moment);
            vote.count += 1;
            return;
        }
        let vote = Vote { value: make(), newest: moment, count: 1, first: row };
        *self = match std::mem::take(self) {
            Self::None => Self::One(vote),
            Self::One(first) => Self::Many(vec![first, vote]),
            Self::Many(mut votes) => {
                votes.push(vote);
                Self::Many(votes)
            }
        };
    }

    fn as_mut_slice(&mut self) -> &mut [Vote<T>] {
        match self {
            Self::None => &mut [],
            Self::One(vote) => std::slice::from_mut(vote),
            Self::Many(votes) => votes,
        }
    }

    /// All that was said, the best first: what `is_sound`, then the newest, then the most
    /// frequent, then the first in order, so that the order of rows never matters.
    pub(super) fn ranked(self, is_sound: impl Fn(&T) -> bool) -> Vec<Vote<T>> {
        let mut votes = match self {
            Self::None => Vec::new(),
            Self::One(vote) => vec![vote],
            Self::Many(votes) => votes,
        };
        votes.sort_by(|a, b| {
            let rank = |vote: &Vote<T>| (is_sound(&vote.value), vote.newest, vote.count);
            rank(b).cmp(&rank(a)).then_with(|| a.value.cmp(&b.value))
        });
        votes
    }

    /// The best of what was said.
    pub(super) fn best(self) -> Option<T> {
        self.ranked(|_| true).into_iter().next().map(|vote| vote.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_wins_then_the_most_frequent_then_the_first_in_order() {
        let row = RowNo { table: 0, line: 2 };
        let best = |said: &[(&str, Moment)]| {
            let mut votes: Votes<String> = Votes::None;
            for (value, moment) in said {
                votes.add(*value, *moment, row, || (*value).to_owned());
            }
            votes.best().expect("something was said")
        };
        assert_eq!(best(&[("old", 1), ("new", 2), ("old", 1)]), "new");
        assert_eq!(best(&[("rare", 1), ("often", 1), ("often", 1)]), "often");
        assert_eq!(best(&[("b", 1), ("a", 1)]), "a");
        assert_eq!(best(&[("a", 1), ("b", 1)]), "a");
    }
}
