//! Numbers, dates and texts as spreadsheets keep them, written as people mean them.

/// A number without exponent or needless digits: the shortest that is read as the same.
pub(super) fn decimal(number: f64) -> String {
    // Adding zero turns -0 into 0.
    format!("{}", number + 0.0)
}

/// A number shown in percent: 0.8 is 80. Rounded to twelve digits, as multiplying by 100 may
/// leave a trace in the last.
pub(super) fn percent(number: f64) -> String {
    let text = format!("{:.12}", number * 100.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// How much of a date a number format shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Day,
    Month,
    Year,
}

/// What a number format shows of a date: `mm/yyyy` has no day, so nobody stated one.
pub(super) fn shown(format: &str) -> Shown {
    let mut letters = String::new();
    let mut characters = format.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => characters.by_ref().take_while(|it| *it != '"').for_each(drop),
            '[' => characters.by_ref().take_while(|it| *it != ']').for_each(drop),
            '\\' | '_' | '*' => drop(characters.next()),
            ';' => break,
            other => letters.push(other.to_ascii_lowercase()),
        }
    }
    match (letters.contains('d'), letters.contains('m'), letters.contains('y')) {
        (false, true, true) => Shown::Month,
        (false, false, true) => Shown::Year,
        _ => Shown::Day,
    }
}

/// A date, as exactly as it is shown.
pub(super) fn date(year: u16, month: u8, day: u8, shown: Shown) -> String {
    match shown {
        Shown::Day => format!("{year:04}-{month:02}-{day:02}"),
        Shown::Month => format!("{year:04}-{month:02}"),
        Shown::Year => format!("{year:04}"),
    }
}

/// The letters of a column, from 0: `A`, `Z`, `AA`.
pub(super) fn column_letters(mut column: usize) -> String {
    let mut letters = Vec::new();
    loop {
        let letter = u8::try_from(column % 26).unwrap_or_default();
        letters.push(char::from(b'A' + letter));
        match (column / 26).checked_sub(1) {
            Some(rest) => column = rest,
            None => return letters.into_iter().rev().collect(),
        }
    }
}

/// A text in which control characters were written as `_xHHHH_`, and what only looks so as
/// `_x005F_xHHHH_` (ECMA-376, part 1, section 22.9.2.19). LibreOffice writes the latter as it
/// is, so other characters are left alone.
pub(super) fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, after) = rest.split_at(at);
        plain.push_str(before);
        let escaped = after.get(2..6).filter(|_| after.get(6..7) == Some("_"));
        let code = escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let known = code.map(char::from).filter(|it| it.is_control() || *it == '_');
        if let Some(character) = known {
            plain.push(character);
            rest = &after[7..];
        } else {
            plain.push_str("_x");
            rest = &after[2..];
        }
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        let written = [377_006.44, 2014.0, 0.1 + 0.2, 1e15, -0.0].map(decimal);
        assert_eq!(written, ["377006.44", "2014", "0.30000000000000004", "1000000000000000", "0"]);
        assert_eq!([0.8, 0.125, 1.0, 0.07].map(percent), ["80", "12.5", "100", "7"]);
    }

    #[test]
    fn formats_tell_how_exact_a_date_is() {
        assert_eq!(shown("yyyy-mm-dd"), Shown::Day);
        assert_eq!(shown("[$-410]mmm\\-yy;@"), Shown::Month);
        assert_eq!(shown("MM/YYYY"), Shown::Month);
        assert_eq!(shown("yyyy\" d\""), Shown::Year);
        assert_eq!(shown("General"), Shown::Day);
        assert_eq!(date(2014, 6, 1, Shown::Month), "2014-06");
    }

    #[test]
    fn columns_have_letters() {
        assert_eq!([0, 25, 26, 701, 702].map(column_letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }

    #[test]
    fn escapes_are_undone_once() {
        assert_eq!(unescaped("a_x000D_b _x005F_x0041_ _xyz_ é_x"), "a\rb _x0041_ _xyz_ é_x");
        assert_eq!(unescaped("_x0041_"), "_x0041_");
    }
}
