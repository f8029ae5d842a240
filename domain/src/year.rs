//! Years that something is counted under.

use crate::decode::Decode;
use crate::error::{Errors, Invalid, Pointer};
use serde::Serialize;
use serde_json::Value;
use std::fmt;
use std::str::FromStr;
use utoipa::ToSchema;

/// A year that money or a call is counted under, 1900 to 2200. A whole number in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
#[schema(value_type = u32, minimum = 1900, maximum = 2200, example = 2019)]
pub struct Year(u16);

impl Year {
    /// The year of a number.
    ///
    /// # Errors
    /// `implausible_year` outside 1900 to 2200.
    pub fn new(year: u32) -> Result<Self, Invalid> {
        let plausible = u16::try_from(year).ok().filter(|year| (1900..=2200).contains(year));
        plausible.map(Self).ok_or_else(|| {
            let detail = format!("{year} is not a plausible year. Expected 1900 to 2200.");
            Invalid::new("implausible_year", detail)
        })
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Year {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Year {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let digits = text.trim();
        let all_digits = digits.bytes().all(|b| b.is_ascii_digit());
        match digits.parse() {
            Ok(year) if all_digits => Self::new(year),
            _ => {
                let detail = format!("'{text}' is not a year. Expected one such as 2019.");
                Err(Invalid::new("invalid_year", detail))
            }
        }
    }
}

impl Decode for Year {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let year = u32::decode(value, at, errors)?;
        Self::new(year).map_err(|fault| errors.body(at, fault)).ok()
    }
}
