//! Reading the headings of a file.

use super::{Column, Place, Sheet};
use crate::error::Invalid;
use crate::language::LanguageTag;
use crate::text::shown;

/// The most fundings a row may have columns for.
pub(super) const FUNDINGS: usize = 99;

/// The columns of a file, by where they stand; `None` for those that are their author's own.
#[derive(Clone, Debug, Default)]
pub struct Headings(pub(super) Vec<Option<Place>>);

impl Headings {
    /// Reads the headings of a sheet. Their case, and blanks instead of `_`, do not matter; a
    /// column whose heading is empty or begins with `#` is its author's own.
    ///
    /// # Errors
    /// Every heading that is none of the sheet or stands twice, with its place from 0.
    pub fn read(sheet: &'static Sheet, texts: &[String]) -> Result<Self, Vec<(usize, Invalid)>> {
        let mut places: Vec<Option<Place>> = Vec::with_capacity(texts.len());
        let mut faults = Vec::new();
        for (n, text) in texts.iter().enumerate() {
            let text = text.trim();
            if text.is_empty() || Self::is_own(text) {
                places.push(None);
                continue;
            }
            let Some(place) = place(sheet, text) else {
                faults.push((n, unknown(sheet, text)));
                continue;
            };
            let same = |other: &Place| other.heading() == place.heading();
            if places.iter().flatten().any(same) {
                let detail = format!("The column {} stands twice; leave one.", shown(text));
                faults.push((n, Invalid::new("repeated_column", detail)));
            }
            places.push(Some(place));
        }
        if faults.is_empty() { Ok(Self(places)) } else { Err(faults) }
    }

    /// Whether a column with this heading is its author's own.
    #[must_use]
    pub fn is_own(text: &str) -> bool {
        text.trim_start().starts_with('#')
    }

    /// The column in a place, from 0, unless it is its author's own.
    #[must_use]
    pub fn column(&self, n: usize) -> Option<&'static Column> {
        self.0.get(n)?.as_ref().map(|place| place.column)
    }

    /// The heading in a place, from 0, unless the column there is its author's own.
    #[must_use]
    pub fn heading(&self, n: usize) -> Option<String> {
        self.0.get(n)?.as_ref().map(Place::heading)
    }

    /// How many of `texts` are headings of the sheet.
    #[must_use]
    pub fn known(sheet: &'static Sheet, texts: &[String]) -> usize {
        texts.iter().filter(|text| place(sheet, text.trim()).is_some()).count()
    }
}

/// The column called `text`.
fn place(sheet: &'static Sheet, text: &str) -> Option<Place> {
    let text = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join("_");
    sheet.columns.iter().find_map(|column| {
        let rest = text.strip_prefix(column.heading)?;
        let more = rest.strip_prefix('_');
        let one = Place { column, language: None, number: 1 };
        if column.is_by_language() {
            let language = match (rest, more) {
                ("", _) => LanguageTag::undetermined(),
                (_, more) => more?.parse().ok()?,
            };
            return Some(Place { language: Some(language), ..one });
        }
        match (rest, more) {
            ("", _) => Some(one),
            (_, Some(more)) if column.is_numbered() => {
                let number = more.parse().ok().filter(|number| (1..=FUNDINGS).contains(number))?;
                Some(Place { number, ..one })
            }
            _ => None,
        }
    })
}

fn unknown(sheet: &'static Sheet, text: &str) -> Invalid {
    let known = sheet.columns.iter().map(|column| {
        let more = if column.is_by_language() { "_en" } else { "" };
        format!("{}{more}", column.heading)
    });
    let known = known.collect::<Vec<_>>().join(", ");
    let detail = format!(
        "{} is not a column of this sheet. Expected one of: {known}. A column of your own begins \
         with #.",
        shown(text)
    );
    Invalid::new("unknown_column", detail)
}
