//! One text of several, chosen for who reads it.

use super::{LanguageTag, LocalizedText};
use serde::Serialize;
use std::fmt::Display;
use utoipa::ToSchema;

/// The text a reader gets, and the language it is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChosenText {
    /// The language it is in, which need not be one that was asked for.
    #[schema(example = "it")]
    pub language: LanguageTag,
    /// The text.
    #[schema(example = "Orizzonte 2020")]
    pub text: String,
}

/// The texts of a record in the language a reader asked for, or the nearest there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChosenTexts {
    /// Its title; null when it has none.
    pub title: Option<ChosenText>,
    /// Its abstract, of kinds of records that have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub r#abstract: Option<ChosenText>,
}

impl<T: Display> LocalizedText<T> {
    /// The text for readers of the languages `asked`; see [`LocalizedText::preferred`].
    #[must_use]
    pub fn chosen(&self, asked: &[LanguageTag]) -> Option<ChosenText> {
        let (language, text) = self.preferred(asked)?;
        Some(ChosenText { language: language.clone(), text: text.to_string() })
    }
}
