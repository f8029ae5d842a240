//! What the targets share, and the readers and writers of the API that they try.
//!
//! These are mounted as they are instead of used from `consortia-api`: that would bring the
//! database along, whose queries take longer to compile than all of this takes to run.

use consortia_domain::network::Neighbourhood;
use std::borrow::Cow;

#[path = "../../api/src/respond/csv.rs"]
mod csv;
#[path = "../../api/src/respond/graph/graphml.rs"]
mod graphml;
#[path = "../../api/src/workbook/guide.rs"]
mod guide;
#[path = "../../api/src/workbook/sheets.rs"]
mod sheets;
#[path = "../../api/src/workbook/tables.rs"]
mod tables;
#[path = "../../api/src/auth/unchecked.rs"]
mod unchecked;
#[path = "../../api/src/respond/graph/words.rs"]
mod words;
#[path = "../../api/src/workbook/xlsx.rs"]
mod xlsx;
#[path = "../../api/src/xml.rs"]
#[expect(dead_code, reason = "drawings need more of it")]
mod xml;

pub use csv::{Cell, Column};
pub use sheets::Sheets;
pub use tables::Tables;
pub use xlsx::Xlsx;

/// Stands between the texts of an input; none of ours holds it.
const BETWEEN: char = '\u{1f}';

/// The input as one text.
#[must_use]
pub fn text(input: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(input)
}

/// The input as several texts, at least one.
#[must_use]
pub fn texts(input: &[u8]) -> Vec<String> {
    text(input).split(BETWEEN).map(str::to_owned).collect()
}

/// Whether `detail` tells somebody something: a sentence, or more of them.
#[must_use]
pub fn is_told(detail: &str) -> bool {
    detail.contains(' ') && detail.ends_with(['.', ')', ']'])
}

/// A csv file as lists and networks are given.
#[must_use]
pub fn table<T>(columns: &[Column<T>], records: &[T]) -> String {
    let mut text = String::new();
    csv::write_head(columns, &mut text);
    for record in records {
        csv::write_row(columns, record, &mut text);
    }
    text
}

/// A network as GraphML.
///
/// # Panics
/// Never, as it is written to memory.
#[must_use]
pub fn graphml(found: &Neighbourhood, about: &str) -> String {
    let bytes = graphml::document(found, about).expect("memory takes everything");
    String::from_utf8(bytes).expect("GraphML is UTF-8")
}

/// The header of a token, before its signature is checked.
///
/// # Errors
/// Why it is refused, in a sentence.
pub fn header(token: &str) -> Result<jsonwebtoken::Header, &'static str> {
    unchecked::header(token)
}

/// Who made a token, as it says itself.
#[must_use]
pub fn issuer(token: &str) -> Option<String> {
    unchecked::issuer(token)
}
