//! Number formats: what a spreadsheet shows beside the digits of a cell (ECMA-376, part 1,
//! section 18.8.31).

use calamine::Style;

/// How much of a date a number format shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shown {
    #[default]
    Day,
    Month,
    Year,
}

/// What a number format shows of positive numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Format {
    /// Whether it shows hundredths.
    pub(super) is_percent: bool,
    /// What it shows of a date: `mm/yyyy` has no day, so nobody stated one.
    pub(super) shown: Shown,
    /// The words and signs it sets beside the number, such as a currency.
    pub(super) unit: String,
}

/// The formats, named by number alone, that show the currency of the country a computer is in.
const LOCAL_MONEY: std::ops::RangeInclusive<u32> = 5..=8;

impl Format {
    /// The format of a cell with this style.
    pub(super) fn of(style: &Style) -> Self {
        let Some(format) = &style.number_format else { return Self::default() };
        let is_unwritten = format.format_code == "General";
        match format.format_id {
            Some(id) if is_unwritten && LOCAL_MONEY.contains(&id) => Self::read("$0"),
            _ => Self::read(&format.format_code),
        }
    }

    /// Reads a format's code.
    fn read(code: &str) -> Self {
        let mut letters = String::new();
        let mut beside = String::new();
        let mut is_percent = false;
        let mut characters = code.chars();
        while let Some(character) = characters.next() {
            match character {
                '"' => beside.extend(characters.by_ref().take_while(|it| *it != '"')),
                '[' => {
                    let within: String = characters.by_ref().take_while(|it| *it != ']').collect();
                    let sign = within.strip_prefix('$').and_then(|it| it.split('-').next());
                    beside.extend(sign);
                }
                '\\' => beside.extend(characters.next()),
                '_' | '*' => drop(characters.next()),
                ';' => break,
                sign if is_currency(sign) => beside.push(sign),
                other => {
                    is_percent |= other == '%';
                    letters.push(other.to_ascii_lowercase());
                    beside.push(' ');
                }
            }
        }
        let shown = match (letters.contains('d'), letters.contains('m'), letters.contains('y')) {
            (false, true, true) => Shown::Month,
            (false, false, true) => Shown::Year,
            _ => Shown::Day,
        };
        let says = |it: char| it.is_alphabetic() || it == '%' || is_currency(it);
        let words = beside.split_whitespace().filter(|word| word.contains(says));
        let unit = words.collect::<Vec<_>>().join(" ");
        Self { is_percent, shown, unit }
    }

    /// The unit of an amount; none where it is euro, as amounts without one are.
    pub(super) fn foreign_unit(&self) -> Option<&str> {
        Some(self.unit.as_str()).filter(|unit| !["", "€", "EUR"].contains(unit))
    }
}

fn is_currency(sign: char) -> bool {
    matches!(sign, '$' | '¢'..='¥' | '\u{20a0}'..='\u{20cf}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_tell_how_exact_a_date_is() {
        let shown = |code| Format::read(code).shown;
        assert_eq!(shown("yyyy-mm-dd"), Shown::Day);
        assert_eq!(shown("[$-410]mmm\\-yy;@"), Shown::Month);
        assert_eq!(shown("MM/YYYY"), Shown::Month);
        assert_eq!(shown("yyyy\" d\""), Shown::Year);
        assert_eq!(shown("General"), Shown::Day);
    }

    #[test]
    fn formats_name_the_unit_they_show() {
        let unit = |code| Format::read(code).unit;
        for plain in ["General", "#,##0.00", "0%", "_-* #,##0.00_-;-* \"-\"??_-", "[Red]0;[$£]0"] {
            assert_eq!(unit(plain), "", "{plain}");
        }
        assert_eq!(unit("[$£-809]#,##0.00"), "£");
        assert_eq!(unit("\"$\"#,##0.00_);(\"$\"#,##0.00)"), "$");
        assert_eq!(unit("_($* #,##0.00_)"), "$");
        assert_eq!(unit("#,##0\\ [$CHF]"), "CHF");
        assert_eq!(unit("#,##0\\ \\C\\H\\F"), "CHF");
        assert_eq!(unit("_-* #,##0.00\\ \"zł\"_-"), "zł");
        assert_eq!(unit("0.0,,\" M€\""), "M€");
        let foreign = |code| Format::read(code).foreign_unit().map(ToOwned::to_owned);
        assert_eq!(foreign("#,##0.00\\ [$€-407]"), None);
        assert_eq!(foreign("#,##0.00\" EUR\""), None);
        assert_eq!(foreign("[$R$-416] 0"), Some("R$".to_owned()));
        assert!(Format::read("0.0%").is_percent && !Format::read("0\"%\"").is_percent);
        assert_eq!(unit("0\"%\""), "%");
    }
}
