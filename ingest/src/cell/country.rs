//! Countries, and what `NA` means.

use super::{Cell, Misfit, coordinates, is_said};
use consortia_domain::country::Country;
use consortia_domain::text::{WebAddress, search_key};

/// What a country cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CountryCell {
    /// A country.
    Known(Country),
    /// `NA`, and nothing in the row tells whether that is Namibia or "not available".
    Doubtful,
}

/// Other cells of the row, which may tell Namibia from "not available".
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Evidence<'a> {
    pub(crate) name: &'a str,
    pub(crate) city: &'a str,
    pub(crate) vat: &'a str,
    pub(crate) nuts: &'a str,
    pub(crate) geolocation: &'a str,
    pub(crate) address: &'a str,
}

/// Reads a country: ISO codes, the EU's `UK` and `EL`, and `XK`.
///
/// `NA` is Namibia only where the row shows it: by the city, the VAT number, the NUTS code,
/// the coordinates, the web address or the name. Spreadsheet and statistics programs write
/// `NA` for whatever is missing, and a wrong country is worse than none.
pub(crate) fn country(text: &str, evidence: &Evidence<'_>) -> Cell<CountryCell> {
    if text.eq_ignore_ascii_case("NA") {
        return Ok(match evidence.namibia() {
            Some(namibia) => Some(CountryCell::Known(namibia)),
            None => Some(CountryCell::Doubtful),
        });
    }
    if !is_said(text) {
        return Ok(None);
    }
    // Names of countries are not understood on purpose: codes are all CORDIS has.
    let known = if text.len() == 2 { text.parse().ok() } else { None };
    let expected = "expected a two-letter country code such as IT, EL or UK";
    known
        .map(|known| Some(CountryCell::Known(known)))
        .ok_or_else(|| Misfit::of_word(text, 2..=3, expected))
}

/// Towns of Namibia that have had participants or might.
const TOWNS: &[&str] = &[
    "windhoek",
    "swakopmund",
    "walvis bay",
    "walvisbay",
    "oshakati",
    "ongwediva",
    "ondangwa",
    "rundu",
    "keetmanshoop",
    "katima mulilo",
    "otjiwarongo",
    "tsumeb",
    "gobabis",
    "luderitz",
    "henties bay",
    "hentiesbay",
    "okahandja",
    "grootfontein",
    "rehoboth",
    "mariental",
    "outapi",
    "eenhana",
    "opuwo",
    "omaruru",
    "outjo",
    "usakos",
    "okaukuejo",
    "gobabeb",
    "nkurenkuru",
];

impl Evidence<'_> {
    /// Namibia, if the row speaks for it and no coordinates speak against it.
    fn namibia(&self) -> Option<Country> {
        let point = coordinates(self.geolocation).ok().flatten();
        let lies_there = point.map(|point| {
            (-29.1..=-16.9).contains(&point.latitude) && (11.6..=25.4).contains(&point.longitude)
        });
        let city = search_key(self.city);
        let address = self.address.parse::<WebAddress>().ok();
        let has_code = |text: &str, least: usize| {
            text.len() >= least && text.get(..2).is_some_and(|code| code.eq_ignore_ascii_case("NA"))
        };
        let speaks =
            TOWNS.iter().any(|town| city == *town || city.starts_with(&format!("{town} ")))
                || has_code(self.vat, 6)
                || address.is_some_and(|address| address.host().rsplit('.').next() == Some("na"))
                || search_key(self.name).contains("namibia");
        match lies_there {
            Some(lies_there) => lies_there,
            // A NUTS cell that repeats "NA" may be as empty as the country.
            None => speaks || (has_code(self.nuts, 3) && is_said(self.city)),
        }
        .then(|| "NA".parse().ok())
        .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, evidence: &Evidence<'_>) -> Option<&'static str> {
        match country(text, evidence) {
            Ok(Some(CountryCell::Known(country))) => Some(country.code()),
            Ok(Some(CountryCell::Doubtful)) => Some("?"),
            Ok(None) => None,
            Err(_) => Some("!"),
        }
    }

    #[test]
    fn the_eu_codes_and_kosovo_are_countries() {
        let nothing = Evidence::default();
        for (text, wanted) in [
            ("UK", Some("GB")),
            ("EL", Some("GR")),
            ("XK", Some("XK")),
            ("IT", Some("IT")),
            ("", None),
            ("participant", Some("!")),
            ("QQ", Some("!")),
            ("317625", Some("!")),
        ] {
            assert_eq!(read(text, &nothing), wanted, "{text}");
        }
    }

    #[test]
    fn na_is_namibia_only_with_evidence() {
        let nothing = Evidence::default();
        assert_eq!(read("NA", &nothing), Some("?"));
        for evidence in [
            Evidence { city: "WINDHOEK", ..nothing },
            Evidence { vat: "NA0123456", ..nothing },
            Evidence { geolocation: "-22.56,17.08", ..nothing },
            Evidence { name: "University of Namibia", ..nothing },
            Evidence { address: "http://www.unam.edu.na", ..nothing },
        ] {
            assert_eq!(read("NA", &evidence), Some("NA"), "{evidence:?}");
        }
        for evidence in [
            Evidence { city: "Milano", vat: "IT06835420966", ..nothing },
            Evidence { name: "Namibia Institute", geolocation: "45.46,9.19", ..nothing },
            Evidence { city: "NA", vat: "NA", nuts: "NA", ..nothing },
        ] {
            assert_eq!(read("NA", &evidence), Some("?"), "{evidence:?}");
        }
    }
}
