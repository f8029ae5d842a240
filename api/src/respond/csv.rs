//! Comma-separated values (RFC 4180), safe to open in a spreadsheet.

use consortia_domain::text::guarded;
use std::borrow::Cow;
use std::fmt::Display;

/// The text of one cell. Empty when unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell(String);

impl Cell {
    /// A text that people wrote. A spreadsheet would run one that begins like a formula, so
    /// such a text gets an apostrophe in front.
    pub fn text(text: impl Display) -> Self {
        Self(guarded(&text.to_string()).into_owned())
    }

    /// A number, date, code or id: made by the registry itself, so it needs no care.
    pub fn plain(value: impl Display) -> Self {
        Self(value.to_string())
    }

    /// A text that people wrote, where known.
    pub fn maybe_text(text: Option<impl Display>) -> Self {
        text.map_or_else(Self::default, Self::text)
    }

    /// A number, date, code or id, where known.
    pub fn maybe(value: Option<impl Display>) -> Self {
        value.map_or_else(Self::default, Self::plain)
    }

    /// Several texts, joined by "; ".
    pub fn list<T: Display>(texts: impl IntoIterator<Item = T>) -> Self {
        let texts: Vec<String> = texts.into_iter().map(|text| text.to_string()).collect();
        Self::text(texts.join("; "))
    }

    fn write(&self, out: &mut String) {
        out.push_str(&quoted(&self.0));
    }
}

/// A column of a table: the field it belongs to, its heading, and how a record fills it.
pub struct Column<T> {
    /// The field, as `fields` names it.
    pub field: &'static str,
    /// The heading.
    pub name: &'static str,
    /// The record's text in it.
    pub cell: fn(&T) -> Cell,
}

impl<T> Column<T> {
    /// A column headed by the name of its field.
    pub const fn new(field: &'static str, cell: fn(&T) -> Cell) -> Self {
        Self { field, name: field, cell }
    }

    /// A column headed `name`, one of several of its field.
    pub const fn of(field: &'static str, name: &'static str, cell: fn(&T) -> Cell) -> Self {
        Self { field, name, cell }
    }
}

/// `text` in quotes where RFC 4180 needs them.
fn quoted(text: &str) -> Cow<'_, str> {
    if text.contains([',', '"', '\n', '\r']) {
        Cow::Owned(format!("\"{}\"", text.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(text)
    }
}

/// The heading line.
pub(super) fn write_head<T>(columns: &[Column<T>], out: &mut String) {
    let names: Vec<_> = columns.iter().map(|column| quoted(column.name)).collect();
    out.push_str(&names.join(","));
    out.push_str("\r\n");
}

/// One record's line.
pub(super) fn write_row<T>(columns: &[Column<T>], record: &T, out: &mut String) {
    for (n, column) in columns.iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        (column.cell)(record).write(out);
    }
    out.push_str("\r\n");
}
