//! Dates known to the day, the month or only the year.

use crate::error::Invalid;
use crate::text::{json_string, shown};
use chrono::{Datelike, Days, Months, NaiveDate};
use std::fmt;
use std::str::FromStr;

/// How much of a [`PartialDate`] is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Precision {
    /// Only the year.
    Year,
    /// Year and month.
    Month,
    /// The very day.
    Day,
}

/// A calendar date of EDTF level 0: `2014`, `2014-06` or `2014-06-30`, years 0001 to 9999.
///
/// It stands for the interval of days it may mean. Ordered by the first of them, then by
/// the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartialDate {
    earliest: NaiveDate,
    latest: NaiveDate,
    precision: Precision,
}

impl PartialDate {
    /// Some day of the year; `None` outside 1 to 9999.
    #[must_use]
    pub fn year(year: i32) -> Option<Self> {
        let earliest = in_range(NaiveDate::from_ymd_opt(year, 1, 1))?;
        let latest = NaiveDate::from_ymd_opt(year, 12, 31)?;
        Some(Self { earliest, latest, precision: Precision::Year })
    }

    /// Some day of the month; `None` for a month that does not exist.
    #[must_use]
    pub fn month(year: i32, month: u32) -> Option<Self> {
        let earliest = in_range(NaiveDate::from_ymd_opt(year, month, 1))?;
        let latest = earliest.checked_add_months(Months::new(1))?.checked_sub_days(Days::new(1))?;
        Some(Self { earliest, latest, precision: Precision::Month })
    }

    /// The day itself; `None` for a day that does not exist.
    #[must_use]
    pub fn day(year: i32, month: u32, day: u32) -> Option<Self> {
        in_range(NaiveDate::from_ymd_opt(year, month, day)).map(Self::of_day)
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

    /// How much of it is known.
    #[must_use]
    pub fn precision(self) -> Precision {
        self.precision
    }

    fn of_day(day: NaiveDate) -> Self {
        Self { earliest: day, latest: day, precision: Precision::Day }
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
        let date = text.trim();
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
            (None, _) => Self::year(year),
            (Some(month), None) => Self::month(year, month),
            (Some(month), Some(day)) => Self::day(year, month, day),
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
}

/// Why `date` is not written as a partial date, with the remedy for the usual mistakes.
fn malformed(date: &str) -> String {
    let two_digits = date.len() == 2 && date.bytes().all(|b| b.is_ascii_digit());
    let remedy = if two_digits {
        format!("Write the year with four digits, such as 20{date}.")
    } else if date.contains('/') {
        "One date is expected here, not a period; write it like 2014-06-30.".to_owned()
    } else if date.contains('T') || date.contains(' ') {
        "Leave the time of day out.".to_owned()
    } else {
        "Write it like 2014, 2014-06 or 2014-06-30.".to_owned()
    };
    format!("{} is not a date of the form yyyy, yyyy-mm or yyyy-mm-dd. {remedy}", shown(date))
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = self.earliest;
        write!(f, "{:04}", day.year())?;
        if self.precision >= Precision::Month {
            write!(f, "-{:02}", day.month())?;
        }
        if self.precision == Precision::Day {
            write!(f, "-{:02}", day.day())?;
        }
        Ok(())
    }
}

json_string!(
    PartialDate,
    "A date known to the day, the month or only the year (EDTF level 0).",
    "2018-02-01",
    pattern = r"^\d{4}(-\d{2}(-\d{2})?)?$"
);
