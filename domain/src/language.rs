//! Languages, and texts given in several of them.

mod chosen;
mod localized;

pub use chosen::{ChosenText, ChosenTexts};
pub use localized::{LocalizedProse, LocalizedText};

use crate::error::Invalid;
use crate::text::{json_string, shown};
use std::fmt;
use std::str::FromStr;

/// A BCP 47 language tag in its usual letter case: `it`, `pt-BR`, `zh-Hant-TW`, `und`.
///
/// Checked for its structure (RFC 5646, section 2.1), not against the subtag registry.
/// `und` stands for text whose language nobody stated.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LanguageTag(String);

impl LanguageTag {
    /// The most characters a tag may have (RFC 5646, section 4.4.1).
    pub const MAX: usize = 35;

    /// `und`: the language is not stated.
    #[must_use]
    pub fn undetermined() -> Self {
        Self("und".to_owned())
    }

    /// `en`.
    #[must_use]
    pub fn english() -> Self {
        Self("en".to_owned())
    }

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language alone: `pt` of `pt-BR`.
    #[must_use]
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }

    /// Whether the language is not stated.
    #[must_use]
    pub fn is_undetermined(&self) -> bool {
        self.primary() == "und"
    }
}

impl FromStr for LanguageTag {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let tag = text.trim().replace('_', "-");
        let normalised = (tag.len() <= Self::MAX).then(|| normalise(&tag)).flatten();
        normalised.map(Self).ok_or_else(|| {
            let detail = format!(
                "{} is not a language tag. Give a BCP 47 tag such as it, en or pt-BR; \
                 und when the language is unknown.",
                shown(text)
            );
            Invalid::new("invalid_language_tag", detail)
        })
    }
}

/// `tag` in its usual letter case when its structure is that of a language tag:
/// language, up to three extended languages, script, region, variants, extensions,
/// private use.
fn normalise(tag: &str) -> Option<String> {
    let mut subtags = tag.split('-').peekable();
    let language = subtags.next().filter(|s| letters(s, 2..=8))?;
    let mut out = language.to_ascii_lowercase();
    let append = |out: &mut String, subtag: &str| {
        out.push('-');
        out.push_str(subtag);
    };
    if language.len() <= 3 {
        for _ in 0..3 {
            if let Some(extended) = subtags.next_if(|s| letters(s, 3..=3)) {
                append(&mut out, &extended.to_ascii_lowercase());
            }
        }
    }
    if let Some(script) = subtags.next_if(|s| letters(s, 4..=4)) {
        let (first, rest) = script.split_at(1);
        append(&mut out, &(first.to_ascii_uppercase() + &rest.to_ascii_lowercase()));
    }
    let is_region =
        |s: &&str| letters(s, 2..=2) || (s.len() == 3 && s.bytes().all(|b| b.is_ascii_digit()));
    if let Some(region) = subtags.next_if(is_region) {
        append(&mut out, &region.to_ascii_uppercase());
    }
    let is_variant = |s: &&str| {
        let digit_first = s.starts_with(|c: char| c.is_ascii_digit());
        alphanumeric(s, 5..=8) || (digit_first && alphanumeric(s, 4..=4))
    };
    while let Some(variant) = subtags.next_if(is_variant) {
        append(&mut out, &variant.to_ascii_lowercase());
    }
    while let Some(singleton) = subtags.next() {
        if !alphanumeric(singleton, 1..=1) {
            return None;
        }
        append(&mut out, &singleton.to_ascii_lowercase());
        let private = singleton.eq_ignore_ascii_case("x");
        let shortest = if private { 1 } else { 2 };
        let mut any = false;
        while let Some(subtag) = subtags.next_if(|s| alphanumeric(s, shortest..=8)) {
            append(&mut out, &subtag.to_ascii_lowercase());
            any = true;
        }
        if !any || (private && subtags.peek().is_some()) {
            return None;
        }
    }
    Some(out)
}

fn letters(subtag: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&subtag.len()) && subtag.bytes().all(|b| b.is_ascii_alphabetic())
}

fn alphanumeric(subtag: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&subtag.len()) && subtag.bytes().all(|b| b.is_ascii_alphanumeric())
}

impl fmt::Display for LanguageTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

json_string!(
    LanguageTag,
    "A BCP 47 language tag; 'und' when the language is not stated.",
    "it",
    pattern = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$",
    max_length = Self::MAX
);
