//! Columns as they stand in a file: one for each language, one for each funding.

use super::heading::FUNDINGS;
use super::{Column, Holds, Sheet};
use crate::language::LanguageTag;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A column of a file.
#[derive(Clone, Debug)]
pub struct Place {
    /// The column.
    pub column: &'static Column,
    /// The language its texts are in, where the column is by language.
    pub(super) language: Option<LanguageTag>,
    /// Which of several it is, from 1.
    pub(super) number: usize,
}

/// How many columns records need: the languages of their texts, the number of their fundings.
#[derive(Clone, Debug, Default)]
pub struct Extent {
    languages: BTreeMap<&'static str, BTreeSet<LanguageTag>>,
    fundings: usize,
}

impl Extent {
    /// What an empty template needs: texts in English, and one funding.
    #[must_use]
    pub fn of_template(sheet: &'static Sheet) -> Self {
        let mut extent = Self { fundings: 1, ..Self::default() };
        for path in texts(sheet) {
            extent.languages.entry(path).or_default().insert(LanguageTag::english());
        }
        extent
    }

    /// Makes room for a record, given its fields.
    pub fn include(&mut self, sheet: &'static Sheet, fields: &Value) {
        for path in texts(sheet) {
            let Some(Value::Object(texts)) = fields.get(path) else { continue };
            for tag in texts.keys().filter_map(|tag| tag.parse().ok()) {
                let known = self.languages.entry(path).or_default();
                if !known.contains(&tag) {
                    known.insert(tag);
                }
            }
        }
        let fundings = fields.get("fundings").and_then(Value::as_array).map_or(0, Vec::len);
        self.fundings = self.fundings.max(fundings);
    }

    /// The columns that a sheet then has, in their order.
    #[must_use]
    pub fn places(&self, sheet: &'static Sheet) -> Vec<Place> {
        let mut places = Vec::new();
        let mut columns = sheet.columns.iter().peekable();
        while let Some(column) = columns.next() {
            let one = Place { column, language: None, number: 1 };
            if let Holds::Texts(path) = column.holds {
                let languages = self.languages.get(path).into_iter().flatten().cloned();
                places.extend(languages.map(|tag| Place { language: Some(tag), ..one.clone() }));
            } else if column.is_numbered() {
                // All columns of the first funding, then all of the second.
                let mut group = vec![column];
                while let Some(next) = columns.next_if(|next| next.is_numbered()) {
                    group.push(next);
                }
                for number in 1..=self.fundings.clamp(1, FUNDINGS) {
                    let of = |column: &&'static Column| Place { column, language: None, number };
                    places.extend(group.iter().map(of));
                }
            } else {
                places.push(one);
            }
        }
        places
    }
}

/// The fields of a sheet's records that are texts by language.
fn texts(sheet: &'static Sheet) -> impl Iterator<Item = &'static str> {
    sheet.columns.iter().filter_map(|column| match column.holds {
        Holds::Texts(path) => Some(path),
        _ => None,
    })
}

impl Place {
    /// What stands above it: `title_it`, `programme`, `programme_2`.
    #[must_use]
    pub fn heading(&self) -> String {
        let heading = self.column.heading;
        match (&self.language, self.number) {
            (Some(language), _) => format!("{heading}_{language}"),
            (None, 1) => heading.to_owned(),
            (None, number) => format!("{heading}_{number}"),
        }
    }

    /// Where in the record's fields, as JSON, its cells stand: `fundings/1/amount`.
    pub(super) fn path(&self) -> String {
        let path = self.column.holds.path().unwrap_or_default();
        let path = path.replace('#', &(self.number - 1).to_string());
        match &self.language {
            Some(language) => format!("{path}/{language}"),
            None => path,
        }
    }
}
