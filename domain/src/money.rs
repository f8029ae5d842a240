//! Amounts of money, exact to the minor unit.

mod currency;
mod sum;

pub use currency::Currency;
pub use sum::MoneySum;

use crate::decimal;
use crate::decode::{Decode, Object, wrong_type};
use crate::error::{Errors, Invalid, Pointer};
use crate::text::shown;
use serde::Serialize;
use serde::ser::SerializeStruct;
use serde_json::Value;
use std::fmt;
use utoipa::openapi::schema::{AllOfBuilder, Schema, Type};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

/// The code of an amount that is finer than its currency.
const TOO_MANY_DECIMALS: &str = "too_many_decimals";

/// An amount of money: a whole number of the currency's minor units, never negative.
///
/// In JSON `{"amount": 377006.44, "currency": "EUR"}`. The amount is read and written
/// digit by digit, never through a binary float, and always has the currency's number of
/// decimals (359500.00).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// `minor` minor units (cents) of `currency`.
    ///
    /// # Errors
    /// `negative_amount`: what was granted, paid or spent is never less than nothing.
    pub fn from_minor(minor: i64, currency: Currency) -> Result<Self, Invalid> {
        if minor < 0 {
            return Err(negative(&decimal::write(minor.unsigned_abs(), currency.decimals())));
        }
        Ok(Self { minor, currency })
    }

    /// Nothing, which is not the same as an unknown amount.
    #[must_use]
    pub fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// Reads an amount as JSON writes numbers: digits, at most one point, perhaps an
    /// exponent. `"377006.44"` and `"3.7700644e5"` are the same amount.
    ///
    /// # Errors
    /// `invalid_amount` when it is not such a number, `negative_amount`,
    /// `too_many_decimals` when it is finer than the currency's minor unit,
    /// `amount_too_large` when it has more minor units than an `i64` holds.
    pub fn parse_decimal(text: &str, currency: Currency) -> Result<Self, Invalid> {
        let text = text.trim();
        let minor = decimal::read(text, currency.decimals());
        minor.map(|minor| Self { minor, currency }).map_err(|fault| unfit(fault, text, currency))
    }

    /// The amount in minor units.
    #[must_use]
    pub fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    #[must_use]
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// The sum; `None` when the currencies differ or the sum is too large.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let minor = self.minor.checked_add(other.minor)?;
        (self.currency == other.currency).then_some(Self { minor, ..self })
    }

    /// The amount as a decimal number with all decimals of the currency: `359500.00`.
    #[must_use]
    pub fn decimal(self) -> String {
        decimal::write(self.minor.unsigned_abs(), self.currency.decimals())
    }
}

/// The fault of an amount below zero. `amount` is without its sign.
fn negative(amount: &str) -> Invalid {
    let detail = format!(
        "The amount -{amount} is negative; amounts here say what was granted, paid or spent. \
         Give a corrected amount instead of a deduction, or null when it is unknown."
    );
    Invalid::new("negative_amount", detail)
}

/// The fault of a point that may stand between thousands.
fn ambiguous(text: &str) -> Invalid {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let detail = format!(
        "{} may be {whole}{part} or {whole}.{}. Write the one that is meant, without points \
         between thousands and with at most the currency's decimals.",
        shown(text),
        if part == "000" { "00" } else { part },
    );
    Invalid::new("ambiguous_amount", detail)
}

/// Why `text` is no amount in `currency`.
fn unfit(fault: decimal::Fault, text: &str, currency: Currency) -> Invalid {
    match fault {
        decimal::Fault::Malformed => {
            let detail = format!(
                "{} is not an amount. Write digits with a decimal point and no thousands \
                 separators, such as 377006.44.",
                shown(text)
            );
            Invalid::new("invalid_amount", detail)
        }
        decimal::Fault::Negative => negative(text.trim_start_matches('-')),
        decimal::Fault::TooFine => {
            let allowed = match currency.decimals() {
                0 => "no decimals".to_owned(),
                n => format!("{n} decimals"),
            };
            let detail = format!(
                "The amount {} has more decimals than {currency} allows ({allowed}); round it.",
                shown(text)
            );
            Invalid::new(TOO_MANY_DECIMALS, detail)
        }
        decimal::Fault::TooLarge => {
            let most = decimal::write(i64::MAX.unsigned_abs(), currency.decimals());
            let detail = format!(
                "The amount {} is too large; the most that can be kept is {most} {currency}.",
                shown(text)
            );
            Invalid::new("amount_too_large", detail)
        }
    }
}

impl fmt::Display for Money {
    /// Currency and grouped amount: `EUR 377,006.44`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimal = self.decimal();
        let whole = decimal.split('.').next().unwrap_or_default();
        write!(f, "{} ", self.currency)?;
        for (n, digit) in whole.chars().enumerate() {
            if n > 0 && (whole.len() - n).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        f.write_str(&decimal[whole.len()..])
    }
}

impl Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // serde_json's arbitrary-precision number carries the digits as they are.
        let amount = serde_json::Number::from_string_unchecked(self.decimal());
        let mut object = serializer.serialize_struct("Money", 2)?;
        object.serialize_field("amount", &amount)?;
        object.serialize_field("currency", &self.currency)?;
        object.end()
    }
}

/// The digits of an amount as the body wrote them, and whether as a text: people write those,
/// and some put points between thousands.
struct AmountText {
    digits: String,
    is_text: bool,
}

impl Decode for AmountText {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        match value {
            Value::Number(number) => Some(Self { digits: number.to_string(), is_text: false }),
            Value::String(text) => Some(Self { digits: text.trim().to_owned(), is_text: true }),
            other => {
                errors.body(at, wrong_type("a number, or a decimal number as a string", other));
                None
            }
        }
    }
}

impl Decode for Money {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        if !value.is_object() {
            let expected =
                r#"an amount with its currency, as in {"amount": 1200.50, "currency": "EUR"}"#;
            errors.body(at, wrong_type(expected, value));
            return None;
        }
        let mut object = Object::open(value, at, errors)?;
        let amount = object.required::<AmountText>("amount");
        let currency = object.required::<Currency>("currency");
        let money = amount.and_then(|AmountText { digits, is_text }| {
            // Most of what can be wrong with an amount does not depend on the currency.
            let of = currency.unwrap_or(Currency::EUR);
            let money = if is_text && of.decimals() < 3 && decimal::is_ambiguous(&digits) {
                Err(ambiguous(&digits))
            } else {
                Self::parse_decimal(&digits, of)
            };
            match money {
                Ok(money) => Some(money),
                Err(fault) => {
                    if currency.is_some() || fault.code != TOO_MANY_DECIMALS {
                        object.fault("amount", fault);
                    }
                    None
                }
            }
        });
        let sound = object.finish();
        money.filter(|_| sound && currency.is_some())
    }
}

impl PartialSchema for Money {
    fn schema() -> RefOr<Schema> {
        let amount = ObjectBuilder::new()
            .schema_type(Type::Number)
            .minimum(Some(0))
            .description(Some(
                "Exact decimal amount with at most the currency's decimals. In requests a \
                 decimal string is accepted too, but for ones like \
                 120.000, which some read as thousands.",
            ))
            .examples([serde_json::json!(377_006.44)]);
        let currency = RefOr::<Schema>::Ref(Ref::from_schema_name(<Currency as ToSchema>::name()));
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some(
                "An exact amount of money. An unknown amount is null instead; 0 means that \
                 nothing was paid.",
            ))
            .property("amount", amount)
            .property("currency", AllOfBuilder::new().item(currency))
            .required("amount")
            .required("currency")
            .into()
    }
}

impl ToSchema for Money {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((<Currency as ToSchema>::name().into_owned(), Currency::schema()));
    }
}
