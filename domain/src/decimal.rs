//! Decimal texts to whole numbers of their smallest part and back, without any float.

/// The longest number read: more characters than any amount needs.
const LONGEST: usize = 100;

/// The largest exponent told apart. With at most [`LONGEST`] digits, a larger one puts
/// every digit out of range just the same.
const LARGEST_EXPONENT: i32 = 1_000;

/// Why a text is no number of at most some decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is not written as JSON writes numbers.
    Malformed,
    /// It is less than nothing.
    Negative,
    /// It has more decimals than there may be.
    TooFine,
    /// It is more than can be kept, [`i64::MAX`] of the smallest parts.
    TooLarge,
}

/// How many parts of 10^-`decimals` the number `text` means, exactly. `"377006.44"` and
/// `"3.7700644e5"` are the same number.
pub(crate) fn read(text: &str, decimals: u8) -> Result<i64, Fault> {
    let number = (text.len() <= LONGEST).then(|| Number::split(text)).flatten();
    let number = number.ok_or(Fault::Malformed)?;
    let digits = number.digits.trim_start_matches('0');
    if digits.is_empty() {
        return Ok(0);
    }
    if number.is_negative {
        return Err(Fault::Negative);
    }
    // The number in smallest parts is `digits` shifted by this many places.
    let shift = number.exponent + i32::from(decimals);
    let parts = if shift < 0 {
        let surplus = usize::try_from(-shift).unwrap_or(usize::MAX);
        let kept = digits.len().saturating_sub(surplus);
        let (kept, dropped) = digits.split_at(kept);
        if surplus > digits.len() || dropped.bytes().any(|b| b != b'0') {
            return Err(Fault::TooFine);
        }
        whole(kept, 0)
    } else {
        whole(digits, usize::try_from(shift).unwrap_or(usize::MAX))
    };
    parts.ok_or(Fault::TooLarge)
}

/// `digits` followed by `zeros` zeros; `None` beyond `i64`.
fn whole(digits: &str, zeros: usize) -> Option<i64> {
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Some(0);
    }
    // 19 digits are all an i64 has.
    let length = digits.len().checked_add(zeros).filter(|length| *length <= 19)?;
    format!("{digits:0<length$}").parse().ok()
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

/// Whether `text` has a point where some put one between thousands and others before decimals:
/// `120.000`.
pub(crate) fn is_ambiguous(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('.').is_some_and(|(whole, part)| {
        part.len() == 3
            && digits(part)
            && digits(whole)
            && whole.len() <= 3
            && !whole.starts_with('0')
    })
}

/// So many `parts` of 10^-`decimals` as a number with exactly that many decimals.
pub(crate) fn write(parts: u64, decimals: u8) -> String {
    let decimals = usize::from(decimals);
    if decimals == 0 {
        return parts.to_string();
    }
    let digits = format!("{parts:0>width$}", width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    format!("{whole}.{fraction}")
}
