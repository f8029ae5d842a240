//! Archives, such as workbooks, in which nothing is seen before they are unpacked.

use std::io::{Cursor, Read as _};
use zip::ZipArchive;

/// The text of all that `bytes` hold when they are a ZIP archive, else of themselves.
///
/// # Panics
/// When what begins like an archive cannot be read as one.
#[must_use]
pub fn unpacked(bytes: &[u8]) -> String {
    if !bytes.starts_with(b"PK\x03\x04") {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut text = String::new();
    for n in 0..archive.len() {
        let mut file = archive.by_index(n).expect("a file of the archive");
        let mut part = Vec::new();
        file.read_to_end(&mut part).expect("a file of the archive");
        text.push_str(&String::from_utf8_lossy(&part));
    }
    text
}
