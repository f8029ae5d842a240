//! Check digits.

/// ROR: the last two digits are the ISO 7064 MOD 97-10 check of the first seven
/// characters, read as a number in Crockford's base 32.
pub(super) fn ror(value: &str) -> bool {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let Some((body, check)) = value.split_at_checked(7) else { return false };
    let number = body.bytes().try_fold(0_u64, |number, byte| {
        let digit = ALPHABET.iter().position(|&letter| letter == byte)?;
        Some(number * 32 + u64::try_from(digit).ok()?)
    });
    let expected = number.map(|number| 98 - number * 100 % 97);
    check.len() == 2 && check.parse().ok() == expected
}

/// ISNI: the last character is the ISO 7064 MOD 11-2 check of the fifteen digits before
/// it, `X` standing for ten.
pub(super) fn isni(value: &str) -> bool {
    let Some((body, check)) = value.split_at_checked(15) else { return false };
    let sum = body.chars().try_fold(0, |total, c| Some((total + c.to_digit(10)?) * 2));
    let Some(total) = sum else { return false };
    let expected = match (12 - total % 11) % 11 {
        10 => "X".to_owned(),
        digit => digit.to_string(),
    };
    check == expected
}

/// LEI: ISO 7064 MOD 97-10 over all twenty characters, letters counting 10 to 35.
pub(super) fn lei(value: &str) -> bool {
    let remainder = value.chars().try_fold(0_u32, |remainder, c| {
        let digit = c.to_digit(36)?;
        let shift = if digit < 10 { 10 } else { 100 };
        Some((remainder * shift + digit) % 97)
    });
    value.len() == 20 && remainder == Some(1)
}
