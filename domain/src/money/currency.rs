//! Currencies.

mod table;

use crate::error::Invalid;
use crate::text::{json_string, shown};
use std::fmt;
use std::str::FromStr;
use table::TABLE;

/// A currency: ISO 4217 alphabetic code, with the historic ones grants were paid in.
///
/// Ordered by code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency(u8);

/// One `Currency` for every row of the table, in its order.
const ALL: [Currency; TABLE.len()] = {
    let mut all = [Currency(0); TABLE.len()];
    let mut n: u8 = 0;
    while (n as usize) < TABLE.len() {
        all[n as usize] = Currency(n);
        n += 1;
    }
    all
};

impl Currency {
    /// Every currency, ordered by code.
    pub const ALL: &'static [Self] = &ALL;

    /// The euro.
    pub const EUR: Self = {
        let mut n = 0;
        while !matches!(TABLE[n].code.as_bytes(), b"EUR") {
            n += 1;
        }
        ALL[n]
    };

    /// The ISO 4217 alphabetic code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        TABLE[self.0 as usize].code
    }

    /// The number of decimals of an amount: 2 for EUR, 0 for JPY.
    #[must_use]
    pub const fn decimals(self) -> u8 {
        TABLE[self.0 as usize].decimals
    }

    /// The English name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        TABLE[self.0 as usize].name
    }
}

impl FromStr for Currency {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let code = text.trim().to_ascii_uppercase();
        let found = TABLE.binary_search_by(|entry| entry.code.cmp(&code));
        found.map(|n| ALL[n]).map_err(|_| {
            let remedy = match code.as_str() {
                "€" | "EURO" | "EUROS" => "Write EUR.",
                "ECU" | "ECUS" => "Write XEU.",
                "$" => "Write USD, or the code of the dollar meant.",
                "£" => "Write GBP, or the code of the pound meant.",
                _ => "Give an ISO 4217 code such as EUR.",
            };
            let detail = format!("{} is not a currency code. {remedy}", shown(text));
            Invalid::new("unknown_currency", detail)
        })
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Currency({})", self.code())
    }
}

json_string!(
    Currency,
    "ISO 4217 alphabetic code; historic ones (ITL, DEM, XEU for the ECU) are known too.",
    "EUR",
    pattern = "^[A-Za-z]{3}$"
);
