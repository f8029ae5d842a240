//! Numbers as people state them.

use crate::error::Invalid;
use std::fmt;
use std::str::FromStr;

/// How a stated number relates to the true one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Is,
    MoreThan,
    AtLeast,
    LessThan,
    AtMost,
}

/// A number as stated: `15`, `>4200`, `377006.44`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedNumber {
    relation: Relation,
    /// In units of the last digit stated.
    value: i128,
    /// Digits stated behind the point.
    decimals: u32,
    text: String,
}

/// The most digits a number may have: more than all the money there is, in cents.
const MOST_DIGITS: usize = 18;

impl FromStr for StatedNumber {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let relations = [
            (">=", Relation::AtLeast),
            ("<=", Relation::AtMost),
            (">", Relation::MoreThan),
            ("<", Relation::LessThan),
            ("", Relation::Is),
        ];
        let stripped =
            relations.iter().find_map(|(sign, of)| Some((text.strip_prefix(sign)?.trim(), *of)));
        let (digits, relation) = stripped.unwrap_or((text, Relation::Is));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let sound = !whole.is_empty()
            && whole.len() + part.len() <= MOST_DIGITS
            && digits.ends_with(|last: char| last.is_ascii_digit())
            && whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit());
        let value = format!("{whole}{part}").parse().ok().filter(|_| sound);
        let decimals = u32::try_from(part.len()).ok();
        if let (Some(value), Some(decimals)) = (value, decimals) {
            return Ok(Self { relation, value, decimals, text: text.to_owned() });
        }
        let detail = format!(
            "'{text}' is not a number. Expected digits with a point before decimals and nothing \
             between thousands, such as 15 or 377006.44; in front may stand >, >=, < or <= \
             (written %3E and %3C in an address)."
        );
        Err(Invalid::new("not_a_number", detail))
    }
}

impl fmt::Display for StatedNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StatedNumber {
    /// Whether it holds of `found`, in units of 10^−`scale`. A number that is stated with fewer
    /// digits holds of what rounds to it or is cut to it.
    #[must_use]
    pub fn holds_of(&self, found: i128, scale: u32) -> bool {
        let (fewer, more) = (10_i128.pow(self.decimals), 10_i128.pow(scale));
        let (stated, exact) = (self.value * more, found * fewer);
        match self.relation {
            Relation::MoreThan => exact > stated,
            Relation::AtLeast => exact >= stated,
            Relation::LessThan => exact < stated,
            Relation::AtMost => exact <= stated,
            Relation::Is if self.decimals >= scale => exact == stated,
            Relation::Is => {
                let unit = 10_i128.pow(scale - self.decimals);
                [found / unit, (found + unit / 2) / unit].contains(&self.value)
            }
        }
    }

    /// Whether it holds of something that is at least `least`, and at most `most` if that is
    /// known; `None` when both may be.
    #[must_use]
    pub fn holds_between(&self, least: i128, most: Option<i128>, scale: u32) -> Option<bool> {
        if most == Some(least) {
            return Some(self.holds_of(least, scale));
        }
        let at_least = self.holds_of(least, scale);
        let at_most = most.map(|most| self.holds_of(most, scale));
        match self.relation {
            Relation::MoreThan | Relation::AtLeast => match (at_least, at_most) {
                (true, _) => Some(true),
                (false, Some(false)) => Some(false),
                (false, _) => None,
            },
            Relation::LessThan | Relation::AtMost => match (at_least, at_most) {
                (false, _) => Some(false),
                (true, Some(true)) => Some(true),
                (true, _) => None,
            },
            Relation::Is => {
                let (fewer, more) = (10_i128.pow(self.decimals), 10_i128.pow(scale));
                let stated = self.value * more;
                let above = stated >= least * fewer || at_least;
                let below = most.is_none_or(|most| stated <= most * fewer) || at_most == Some(true);
                if above && below { None } else { Some(false) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(text: &str) -> StatedNumber {
        text.parse().expect(text)
    }

    #[test]
    fn numbers_hold_to_the_digits_stated() {
        for (text, cents, holds) in [
            ("377006.44", 37_700_644, true),
            ("377006", 37_700_644, true),
            ("377006", 37_700_699, true),
            ("377007", 37_700_699, true),
            ("377007", 37_700_644, false),
            ("377006.4", 37_700_644, true),
            ("377006.440", 37_700_644, true),
            (">377006", 37_700_644, true),
            (">= 377006.44", 37_700_644, true),
            (">377006.44", 37_700_644, false),
            ("<377006.44", 37_700_644, false),
            ("<=377006.44", 37_700_644, true),
        ] {
            assert_eq!(stated(text).holds_of(cents, 2), holds, "{text} of {cents}");
        }
        assert!(stated("15").holds_of(15, 0));
        assert!(!stated("15.5").holds_of(15, 0));
    }

    #[test]
    fn what_is_not_known_exactly_may_leave_it_open() {
        for (text, most, holds) in [
            ("6", Some(9), None),
            ("5", Some(9), Some(false)),
            ("10", Some(9), Some(false)),
            ("10", None, None),
            (">5", Some(9), Some(true)),
            (">6", Some(9), None),
            (">9", Some(9), Some(false)),
            (">100", None, None),
            ("<6", Some(9), Some(false)),
            ("<10", Some(9), Some(true)),
            ("<8", Some(9), None),
            ("<10", None, None),
            ("6", Some(6), Some(true)),
        ] {
            assert_eq!(stated(text).holds_between(6, most, 0), holds, "{text} to {most:?}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", ">", "1,000", "1.", ".5", "-3", "1e6", "15 partners", "=3", "1.2.3"] {
            assert!(text.parse::<StatedNumber>().is_err(), "{text}");
        }
        assert!("9".repeat(19).parse::<StatedNumber>().is_err());
    }
}
