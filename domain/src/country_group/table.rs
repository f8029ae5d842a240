//! The memberships of the country groups.
//!
//! Rows say the first and the last day of membership. Only what is certain is listed:
//!
//! - **European Union** (the Communities before 1993): the accession treaties; the
//!   withdrawal agreement of the United Kingdom (OJ L 29, 31.1.2020).
//! - **Candidates**: countries to which the European Council granted the status by a dated
//!   decision, from its meeting in Helsinki in 1999 on, until the eve of accession. The
//!   twelve that joined in 2004 and 2007 had no such dated decision and are not listed.
//!   Iceland until it asked, on 12 March 2015, not to be regarded as one any more.
//! - **EFTA**: the Stockholm Convention and accessions to it.
//! - **EEA**: the Agreement (OJ L 1, 3.1.1994) and its enlargements, from the day each was
//!   applied, provisionally or not; the United Kingdom until it left the Union.
//! - **Associated to Horizon 2020 / Horizon Europe**: the association agreements, as the
//!   Commission lists them ("List of associated countries to Horizon 2020", "List of
//!   participating countries in Horizon Europe"). Association is agreed for budget years,
//!   hence the 1 January; Switzerland's, in 2014, was agreed from 15 September on. To
//!   Horizon Europe, Canada, Korea and New Zealand are associated for Pillar II only. As
//!   known at the end of 2025; Japan, whose agreement was not signed then, is not listed.

use super::{CountryGroup, Membership};
use crate::country::Country;
use chrono::NaiveDate;

const fn day((year, month, day): (i32, u32, u32)) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("every date of the table exists")
}

/// One row that ended. Evaluated by the compiler: a code that does not exist does not build.
const fn past(
    group: CountryGroup,
    country: &str,
    from: (i32, u32, u32),
    until: (i32, u32, u32),
) -> Membership {
    Membership { until: Some(day(until)), ..lasting(group, country, from) }
}

/// One row that lasts.
const fn lasting(group: CountryGroup, country: &str, from: (i32, u32, u32)) -> Membership {
    let country = Country::of(country).expect("every country of the table exists");
    Membership { group, country, from: day(from), until: None }
}

/// All of them, by group, then date of entry, then country.
pub(super) const MEMBERSHIPS: &[Membership] = &[
    lasting(CountryGroup::Eu, "BE", (1958, 1, 1)),
    lasting(CountryGroup::Eu, "DE", (1958, 1, 1)),
    lasting(CountryGroup::Eu, "FR", (1958, 1, 1)),
    lasting(CountryGroup::Eu, "IT", (1958, 1, 1)),
    lasting(CountryGroup::Eu, "LU", (1958, 1, 1)),
    lasting(CountryGroup::Eu, "NL", (1958, 1, 1)),
    lasting(CountryGroup::Eu, "DK", (1973, 1, 1)),
    past(CountryGroup::Eu, "GB", (1973, 1, 1), (2020, 1, 31)),
    lasting(CountryGroup::Eu, "IE", (1973, 1, 1)),
    lasting(CountryGroup::Eu, "GR", (1981, 1, 1)),
    lasting(CountryGroup::Eu, "ES", (1986, 1, 1)),
    lasting(CountryGroup::Eu, "PT", (1986, 1, 1)),
    lasting(CountryGroup::Eu, "AT", (1995, 1, 1)),
    lasting(CountryGroup::Eu, "FI", (1995, 1, 1)),
    lasting(CountryGroup::Eu, "SE", (1995, 1, 1)),
    lasting(CountryGroup::Eu, "CY", (2004, 5, 1)),
    lasting(CountryGroup::Eu, "CZ", (2004, 5, 1)),
    lasting(CountryGroup::Eu, "EE", (2004, 5, 1)),
    lasting(CountryGroup::Eu, "HU", (2004, 5, 1)),
    lasting(CountryGroup::Eu, "LT", (2004, 5, 1)),
    lasting(CountryGroup::Eu, "LV", (2004, 5, 1)),
    lasting(CountryGroup::Eu, "MT", (2004, 5, 1)),
    lasting(CountryGroup::Eu, "PL", (2004, 5, 1)),
    lasting(CountryGroup::Eu, "SI", (2004, 5, 1)),
    lasting(CountryGroup::Eu, "SK", (2004, 5, 1)),
    lasting(CountryGroup::Eu, "BG", (2007, 1, 1)),
    lasting(CountryGroup::Eu, "RO", (2007, 1, 1)),
    lasting(CountryGroup::Eu, "HR", (2013, 7, 1)),
    lasting(CountryGroup::Candidate, "TR", (1999, 12, 11)),
    past(CountryGroup::Candidate, "HR", (2004, 6, 18), (2013, 6, 30)),
    lasting(CountryGroup::Candidate, "MK", (2005, 12, 17)),
    past(CountryGroup::Candidate, "IS", (2010, 6, 17), (2015, 3, 12)),
    lasting(CountryGroup::Candidate, "ME", (2010, 12, 17)),
    lasting(CountryGroup::Candidate, "RS", (2012, 3, 1)),
    lasting(CountryGroup::Candidate, "AL", (2014, 6, 27)),
    lasting(CountryGroup::Candidate, "MD", (2022, 6, 23)),
    lasting(CountryGroup::Candidate, "UA", (2022, 6, 23)),
    lasting(CountryGroup::Candidate, "BA", (2022, 12, 15)),
    lasting(CountryGroup::Candidate, "GE", (2023, 12, 14)),
    past(CountryGroup::Efta, "AT", (1960, 5, 3), (1994, 12, 31)),
    lasting(CountryGroup::Efta, "CH", (1960, 5, 3)),
    past(CountryGroup::Efta, "DK", (1960, 5, 3), (1972, 12, 31)),
    past(CountryGroup::Efta, "GB", (1960, 5, 3), (1972, 12, 31)),
    lasting(CountryGroup::Efta, "NO", (1960, 5, 3)),
    past(CountryGroup::Efta, "PT", (1960, 5, 3), (1985, 12, 31)),
    past(CountryGroup::Efta, "SE", (1960, 5, 3), (1994, 12, 31)),
    lasting(CountryGroup::Efta, "IS", (1970, 3, 1)),
    past(CountryGroup::Efta, "FI", (1986, 1, 1), (1994, 12, 31)),
    lasting(CountryGroup::Efta, "LI", (1991, 9, 1)),
    lasting(CountryGroup::Eea, "AT", (1994, 1, 1)),
    lasting(CountryGroup::Eea, "BE", (1994, 1, 1)),
    lasting(CountryGroup::Eea, "DE", (1994, 1, 1)),
    lasting(CountryGroup::Eea, "DK", (1994, 1, 1)),
    lasting(CountryGroup::Eea, "ES", (1994, 1, 1)),
    lasting(CountryGroup::Eea, "FI", (1994, 1, 1)),
    lasting(CountryGroup::Eea, "FR", (1994, 1, 1)),
    past(CountryGroup::Eea, "GB", (1994, 1, 1), (2020, 1, 31)),
    lasting(CountryGroup::Eea, "GR", (1994, 1, 1)),
    lasting(CountryGroup::Eea, "IE", (1994, 1, 1)),
    lasting(CountryGroup::Eea, "IS", (1994, 1, 1)),
    lasting(CountryGroup::Eea, "IT", (1994, 1, 1)),
    lasting(CountryGroup::Eea, "LU", (1994, 1, 1)),
    lasting(CountryGroup::Eea, "NL", (1994, 1, 1)),
    lasting(CountryGroup::Eea, "NO", (1994, 1, 1)),
    lasting(CountryGroup::Eea, "PT", (1994, 1, 1)),
    lasting(CountryGroup::Eea, "SE", (1994, 1, 1)),
    lasting(CountryGroup::Eea, "LI", (1995, 5, 1)),
    lasting(CountryGroup::Eea, "CY", (2004, 5, 1)),
    lasting(CountryGroup::Eea, "CZ", (2004, 5, 1)),
    lasting(CountryGroup::Eea, "EE", (2004, 5, 1)),
    lasting(CountryGroup::Eea, "HU", (2004, 5, 1)),
    lasting(CountryGroup::Eea, "LT", (2004, 5, 1)),
    lasting(CountryGroup::Eea, "LV", (2004, 5, 1)),
    lasting(CountryGroup::Eea, "MT", (2004, 5, 1)),
    lasting(CountryGroup::Eea, "PL", (2004, 5, 1)),
    lasting(CountryGroup::Eea, "SI", (2004, 5, 1)),
    lasting(CountryGroup::Eea, "SK", (2004, 5, 1)),
    lasting(CountryGroup::Eea, "BG", (2007, 8, 1)),
    lasting(CountryGroup::Eea, "RO", (2007, 8, 1)),
    lasting(CountryGroup::Eea, "HR", (2014, 4, 12)),
    past(CountryGroup::H2020Associated, "AL", (2014, 1, 1), (2020, 12, 31)),
    past(CountryGroup::H2020Associated, "BA", (2014, 1, 1), (2020, 12, 31)),
    past(CountryGroup::H2020Associated, "FO", (2014, 1, 1), (2020, 12, 31)),
    past(CountryGroup::H2020Associated, "IL", (2014, 1, 1), (2020, 12, 31)),
    past(CountryGroup::H2020Associated, "IS", (2014, 1, 1), (2020, 12, 31)),
    past(CountryGroup::H2020Associated, "MD", (2014, 1, 1), (2020, 12, 31)),
    past(CountryGroup::H2020Associated, "ME", (2014, 1, 1), (2020, 12, 31)),
    past(CountryGroup::H2020Associated, "MK", (2014, 1, 1), (2020, 12, 31)),
    past(CountryGroup::H2020Associated, "NO", (2014, 1, 1), (2020, 12, 31)),
    past(CountryGroup::H2020Associated, "RS", (2014, 1, 1), (2020, 12, 31)),
    past(CountryGroup::H2020Associated, "TR", (2014, 1, 1), (2020, 12, 31)),
    past(CountryGroup::H2020Associated, "CH", (2014, 9, 15), (2020, 12, 31)),
    past(CountryGroup::H2020Associated, "UA", (2015, 1, 1), (2020, 12, 31)),
    past(CountryGroup::H2020Associated, "AM", (2016, 1, 1), (2020, 12, 31)),
    past(CountryGroup::H2020Associated, "GE", (2016, 1, 1), (2020, 12, 31)),
    past(CountryGroup::H2020Associated, "TN", (2016, 1, 1), (2020, 12, 31)),
    past(CountryGroup::HorizonEuropeAssociated, "AL", (2021, 1, 1), (2027, 12, 31)),
    past(CountryGroup::HorizonEuropeAssociated, "AM", (2021, 1, 1), (2027, 12, 31)),
    past(CountryGroup::HorizonEuropeAssociated, "BA", (2021, 1, 1), (2027, 12, 31)),
    past(CountryGroup::HorizonEuropeAssociated, "FO", (2021, 1, 1), (2027, 12, 31)),
    past(CountryGroup::HorizonEuropeAssociated, "GE", (2021, 1, 1), (2027, 12, 31)),
    past(CountryGroup::HorizonEuropeAssociated, "IL", (2021, 1, 1), (2027, 12, 31)),
    past(CountryGroup::HorizonEuropeAssociated, "IS", (2021, 1, 1), (2027, 12, 31)),
    past(CountryGroup::HorizonEuropeAssociated, "MD", (2021, 1, 1), (2027, 12, 31)),
    past(CountryGroup::HorizonEuropeAssociated, "ME", (2021, 1, 1), (2027, 12, 31)),
    past(CountryGroup::HorizonEuropeAssociated, "MK", (2021, 1, 1), (2027, 12, 31)),
    past(CountryGroup::HorizonEuropeAssociated, "NO", (2021, 1, 1), (2027, 12, 31)),
    past(CountryGroup::HorizonEuropeAssociated, "RS", (2021, 1, 1), (2027, 12, 31)),
    past(CountryGroup::HorizonEuropeAssociated, "TN", (2021, 1, 1), (2027, 12, 31)),
    past(CountryGroup::HorizonEuropeAssociated, "TR", (2021, 1, 1), (2027, 12, 31)),
    past(CountryGroup::HorizonEuropeAssociated, "UA", (2021, 1, 1), (2027, 12, 31)),
    past(CountryGroup::HorizonEuropeAssociated, "XK", (2021, 1, 1), (2027, 12, 31)),
    past(CountryGroup::HorizonEuropeAssociated, "NZ", (2023, 1, 1), (2027, 12, 31)),
    past(CountryGroup::HorizonEuropeAssociated, "CA", (2024, 1, 1), (2027, 12, 31)),
    past(CountryGroup::HorizonEuropeAssociated, "GB", (2024, 1, 1), (2027, 12, 31)),
    past(CountryGroup::HorizonEuropeAssociated, "CH", (2025, 1, 1), (2027, 12, 31)),
    past(CountryGroup::HorizonEuropeAssociated, "EG", (2025, 1, 1), (2027, 12, 31)),
    past(CountryGroup::HorizonEuropeAssociated, "KR", (2025, 1, 1), (2027, 12, 31)),
];
