//! Cleaning up after the test process, however it ends.
//!
//! Servers kept in statics are never dropped, and a killed test process drops nothing. So a
//! small shell reads from a pipe which processes to end; when the pipe closes, because the
//! test process is gone, it ends them and removes the folder all places lie in.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

const SCRIPT: &str = r#"
processes=
while read -r word process; do
    kept=
    for other in $processes; do
        [ "$other" = "$process" ] || kept="$kept $other"
    done
    processes=$kept
    [ "$word" = forget ] || processes="$processes $process"
done
[ -z "$processes" ] || kill -KILL $processes 2>/dev/null
rm -rf "$1"
"#;

struct Reaper {
    folder: PathBuf,
    pipe: Mutex<ChildStdin>,
    /// Outlives us on purpose, so it is never waited for.
    _shell: Child,
}

/// The folder whose contents are removed when this process is gone.
///
/// # Panics
/// When it cannot be made.
pub(crate) fn folder() -> &'static Path {
    &reaper().folder
}

/// Has this child killed when this process is gone.
pub(crate) fn watch(process: u32) {
    tell("watch", process);
}

/// The child has ended and its id may belong to another one soon.
pub(crate) fn forget(process: u32) {
    tell("forget", process);
}

fn tell(word: &str, process: u32) {
    let mut pipe = reaper().pipe.lock().unwrap_or_else(PoisonError::into_inner);
    writeln!(pipe, "{word} {process}").expect("the reaper listens");
}

fn reaper() -> &'static Reaper {
    static REAPER: OnceLock<Reaper> = OnceLock::new();
    REAPER.get_or_init(|| {
        let folder = tempfile::Builder::new().prefix("consortia-tests-").tempdir();
        let folder = folder.expect("a temporary folder").keep();
        let mut child = Command::new("sh")
            .args(["-c", SCRIPT, "reaper"])
            .arg(&folder)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C at the tests must not end it before it has cleaned up.
            .process_group(0)
            .spawn()
            .expect("a shell starts");
        let pipe = Mutex::new(child.stdin.take().expect("a pipe to the shell"));
        Reaper { folder, pipe, _shell: child }
    })
}
