//! The committed description of the API, and the rules every operation in it must keep.
//!
//! `openapi.json` is generated from the handlers; a test fails when the committed file and
//! the handlers differ, so that a change of the API is always seen in review.

mod lint;
mod rules;

pub use lint::{Fault, lint};

use std::path::PathBuf;

/// Where the committed document is.
#[must_use]
pub fn committed_path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("openapi.json")
}

/// The document as the handlers describe themselves now.
#[must_use]
pub fn generated() -> String {
    consortia_api::openapi::openapi_text()
}
