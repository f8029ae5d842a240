//! Folding texts for search.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// `text` folded for search: accents dropped, lower case, every run of characters that are
/// neither letters nor digits made one space, trimmed. `"Università d'Aosta"` becomes
/// `"universita d aosta"`.
///
/// Letters that Unicode does not decompose are written as their usual Latin spelling
/// (ß → ss, ø → o, ł → l). Scripts other than Latin keep their letters; Greek final sigma
/// becomes sigma. The result is its own search key. Linear in the length of the text.
#[must_use]
pub fn search_key(text: &str) -> String {
    let mut key = Key(String::with_capacity(text.len()));
    if text.is_ascii() {
        text.bytes().for_each(|byte| key.push(char::from(byte.to_ascii_lowercase())));
    } else {
        // Lower-casing first and again afterwards: NFKD turns some compatibility letters
        // (ℝ, Ⓐ) into capitals.
        for c in text.nfkd().filter(|&c| !is_combining_mark(c)).flat_map(char::to_lowercase) {
            // Lower-casing İ and its kind gives a letter and a combining mark.
            if !is_combining_mark(c) {
                key.push_folded(c);
            }
        }
    }
    key.finish()
}

/// The words of [`search_key`], in order.
#[must_use]
pub fn search_tokens(text: &str) -> Vec<String> {
    search_key(text).split(' ').filter(|token| !token.is_empty()).map(str::to_owned).collect()
}

/// A search key being written.
struct Key(String);

impl Key {
    /// Appends `c`, or one space for any run of what is neither letter nor digit.
    fn push(&mut self, c: char) {
        if c.is_alphanumeric() {
            self.0.push(c);
        } else if !self.0.is_empty() && !self.0.ends_with(' ') {
            self.0.push(' ');
        }
    }

    /// Appends the lower-case letter `c` in its usual spelling without diacritics.
    fn push_folded(&mut self, c: char) {
        match c {
            'ß' => self.0.push_str("ss"),
            'æ' => self.0.push_str("ae"),
            'œ' => self.0.push_str("oe"),
            'þ' => self.0.push_str("th"),
            'ĳ' => self.0.push_str("ij"),
            'ø' => self.0.push('o'),
            'đ' | 'ð' => self.0.push('d'),
            'ł' => self.0.push('l'),
            'ı' => self.0.push('i'),
            'ħ' => self.0.push('h'),
            'ŧ' => self.0.push('t'),
            'ŋ' => self.0.push('n'),
            'ĸ' => self.0.push('k'),
            'ə' => self.0.push('a'),
            'ς' => self.0.push('σ'),
            // Soft hyphen and zero-width characters stand inside words.
            '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' => {}
            other => self.push(other),
        }
    }

    fn finish(mut self) -> String {
        if self.0.ends_with(' ') {
            self.0.pop();
        }
        self.0
    }
}
