//! LibreOffice, which reads and writes workbooks as an office does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex, PoisonError};
use tempfile::TempDir;

/// One profile for all, used by one at a time: LibreOffice locks its profile.
static PROFILE: LazyLock<Mutex<TempDir>> =
    LazyLock::new(|| Mutex::new(tempfile::tempdir().expect("a folder for LibreOffice's profile")));

/// Opens `file` and saves it in `format` (`xlsx`, `fods`) in a folder of its own beside it.
///
/// # Panics
/// When LibreOffice is not installed or cannot do it.
#[must_use]
pub fn save_as(file: &Path, format: &str) -> PathBuf {
    let profile = PROFILE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = file.with_extension(format!("saved-as-{format}"));
    let ran = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}", profile.path().display()))
        .args(["--headless", "--convert-to", format, "--outdir"])
        .args([&folder, file])
        .output();
    let output = ran.unwrap_or_else(|fault| {
        panic!(
            "LibreOffice's soffice cannot be started ({fault}). Install it, on Debian: \
             apt-get install --no-install-recommends libreoffice-calc"
        )
    });
    let saved = folder.join(file.file_name().expect("a file's name")).with_extension(format);
    assert!(saved.is_file(), "{}", String::from_utf8_lossy(&output.stderr));
    saved
}

/// Opens a workbook, writes `new` into the one cell that holds `old`, and saves it as another.
///
/// # Panics
/// When there is not exactly one such cell.
#[must_use]
pub fn change_cell(workbook: &Path, old: &str, new: &str) -> PathBuf {
    // LibreOffice's flat format is one XML document, in which a cell can be written.
    let flat = save_as(workbook, "fods");
    let text = fs::read_to_string(&flat).expect("a document");
    let cell = |text: &str| format!("<text:p>{text}</text:p>");
    assert_eq!(text.matches(&cell(old)).count(), 1, "cells that hold {old}");
    fs::write(&flat, text.replace(&cell(old), &cell(new))).expect("a document");
    save_as(&flat, "xlsx")
}
