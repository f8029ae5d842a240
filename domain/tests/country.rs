//! Countries and the groups they belonged to, day by day.

use chrono::NaiveDate;
use consortia_domain::country::Country;
use consortia_domain::country_group::CountryGroup;

fn country(code: &str) -> Country {
    code.parse().unwrap_or_else(|fault| panic!("{fault}"))
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn the_table_is_sound() {
    assert_eq!(Country::ALL.len(), 250, "249 of ISO 3166-1, and Kosovo");
    for pair in Country::ALL.windows(2) {
        assert!(pair[0].code() < pair[1].code(), "{:?} before {:?}", pair[0], pair[1]);
        assert!(pair[0] < pair[1]);
    }
    let mut alpha3: Vec<_> = Country::ALL.iter().map(|country| country.alpha3()).collect();
    alpha3.sort_unstable();
    alpha3.dedup();
    assert_eq!(alpha3.len(), 250);
    for &each in Country::ALL {
        assert_eq!(country(each.code()), each);
        assert_eq!(country(&each.alpha3().to_lowercase()), each);
        assert!(!each.name().is_empty());
        assert_eq!(serde_json::to_value(each).unwrap(), each.code());
    }
}

#[test]
fn codes_people_write() {
    let cases = [
        ("IT", "IT"),
        ("it", "IT"),
        (" be ", "BE"),
        ("UK", "GB"),
        ("uk", "GB"),
        ("EL", "GR"),
        ("gbr", "GB"),
        ("XK", "XK"),
        ("XKX", "XK"),
        ("NA", "NA"),
        ("TUR", "TR"),
    ];
    for (text, code) in cases {
        assert_eq!(country(text).code(), code, "{text:?}");
    }
    assert_eq!(country("TR").name(), "Türkiye");
    for text in ["", "I", "ZZ", "XX", "Italia", "ITAL", "EU", "ИТ", "I T"] {
        assert_eq!(text.parse::<Country>().expect_err(text).code, "unknown_country");
    }
    let fault = "italy".parse::<Country>().unwrap_err();
    assert_eq!(fault.detail, "'italy' is not a country code. Write its code, IT.");
}

#[test]
fn the_size_of_groups_day_by_day() {
    let cases = [
        (CountryGroup::Eu, "1957-12-31", 0),
        (CountryGroup::Eu, "1958-01-01", 6),
        (CountryGroup::Eu, "1973-01-01", 9),
        (CountryGroup::Eu, "1981-01-01", 10),
        (CountryGroup::Eu, "1986-01-01", 12),
        (CountryGroup::Eu, "1995-01-01", 15),
        (CountryGroup::Eu, "2004-04-30", 15),
        (CountryGroup::Eu, "2004-05-01", 25),
        (CountryGroup::Eu, "2007-01-01", 27),
        (CountryGroup::Eu, "2013-07-01", 28),
        (CountryGroup::Eu, "2020-01-31", 28),
        (CountryGroup::Eu, "2020-02-01", 27),
        (CountryGroup::Eea, "1994-01-01", 17),
        (CountryGroup::Eea, "2007-07-31", 28),
        (CountryGroup::Eea, "2014-04-12", 31),
        (CountryGroup::Eea, "2020-02-01", 30),
        (CountryGroup::Efta, "1960-05-03", 7),
        (CountryGroup::Efta, "1994-12-31", 7),
        (CountryGroup::Efta, "1995-01-01", 4),
        (CountryGroup::H2020Associated, "2013-12-31", 0),
        (CountryGroup::H2020Associated, "2020-12-31", 16),
        (CountryGroup::HorizonEuropeAssociated, "2021-01-01", 16),
        (CountryGroup::HorizonEuropeAssociated, "2025-12-31", 22),
        (CountryGroup::Candidate, "2026-01-01", 9),
    ];
    for (group, on, size) in cases {
        let members = group.members(day(on));
        assert_eq!(members.len(), size, "{group} on {on}: {members:?}");
    }
}

#[test]
fn single_memberships() {
    let cases = [
        ("GB", CountryGroup::Eu, "2020-01-31", true),
        ("GB", CountryGroup::Eu, "2020-02-01", false),
        ("GB", CountryGroup::Third, "2020-01-31", false),
        ("GB", CountryGroup::Third, "2020-02-01", true),
        ("GB", CountryGroup::Efta, "1972-12-31", true),
        ("GB", CountryGroup::HorizonEuropeAssociated, "2023-12-31", false),
        ("GB", CountryGroup::HorizonEuropeAssociated, "2024-01-01", true),
        ("HR", CountryGroup::Candidate, "2013-06-30", true),
        ("HR", CountryGroup::Candidate, "2013-07-01", false),
        ("CH", CountryGroup::H2020Associated, "2014-09-14", false),
        ("CH", CountryGroup::H2020Associated, "2014-09-15", true),
        ("CH", CountryGroup::Eea, "2020-01-01", false),
        ("NO", CountryGroup::Eea, "1994-01-01", true),
        ("UA", CountryGroup::Candidate, "2022-06-22", false),
        ("UA", CountryGroup::Candidate, "2022-06-23", true),
        ("US", CountryGroup::Third, "2020-01-01", true),
        ("XK", CountryGroup::HorizonEuropeAssociated, "2021-01-01", true),
    ];
    for (code, group, on, expected) in cases {
        assert_eq!(country(code).in_group(group, day(on)), expected, "{code} {group} {on}");
    }
}

#[test]
fn memberships_follow_each_other() {
    for &group in CountryGroup::ALL {
        let rows: Vec<_> = group.memberships().collect();
        for row in &rows {
            assert!(row.until.is_none_or(|until| row.from <= until), "{row:?}");
            let overlapping = rows
                .iter()
                .filter(|other| other.country == row.country && other.includes(row.from))
                .count();
            assert_eq!(overlapping, 1, "{row:?}");
        }
        for pair in rows.windows(2) {
            assert!((pair[0].from, pair[0].country) < (pair[1].from, pair[1].country));
        }
    }
    // Nobody was a member and a candidate, or a third country, on one day.
    for on in ["1980-06-01", "2005-01-01", "2013-06-30", "2013-07-01", "2024-01-01"].map(day) {
        for &each in Country::ALL {
            let member = each.in_group(CountryGroup::Eu, on);
            assert_ne!(member, each.in_group(CountryGroup::Third, on));
            assert!(!(member && each.in_group(CountryGroup::Candidate, on)), "{each} {on}");
            assert!(
                !member || on < day("1994-01-01") || {
                    let from = day("2014-04-12");
                    on < from || each.in_group(CountryGroup::Eea, on)
                }
            );
        }
    }
}
