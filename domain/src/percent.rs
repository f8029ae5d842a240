//! Shares of a whole, in percent.

use crate::decimal;
use crate::decode::{Decode, wrong_type};
use crate::error::{Errors, Invalid, Pointer};
use crate::text::shown;
use serde::Serialize;
use serde_json::{Number, Value};
use std::fmt;
use std::str::FromStr;
use utoipa::ToSchema;

/// A share of a whole in percent, 0 to 100, exact to the hundredth of a percent.
///
/// A number in JSON, written without needless zeros: `80`, `33.33`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ToSchema)]
#[schema(value_type = f64, minimum = 0, maximum = 100, example = 80)]
pub struct Percent(u16);

impl Percent {
    const WHOLE: u16 = 10_000;

    /// So many hundredths of a percent.
    ///
    /// # Errors
    /// `share_too_large` beyond 10,000 of them, which are all there is.
    pub fn from_hundredths(hundredths: i64) -> Result<Self, Invalid> {
        let small = u16::try_from(hundredths).ok().filter(|of| *of <= Self::WHOLE);
        small.map(Self).ok_or_else(|| {
            let percent = decimal::write(hundredths.unsigned_abs(), 2);
            let sign = if hundredths < 0 { "-" } else { "" };
            let detail = format!("{sign}{percent} % is no share of a whole. Expected 0 to 100.");
            Invalid::new("share_out_of_range", detail)
        })
    }

    /// In hundredths of a percent, 0 to 10,000.
    #[must_use]
    pub fn hundredths(self) -> u16 {
        self.0
    }
}

impl FromStr for Percent {
    type Err = Invalid;

    /// A decimal number; a percent sign behind it does no harm.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let number = text.trim().trim_end_matches('%').trim_end();
        match decimal::read(number, 2) {
            Ok(hundredths) => Self::from_hundredths(hundredths),
            Err(fault) => {
                let (code, expected) = match fault {
                    decimal::Fault::Malformed => {
                        ("invalid_share", "is not a share in percent. Write a number such as 33.33")
                    }
                    decimal::Fault::TooFine => {
                        ("too_many_decimals", "has more than 2 decimals; round it")
                    }
                    decimal::Fault::Negative | decimal::Fault::TooLarge => {
                        ("share_out_of_range", "is no share of a whole. Expected 0 to 100")
                    }
                };
                Err(Invalid::new(code, format!("{} {expected}.", shown(text))))
            }
        }
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = decimal::write(self.0.into(), 2);
        f.write_str(percent.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl Serialize for Percent {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // serde_json's arbitrary-precision number carries the digits as they are.
        Number::from_string_unchecked(self.to_string()).serialize(serializer)
    }
}

impl Decode for Percent {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let read = match value {
            Value::Number(number) => number.to_string().parse(),
            Value::String(text) => text.parse(),
            other => Err(wrong_type("a number from 0 to 100, or one as a string", other)),
        };
        read.map_err(|fault| errors.body(at, fault)).ok()
    }
}
