//! Filters of lists: one parameter per field, comma = or, repeated = and, `!` = not.

use crate::error::{Errors, Invalid};
use crate::money::{Currency, Money};
use crate::partial_date::PartialDate;
use crate::record::Timestamp;
use chrono::{DateTime, Datelike, NaiveDate, SubsecRound, Utc};
use std::collections::HashSet;
use std::str::FromStr;

/// One condition on a field: it is, or is not, one of some values.
///
/// A negated condition is the exact complement of the plain one: a record whose value is
/// unknown satisfies `!IT`, so that the counts of `IT` and `!IT` add up to the total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition<T> {
    /// Whether the condition was written with a leading `!`.
    pub negated: bool,
    /// The values that satisfy it; any of them will do.
    pub values: Vec<T>,
    /// Whether an unknown (null) value satisfies it too, written `unknown`.
    pub unknown: bool,
}

impl<T> Condition<T> {
    /// The same condition on what its values stand for, in order and each once: branches of one
    /// tree share most of their records, databases bind only so many values, and memory ends.
    #[must_use]
    pub fn on<U: Ord>(&self, mut values: Vec<U>) -> Condition<U> {
        values.sort_unstable();
        values.dedup();
        Condition { negated: self.negated, values, unknown: self.unknown }
    }

    /// Whether it holds of something in memory: `known` tells whether that has any value,
    /// `is_one` whether a value is one of its. O(values).
    pub fn holds(&self, known: bool, is_one: impl Fn(&T) -> bool) -> bool {
        let plain = self.values.iter().any(is_one) || (self.unknown && !known);
        plain != self.negated
    }
}

/// Conditions on one field that must all hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conditions<T>(pub Vec<Condition<T>>);

impl<T> Default for Conditions<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Conditions<T> {
    /// The single condition that the field is `value`.
    #[must_use]
    pub fn is(value: T) -> Self {
        Self(vec![Condition { negated: false, values: vec![value], unknown: false }])
    }

    /// Whether anything is asked of the field.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The conditions, all of which must hold.
    pub fn iter(&self) -> std::slice::Iter<'_, Condition<T>> {
        self.0.iter()
    }
}

impl<'a, T> IntoIterator for &'a Conditions<T> {
    type Item = &'a Condition<T>;
    type IntoIter = std::slice::Iter<'a, Condition<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A closed range of which either end may be left open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range<T> {
    /// The least value that matches.
    pub from: Option<T>,
    /// The greatest value that matches.
    pub to: Option<T>,
}

impl<T> Default for Range<T> {
    fn default() -> Self {
        Self { from: None, to: None }
    }
}

/// The most values one parameter may list, so that no request grows without bound.
pub const MAX_VALUES: usize = 200;

/// The years that dates are written in with four digits, as both databases compare them.
pub const YEARS: std::ops::RangeInclusive<i32> = 1..=9999;

/// How often one parameter may be given.
pub const MAX_REPEATS: usize = 10;

/// The most conditions a request may set in all: each costs the database a look of its own.
pub const MAX_CONDITIONS: usize = 20;

/// The filter of one resource: knows its parameters and reads them.
pub trait Filter: Clone + Default + Send + 'static {
    /// The names a list may be sorted by, besides relevance when searching.
    const SORTS: &'static [&'static str];

    /// Reads every parameter of this filter.
    fn read(query: &mut QueryReader<'_>) -> Self;
}

/// Query parameters being read by name; nobody's parameters are reported at the end.
pub struct QueryReader<'a> {
    pairs: &'a [(String, String)],
    known: Vec<String>,
    conditions: usize,
    errors: Errors,
}

impl<'a> QueryReader<'a> {
    /// Starts reading percent-decoded `pairs`.
    #[must_use]
    pub fn new(pairs: &'a [(String, String)]) -> Self {
        Self { pairs, known: Vec::new(), conditions: 0, errors: Errors::new() }
    }

    /// Every value given for `name`, in order.
    fn all(&mut self, name: &str) -> Vec<&'a str> {
        self.known.push(name.to_owned());
        let given = self.pairs.iter().filter(|(key, _)| key == name);
        given.map(|(_, value)| value.as_str()).collect()
    }

    /// Every value of `name` as it was given, without reading it.
    #[must_use]
    pub fn given(&self, name: &str) -> Vec<String> {
        let given = self.pairs.iter().filter(|(key, _)| key == name);
        given.map(|(_, value)| value.clone()).collect()
    }

    /// Notes a fault of the parameter `name`.
    pub fn fault(&mut self, name: &str, fault: Invalid) {
        self.errors.parameter(name, fault);
    }

    /// The raw value of `name`, which may be given once.
    pub fn text(&mut self, name: &str) -> Option<&'a str> {
        let given = self.all(name);
        if given.len() > 1 {
            let detail = format!("'{name}' was given {} times; give it once.", given.len());
            self.fault(name, Invalid::new("repeated_parameter", detail));
        }
        given.first().copied()
    }

    /// The value of `name`, which may be given once.
    pub fn one<T: FromStr<Err = Invalid>>(&mut self, name: &str) -> Option<T> {
        let text = self.text(name)?;
        self.parsed(name, text)
    }

    fn parsed<T: FromStr<Err = Invalid>>(&mut self, name: &str, text: &str) -> Option<T> {
        text.parse().map_err(|fault| self.fault(name, fault)).ok()
    }

    /// The conditions given for `name`: `a,b` is or, `!a` is not, repeating is and.
    pub fn conditions<T>(&mut self, name: &str) -> Conditions<T>
    where
        T: FromStr<Err = Invalid> + PartialEq,
    {
        let all = self.all(name);
        let mut given: Vec<&str> = Vec::new();
        // No more than can be told apart quickly, however many there are.
        for text in &all {
            if given.len() <= MAX_REPEATS && !given.contains(text) {
                given.push(text);
            }
        }
        if given.len() > MAX_REPEATS {
            let found = all.len();
            let detail = format!(
                "'{name}' may be given {MAX_REPEATS} times, found {found}; ask in parts, or list \
                 values by comma."
            );
            self.fault(name, Invalid::new("too_many_conditions", detail));
            return Conditions::default();
        }
        self.conditions += given.len();
        if self.conditions > MAX_CONDITIONS && self.conditions - given.len() <= MAX_CONDITIONS {
            let detail = format!(
                "From '{name}' on there are more than {MAX_CONDITIONS} conditions; ask in parts."
            );
            self.fault(name, Invalid::new("too_many_conditions", detail));
        }
        let conditions = given.into_iter().filter_map(|text| self.condition(name, text));
        Conditions(conditions.collect())
    }

    fn condition<T>(&mut self, name: &str, text: &str) -> Option<Condition<T>>
    where
        T: FromStr<Err = Invalid> + PartialEq,
    {
        let (negated, listed) = match text.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let mut condition = Condition { negated, values: Vec::new(), unknown: false };
        let mut found = 0;
        for item in listed.split(',').map(str::trim) {
            if item == "unknown" {
                condition.unknown = true;
            } else if item.is_empty() {
                let detail = format!("'{name}={text}' lists an empty value; leave it out.");
                self.fault(name, Invalid::new("empty_value", detail));
                return None;
            } else if found == MAX_VALUES {
                let detail = format!("'{name}' lists more than {MAX_VALUES} values; ask in parts.");
                self.fault(name, Invalid::new("too_many_values", detail));
                return None;
            } else {
                found += 1;
                let value = self.parsed(name, item);
                condition.values.extend(value.filter(|value| !condition.values.contains(value)));
            }
        }
        Some(condition)
    }

    /// A yes/no parameter.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        match self.text(name)? {
            "true" => Some(true),
            "false" => Some(false),
            other => {
                let detail = format!("'{other}' is neither true nor false.");
                self.fault(name, Invalid::new("invalid_boolean", detail));
                None
            }
        }
    }

    /// A single day, `YYYY-MM-DD`.
    pub fn day(&mut self, name: &str) -> Option<NaiveDate> {
        let text = self.text(name)?;
        let day = text.parse().ok().filter(|day| YEARS.contains(&NaiveDate::year(day)));
        if day.is_none() {
            let detail = format!("'{text}' is not a day. Expected one such as 2019-06-30.");
            self.fault(name, Invalid::new("invalid_day", detail));
        }
        day
    }

    /// The days `<name>_from` to `<name>_to`; a year or month means its first or last day.
    pub fn days(&mut self, name: &str) -> Range<NaiveDate> {
        let from = self.one::<PartialDate>(&format!("{name}_from")).map(PartialDate::earliest);
        let to = self.one::<PartialDate>(&format!("{name}_to")).map(PartialDate::latest);
        self.ordered(name, Range { from, to })
    }

    /// The whole numbers `<name>_from` to `<name>_to`.
    pub fn numbers(&mut self, name: &str) -> Range<i32> {
        let from = self.number(&format!("{name}_from"));
        let to = self.number(&format!("{name}_to"));
        self.ordered(name, Range { from, to })
    }

    fn number(&mut self, name: &str) -> Option<i32> {
        let text = self.text(name)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            let detail = format!("'{text}' is not a whole number.");
            self.fault(name, Invalid::new("not_a_whole_number", detail));
        }
        parsed
    }

    /// The amounts in euro `<name>_from` to `<name>_to`; other currencies never match.
    pub fn euros(&mut self, name: &str) -> Range<Money> {
        let from = self.euro(&format!("{name}_from"));
        let to = self.euro(&format!("{name}_to"));
        self.ordered(name, Range { from: from.map(Money::minor), to: to.map(Money::minor) });
        Range { from, to }
    }

    fn euro(&mut self, name: &str) -> Option<Money> {
        let text = self.text(name)?;
        Money::parse_decimal(text, Currency::EUR).map_err(|fault| self.fault(name, fault)).ok()
    }

    /// The instants `<name>_from` to `<name>_to`, RFC 3339 or a day in UTC.
    pub fn instants(&mut self, name: &str) -> Range<Timestamp> {
        let from = self.instant(&format!("{name}_from"), false);
        let to = self.instant(&format!("{name}_to"), true);
        self.ordered(name, Range { from, to })
    }

    /// An instant, RFC 3339 or a day in UTC, which means its end or its beginning.
    pub fn instant(&mut self, name: &str, end_of_day: bool) -> Option<Timestamp> {
        let text = self.text(name)?;
        let of_day = |day: NaiveDate| {
            let time = if end_of_day { (23, 59, 59, 999_999) } else { (0, 0, 0, 0) };
            let instant = day.and_hms_micro_opt(time.0, time.1, time.2, time.3);
            instant.map(|instant| instant.and_utc())
        };
        let stated = match DateTime::parse_from_rfc3339(text) {
            Ok(instant) => Some(instant.with_timezone(&Utc).trunc_subsecs(6)),
            Err(_) => text.parse().ok().and_then(of_day),
        };
        if let Some(instant) = stated.filter(|instant| YEARS.contains(&instant.year())) {
            return Some(instant);
        }
        let detail = format!(
            "'{text}' is not an instant. Expected RFC 3339 such as 2026-01-31T12:00:00Z, or a \
             day such as 2026-01-31. Write '+' in a URL as %2B."
        );
        self.fault(name, Invalid::new("invalid_instant", detail));
        None
    }

    fn ordered<T: PartialOrd>(&mut self, name: &str, range: Range<T>) -> Range<T> {
        if let (Some(from), Some(to)) = (&range.from, &range.to)
            && from > to
        {
            let detail = format!("'{name}_from' lies after '{name}_to'; swap them.");
            self.fault(&format!("{name}_from"), Invalid::new("empty_range", detail));
        }
        range
    }

    /// Every fault found, unknown parameters included.
    ///
    /// # Errors
    /// All faults, each naming its parameter.
    pub fn finish(mut self) -> Result<(), Errors> {
        let mut reported: HashSet<&str> = HashSet::new();
        let mut allowed = self.known.clone();
        allowed.sort_unstable();
        for (name, _) in self.pairs {
            if !self.known.contains(name) && reported.insert(name) {
                let detail = if allowed.is_empty() {
                    format!("'{name}' is not a parameter here; none is.")
                } else {
                    format!("'{name}' is not a parameter here. Allowed: {}.", allowed.join(", "))
                };
                self.errors.parameter(name, Invalid::new("unknown_parameter", detail));
            }
        }
        self.errors.into_result(Some(()))
    }
}
