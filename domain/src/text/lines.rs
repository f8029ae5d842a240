//! Texts people write: one line, several lines, or a short code.

use super::{json_string, shown};
use crate::error::Invalid;
use std::fmt;
use std::str::FromStr;

/// One line of text: a name or a title.
///
/// Trimmed, not empty, without control characters, at most 2,000 characters long.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Line(String);

/// Text of several lines: an abstract.
///
/// Trimmed, not empty, at most 100,000 characters long. Line ends are `\n`; besides them
/// and tabs there are no control characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Prose(String);

/// A short code: of a programme, a type of action, a call.
///
/// 1 to 100 visible characters; inside, single spaces are allowed ("KA 2").
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(String);

impl Line {
    /// The most characters a line may have.
    pub const MAX: usize = 2_000;
}

impl Prose {
    /// The most characters a text may have.
    pub const MAX: usize = 100_000;

    /// The words it begins with, on one line of at most `most` characters and an ellipsis where
    /// more follow. Never empty: a first word that is too long is cut.
    #[must_use]
    pub fn first_words(&self, most: usize) -> String {
        let mut line = String::new();
        let mut length = 0;
        for word in self.0.split_whitespace() {
            let joint = usize::from(length > 0);
            let letters = word.chars().count();
            if length + joint + letters > most {
                if length == 0 {
                    line.extend(word.chars().take(most));
                }
                line.truncate(line.trim_end_matches([',', ';', ':', '.']).len());
                line.push('…');
                break;
            }
            line.extend((joint > 0).then_some(' '));
            line.push_str(word);
            length += joint + letters;
        }
        line
    }
}

impl Code {
    /// The most characters a code may have.
    pub const MAX: usize = 100;
}

impl FromStr for Line {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = sound(text, "text", Self::MAX)?;
        // Unicode's own line and paragraph separators break lines too.
        match text.chars().find(|&c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
            None => Ok(Self(text.to_owned())),
            Some(c) => Err(control(text, c, "Write it on one line, without tabs.")),
        }
    }
}

impl FromStr for Prose {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = sound(text, "text", Self::MAX)?;
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        match text.chars().find(|&c| c.is_control() && !matches!(c, '\n' | '\t')) {
            None => Ok(Self(text)),
            Some(c) => Err(control(&text, c, "Remove it; line ends and tabs may stay.")),
        }
    }
}

impl FromStr for Code {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = sound(text, "code", Self::MAX)?;
        if let Some(c) = text.chars().find(|c| c.is_control()) {
            return Err(control(text, c, "Remove it."));
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        Ok(Self(words.join(" ")))
    }
}

/// `text` trimmed, when something visible of at most `max` characters is left.
fn sound<'a>(text: &'a str, what: &str, max: usize) -> Result<&'a str, Invalid> {
    // Marks that show nothing would hide what a text begins with, also from spreadsheets.
    let text = text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    if text.is_empty() {
        let detail =
            format!("The {what} is empty; write something, or leave the field out if it may be.");
        return Err(Invalid::new("empty", detail));
    }
    // Counting characters only where bytes leave a doubt.
    if text.len() > max {
        let found = text.chars().count();
        if found > max {
            let detail = format!(
                "The {what} {} has {found} characters; at most {max} are allowed. Shorten it.",
                shown(text)
            );
            return Err(Invalid::new("too_long", detail));
        }
    }
    Ok(text)
}

/// Whether `c` leaves nothing to see: blanks, zero-width characters, soft hyphens.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}')
        || matches!(c, '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

fn control(text: &str, c: char, remedy: &str) -> Invalid {
    let code = u32::from(c);
    let detail = format!("{} contains the control character U+{code:04X}. {remedy}", shown(text));
    Invalid::new("control_character", detail)
}

/// What the three have in common: reading access and the JSON face.
macro_rules! text_type {
    ($type:ident, $description:literal, $example:literal) => {
        impl $type {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, taken out.
            #[must_use]
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<$type> for String {
            fn from(text: $type) -> Self {
                text.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        json_string!($type, $description, $example, max_length = Self::MAX);
    };
}

text_type!(
    Line,
    "One line of text without control characters; blanks around it are removed.",
    "Fondazione ISMU"
);
text_type!(
    Prose,
    "Text that may have several lines; blanks around it are removed.",
    "The project studies how cities receive newcomers.\nIt compares twelve of them."
);
text_type!(Code, "A short code of visible characters, single spaces allowed inside.", "KA2");
