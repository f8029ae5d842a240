//! What the code and the path of a theme say about those above it.

use crate::text::search_key;
use std::collections::BTreeMap;

/// The most levels a path is read to have, and levels above a code that are made for it. No
/// vocabulary comes near; a text that does is no path.
pub(super) const DEEPEST: usize = 32;

/// A code without the slashes at its end, which say nothing: `/29/97` for `/29/97/`. It stays as
/// it is where what is left is no code: nothing, or something that ends in a blank.
#[must_use]
pub fn bare(code: &str) -> &str {
    let bare = code.trim_end_matches('/');
    if is_code(bare) { bare } else { code }
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && !text.ends_with(' ')
}

/// The codes above `code`, from the top: `/29` and `/29/97` above `/29/97/543`.
pub(super) fn codes_above(code: &str) -> Vec<&str> {
    let mut above: Vec<&str> = code
        .match_indices('/')
        .map(|(at, _)| code[..at].trim_end_matches('/'))
        .filter(|code| is_code(code))
        .collect();
    above.dedup();
    above
}

/// The terms of a path, from the top. Only the last where there are more than any vocabulary has.
pub(super) fn terms(path: &str) -> Vec<&str> {
    let terms = path.split('/').map(str::trim).filter(|term| !search_key(term).is_empty());
    let terms: Vec<&str> = terms.collect();
    match terms.len() {
        0..=DEEPEST => terms,
        all => terms[all - 1..].to_vec(),
    }
}

/// The path of `terms`, from the top.
pub(super) fn path_of(terms: &[&str]) -> String {
    format!("/{}", terms.join("/"))
}

/// A path as it is compared: whatever its accents and case. Empty without any term.
pub(super) fn path_key(path: &str) -> String {
    let folded: Vec<String> = terms(path).into_iter().map(search_key).collect();
    folded.join("/")
}

/// Whether the codes above `code` stand for the terms above the last of `terms`: as those of a
/// code that begins with a slash do, and those of one that is as deep as its path. An address or
/// a code such as `SC6/2020` has slashes too, but nothing says that they divide levels.
pub(super) fn is_divided(code: &str, above: &[&str], terms: &[&str]) -> bool {
    code.starts_with('/') || (above.len() + 1 == terms.len() && !code.contains("://"))
}

/// The most wordings of one thing kept that others than its own records say.
const MOST_WORDINGS: usize = 64;

/// What records say that something is called, each wording with the number of records.
#[derive(Debug, Default)]
pub(super) struct Wordings(BTreeMap<String, usize>);

impl Wordings {
    pub(super) fn add(&mut self, wording: &str) {
        match self.0.get_mut(wording) {
            Some(count) => *count += 1,
            None => drop(self.0.insert(wording.to_owned(), 1)),
        }
    }

    /// Adds it where it is known or there is room: what others below say of a theme is as much as
    /// there are of them.
    pub(super) fn add_some(&mut self, wording: &str) {
        if self.0.len() < MOST_WORDINGS || self.0.contains_key(wording) {
            self.add(wording);
        }
    }

    /// The most frequent; of equally frequent ones the first by its letters.
    pub(super) fn best(&self) -> Option<&str> {
        let best = self.0.iter().max_by(|(a, times), (b, others)| times.cmp(others).then(b.cmp(a)));
        best.map(|(wording, _)| wording.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_say_what_is_above_them() {
        assert_eq!(codes_above("/29/97/543"), ["/29", "/29/97"]);
        assert_eq!(codes_above("/29"), [""; 0]);
        assert_eq!(codes_above("culture/cinema"), ["culture"]);
        assert_eq!(codes_above("/29//97"), ["/29"]);
        assert_eq!((codes_above("KA 2 / KA 3"), bare("KA 2 /")), (vec![], "KA 2 /"));
        assert_eq!((bare("/29/97/"), bare("/"), bare("SOC")), ("/29/97", "/", "SOC"));
    }

    #[test]
    fn slashes_divide_levels_only_where_something_says_so() {
        let divided = |code: &str, path: &str| is_divided(code, &codes_above(code), &terms(path));
        assert!(divided("/29/97", "") && divided("/29/97", "/social sciences"));
        assert!(divided("culture/cinema", "/Culture/Cinema"));
        assert!(!divided("SC6/2020", "") && !divided("http://a/b", "/x/y/z"));
    }

    #[test]
    fn a_text_full_of_slashes_is_no_path() {
        assert_eq!(terms(&"a/".repeat(32)).len(), 32);
        assert_eq!(terms(&"a/".repeat(33)).len(), 1);
        assert_eq!(path_key(" /Café / – /Bar/ "), "cafe/bar");
    }

    #[test]
    fn the_most_frequent_wording_is_the_best() {
        let mut wordings = Wordings::default();
        for wording in ["b", "a", "c", "c", "b"] {
            wordings.add(wording);
        }
        assert_eq!(wordings.best(), Some("b"));
        assert_eq!(Wordings::default().best(), None);
    }
}
