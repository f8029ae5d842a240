//! The form of each scheme's identifiers.

use super::{Scheme, checks};
use crate::country::Country;
use crate::error::Invalid;
use crate::text::shown;

/// The most characters an identifier of a free form may have.
const LONGEST: usize = 200;

/// `text` in the normal form of `scheme`.
pub(super) fn normalise(scheme: Scheme, text: &str) -> Result<String, Invalid> {
    let form = Form::of(scheme);
    let value = (form.read)(text).ok_or_else(|| {
        let detail = format!(
            "{} is not a {} identifier. Expected {}, such as {}.",
            shown(text),
            scheme.label(),
            form.expected,
            form.example
        );
        Invalid::new("invalid_external_id", detail)
    })?;
    if (form.check)(&value) {
        Ok(value)
    } else {
        let detail = format!(
            "The check digit of the {} identifier {} is wrong; compare it with its source, \
             a digit was mistyped.",
            scheme.label(),
            shown(text)
        );
        Err(Invalid::new("wrong_check_digit", detail))
    }
}

/// The web address of the identifier, for schemes that have lasting ones.
pub(super) fn href(scheme: Scheme, value: &str) -> Option<String> {
    let base = match scheme {
        Scheme::Pic => {
            "https://ec.europa.eu/info/funding-tenders/opportunities/portal/screen/\
             how-to-participate/org-details/"
        }
        Scheme::Cordis => "https://cordis.europa.eu/project/id/",
        Scheme::Ror => "https://ror.org/",
        Scheme::Wikidata => "https://www.wikidata.org/wiki/",
        Scheme::Isni => "https://isni.org/isni/",
        Scheme::Raid => "https://raid.org/",
        Scheme::Doi => "https://doi.org/",
        Scheme::ErasmusPlus if is_action_number(value) => {
            "https://erasmus-plus.ec.europa.eu/projects/search/details/"
        }
        Scheme::Fundref => "https://doi.org/10.13039/",
        Scheme::Lei => "https://search.gleif.org/#/record/",
        // An RCN may be a project's or an organisation's, with different addresses; GRID
        // is switched off; the others were never on the web.
        Scheme::Rcn
        | Scheme::ErasmusPlus
        | Scheme::Vat
        | Scheme::Grid
        | Scheme::Oid
        | Scheme::Grant
        | Scheme::Local => return None,
    };
    Some(format!("{base}{}", percent_encode(value)))
}

/// `value` for the path of an address; identifiers that are addresses by design (DOIs)
/// keep their slashes.
fn percent_encode(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            other => {
                out.push('%');
                for digit in [other >> 4, other & 15] {
                    out.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
                }
            }
        }
    }
    out
}

/// What the identifiers of one scheme look like.
struct Form {
    /// The normal form of a text, `None` when it is no such identifier.
    read: fn(&str) -> Option<String>,
    /// Whether the check digit of a normal form is right.
    check: fn(&str) -> bool,
    /// What is expected, for messages.
    expected: &'static str,
    example: &'static str,
}

impl Form {
    fn of(scheme: Scheme) -> Self {
        let unchecked = |_: &str| true;
        let form = |read, expected, example| Self { read, check: unchecked, expected, example };
        match scheme {
            Scheme::Pic => form(|t| digits(t, 9, 9), "nine digits", "968823876"),
            Scheme::Cordis => form(|t| digits(t, 6, 9), "six to nine digits", "101004645"),
            Scheme::Rcn => form(rcn, "one to nine digits", "221856"),
            Scheme::Ror => Self {
                check: checks::ror,
                ..form(ror, "0, six letters or digits and two check digits", "02mhbdp94")
            },
            Scheme::Vat => form(
                vat,
                "a country prefix and the number, at least two digits of it not all zero",
                "IT06835420966",
            ),
            Scheme::Wikidata => form(wikidata, "Q and digits", "Q42"),
            Scheme::Isni => Self {
                check: checks::isni,
                ..form(isni, "fifteen digits and a digit or X", "0000 0001 2103 2683")
            },
            Scheme::Grid => form(grid, "grid.number.check", "grid.5591.8"),
            Scheme::Raid => form(
                |t| handle(strip(t, &["https://raid.org/", "raid:"])),
                "a handle 10.prefix/suffix or its https://raid.org/ address",
                "10.26259/44da2ca5",
            ),
            Scheme::Doi => form(
                |t| handle(strip(t, &["doi:"])),
                "10.prefix/suffix or its https://doi.org/ address",
                "10.3030/101004645",
            ),
            Scheme::ErasmusPlus => form(
                erasmus_plus,
                "the project number of an Erasmus+ grant",
                "2018-1-IT02-KA201-048442",
            ),
            Scheme::Oid => form(oid, "E and eight digits", "E10209155"),
            Scheme::Fundref => {
                form(fundref, "the digits after 10.13039/, or the whole DOI", "501100000780")
            }
            Scheme::Lei => Self {
                check: checks::lei,
                ..form(
                    lei,
                    "eighteen letters or digits and two check digits",
                    "529900T8BM49AURSDO55",
                )
            },
            Scheme::Grant | Scheme::Local => {
                form(free, "1 to 200 visible characters", "JUST/2013/DAP/AG/5408")
            }
        }
    }
}

/// `text` when it is between `least` and `most` ASCII digits.
fn digits(text: &str, least: usize, most: usize) -> Option<String> {
    let sound = (least..=most).contains(&text.len()) && all_digits(text);
    sound.then(|| text.to_owned())
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn all_alphanumeric(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn all_upper(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_uppercase())
}

/// `text` without the first of `prefixes` that it starts with in any letter case; an
/// address is also found under http and with www.
fn strip<'a>(text: &'a str, prefixes: &[&str]) -> &'a str {
    let without = |prefix: &str| {
        let head = text.get(..prefix.len())?;
        head.eq_ignore_ascii_case(prefix).then(|| text[prefix.len()..].trim_start())
    };
    prefixes
        .iter()
        .find_map(|prefix| {
            without(prefix).or_else(|| {
                let host = prefix.strip_prefix("https://")?;
                ["http://", "https://www.", "http://www.", ""]
                    .iter()
                    .find_map(|start| without(&format!("{start}{host}")))
            })
        })
        .unwrap_or(text)
}

/// `text` upper-cased, without the blanks and marks people group characters with.
fn compact(text: &str) -> String {
    let kept = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '/' | '\u{A0}'));
    kept.map(|c| c.to_ascii_uppercase()).collect()
}

/// An RCN without leading zeros.
fn rcn(text: &str) -> Option<String> {
    let number = digits(text, 1, 9)?.trim_start_matches('0').to_owned();
    (!number.is_empty()).then_some(number)
}

fn ror(text: &str) -> Option<String> {
    let value = strip(text, &["https://ror.org/"]).trim_end_matches('/').to_ascii_lowercase();
    let letter = |b: u8| b.is_ascii_alphanumeric() && !matches!(b, b'i' | b'l' | b'o' | b'u');
    let (body, check) = value.split_at_checked(7)?;
    let sound = value.starts_with('0') && body.bytes().all(letter);
    (sound && check.len() == 2 && all_digits(check)).then_some(value)
}

/// A VAT number in capitals without separators. The prefix is a country's ISO code, `EL`
/// for Greece (as the EU's VIES writes it) or `XI` for Northern Ireland. What has fewer
/// than two digits (MISSING, NOTAPPLICABLE, n/a) or only zeros is no number.
fn vat(text: &str) -> Option<String> {
    let value = compact(text);
    let (prefix, number) = value.split_at_checked(2)?;
    let prefix = match prefix {
        "EL" | "GR" => "EL",
        "XI" => "XI",
        // Serbia and Montenegro, whose code files still carry.
        "CS" => "CS",
        "UK" => "GB",
        code => Country::ALL.iter().find(|country| country.code() == code)?.code(),
    };
    let count = number.bytes().filter(u8::is_ascii_digit).count();
    let sound = (2..=18).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'*'))
        && count >= 2
        && number.bytes().any(|b| matches!(b, b'1'..=b'9'));
    sound.then(|| format!("{prefix}{number}"))
}

fn wikidata(text: &str) -> Option<String> {
    const ADDRESSES: [&str; 3] = [
        "https://www.wikidata.org/wiki/",
        "https://www.wikidata.org/entity/",
        "https://wikidata.org/wiki/",
    ];
    let value = strip(text, &ADDRESSES).to_ascii_uppercase();
    let number = value.strip_prefix('Q')?;
    let sound = digits(number, 1, 12).is_some() && !number.starts_with('0');
    sound.then_some(value)
}

fn isni(text: &str) -> Option<String> {
    let text = strip(text, &["https://isni.org/isni/", "https://isni.org/", "isni"]);
    let value = compact(text.trim_start_matches(':'));
    let (body, check) = value.split_at_checked(15)?;
    let sound = all_digits(body) && (check == "X" || (check.len() == 1 && all_digits(check)));
    sound.then_some(value)
}

fn grid(text: &str) -> Option<String> {
    let addresses = ["https://www.grid.ac/institutes/", "https://grid.ac/institutes/"];
    let value = strip(text, &addresses).to_ascii_lowercase();
    let (number, check) = value.strip_prefix("grid.")?.split_once('.')?;
    let sound = digits(number, 1, 7).is_some()
        && (1..=2).contains(&check.len())
        && check.bytes().all(|b| b.is_ascii_hexdigit());
    sound.then_some(value)
}

/// A DOI or another handle that begins with `10.`, lower case: DOIs do not mind case.
fn handle(text: &str) -> Option<String> {
    let addresses = ["https://doi.org/", "https://dx.doi.org/"];
    let value = strip(text, &addresses).to_lowercase();
    let (prefix, suffix) = value.split_once('/')?;
    let registrant = prefix.strip_prefix("10.")?;
    let mut parts = registrant.split('.');
    let sound = parts.next().is_some_and(|first| digits(first, 4, 9).is_some())
        && parts.all(|part| digits(part, 1, 9).is_some())
        && !suffix.is_empty()
        && value.chars().count() <= LONGEST
        && !suffix.chars().any(|c| c.is_whitespace() || c.is_control());
    sound.then_some(value)
}

/// Erasmus+ project numbers: those of the national agencies (2018-1-IT02-KA201-048442),
/// older and centralised ones (612345-EPP-1-2019-1-IT-EPPKA2-CBHE-JP), and the plain
/// grant numbers since 2021.
fn erasmus_plus(text: &str) -> Option<String> {
    let value = text.to_ascii_uppercase();
    let parts: Vec<&str> = value.split('-').collect();
    let parts_sound = parts.iter().all(|part| !part.is_empty() && all_alphanumeric(part));
    let numbered = |part: &&str| part.len() >= 4 && all_digits(part);
    let centralised = parts.len() >= 4 && parts.iter().any(numbered);
    let plain = parts.len() == 1 && digits(&value, 6, 9).is_some();
    let sound = is_action_number(&value) || centralised || plain;
    (parts_sound && sound && value.len() <= 60).then_some(value)
}

/// Whether `value` is a number as national agencies give: call year, round, agency, key
/// action, perhaps field, number.
fn is_action_number(value: &str) -> bool {
    let parts: Vec<&str> = value.split('-').collect();
    let (field, number) = match parts[..] {
        [_, _, _, _, number] => ("ADU", number),
        [_, _, _, _, field, number] => (field, number),
        _ => return false,
    };
    let agency = |text: &str| {
        let (country, office) = text.split_at_checked(2).unwrap_or_default();
        all_upper(country) && digits(office, 2, 2).is_some()
    };
    let action =
        |text: &str| text.strip_prefix("KA").is_some_and(|number| digits(number, 3, 3).is_some());
    digits(parts[0], 4, 4).is_some()
        && digits(parts[1], 1, 1).is_some()
        && agency(parts[2])
        && action(parts[3])
        && field.len() == 3
        && all_upper(field)
        && digits(number, 6, 9).is_some()
}

fn oid(text: &str) -> Option<String> {
    let value = text.to_ascii_uppercase();
    let sound = value.strip_prefix('E').is_some_and(|number| digits(number, 8, 8).is_some());
    sound.then_some(value)
}

fn fundref(text: &str) -> Option<String> {
    let text = strip(text, &["doi:", "https://doi.org/", "https://dx.doi.org/"]);
    digits(text.strip_prefix("10.13039/").unwrap_or(text), 9, 12)
}

fn lei(text: &str) -> Option<String> {
    let value = compact(text);
    let (body, check) = value.split_at_checked(18)?;
    (all_alphanumeric(body) && check.len() == 2 && all_digits(check)).then_some(value)
}

fn free(text: &str) -> Option<String> {
    let sound =
        !text.is_empty() && text.chars().count() <= LONGEST && !text.chars().any(char::is_control);
    sound.then(|| text.to_owned())
}
