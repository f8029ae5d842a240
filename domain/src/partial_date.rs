//! Dates known to the day, the month or only the year, or to lie between two such dates.

use crate::error::Invalid;
use crate::text::{json_string, shown};
use chrono::{Datelike, Days, Months, NaiveDate};
use std::fmt;
use std::str::FromStr;

/// With what precision a [`PartialDate`] is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Precision {
    /// To the year.
    Year,
    /// To the month.
    Month,
    /// To the very day.
    Day,
}

/// A calendar date as exact as somebody stated it, years 0001 to 9999: `2014`, `2014-06` or
/// `2014-06-30` (EDTF level 0), or one day between two such dates, `[2014-01..2014-04]` for
/// "the beginning of 2014" (EDTF level 2, one of a set). A decade, `199X` (EDTF level 1), is
/// read as `[1990..1999]`.
///
/// It is the interval of days it may mean, and nothing else: `[2014-01..2014-12]` is `2014`.
/// Ordered by the first of these days, then by the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartialDate {
    earliest: NaiveDate,
    latest: NaiveDate,
}

impl PartialDate {
    /// Some day of the year; `None` outside 1 to 9999.
    #[must_use]
    pub fn year(year: i32) -> Option<Self> {
        let earliest = in_range(NaiveDate::from_ymd_opt(year, 1, 1))?;
        let latest = NaiveDate::from_ymd_opt(year, 12, 31)?;
        Some(Self { earliest, latest })
    }

    /// Some day of the month; `None` for a month that does not exist.
    #[must_use]
    pub fn month(year: i32, month: u32) -> Option<Self> {
        let earliest = in_range(NaiveDate::from_ymd_opt(year, month, 1))?;
        let latest = earliest.checked_add_months(Months::new(1))?.checked_sub_days(Days::new(1))?;
        Some(Self { earliest, latest })
    }

    /// The day itself; `None` for a day that does not exist.
    #[must_use]
    pub fn day(year: i32, month: u32, day: u32) -> Option<Self> {
        in_range(NaiveDate::from_ymd_opt(year, month, day)).map(Self::of_day)
    }

    /// One day from the first of `from` to the last of `to`.
    ///
    /// # Errors
    /// `interval_reversed` when `to` ends before `from` begins.
    pub fn between(from: Self, to: Self) -> Result<Self, Invalid> {
        if to.latest < from.earliest {
            let detail = format!(
                "[{from}..{to}] ends before it begins; write the earlier date first: [{to}..{from}]."
            );
            return Err(Invalid::new("interval_reversed", detail));
        }
        Ok(Self { earliest: from.earliest, latest: to.latest })
    }

    /// The first day it may mean.
    #[must_use]
    pub fn earliest(self) -> NaiveDate {
        self.earliest
    }

    /// The last day it may mean.
    #[must_use]
    pub fn latest(self) -> NaiveDate {
        self.latest
    }

    /// With what precision it is written, or both ends of an interval are: the coarsest that
    /// says these days and no others.
    #[must_use]
    pub fn precision(self) -> Precision {
        // The day behind the last one begins whatever the last one ends.
        let next = self.latest.succ_opt().unwrap_or(NaiveDate::MAX);
        if self.earliest.ordinal() == 1 && next.ordinal() == 1 {
            Precision::Year
        } else if self.earliest.day() == 1 && next.day() == 1 {
            Precision::Month
        } else {
            Precision::Day
        }
    }

    fn of_day(day: NaiveDate) -> Self {
        Self { earliest: day, latest: day }
    }
}

/// `day` when its year has four digits, as EDTF wants.
fn in_range(day: Option<NaiveDate>) -> Option<NaiveDate> {
    day.filter(|day| (1..=9999).contains(&day.year()))
}

impl From<NaiveDate> for PartialDate {
    /// The day itself, or the nearest one within the years 0001 to 9999.
    fn from(day: NaiveDate) -> Self {
        const FIRST: NaiveDate = NaiveDate::from_ymd_opt(1, 1, 1).expect("a day");
        const LAST: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).expect("a day");
        Self::of_day(day.clamp(FIRST, LAST))
    }
}

impl FromStr for PartialDate {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if let Some(interval) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            return match interval.split_once("..") {
                Some((from, to)) if !from.trim().is_empty() && !to.trim().is_empty() => {
                    Self::between(level_0(from.trim())?, level_0(to.trim())?)
                }
                _ => Err(malformed_interval(text)),
            };
        }
        let decade = text
            .strip_suffix('X')
            .filter(|decade| decade.len() == 3 && decade.bytes().all(|b| b.is_ascii_digit()));
        match decade {
            Some(decade) => {
                let year = |digit: char| level_0(&format!("{decade}{digit}"));
                Self::between(year('0')?, year('9')?)
            }
            None => level_0(text),
        }
    }
}

/// A date of EDTF level 0.
fn level_0(date: &str) -> Result<PartialDate, Invalid> {
    let parts: Vec<&str> = date.split('-').collect();
    let well_formed = matches!(
        parts.iter().map(|part| part.len()).collect::<Vec<_>>()[..],
        [4] | [4, 2] | [4, 2, 2]
    ) && parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()));
    if !well_formed {
        return Err(Invalid::new("invalid_date", malformed(date)));
    }
    // Only digits are left, at most four of them: these parses cannot fail.
    let number = |n: usize| parts.get(n).and_then(|part| part.parse::<u32>().ok());
    let year = number(0).and_then(|year| i32::try_from(year).ok()).unwrap_or_default();
    let found = match (number(1), number(2)) {
        (None, _) => PartialDate::year(year),
        (Some(month), None) => PartialDate::month(year, month),
        (Some(month), Some(day)) => PartialDate::day(year, month, day),
    };
    found.ok_or_else(|| {
        let what = ["year", "month", "day"][parts.len() - 1];
        let detail = format!(
            "There is no {what} {} in the calendar (years 0001 to 9999); check its digits.",
            shown(date)
        );
        Invalid::new("no_such_date", detail)
    })
}

/// The fault of square brackets around something else than two dates.
fn malformed_interval(text: &str) -> Invalid {
    let detail = format!(
        "{} does not say between which dates the day lies. Give both, as in [2014-01..2014-04]; \
         where one is not known, give a single date or none.",
        shown(text)
    );
    Invalid::new("invalid_date", detail)
}

/// Why `date` is not written as a partial date, with the remedy for the usual mistakes.
fn malformed(date: &str) -> String {
    let two_digits = date.len() == 2 && date.bytes().all(|b| b.is_ascii_digit());
    let remedy = if two_digits {
        format!("Write the year with four digits, such as 20{date}.")
    } else if date.ends_with("0s") || date.ends_with('x') {
        "Write a decade like 199X.".to_owned()
    } else if date.contains("..") {
        "Write a day that lies between two dates like [2014-01..2014-04].".to_owned()
    } else if date.contains('/') && date.split('/').all(|part| level_0(part).is_ok()) {
        "One date is expected here, not a period; write it like 2014-06-30.".to_owned()
    } else if begins_with_a_day(date) {
        "Leave the time of day out.".to_owned()
    } else {
        "Write it year first, like 2014, 2014-06, 2014-06-30 or, where only the time is known in \
         which the day lies (the beginning of 2014), [2014-01..2014-04]."
            .to_owned()
    };
    format!("{} is not a date of the form yyyy, yyyy-mm or yyyy-mm-dd. {remedy}", shown(date))
}

/// Whether `text` says a day and goes on: `2014-06-30T12:00`, `2014-06-30 12:00`.
fn begins_with_a_day(text: &str) -> bool {
    let day = text.split_once(['T', ' ']).map(|(day, _)| day);
    day.is_some_and(|day| day.len() == "2014-06-30".len() && level_0(day).is_ok())
}

impl fmt::Display for PartialDate {
    /// EDTF: one date where one says it all, else the two it lies between.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let precision = self.precision();
        let (from, to) = (self.earliest, self.latest);
        let within_one = match precision {
            Precision::Year => from.year() == to.year(),
            Precision::Month => (from.year(), from.month()) == (to.year(), to.month()),
            Precision::Day => from == to,
        };
        if within_one {
            return write_to(f, from, precision);
        }
        f.write_str("[")?;
        write_to(f, from, precision)?;
        f.write_str("..")?;
        write_to(f, to, precision)?;
        f.write_str("]")
    }
}

/// Writes `day` with no more than `precision`.
fn write_to(f: &mut fmt::Formatter<'_>, day: NaiveDate, precision: Precision) -> fmt::Result {
    write!(f, "{:04}", day.year())?;
    if precision >= Precision::Month {
        write!(f, "-{:02}", day.month())?;
    }
    if precision == Precision::Day {
        write!(f, "-{:02}", day.day())?;
    }
    Ok(())
}

/// How dates are written, for readers of the API document.
macro_rules! date_pattern {
    () => {
        r"\d{4}(-\d{2}(-\d{2})?)?|\d{3}X|\[\d{4}(-\d{2}(-\d{2})?)?\.\.\d{4}(-\d{2}(-\d{2})?)?\]"
    };
}
pub(crate) use date_pattern;

json_string!(
    PartialDate,
    "A date known to the day, the month or only the year (EDTF level 0), or to lie between two \
     such dates: `[2014-01..2014-04]` (EDTF level 2). A decade, `199X`, is accepted in requests \
     and written `[1990..1999]`.",
    "2018-02-01",
    pattern = concat!("^(", date_pattern!(), ")$")
);
