//! Decimal texts to minor units and back, without any float.

use super::{Currency, negative};
use crate::error::Invalid;
use crate::text::shown;

/// The longest number read: more characters than any amount needs.
const LONGEST: usize = 100;

/// The largest exponent told apart. With at most [`LONGEST`] digits, a larger one puts
/// every digit out of range just the same.
const LARGEST_EXPONENT: i32 = 1_000;

/// The minor units of `currency` that the number `text` means, exactly.
pub(super) fn read(text: &str, currency: Currency) -> Result<i64, Invalid> {
    let number = (text.len() <= LONGEST).then(|| Number::split(text)).flatten();
    let number = number.ok_or_else(|| {
        let detail = format!(
            "{} is not an amount. Write digits with a decimal point and no thousands \
             separators, such as 377006.44.",
            shown(text)
        );
        Invalid::new("invalid_amount", detail)
    })?;
    let digits = number.digits.trim_start_matches('0');
    if digits.is_empty() {
        return Ok(0);
    }
    if number.is_negative {
        return Err(negative(text.trim_start_matches('-')));
    }
    // The amount in minor units is `digits` shifted by this many places.
    let shift = number.exponent + i32::from(currency.decimals());
    let minor = if shift < 0 {
        let surplus = usize::try_from(-shift).unwrap_or(usize::MAX);
        let kept = digits.len().saturating_sub(surplus);
        let (kept, dropped) = digits.split_at(kept);
        if surplus > digits.len() || dropped.bytes().any(|b| b != b'0') {
            return Err(too_fine(text, currency));
        }
        to_minor(kept, 0)
    } else {
        to_minor(digits, usize::try_from(shift).unwrap_or(usize::MAX))
    };
    minor.ok_or_else(|| {
        let most = write(i64::MAX.unsigned_abs(), currency.decimals());
        let detail = format!(
            "The amount {} is too large; the most that can be kept is {most} {currency}.",
            shown(text)
        );
        Invalid::new("amount_too_large", detail)
    })
}

/// `digits` followed by `zeros` zeros; `None` beyond `i64`.
fn to_minor(digits: &str, zeros: usize) -> Option<i64> {
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Some(0);
    }
    // 19 digits are all an i64 has.
    let length = digits.len().checked_add(zeros).filter(|length| *length <= 19)?;
    format!("{digits:0<length$}").parse().ok()
}

fn too_fine(text: &str, currency: Currency) -> Invalid {
    let allowed = match currency.decimals() {
        0 => "no decimals".to_owned(),
        n => format!("{n} decimals"),
    };
    let detail = format!(
        "The amount {} has more decimals than {currency} allows ({allowed}); round it.",
        shown(text)
    );
    Invalid::new("too_many_decimals", detail)
}

/// A decimal number taken apart: `digits` × 10^`exponent`.
struct Number {
    is_negative: bool,
    digits: String,
    exponent: i32,
}

impl Number {
    /// Takes apart what JSON calls a number; a leading zero does no harm.
    fn split(text: &str) -> Option<Self> {
        let (is_negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Self::exponent(exponent)?),
            None => (text, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (mantissa, ""),
        };
        let digits = format!("{whole}{fraction}");
        if whole.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let decimals = i32::try_from(fraction.len()).ok()?;
        Some(Self { is_negative, digits, exponent: exponent.checked_sub(decimals)? })
    }

    /// The exponent, held to ±[`LARGEST_EXPONENT`], which changes no outcome.
    fn exponent(text: &str) -> Option<i32> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let size = digits.parse().unwrap_or(LARGEST_EXPONENT);
        Some(sign * size.min(LARGEST_EXPONENT))
    }
}

/// `minor` units as a decimal number with exactly `decimals` decimals.
pub(super) fn write(minor: u64, decimals: u8) -> String {
    let decimals = usize::from(decimals);
    if decimals == 0 {
        return minor.to_string();
    }
    let digits = format!("{minor:0>width$}", width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    format!("{whole}.{fraction}")
}
