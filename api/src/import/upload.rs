//! A file that was sent, while it is needed.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The folder of an uploaded file. Removed when dropped, however the import ends, and where it
/// never began.
pub struct Upload(PathBuf);

impl Upload {
    /// What will be in `folder`.
    #[must_use]
    pub fn in_folder(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.0
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0)
            && error.kind() != ErrorKind::NotFound
        {
            tracing::warn!(%error, folder = %self.0.display(), "could not remove an upload");
        }
    }
}
