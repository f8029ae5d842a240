//! Turning the domain's conditions into SQL conditions.
//!
//! A negated condition is the exact complement of the plain one, unknown values included,
//! so that the totals of a condition and of its negation add up. SQL's three-valued logic
//! does not give that by itself.

use crate::error::Result;
use chrono::NaiveDate;
use consortia_domain::country::Country;
use consortia_domain::country_group::CountryGroup;
use consortia_domain::filter::{Condition, Conditions};

/// What a query is for, which decides how conditions on other tables are best put.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    /// Some of many rows, in an order: looking at one row after another soon fills a page.
    Some,
    /// All rows, or some of few: finding those of the other table first is quicker.
    All,
}

impl Purpose {
    /// The purpose of a page of a list of `total` rows.
    pub(crate) const fn of_page(total: u64) -> Self {
        /// So few rows are found and sorted more quickly than met with by walking.
        const FEW: u64 = 1_000;
        if total <= FEW { Self::All } else { Self::Some }
    }
}

/// The condition that a record is one that `$rows` of another table refer to by
/// `$reference`, boxed as `$boxed`.
macro_rules! among {
    ($purpose:ident, $boxed:ty, $id:expr, $reference:expr, $rows:expr $(,)?) => {{
        let condition: $boxed = match $purpose {
            $crate::filters::Purpose::Some => {
                Box::new(diesel::dsl::exists($rows.filter($reference.eq($id))))
            }
            $crate::filters::Purpose::All => Box::new($id.eq_any($rows.select($reference))),
        };
        condition
    }};
}

/// Adds the conditions on one nullable column to a boxed query.
macro_rules! scalar {
    ($query:ident, $column:expr, $conditions:expr, |$value:ident| $to:expr) => {
        for condition in $conditions {
            let values: Vec<_> = condition.values.iter().map(|$value| $to).collect();
            $query = match (condition.negated, condition.unknown) {
                (false, false) => $query.filter($column.eq_any(values)),
                (false, true) => $query.filter($column.eq_any(values).or($column.is_null())),
                (true, false) => $query.filter($column.ne_all(values).or($column.is_null())),
                (true, true) => $query.filter($column.is_not_null().and($column.ne_all(values))),
            };
        }
    };
}

/// Adds one condition to a boxed query: `matches` says that a row has one of the values,
/// `known` that it has any value at all. Neither may ever be null.
macro_rules! choose {
    ($query:ident, $condition:expr, matches: $matches:expr, known: $known:expr $(,)?) => {
        $query = match ($condition.negated, $condition.unknown) {
            (false, false) => $query.filter($matches),
            (false, true) => $query.filter($matches.or(diesel::dsl::not($known))),
            (true, false) => $query.filter(diesel::dsl::not($matches)),
            (true, true) => $query.filter(diesel::dsl::not($matches).and($known)),
        };
    };
}

/// Adds the bounds of a range on one column to a boxed query.
macro_rules! range {
    ($query:ident, $range:expr, from: $from:expr, to: $to:expr, |$value:ident| $as:expr) => {
        if let Some($value) = $range.from {
            $query = $query.filter($from.ge($as));
        }
        if let Some($value) = $range.to {
            $query = $query.filter($to.le($as));
        }
    };
}

pub(crate) use {among, choose, range, scalar};

/// The same conditions with every value looked up: `find` gives the ids a value stands
/// for, none when there is no such record.
pub(crate) fn looked_up<T, I: Ord>(
    conditions: &Conditions<T>,
    mut find: impl FnMut(&T) -> Result<Vec<I>>,
) -> Result<Conditions<I>> {
    let mut found = Vec::with_capacity(conditions.0.len());
    for condition in conditions {
        let mut values = Vec::new();
        for value in &condition.values {
            values.extend(find(value)?);
        }
        found.push(condition.on(values));
    }
    Ok(Conditions(found))
}

/// Conditions on groups of countries as conditions on the countries that are members on `day`.
pub(crate) fn members(
    groups: &Conditions<CountryGroup>,
    day: NaiveDate,
) -> Vec<Condition<Country>> {
    let of = |condition: &Condition<CountryGroup>| {
        condition.on(condition.values.iter().flat_map(|group| group.members(day)).collect())
    };
    groups.iter().map(of).collect()
}
