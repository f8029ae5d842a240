//! Dates as the vintages of CORDIS and the spreadsheets between them write them.

use super::{Cell, Misfit, is_said};
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime};
use consortia_domain::partial_date::PartialDate;
use std::ops::RangeInclusive;

/// Which comes first in dates with slashes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum DateOrder {
    /// Nothing in the table tells: the day, as FP4 has it, if the year has four digits; the
    /// month, as American spreadsheets have it, if it has two.
    #[default]
    Untold,
    /// The day: some date of the table has a first number above 12.
    DayFirst,
    /// The month: some date of the table has a second number above 12.
    MonthFirst,
}

impl DateOrder {
    /// What one date tells about the order.
    pub(crate) fn told_by(text: &str) -> Self {
        match slashed(text) {
            Some((13.., 1..=12, ..)) => Self::DayFirst,
            Some((1..=12, 13.., ..)) => Self::MonthFirst,
            _ => Self::Untold,
        }
    }

    /// What two dates tell; the earlier prevails where they contradict each other.
    pub(crate) fn or(self, other: Self) -> Self {
        if self == Self::Untold { other } else { self }
    }
}

/// The years projects begin and end in. Other numbers are amounts in the wrong column, or
/// fillers such as 1900-01-01.
const YEARS: RangeInclusive<i32> = 1950..=2100;

const EXPECTED: &str = "expected a date such as 2019-05-01, 01.05.2019 00:00, 01/05/2019 or 5/1/19";

/// Reads a date: `yyyy-mm-dd`, `yyyy/mm/dd`, `dd.mm.yyyy`, `dd/mm/yyyy`, `m/d/yy`, each
/// perhaps with a time that is dropped; or only a year, or year and month.
pub(crate) fn date(text: &str, order: DateOrder) -> Cell<PartialDate> {
    if !is_said(text) || text.starts_with("0000") {
        return Ok(None);
    }
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let partial = || if plain { text.parse().ok() } else { None };
    let date = day(day_of(text), order).map(PartialDate::from).or_else(partial);
    let date = date.filter(|date: &PartialDate| YEARS.contains(&date.earliest().year()));
    date.map(Some).ok_or_else(|| Misfit::new(EXPECTED))
}

/// Reads a date with or without a time; without one it is midnight.
pub(crate) fn date_time(text: &str, order: DateOrder) -> Cell<NaiveDateTime> {
    if !is_said(text) {
        return Ok(None);
    }
    let head = day_of(text);
    let day = day(head, order).ok_or_else(|| Misfit::new(EXPECTED))?;
    let tail = text[head.len()..].trim_start_matches(['T', 't', ' ']);
    let time = ["%H:%M:%S%.f", "%H:%M"]
        .iter()
        .find_map(|format| NaiveTime::parse_and_remainder(tail, format).ok().map(|(time, _)| time));
    Ok(Some(day.and_time(time.unwrap_or(NaiveTime::MIN))))
}

/// The part of a date with time that is the date.
fn day_of(text: &str) -> &str {
    let end = text.find(['T', 't', ' ']).unwrap_or(text.len());
    &text[..end]
}

fn day(text: &str, order: DateOrder) -> Option<NaiveDate> {
    if let Some((first, second, year, digits)) = slashed(text) {
        return slashed_day(first, second, year, digits, order);
    }
    let separator = text.chars().find(|c| matches!(c, '-' | '.' | '/'))?;
    let mut parts = text.split(separator);
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    match (separator, a.len(), c.len()) {
        ('-' | '/' | '.', 4, _) => ymd(a, b, c),
        ('.' | '-', _, 4) => ymd(c, b, a),
        _ => None,
    }
}

fn ymd(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    if [month, day].iter().any(|part| part.is_empty() || part.len() > 2) {
        return None;
    }
    NaiveDate::from_ymd_opt(
        digits(year)?,
        digits(month)?.try_into().ok()?,
        digits(day)?.try_into().ok()?,
    )
}

fn digits(text: &str) -> Option<i32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// The numbers of a date with slashes and the year last, and the digits of its year.
fn slashed(text: &str) -> Option<(u32, u32, i32, usize)> {
    let mut parts = day_of(text).split('/');
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    let short = |part: &str| (1..=2).contains(&part.len());
    if parts.next().is_some() || !short(first) || !short(second) {
        return None;
    }
    let number = |part: &str| digits(part)?.try_into().ok();
    let length = matches!(year.len(), 2 | 4).then_some(year.len())?;
    Some((number(first)?, number(second)?, digits(year)?, length))
}

fn slashed_day(
    first: u32,
    second: u32,
    year: i32,
    digits: usize,
    order: DateOrder,
) -> Option<NaiveDate> {
    // The framework programmes began in 1984 and none is planned beyond 2050.
    let year = match (digits, year) {
        (2, 70..) => 1900 + year,
        (2, _) => 2000 + year,
        _ => year,
    };
    let day_first = NaiveDate::from_ymd_opt(year, second, first);
    let month_first = NaiveDate::from_ymd_opt(year, first, second);
    match (order, digits) {
        (DateOrder::DayFirst, _) | (DateOrder::Untold, 4) => day_first.or(month_first),
        _ => month_first.or(day_first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, order: DateOrder) -> String {
        date(text, order).expect(text).expect(text).to_string()
    }

    #[test]
    fn every_way_of_writing_dates_is_read() {
        for text in [
            "2019-05-01",
            "2019-05-01 00:00:00",
            "2019-05-01T00:00:00Z",
            "01.05.2019 00:00",
            "1.5.2019",
            "01/05/2019",
            "5/1/19",
            "5/1/19 0:00",
            "2019/05/01",
            "01-05-2019",
        ] {
            assert_eq!(read(text, DateOrder::Untold), "2019-05-01", "{text}");
        }
        assert_eq!(read("2014", DateOrder::Untold), "2014");
        assert_eq!(read("2014-06", DateOrder::Untold), "2014-06");
        assert_eq!(read("12/31/2014", DateOrder::Untold), "2014-12-31");
        assert_eq!(read("1/1/95", DateOrder::Untold), "1995-01-01");
    }

    #[test]
    fn the_table_tells_the_order_of_day_and_month() {
        assert_eq!(DateOrder::told_by("25/04/1996"), DateOrder::DayFirst);
        assert_eq!(DateOrder::told_by("4/25/1996"), DateOrder::MonthFirst);
        assert_eq!(DateOrder::told_by("4/5/1996"), DateOrder::Untold);
        assert_eq!(read("4/5/1996", DateOrder::MonthFirst), "1996-04-05");
        assert_eq!(read("4/5/96", DateOrder::DayFirst), "1996-05-04");
    }

    #[test]
    fn other_things_are_not_dates() {
        for text in [
            "Milano",
            "2019-13-01",
            "31/02/2019",
            "642632.00",
            "1/2/3/4",
            "true",
            "5000",
            "1900-01-01",
        ] {
            assert!(date(text, DateOrder::Untold).is_err(), "{text}");
        }
        assert_eq!(date("", DateOrder::Untold), Ok(None));
        assert_eq!(date("0000-00-00", DateOrder::Untold), Ok(None));
    }

    #[test]
    fn times_are_kept_where_they_matter() {
        let read =
            |text| date_time(text, DateOrder::Untold).expect("a time").map(|t| t.to_string());
        assert_eq!(read("2018-07-19 09:17:05").as_deref(), Some("2018-07-19 09:17:05"));
        assert_eq!(read("19.07.2018 09:17").as_deref(), Some("2018-07-19 09:17:00"));
        assert_eq!(read("2018-07-19").as_deref(), Some("2018-07-19 00:00:00"));
    }
}
