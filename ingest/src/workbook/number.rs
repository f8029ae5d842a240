//! Numbers and dates as spreadsheets keep them, written as people mean them.

use super::format::Shown;

/// A number without exponent or needless digits: the shortest that is read as the same.
pub(super) fn decimal(number: f64) -> String {
    // Adding zero turns -0 into 0.
    format!("{}", number + 0.0)
}

/// A number shown in percent: 0.8 is 80%. Rounded to twelve digits, as multiplying by 100 may
/// leave a trace in the last.
pub(super) fn percent(number: f64) -> String {
    let text = format!("{:.12}", number * 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
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
pub(super) fn column_letters(mut column: u32) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        let written = [377_006.44, 2014.0, 0.1 + 0.2, 1e15, -0.0].map(decimal);
        assert_eq!(written, ["377006.44", "2014", "0.30000000000000004", "1000000000000000", "0"]);
        assert_eq!([0.8, 0.125, 1.0, 0.07].map(percent), ["80%", "12.5%", "100%", "7%"]);
    }

    #[test]
    fn columns_have_letters() {
        assert_eq!([0, 25, 26, 701, 702].map(column_letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }
}
