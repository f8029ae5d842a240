//! Whether others than their owner may read what the registry keeps in files.

use super::{Finding, Good, Warning};
use crate::auth::Issuers;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// What SQLite keeps beside its file while it is open, or after it ended badly.
const BESIDE: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// What may be read by others among the data directory, the files of the `database`, if it is one
/// of files, and the secrets shared with the identity providers that `issuers` lists. Of the signing
/// key, which would not be used then, another check tells.
pub(super) fn check(data_dir: &Path, database: Option<&Path>, issuers: Option<&Path>) -> Finding {
    // What is wrong with the list, another check tells.
    let secrets = issuers.and_then(|list| Issuers::secret_files(list).ok()).unwrap_or_default();
    let files = database.into_iter().flat_map(|file| BESIDE.map(|end| with_end(file, end)));
    let folder = std::iter::once((data_dir.to_owned(), "700"));
    let all = folder.chain(files.chain(secrets).map(|file| (file, "600")));
    let exposed: Vec<_> = all
        .filter_map(|(path, private)| {
            let mode = std::fs::metadata(&path).ok()?.permissions().mode() & 0o777;
            let shown = path.display();
            (mode & 0o077 != 0).then(|| {
                format!(
                    "{shown} is open to others (mode {mode:03o}). Mend it with: chmod {private} \
                     {shown}"
                )
            })
        })
        .collect();
    if exposed.is_empty() {
        return Good(
            "data directory, database and shared secrets are their owner's alone".to_owned(),
        );
    }
    Warning(exposed.join("\n"))
}

fn with_end(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    name.into()
}
