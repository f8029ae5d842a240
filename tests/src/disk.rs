//! A disk of its own, on a file: it can fill up, and go read-only under who has files open on it,
//! as disks do whose file system met an error.

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long others may keep a disk from being unmounted.
const PATIENCE: Duration = Duration::from_mins(2);
const PAUSE: Duration = Duration::from_millis(100);

/// An ext4 file system on a file, mounted until dropped. Mounting needs root and a loop device.
pub struct Disk {
    folder: TempDir,
}

impl Disk {
    /// A disk of so many megabytes, owned by whoever owns `like`.
    ///
    /// # Panics
    /// When it cannot be made or mounted.
    #[must_use]
    pub fn of(megabytes: u64, like: &Path) -> Self {
        let disk = Self { folder: tempfile::tempdir().expect("a folder") };
        let image = File::create(disk.image()).expect("a file");
        image.set_len(megabytes << 20).expect("room for the disk");
        fs::create_dir(disk.path()).expect("a folder");
        run("mkfs.ext4", &["-q"], &[&disk.image()]);
        disk.mount();
        let owner = fs::metadata(like).expect("its owner");
        chown(disk.path(), Some(owner.uid()), Some(owner.gid())).expect("a new owner");
        open_to_all(disk.folder.path());
        disk
    }

    /// Where it is mounted.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    /// Has its file system stop taking writes, as after a fault of the device.
    ///
    /// # Panics
    /// When it refuses.
    pub fn go_read_only(&self) {
        run("mount", &["-o", "remount,abort"], &[&self.path()]);
    }

    /// Takes it away, tried again until nobody has files open on it.
    ///
    /// # Panics
    /// When somebody has for long.
    pub fn unmount(&self) {
        let deadline = Instant::now() + PATIENCE;
        while let Err(told) = try_run("umount", &[], &[&self.path()]) {
            assert!(Instant::now() < deadline, "{told}");
        }
    }

    /// Mounts it, with what is on it, so that it takes writes.
    ///
    /// # Panics
    /// When it refuses.
    pub fn mount(&self) {
        self.mount_once();
        let deadline = Instant::now() + PATIENCE;
        // A mount namespace that some other test has made meanwhile has a copy of the mount of
        // before, and the file system stays as it was as long as there is one.
        while let Err(fault) = File::create(self.path().join("tried")) {
            assert!(Instant::now() < deadline, "{fault}");
            self.unmount();
            thread::sleep(PAUSE);
            self.mount_once();
        }
    }

    fn mount_once(&self) {
        run("mount", &["-o", "loop,errors=remount-ro"], &[&self.image(), &self.path()]);
    }

    fn image(&self) -> PathBuf {
        self.folder.path().join("image")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Left mounted, the folder could not be removed.
        run("umount", &["--lazy"], &[&self.path()]);
    }
}

/// Lets other users walk through `folder`.
fn open_to_all(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).expect("other permissions");
}

fn run(program: &str, options: &[&str], paths: &[&Path]) {
    try_run(program, options, paths).unwrap_or_else(|told| panic!("{told}"));
}

fn try_run(program: &str, options: &[&str], paths: &[&Path]) -> Result<(), String> {
    let output = Command::new(program).args(options).args(paths).output();
    let output = output.map_err(|fault| format!("{program}: {fault}"))?;
    let told = String::from_utf8_lossy(&output.stderr);
    let told = || format!("{program} {options:?} {paths:?}: {told}");
    if output.status.success() { Ok(()) } else { Err(told()) }
}
