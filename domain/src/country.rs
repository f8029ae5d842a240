//! Countries and territories.

mod table;

use crate::error::Invalid;
use crate::text::{json_string, shown};
use std::fmt;
use std::str::FromStr;
use table::TABLE;

/// A country or territory: ISO 3166-1 alpha-2, and `XK` for Kosovo.
///
/// Lower case, alpha-3 codes and the EU's own `UK` and `EL` are understood; what is
/// written is always ISO's alpha-2 code. Ordered by that code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Country(u8);

/// One `Country` for every row of the table, in its order.
const ALL: [Country; TABLE.len()] = {
    let mut all = [Country(0); TABLE.len()];
    let mut n: u8 = 0;
    while (n as usize) < TABLE.len() {
        all[n as usize] = Country(n);
        n += 1;
    }
    all
};

impl Country {
    /// Every country and territory, ordered by code.
    pub const ALL: &'static [Self] = &ALL;

    /// Its place in [`Country::ALL`], for tables by country.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The ISO 3166-1 alpha-2 code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        TABLE[self.0 as usize].alpha2
    }

    /// The ISO 3166-1 alpha-3 code; `XKX` for Kosovo.
    #[must_use]
    pub const fn alpha3(self) -> &'static str {
        TABLE[self.0 as usize].alpha3
    }

    /// The English short name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        TABLE[self.0 as usize].name
    }

    /// The country of an upper-case alpha-2 code, also in constants.
    #[must_use]
    pub(crate) const fn of(code: &str) -> Option<Self> {
        let &[first, second] = code.as_bytes() else { return None };
        let mut n = 0;
        while n < TABLE.len() {
            let found = TABLE[n].alpha2.as_bytes();
            if found[0] == first && found[1] == second {
                return Some(ALL[n]);
            }
            n += 1;
        }
        None
    }
}

impl FromStr for Country {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let code = text.trim().to_ascii_uppercase();
        let found = match code.as_str() {
            "UK" => Self::of("GB"),
            "EL" => Self::of("GR"),
            _ if code.len() == 2 => {
                TABLE.binary_search_by(|entry| entry.alpha2.cmp(&code)).ok().map(|n| ALL[n])
            }
            _ => Self::ALL.iter().copied().find(|country| country.alpha3() == code),
        };
        found.ok_or_else(|| {
            let by_name = Self::ALL.iter().find(|c| c.name().eq_ignore_ascii_case(text.trim()));
            let remedy = by_name.map_or_else(
                || "Give an ISO 3166-1 alpha-2 code such as IT or BE.".to_owned(),
                |country| format!("Write its code, {country}."),
            );
            let detail = format!("{} is not a country code. {remedy}", shown(text));
            Invalid::new("unknown_country", detail)
        })
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Country({})", self.code())
    }
}

json_string!(
    Country,
    "ISO 3166-1 alpha-2 code, XK for Kosovo. Alpha-3 codes and UK, EL are accepted in \
     requests; answers say GB, GR.",
    "IT",
    pattern = "^[A-Za-z]{2,3}$"
);
