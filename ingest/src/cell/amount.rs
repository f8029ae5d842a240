//! Amounts of euro with decimal point or comma, told apart in every cell.

use super::{Cell, Misfit, is_said};
use consortia_domain::money::{Currency, Money};

/// An amount, and what is worth knowing about how it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Amount {
    /// The amount in euro.
    pub(crate) money: Money,
    /// What was done to read it, unless it was plain.
    pub(crate) remark: Option<&'static str>,
}

const EXPECTED: &str = "expected an amount such as 377006.44, 377006,44 or 1.234,56";

/// Reads an amount of euro. `0` is an amount; an empty cell is none.
///
/// Of point and comma the later is the decimal sign when both occur; one that occurs more than
/// once groups thousands. A single one is the decimal sign, except before exactly three digits
/// after at most three (`317.625`): CORDIS never writes tenths of a cent, so those are
/// thousands, with a remark.
pub(crate) fn amount(text: &str) -> Cell<Amount> {
    if !is_said(text) {
        return Ok(None);
    }
    let text = text.trim_start_matches(['€', ' ']).trim_end_matches(['€', ' ']);
    let text = text.strip_prefix("EUR").or_else(|| text.strip_suffix("EUR")).unwrap_or(text);
    let compact: String =
        text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’')).collect();
    if compact.contains(['e', 'E']) {
        return scientific(&compact);
    }
    let (sign, digits) = match compact.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", compact.strip_prefix('+').unwrap_or(&compact)),
    };
    let (whole, fraction, remark) = split(digits)?;
    if whole.is_empty() && fraction.is_empty() {
        return Err(Misfit::new(EXPECTED));
    }
    let (cents, rounded) = cents(&whole, fraction)?;
    if !sign.is_empty() && cents != 0 {
        return Err(Misfit::new("expected an amount that is not negative"));
    }
    let remark = if rounded { Some("rounded to the cent") } else { remark };
    let money = Money::from_minor(cents, Currency::EUR)?;
    Ok(Some(Amount { money, remark }))
}

/// The digits before and after the decimal sign.
fn split(text: &str) -> Result<(String, &str, Option<&'static str>), Misfit> {
    let count = |sign: char| text.chars().filter(|c| *c == sign).count();
    let (points, commas) = (count('.'), count(','));
    let last = text.rfind(['.', ',']);
    let (whole, fraction, remark) = match (points, commas, last) {
        // Both: the later one is the decimal sign and must be alone.
        (1.., 1.., Some(at)) => {
            let decimal = text[at..].chars().next().unwrap_or('.');
            if count(decimal) > 1 {
                return Err(Misfit::new(EXPECTED));
            }
            (&text[..at], &text[at + 1..], None)
        }
        (1, 0, Some(at)) | (0, 1, Some(at)) => {
            let (whole, fraction) = (&text[..at], &text[at + 1..]);
            let is_grouped =
                fraction.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0');
            if is_grouped {
                (text, "", Some("the separator was read as one of thousands"))
            } else {
                (whole, fraction, None)
            }
        }
        _ => (text, "", None),
    };
    Ok((ungrouped(whole)?, fraction, remark))
}

/// `whole` without its thousands separators, which must stand before every third digit.
fn ungrouped(whole: &str) -> Result<String, Misfit> {
    let mut groups = whole.split(['.', ',']);
    let first = groups.next().unwrap_or_default();
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 || first.is_empty() || first.len() > 3 {
            return Err(Misfit::new(EXPECTED));
        }
        digits.push_str(group);
    }
    Ok(digits)
}

/// Whole and fraction as cents, rounded half up; and whether that lost anything.
fn cents(whole: &str, fraction: &str) -> Result<(i64, bool), Misfit> {
    if !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return Err(Misfit::new(EXPECTED));
    }
    let too_large = || Misfit::new("expected an amount below 92 quadrillion euro");
    let digit = |place: usize| i64::from(fraction.as_bytes().get(place).map_or(0, |b| b - b'0'));
    let euros: i64 = match whole {
        "" => 0,
        digits => digits.parse().map_err(|_| too_large())?,
    };
    let cents = digit(0) * 10 + digit(1) + i64::from(digit(2) >= 5);
    let rounded = fraction.bytes().skip(2).any(|byte| byte != b'0');
    let total = euros.checked_mul(100).and_then(|total| total.checked_add(cents));
    total.map(|total| (total, rounded)).ok_or_else(too_large)
}

/// Spreadsheets write large amounts as `1,5E+06`.
fn scientific(text: &str) -> Cell<Amount> {
    let money = Money::parse_decimal(&text.replace(',', "."), Currency::EUR)
        .map_err(|_| Misfit::new(EXPECTED))?;
    let remark = Some("written as a power of ten, so digits may be lost");
    Ok(Some(Amount { money, remark }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn point_and_comma_are_told_apart_in_every_cell() {
        for (text, cents) in [
            ("377006,44", 37_700_644),
            ("377006.44", 37_700_644),
            ("317625", 31_762_500),
            ("1.234,56", 123_456),
            ("1,234.56", 123_456),
            ("1.234.567,8", 123_456_780),
            ("1,234,567", 123_456_700),
            ("528340.97", 52_834_097),
            ("960619,95", 96_061_995),
            ("1499998.0", 149_999_800),
            ("284812.5", 28_481_250),
            ("0", 0),
            ("0.00", 0),
            ("-0", 0),
            (".5", 50),
            ("1 234 567,89", 123_456_789),
            ("€ 1.000,00", 100_000),
            ("12 EUR", 1_200),
            ("9007199254740993.01", 900_719_925_474_099_301),
        ] {
            let read = amount(text).expect(text).expect(text);
            assert_eq!((read.money.minor(), read.remark), (cents, None), "{text}");
        }
    }

    #[test]
    fn unusual_amounts_are_read_with_a_remark() {
        for (text, cents) in [
            ("317.625", 31_762_500),
            ("12,500", 1_250_000),
            ("1234.567", 123_457),
            ("0.125", 13),
            ("1,5E+06", 150_000_000),
        ] {
            let read = amount(text).expect(text).expect(text);
            assert_eq!(read.money.minor(), cents, "{text}");
            assert!(read.remark.is_some(), "{text}");
        }
    }

    #[test]
    fn empty_is_not_zero() {
        for text in ["", "-", "NULL", "n/a"] {
            assert_eq!(amount(text), Ok(None), "{text}");
        }
    }

    #[test]
    fn other_things_are_not_amounts() {
        for text in [
            "Milano",
            "12.34.56",
            "1.23,456.7",
            "2019-01-01",
            "-5",
            "1,2,3",
            "IT",
            ",",
            "10%",
            "99999999999999999999",
        ] {
            assert!(amount(text).is_err(), "{text}");
        }
    }
}
