//! The key that signs now, and those that signed before, whose tokens are still good.
//!
//! They are files beside one another: `signing-key.pem`, and `former-keys/ID.pem` with the
//! public part of each former one. A server looks at them again when they change, so a key is
//! replaced or retired while it runs, and several servers may share them.

use super::failed_name::NameHash;
use super::key::{KeyFault, KeyPair, PublicKey, replace, write_private};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

/// Time between two looks at the files: how long a change may go unnoticed.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The keys at one moment.
pub(super) struct Keys {
    /// Signs.
    pub(super) current: KeyPair,
    /// Check, by their ids.
    pub(super) former: HashMap<String, PublicKey>,
}

impl Keys {
    /// The key that is called `id`, if it is one of ours.
    pub(super) fn find(&self, id: &str) -> Option<&PublicKey> {
        let current = Some(&self.current.public).filter(|key| key.id == id);
        current.or_else(|| self.former.get(id))
    }
}

/// When the files were last written.
type Written = (Option<SystemTime>, Option<SystemTime>);

struct Look {
    keys: Arc<Keys>,
    written: Written,
    at: Instant,
    /// Whether the files have changed since and could not be read.
    unread: bool,
}

/// The keys, looked at again when they change.
pub struct Keyring {
    path: PathBuf,
    last: RwLock<Look>,
}

impl Keyring {
    /// The keys around `path`, the current one, which is made when there is none.
    ///
    /// # Errors
    /// When a file cannot be read or made, is readable by others, or holds no key.
    pub fn open_or_create(path: &Path) -> Result<Self, KeyFault> {
        let written = written(path);
        let keys = Keys { current: KeyPair::open_or_create(path)?, former: former(path)? };
        let keys = Arc::new(keys);
        let last = RwLock::new(Look { keys, written, at: Instant::now(), unread: false });
        Ok(Self { path: path.to_owned(), last })
    }

    /// The keys as the files have them now, or had a second ago. Files that cannot be read
    /// leave the keys as they were.
    pub(super) fn keys(&self) -> Arc<Keys> {
        {
            let last = self.last.read().unwrap_or_else(PoisonError::into_inner);
            if last.at.elapsed() < LOOK_EVERY {
                return Arc::clone(&last.keys);
            }
        }
        self.look()
    }

    /// The keys, with the one that is called `id` as soon as there is one: whatever was signed
    /// within the second, by another server or on the command line, is good at once.
    pub(super) fn keys_with(&self, id: &str) -> Arc<Keys> {
        let keys = self.keys();
        let unread = || self.last.read().unwrap_or_else(PoisonError::into_inner).unread;
        // Files that cannot be read are not read, and told of, for every token that is made up.
        if keys.find(id).is_some() || unread() { keys } else { self.look() }
    }

    /// The keys as the files have them now: two questions to the file system if nothing changed.
    fn look(&self) -> Arc<Keys> {
        let mut last = self.last.write().unwrap_or_else(PoisonError::into_inner);
        last.at = Instant::now();
        let written = written(&self.path);
        if written != last.written {
            match KeyPair::open(&self.path).and_then(|current| {
                former(&self.path).map(|former| Arc::new(Keys { current, former }))
            }) {
                Ok(keys) => {
                    tracing::info!(key = keys.current.id(), "read the signing keys again");
                    (last.keys, last.written, last.unread) = (keys, written, false);
                }
                Err(error) => {
                    tracing::error!(%error, "the signing keys stay as they were");
                    last.unread = true;
                }
            }
        }
        Arc::clone(&last.keys)
    }

    /// Hashes names that failed, as long as the key that signs now does.
    #[must_use]
    pub(crate) fn names(&self) -> NameHash {
        self.keys().current.names
    }

    /// The id of the key that signs, and the ids of the former ones in order.
    #[must_use]
    pub fn ids(&self) -> (String, Vec<String>) {
        let keys = self.keys();
        let mut former: Vec<_> = keys.former.keys().cloned().collect();
        former.sort_unstable();
        (keys.current.id().to_owned(), former)
    }

    /// Makes a new key that signs from now on; gives its id. What the one before signed stays
    /// good until it ends.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn rotate(&self) -> Result<String, KeyFault> {
        // One after the other, so that no key is replaced that nobody kept.
        let _alone = lock(&self.path)?;
        let before = KeyPair::open(&self.path)?.public;
        let kept = former_path(&self.path, &before.id);
        let beside = kept.with_extension("new");
        let written = write_private(&beside, &before.pem);
        written.and_then(|()| fs::rename(&beside, &kept)).map_err(|source| KeyFault::Io {
            path: kept.clone(),
            what: "written",
            source,
        })?;
        replace(&self.path)?;
        Ok(KeyPair::open(&self.path)?.id().to_owned())
    }

    /// Removes the former key called `id`: what it signed is not good any more. False when
    /// there is none.
    ///
    /// # Errors
    /// When its file cannot be removed.
    pub fn retire(&self, id: &str) -> Result<bool, KeyFault> {
        if !self.keys().former.contains_key(id) {
            return Ok(false);
        }
        let path = former_path(&self.path, id);
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(source) => Err(KeyFault::Io { path, what: "removed", source }),
        }
    }
}

/// The sole right to replace the key at `path`, until dropped.
fn lock(path: &Path) -> Result<File, KeyFault> {
    let path = path.with_extension("lock");
    let fault = |source| KeyFault::Io { path: path.clone(), what: "locked", source };
    write_private(&path, "").map_err(fault)?;
    let file = File::open(&path).map_err(fault)?;
    file.lock().map_err(fault)?;
    Ok(file)
}

fn former_folder(path: &Path) -> PathBuf {
    path.with_file_name("former-keys")
}

fn former_path(path: &Path, id: &str) -> PathBuf {
    former_folder(path).join(format!("{id}.pem"))
}

fn written(path: &Path) -> Written {
    let changed = |path: &Path| fs::metadata(path).and_then(|known| known.modified()).ok();
    (changed(path), changed(&former_folder(path)))
}

/// The former keys beside the one at `path`.
fn former(path: &Path) -> Result<HashMap<String, PublicKey>, KeyFault> {
    let folder = former_folder(path);
    let fault = |source| KeyFault::Io { path: folder.clone(), what: "read", source };
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(HashMap::new()),
        entries => entries.map_err(fault)?,
    };
    let mut keys = HashMap::new();
    for entry in entries {
        let path = entry.map_err(fault)?.path();
        if path.extension().is_some_and(|extension| extension == "pem") {
            let pem = fs::read_to_string(&path).map_err(fault)?;
            let key = PublicKey::from_pem(&pem).ok_or(KeyFault::MalformedFormer { path })?;
            keys.insert(key.id.clone(), key);
        }
    }
    Ok(keys)
}
