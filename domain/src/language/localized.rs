//! One text in several languages.

use super::LanguageTag;
use crate::decode::{Decode, wrong_type};
use crate::error::{Errors, Invalid, Pointer};
use crate::text::{Line, Prose};
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use utoipa::openapi::schema::{AdditionalProperties, OneOfBuilder, Schema, Type};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

/// A text in any number of languages: `{"en": "…", "it": "…"}`.
///
/// A plain JSON string is accepted for a text whose language nobody stated, and kept
/// under `und`. No language at all means that the text is unknown.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalizedText<T = Line>(BTreeMap<LanguageTag, T>);

/// A longer text, such as an abstract, in any number of languages.
///
/// Fields are declared with this name, not as `LocalizedText<Prose>`: the API document
/// would name their schema after the generic spelling.
pub type LocalizedProse = LocalizedText<Prose>;

impl<T> LocalizedText<T> {
    /// The most languages one text may be given in.
    pub const MAX_LANGUAGES: usize = 200;

    /// No text in any language.
    #[must_use]
    pub fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// `text` in one language.
    #[must_use]
    pub fn of(language: LanguageTag, text: T) -> Self {
        Self(BTreeMap::from([(language, text)]))
    }

    /// Whether there is no text in any language.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of languages.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The text in exactly this language.
    #[must_use]
    pub fn get(&self, language: &LanguageTag) -> Option<&T> {
        self.0.get(language)
    }

    /// Sets the text in `language`; returns the one it replaces.
    pub fn insert(&mut self, language: LanguageTag, text: T) -> Option<T> {
        self.0.insert(language, text)
    }

    /// All texts, ordered by language tag.
    pub fn iter(&self) -> impl Iterator<Item = (&LanguageTag, &T)> {
        self.0.iter()
    }

    /// The text for readers of the languages `asked`, best first; failing those the
    /// English one, then the one of unstated language, then the first by tag.
    ///
    /// A language asked for matches its regional forms too: `pt` finds `pt-BR`, and
    /// `pt-BR` finds `pt`, when there is nothing closer.
    #[must_use]
    pub fn preferred(&self, asked: &[LanguageTag]) -> Option<(&LanguageTag, &T)> {
        let exact = |tag: &LanguageTag| self.0.get_key_value(tag);
        let primary = |tag: &LanguageTag| {
            self.0.iter().find(|(language, _)| language.primary() == tag.primary())
        };
        asked
            .iter()
            .find_map(|tag| exact(tag).or_else(|| primary(tag)))
            .or_else(|| primary(&LanguageTag::english()))
            .or_else(|| exact(&LanguageTag::undetermined()))
            .or_else(|| self.0.first_key_value())
    }
}

impl<T> Default for LocalizedText<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> FromIterator<(LanguageTag, T)> for LocalizedText<T> {
    fn from_iter<I: IntoIterator<Item = (LanguageTag, T)>>(texts: I) -> Self {
        Self(texts.into_iter().collect())
    }
}

impl<T> IntoIterator for LocalizedText<T> {
    type Item = (LanguageTag, T);
    type IntoIter = std::collections::btree_map::IntoIter<LanguageTag, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<T: Serialize> Serialize for LocalizedText<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(&self.0)
    }
}

impl<T: Decode> Decode for LocalizedText<T> {
    fn decode(value: &Value, at: &Pointer, errors: &mut Errors) -> Option<Self> {
        let map = match value {
            Value::String(_) => {
                return T::decode(value, at, errors)
                    .map(|text| Self::of(LanguageTag::undetermined(), text));
            }
            Value::Object(map) => map,
            other => {
                errors.body(at, wrong_type("an object of language to text, or a string", other));
                return None;
            }
        };
        if map.len() > Self::MAX_LANGUAGES {
            let (found, max) = (map.len(), Self::MAX_LANGUAGES);
            let detail = format!("A text may have {max} languages, found {found}; drop some.");
            errors.body(at, Invalid::new("too_long", detail));
            return None;
        }
        let mut texts = Self::new();
        let mut sound = true;
        for (key, value) in map {
            let at = at.field(key);
            let language = key.parse::<LanguageTag>();
            let text = T::decode(value, &at, errors);
            match (language, text) {
                (Ok(language), Some(text)) => {
                    let name = language.to_string();
                    if texts.insert(language, text).is_some() {
                        let detail = format!(
                            "The language {name} is given twice, once as '{key}'; keep one."
                        );
                        errors.body(&at, Invalid::new("duplicate_language", detail));
                        sound = false;
                    }
                }
                (Err(fault), _) => {
                    errors.body(&at, fault);
                    sound = false;
                }
                (Ok(_), None) => sound = false,
            }
        }
        sound.then_some(texts)
    }
}

/// The texts that come in languages, and what the API document calls their maps.
trait InLanguages: ToSchema {
    const NAME: &'static str;
    const EXAMPLE: &'static str;
}

impl InLanguages for Line {
    const NAME: &'static str = "LocalizedText";
    const EXAMPLE: &'static str = "Research Social Platform on Migration and Asylum";
}

impl InLanguages for Prose {
    const NAME: &'static str = "LocalizedProse";
    const EXAMPLE: &'static str = "The project brings together researchers and cities.";
}

impl<T: InLanguages> PartialSchema for LocalizedText<T> {
    fn schema() -> RefOr<Schema> {
        let text = RefOr::<Schema>::Ref(Ref::from_schema_name(T::name()));
        let by_language = ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("BCP 47 language tag to text."))
            .property_names(Some(
                ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[A-Za-z0-9-]+$")),
            ))
            .additional_properties(Some(AdditionalProperties::RefOr(text.clone())))
            .examples([serde_json::json!({ "en": T::EXAMPLE })]);
        OneOfBuilder::new()
            .description(Some(
                "A text by language. Always an object in answers; in requests a plain string \
                 is accepted too and means a text of unstated language (und).",
            ))
            .item(by_language)
            .item(text)
            .into()
    }
}

impl<T: InLanguages> ToSchema for LocalizedText<T> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(T::NAME)
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}
