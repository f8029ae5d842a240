//! Topics: what projects are about, in their authors' words or in terms of vocabularies.

use crate::text::search_key;
use serde::Serialize;
use std::ops::Range;
use utoipa::ToSchema;

crate::vocabulary! {
    /// Where a topic comes from.
    pub enum TopicKind: "topic_kind" {
        Keyword = "keyword", "A word the authors chose";
        Theme = "theme", "A term of a vocabulary";
    }
}

/// What tells one topic from others, in the order of vocabularies.
pub type TopicKey = (TopicKind, String, String);

/// Something that projects are about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct Topic {
    /// Where it comes from.
    pub kind: TopicKind,
    /// The vocabulary of a theme; null for a keyword.
    #[schema(example = "euroscivoc")]
    pub vocabulary: Option<String>,
    /// The code of a theme in it; null for a keyword.
    #[schema(example = "/29/97/543")]
    pub code: Option<String>,
    /// What to show for it.
    #[schema(example = "government systems")]
    pub label: String,
}

impl Topic {
    /// A keyword.
    #[must_use]
    pub fn keyword(label: String) -> Self {
        Self { kind: TopicKind::Keyword, vocabulary: None, code: None, label }
    }

    /// A theme, shown by its code where it has no label.
    #[must_use]
    pub fn theme(vocabulary: String, code: String, label: Option<String>) -> Self {
        let label = label.unwrap_or_else(|| code.clone());
        Self { kind: TopicKind::Theme, vocabulary: Some(vocabulary), code: Some(code), label }
    }

    /// What tells it from other topics: keywords are the same whatever their accents and case,
    /// themes by vocabulary and code.
    #[must_use]
    pub fn key(&self) -> TopicKey {
        match (&self.vocabulary, &self.code) {
            (Some(vocabulary), Some(code)) => {
                (self.kind, vocabulary.clone(), code.trim_end_matches('/').to_owned())
            }
            _ => (self.kind, String::new(), search_key(&self.label)),
        }
    }

    /// The keys of the themes below it in its vocabulary, as `/29/97/543` is below `/29/97`;
    /// `None` for a keyword, which has none.
    #[must_use]
    pub fn keys_below(&self) -> Option<Range<TopicKey>> {
        let (vocabulary, code) = (self.vocabulary.as_ref()?, self.code.as_ref()?);
        let code = code.trim_end_matches('/');
        // '0' is the character after '/'.
        let key = |end: char| (self.kind, vocabulary.clone(), format!("{code}{end}"));
        Some(key('/')..key('0'))
    }

    /// The parameter of the list of projects, and its value, that lists exactly the projects
    /// about it; `None` when its words mean something else there.
    #[must_use]
    pub fn filter(&self) -> Option<(&'static str, String)> {
        let (name, value) = match (&self.vocabulary, &self.code) {
            (Some(vocabulary), Some(code)) => ("theme", format!("{vocabulary}:{code}")),
            _ => ("keyword", self.label.clone()),
        };
        let plain = !value.contains(',') && !value.starts_with('!') && value != "unknown";
        plain.then_some((name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::Topic;

    fn theme(code: &str) -> Topic {
        Topic::theme("euroscivoc".to_owned(), code.to_owned(), None)
    }

    #[test]
    fn the_themes_below_one_are_a_range_of_keys() {
        let below = theme("/29/97").keys_below().expect("a range");
        assert!(below.contains(&theme("/29/97/543").key()));
        assert_eq!(theme("/29/97/").key(), theme("/29/97").key());
        for other in ["/29/97", "/29/97/", "/29/975", "/29", "/29/98/1"] {
            assert!(!below.contains(&theme(other).key()), "{other}");
        }
        let other = Topic::theme("own".to_owned(), "/29/97/543".to_owned(), None);
        assert!(!below.contains(&other.key()));
    }

    #[test]
    fn keywords_are_the_same_whatever_their_case() {
        let keyword = |label: &str| Topic::keyword(label.to_owned());
        assert_eq!(keyword("Migração").key(), keyword("migracao").key());
        assert_ne!(keyword("a").key(), theme("a").key());
        assert_eq!(keyword("a").keys_below(), None);
    }

    #[test]
    fn words_that_mean_something_else_to_a_list_are_not_asked_for() {
        let keyword = |label: &str| Topic::keyword(label.to_owned()).filter();
        assert_eq!(keyword("labour"), Some(("keyword", "labour".to_owned())));
        assert_eq!(keyword("a, b").or(keyword("!a")).or(keyword("unknown")), None);
        assert_eq!(theme("!x").filter(), Some(("theme", "euroscivoc:!x".to_owned())));
    }
}
