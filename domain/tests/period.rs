//! Periods: what their imprecise ends imply.

use chrono::NaiveDate;
use consortia_domain::decode::decode;
use consortia_domain::period::{Bound, Certainty, Period};
use serde_json::json;

fn period(text: &str) -> Period {
    text.parse().unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn edtf() {
    let cases = [
        ("2013/2015", "2013/2015"),
        ("2014", "2014/2014"),
        ("/2014", "/2014"),
        ("2014/", "2014/"),
        ("2019/..", "2019/.."),
        ("../2019-06-30", "../2019-06-30"),
        ("../..", "../.."),
        ("/", "/"),
        (" 2013-02 / 2015 ", "2013-02/2015"),
        ("2014-05/2014", "2014-05/2014"),
    ];
    for (text, written) in cases {
        assert_eq!(period(text).to_string(), written);
        assert_eq!(period(written), period(text));
    }
    let refused = [
        ("", "invalid_period"),
        ("..", "invalid_period"),
        ("2013/2014/2015", "invalid_period"),
        ("2013/14", "invalid_date"),
        ("2013-2015", "invalid_date"),
        ("2013/2014-02-30", "no_such_date"),
        ("2015/2013", "end_before_start"),
        ("2014-07/2014-06", "end_before_start"),
        ("2014-06-02/2014-06-01", "end_before_start"),
    ];
    for (text, code) in refused {
        assert_eq!(text.parse::<Period>().expect_err(text).code, code, "{text}");
    }
}

#[test]
fn json_in_and_out() {
    let cases = [
        (json!({"start": "2018-02-01", "end": null}), json!({"start": "2018-02-01", "end": null})),
        (json!({"start": "2018-02"}), json!({"start": "2018-02", "end": null})),
        (json!({}), json!({"start": null, "end": null})),
        (json!({"start": "..", "end": "2020"}), json!({"start": "..", "end": "2020"})),
        (json!("2013/2015"), json!({"start": "2013", "end": "2015"})),
        (json!("2014"), json!({"start": "2014", "end": "2014"})),
        (json!("2019/.."), json!({"start": "2019", "end": ".."})),
    ];
    for (body, written) in cases {
        let found = decode::<Period>(&body).unwrap_or_else(|faults| panic!("{body}: {faults}"));
        let out = serde_json::to_value(found).unwrap();
        assert_eq!(out, written);
        assert_eq!(decode::<Period>(&out), Ok(found));
    }
    let faults = decode::<Period>(&json!({"start": "22", "end": "", "until": 1})).unwrap_err();
    let codes: Vec<_> = faults.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, ["invalid_date", "empty", "unknown_field"]);
    let faults = decode::<Period>(&json!({"start": "2015", "end": "2013"})).unwrap_err();
    assert_eq!(faults.iter().next().unwrap().code, "end_before_start");
    for wrong in [json!(2014), json!(["2014"]), json!(true), json!({"start": 2014})] {
        assert!(decode::<Period>(&wrong).is_err(), "{wrong}");
    }
}

#[test]
fn unknown_by_default() {
    assert!(Period::default().is_unknown());
    assert!(!period("/..").is_unknown());
    assert!(!period("2014/").is_unknown());
    assert_eq!(Period::default().start(), Bound::Unknown);
}

#[test]
fn active_on() {
    use Certainty::{No, Possible, Yes};
    let cases = [
        ("2013/2015", "2012-12-31", No),
        ("2013/2015", "2013-01-01", Possible),
        ("2013/2015", "2013-12-30", Possible),
        ("2013/2015", "2013-12-31", Yes),
        ("2013/2015", "2015-01-01", Yes),
        ("2013/2015", "2015-01-02", Possible),
        ("2013/2015", "2015-12-31", Possible),
        ("2013/2015", "2016-01-01", No),
        ("2014", "2014-06-01", Possible),
        ("2014-06-30", "2014-06-30", Yes),
        ("2018-02-01/2020-01-31", "2018-01-31", No),
        ("2018-02-01/2020-01-31", "2018-02-01", Yes),
        ("2018-02-01/2020-01-31", "2020-01-31", Yes),
        ("2018-02-01/2020-01-31", "2020-02-01", No),
        ("/2014-06-30", "2000-01-01", Possible),
        ("/2014-06-30", "2014-06-30", Possible),
        ("/2014-06-30", "2014-07-01", No),
        ("2014-06-30/", "2014-06-29", No),
        ("2014-06-30/", "2030-01-01", Possible),
        ("2019/..", "2018-12-31", No),
        ("2019/..", "2019-05-05", Possible),
        ("2019/..", "2019-12-31", Yes),
        ("2019/..", "2999-01-01", Yes),
        ("../2019", "1000-01-01", Yes),
        ("../2019", "2019-01-01", Yes),
        ("../2019", "2019-01-02", Possible),
        ("../2019", "2020-01-01", No),
        ("../..", "2020-01-01", Yes),
        ("/..", "2020-01-01", Possible),
        ("/", "2020-01-01", Possible),
    ];
    for (text, on, expected) in cases {
        assert_eq!(period(text).active_on(day(on)), expected, "{text} on {on}");
    }
}

#[test]
fn active_on_agrees_with_trying_every_reading() {
    let dates = ["2014", "2014-02", "2014-02-10", "2015-01", "2015"];
    for start in dates {
        for end in dates {
            let Ok(period) = format!("{start}/{end}").parse::<Period>() else { continue };
            let starts = [period.earliest_start().unwrap(), period.latest_start().unwrap()];
            let ends = [period.earliest_end().unwrap(), period.latest_end().unwrap()];
            let mut on = day("2013-12-30");
            while on < day("2016-01-03") {
                // Every reading lies between the extreme ones.
                let readings = starts.iter().flat_map(|s| ends.iter().map(move |e| (s, e)));
                let held: Vec<bool> = readings.map(|(s, e)| *s <= on && on <= *e).collect();
                let expected = match (held.iter().all(|h| *h), held.iter().any(|h| *h)) {
                    (true, _) => Certainty::Yes,
                    (_, true) => Certainty::Possible,
                    _ => Certainty::No,
                };
                assert_eq!(period.active_on(on), expected, "{period} on {on}");
                assert_eq!(
                    period.possibly_overlaps(on, on),
                    period.active_on(on) != Certainty::No,
                    "{period} on {on}"
                );
                on = on.succ_opt().unwrap();
            }
        }
    }
}

#[test]
fn durations() {
    let cases = [
        ("2013/2015", Some((367, 1095))),
        ("2018/2020", Some((367, 1096))),
        ("2014", Some((0, 365))),
        ("2014-06-30", Some((1, 1))),
        ("2018-02-01/2020-01-31", Some((730, 730))),
        ("2014/2014-06-30", Some((0, 181))),
        ("2019/..", None),
        ("/2014", None),
        ("/", None),
    ];
    for (text, days) in cases {
        assert_eq!(period(text).duration_days(), days, "{text}");
    }
}

#[test]
fn overlaps() {
    let cases = [
        ("2013/2015", "2010-01-01", "2012-12-31", false),
        ("2013/2015", "2010-01-01", "2013-01-01", true),
        ("2013/2015", "2015-12-31", "2020-01-01", true),
        ("2013/2015", "2016-01-01", "2020-01-01", false),
        ("2013/2015", "2014-06-01", "2014-05-01", false),
        ("2019/..", "2030-01-01", "2031-01-01", true),
        ("../2019", "1990-01-01", "1990-01-01", true),
        ("/2014", "2013-01-01", "2013-01-01", true),
        ("/", "2013-01-01", "2013-01-01", true),
    ];
    for (text, from, to, expected) in cases {
        assert_eq!(period(text).possibly_overlaps(day(from), day(to)), expected, "{text}");
    }
}
