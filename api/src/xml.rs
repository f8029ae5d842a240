//! XML, as network formats and drawings need it.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, Event};
use std::borrow::Cow;
use std::io;

/// A writer of an XML document in UTF-8, its declaration written.
///
/// # Errors
/// Never, as it writes to memory.
pub(crate) fn begin() -> io::Result<Writer<Vec<u8>>> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    Ok(writer)
}

/// `text` with the characters that no XML 1.0 document may hold (section 2.2) replaced.
pub(crate) fn allowed(text: &str) -> Cow<'_, str> {
    let fits = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if text.chars().all(fits) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if fits(c) { c } else { '\u{fffd}' }).collect())
}

/// `text` as it is written between tags and in attributes.
pub(crate) fn escaped(text: &str) -> String {
    quick_xml::escape::escape(allowed(text)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::allowed;

    #[test]
    fn only_what_xml_allows_is_left() {
        assert_eq!(allowed("Zürich\t\u{1f600}"), "Zürich\t\u{1f600}");
        assert_eq!(allowed("a\u{1}b\u{ffff}c\u{b}"), "a\u{fffd}b\u{fffd}c\u{fffd}");
    }
}
