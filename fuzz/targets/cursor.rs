//! Cursors: what is read is written so that it is read as the same, what is not is told, and
//! none, made by us or by others, goes back or beyond the end of a list.
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use consortia_domain::Location;
use consortia_domain::page::{Cursor, CursorValue, ListRequest, SortKey, Sorted, cut, read_list};
use consortia_domain::project::ProjectFilter;
use libfuzzer_sys::fuzz_target;
use uuid::Uuid;

fuzz_target!(|input: &[u8]| {
    let text = consortia_fuzz::text(input).into_owned();
    // As it comes, and as what a cursor is made of.
    let made = URL_SAFE_NO_PAD.encode(input);
    for text in [text, made] {
        if let Some(cursor) = read(&text) {
            assert_eq!(read(&cursor.encode()).as_ref(), Some(&cursor));
            walk(cursor);
        }
    }
});

/// The cursor of a request for the first list there is.
fn read(text: &str) -> Option<Cursor> {
    let pairs = [("cursor".to_owned(), text.to_owned())];
    match read_list::<ProjectFilter>(&pairs) {
        Ok(request) => Some(request.cursor.expect("it was given")),
        Err(errors) => {
            for fault in errors.iter() {
                assert_eq!(fault.at, Location::Parameter("cursor".to_owned()));
                assert!(fault.code == "invalid_cursor" && fault.detail.contains("cursor"));
            }
            None
        }
    }
}

/// A record of which the number may be unknown.
struct Item(u8);

impl Sorted for Item {
    fn value(&self, key: &str) -> CursorValue {
        match (key, self.0 % 4) {
            ("number", 0) => CursorValue::Null,
            ("number", _) => CursorValue::Integer(i64::from(self.0 / 3)),
            _ => CursorValue::Text(char::from(b'a' + self.0 % 3).to_string()),
        }
    }

    fn id(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.0))
    }
}

/// Walks on from `cursor`: every page is behind the one before it, and there is an end.
fn walk(cursor: Cursor) {
    let keys = ["number", "name"].map(|name| SortKey { name, descending: name == "name" });
    let mut request: ListRequest<ProjectFilter> = ListRequest {
        sort: keys[..cursor.values.len().min(2)].to_vec(),
        cursor: Some(cursor),
        limit: 7,
        ..ListRequest::default()
    };
    let mut seen = Vec::new();
    while request.cursor.is_some() {
        let Ok(page) = cut(&request, &[], (0..40).map(Item).collect()) else { return };
        seen.extend(page.data.iter().map(|item| item.0));
        request.cursor = page.next;
    }
    let shown = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), shown, "nothing is shown twice");
}
