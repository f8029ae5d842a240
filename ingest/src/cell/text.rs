//! Names, titles, abstracts, codes and addresses.

use super::{Cell, Misfit};
use consortia_domain::text::{Code, Line, Prose, WebAddress};
use std::borrow::Cow;

/// Whether a cell says something. Programs write "nothing" in several ways; `NA` is left to
/// the columns that know what to make of it.
pub(crate) fn is_said(text: &str) -> bool {
    // The longest word for nothing has four letters; nearly all cells are longer.
    if text.len() > 4 {
        return true;
    }
    let words = ["", "-", "--", ".", "?", "\\N", "null", "none", "nan", "n/a", "#n/a", "nil", "na"];
    !words.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// A text as one line: blanks joined, control characters gone, and without the quotation
/// marks of a cell that was quoted twice (`"""NCSR ""D"""""` in the file).
pub(crate) fn spelling(text: &str) -> Cow<'_, str> {
    let text = requoted(text);
    let is_plain = |text: &str| {
        !text.starts_with(' ')
            && !text.ends_with(' ')
            && !text.contains("  ")
            && !text.chars().any(|c| c != ' ' && (c.is_control() || c.is_whitespace()))
    };
    if is_plain(&text) {
        return text;
    }
    let is_blank = |c: char| c.is_whitespace() || c.is_control();
    let words: Vec<&str> = text.split(is_blank).filter(|word| !word.is_empty()).collect();
    Cow::Owned(words.join(" "))
}

/// A cell quoted twice, without the inner quotation; any other as it is.
fn requoted(text: &str) -> Cow<'_, str> {
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    match inner {
        Some(inner) if !inner.is_empty() && !inner.replace("\"\"", "").contains('"') => {
            Cow::Owned(inner.replace("\"\"", "\"").trim().to_owned())
        }
        _ => Cow::Borrowed(text),
    }
}

/// Reads a name or title.
pub(crate) fn line(text: &str) -> Cell<Line> {
    if text.is_empty() {
        return Ok(None);
    }
    match spelling(text).as_ref() {
        "" => Ok(None),
        text => Ok(Some(text.parse()?)),
    }
}

/// Reads a text of several lines.
pub(crate) fn prose(text: &str) -> Cell<Prose> {
    let kept: String =
        text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t')).collect();
    match requoted(kept.trim()).as_ref() {
        "" => Ok(None),
        text => Ok(Some(text.parse()?)),
    }
}

/// Reads a code.
pub(crate) fn code(text: &str) -> Cell<Code> {
    if !is_said(text) {
        return Ok(None);
    }
    Ok(Some(spelling(text).parse()?))
}

/// The parts of a list written in one cell.
pub(crate) fn lines_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(';').map(str::trim).filter(|part| is_said(part))
}

/// Reads a web address. Of several written in one cell the first is taken; the second value
/// tells whether there were more.
pub(crate) fn first_address(text: &str) -> Result<Option<(WebAddress, bool)>, Misfit> {
    if !is_said(text) {
        return Ok(None);
    }
    let mut parts = text
        .split([' ', ',', ';', '|', '\t', '\n'])
        .map(|part| part.trim_matches(['/', '.', '&', '-']))
        .filter(|part| part.contains('.'));
    let first = parts.next().unwrap_or(text);
    let has_more = parts.next().is_some();
    // The whole cell when it is one address, so that no slash at its end is lost.
    let whole = if has_more || text.contains(char::is_whitespace) { first } else { text };
    let address = whole.parse::<WebAddress>().or_else(|_| first.parse())?;
    Ok(Some((address, has_more)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_lose_what_programs_added() {
        for (text, wanted) in [
            ("\"NATIONAL CENTER \"\"DEMOKRITOS\"\"\"", "NATIONAL CENTER \"DEMOKRITOS\""),
            ("\"INSTITUTE OF CHEMISTRY, CAS\"", "INSTITUTE OF CHEMISTRY, CAS"),
            ("\"A\" and \"B\"", "\"A\" and \"B\""),
            ("IBM ISRAEL - SCIENCE  AND\u{a0}TECHNOLOGY", "IBM ISRAEL - SCIENCE AND TECHNOLOGY"),
            ("two\nlines", "two lines"),
            ("plain", "plain"),
        ] {
            assert_eq!(spelling(text), wanted);
        }
    }

    #[test]
    fn the_first_of_several_addresses_is_taken() {
        for (text, wanted, more) in [
            ("http://www.uefiscsu.ro, www.cncsis.ro", "http://www.uefiscsu.ro", true),
            ("http://www.uoi.gr / www.rc.uoi.gr", "http://www.uoi.gr", true),
            ("http://www.stem.se ; www.swedishenergyagency.se", "http://www.stem.se", true),
            ("www.tmleuven.be", "https://www.tmleuven.be", false),
            ("http://www.wageningenur.nl/nl.htm", "http://www.wageningenur.nl/nl.htm", false),
            ("https://www.ismu.org/en/", "https://www.ismu.org/en/", false),
        ] {
            let (address, has_more) = first_address(text).expect(text).expect(text);
            assert_eq!((address.as_str(), has_more), (wanted, more));
        }
        assert_eq!(first_address(""), Ok(None));
        assert!(first_address("none of your business").is_err());
    }

    #[test]
    fn lists_are_split() {
        let parts: Vec<_> = lines_of("H2020-EU.2.3.1.;H2020-EU.2.1.1.; ").collect();
        assert_eq!(parts, ["H2020-EU.2.3.1.", "H2020-EU.2.1.1."]);
    }
}
