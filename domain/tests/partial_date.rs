//! Dates known to the year, the month or the day, or to lie between two of these.

use chrono::NaiveDate;
use consortia_domain::partial_date::{PartialDate, Precision};

fn date(text: &str) -> PartialDate {
    text.parse().unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

#[test]
fn the_days_a_date_may_mean() {
    let cases = [
        ("2014", "2014-01-01", "2014-12-31", Precision::Year),
        ("2014-06", "2014-06-01", "2014-06-30", Precision::Month),
        ("2014-12", "2014-12-01", "2014-12-31", Precision::Month),
        ("2016-02", "2016-02-01", "2016-02-29", Precision::Month),
        ("2100-02", "2100-02-01", "2100-02-28", Precision::Month),
        ("2014-06-30", "2014-06-30", "2014-06-30", Precision::Day),
        ("2000-02-29", "2000-02-29", "2000-02-29", Precision::Day),
        ("0001", "0001-01-01", "0001-12-31", Precision::Year),
        ("9999-12", "9999-12-01", "9999-12-31", Precision::Month),
    ];
    for (text, earliest, latest, precision) in cases {
        let date = date(text);
        assert_eq!(date.earliest().to_string(), earliest);
        assert_eq!(date.latest().to_string(), latest);
        assert_eq!(date.precision(), precision);
        assert_eq!(date.to_string(), text);
        assert_eq!(serde_json::to_value(date).unwrap(), text);
    }
}

#[test]
fn refused() {
    let cases = [
        ("", "invalid_date"),
        ("22", "invalid_date"),
        ("214", "invalid_date"),
        ("20144", "invalid_date"),
        ("2014-6", "invalid_date"),
        ("2014-06-3", "invalid_date"),
        ("2014-06-30-01", "invalid_date"),
        ("30.06.2014", "invalid_date"),
        ("2014/06/30", "invalid_date"),
        ("2014-06-30T00:00:00Z", "invalid_date"),
        ("2014-06-30 00:00:00", "invalid_date"),
        ("-2014", "invalid_date"),
        ("+201", "invalid_date"),
        ("201x", "invalid_date"),
        ("2014-", "invalid_date"),
        ("٢٠١٤", "invalid_date"),
        ("2014-0é", "invalid_date"),
        ("2014~", "invalid_date"),
        ("1990s", "invalid_date"),
        ("199X-06", "invalid_date"),
        ("19XX", "invalid_date"),
        ("000X", "no_such_date"),
        ("2014..2015", "invalid_date"),
        ("[]", "invalid_date"),
        ("[2014]", "invalid_date"),
        ("[2014..]", "invalid_date"),
        ("[..2014]", "invalid_date"),
        ("[2014,2015]", "invalid_date"),
        ("[2014..2015", "invalid_date"),
        ("[2014..2015..2016]", "invalid_date"),
        ("[199X..2004]", "invalid_date"),
        ("[2014-02-30..2015]", "no_such_date"),
        ("[2014-04..2014-01]", "interval_reversed"),
        ("[2015..2014-12-31]", "interval_reversed"),
        ("0000", "no_such_date"),
        ("2014-00", "no_such_date"),
        ("2014-13", "no_such_date"),
        ("2014-02-29", "no_such_date"),
        ("1900-02-29", "no_such_date"),
        ("2014-06-31", "no_such_date"),
        ("2014-06-00", "no_such_date"),
        ("0000-01-01", "no_such_date"),
    ];
    for (text, code) in cases {
        let fault = text.parse::<PartialDate>().expect_err(text);
        assert_eq!(fault.code, code, "{text}: {fault}");
        assert!(fault.detail.ends_with('.'), "{fault}");
    }
    let remedy = |text: &str| text.parse::<PartialDate>().unwrap_err().detail;
    assert!(remedy("22").contains("four digits, such as 2022"), "{}", remedy("22"));
    assert!(remedy("2014/2015").contains("not a period"), "{}", remedy("2014/2015"));
    assert!(remedy("2014-06-30 00:00").contains("time of day"));
    assert!(remedy("2014-02-30").contains("no day '2014-02-30'"));
    assert!(remedy("1990s").contains("a decade like 199X"));
    assert!(remedy("[2014-04..2014-01]").contains("[2014-01..2014-04]"));
    assert!(remedy("[2014..]").contains("Give both"), "{}", remedy("[2014..]"));
    assert!(remedy("2014..2015").contains("like [2014-01..2014-04]"));
}

#[test]
fn a_day_between_two_dates() {
    let cases = [
        ("[2014-01..2014-04]", "2014-01-01", "2014-04-30", "[2014-01..2014-04]"),
        ("[ 2014-01 .. 2014-04 ]", "2014-01-01", "2014-04-30", "[2014-01..2014-04]"),
        ("199X", "1990-01-01", "1999-12-31", "[1990..1999]"),
        ("[1990..1999]", "1990-01-01", "1999-12-31", "[1990..1999]"),
        // As coarse as the days allow.
        ("[2014-01..2015-12]", "2014-01-01", "2015-12-31", "[2014..2015]"),
        ("[2014..2015-06]", "2014-01-01", "2015-06-30", "[2014-01..2015-06]"),
        ("[2014-01-01..2014-04-30]", "2014-01-01", "2014-04-30", "[2014-01..2014-04]"),
        ("[2014-01-01..2014-04-29]", "2014-01-01", "2014-04-29", "[2014-01-01..2014-04-29]"),
        ("[2016-02..2016-02-28]", "2016-02-01", "2016-02-28", "[2016-02-01..2016-02-28]"),
        ("[2014-06..2014]", "2014-06-01", "2014-12-31", "[2014-06..2014-12]"),
        ("[9990..9999]", "9990-01-01", "9999-12-31", "[9990..9999]"),
        // Where one date says it all, it is that date.
        ("[2014-01..2014-12]", "2014-01-01", "2014-12-31", "2014"),
        ("[2014..2014]", "2014-01-01", "2014-12-31", "2014"),
        ("[2016-02-01..2016-02-29]", "2016-02-01", "2016-02-29", "2016-02"),
        ("[2014-06-30..2014-06-30]", "2014-06-30", "2014-06-30", "2014-06-30"),
    ];
    for (text, earliest, latest, written) in cases {
        let found = date(text);
        assert_eq!(found.earliest().to_string(), earliest, "{text}");
        assert_eq!(found.latest().to_string(), latest, "{text}");
        assert_eq!(found.to_string(), written);
        assert_eq!(date(written), found, "{text}");
    }
    assert_eq!(date("[2014..2014]"), date("2014"));
    assert_eq!(date("199X").precision(), Precision::Year);
    assert_eq!(date("[2014..2015-06]").precision(), Precision::Month);
    assert_eq!(date("[2014..2015-06-29]").precision(), Precision::Day);
}

#[test]
fn whatever_days_are_meant_come_back_from_what_is_written() {
    let first = NaiveDate::from_ymd_opt(2015, 11, 1).unwrap();
    let days: Vec<PartialDate> =
        first.iter_days().take(500).step_by(3).map(PartialDate::from).collect();
    for (n, from) in days.iter().enumerate() {
        for to in &days[n..] {
            let between = PartialDate::between(*from, *to).unwrap();
            assert_eq!((between.earliest(), between.latest()), (from.earliest(), to.latest()));
            assert_eq!(date(&between.to_string()), between);
        }
    }
}

#[test]
fn ordered_by_first_then_last_day() {
    let sorted = ["2013-12-31", "2014-01-01", "2014-01", "2014", "2014-02", "2015"].map(date);
    let mut shuffled = sorted;
    shuffled.reverse();
    shuffled.sort();
    assert_eq!(shuffled, sorted);
}

#[test]
fn every_day_of_four_centuries_is_read_back() {
    let mut day = NaiveDate::from_ymd_opt(1800, 1, 1).unwrap();
    let end = NaiveDate::from_ymd_opt(2200, 1, 1).unwrap();
    while day < end {
        let found = date(&day.to_string());
        assert_eq!(found, PartialDate::from(day));
        let month = date(&found.to_string()[..7]);
        assert!(month.earliest() <= day && day <= month.latest());
        day = day.succ_opt().unwrap();
    }
}

#[test]
fn days_beyond_four_digits_are_held_at_the_border() {
    let far = NaiveDate::from_ymd_opt(12_000, 1, 1).unwrap();
    assert_eq!(PartialDate::from(far).to_string(), "9999-12-31");
    assert_eq!(PartialDate::from(NaiveDate::MIN).to_string(), "0001-01-01");
    assert_eq!(PartialDate::year(10_000), None);
    assert_eq!(PartialDate::year(0), None);
}
