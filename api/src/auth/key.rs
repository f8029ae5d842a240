//! The Ed25519 key that tokens are signed with: a file only its owner may read.

use super::failed_name::NameHash;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{
    DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _, EncodePublicKey as _,
};
use ed25519_dalek::{SigningKey, VerifyingKey};
use jsonwebtoken::{DecodingKey, EncodingKey};
use std::fs::{DirBuilder, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Why the key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    /// The file or its directory cannot be read or made.
    #[error("The signing key {path} cannot be {what}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried.
        what: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
    /// Others than the owner may read the file.
    #[error(
        "The signing key {path} may be read by others (mode {mode:03o}); whoever reads it can \
         write to the registry. Mend it with: chmod 600 {path}",
        path = path.display()
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file does not hold an Ed25519 private key.
    #[error(
        "The signing key {path} is not an Ed25519 private key in PEM (PKCS #8). Restore it, or \
         remove it to have a new one made; tokens made with the old one then end.",
        path = path.display()
    )]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// The file does not hold an Ed25519 public key.
    #[error(
        "The former key {path} is not an Ed25519 public key in PEM (SPKI). Restore it, or remove \
         it: what it signed is not good any more then.",
        path = path.display()
    )]
    MalformedFormer {
        /// The file.
        path: PathBuf,
    },
}

/// A private key and its public one, ready for signing and checking.
pub struct KeyPair {
    /// Signs.
    pub(super) encoding: EncodingKey,
    /// Checks.
    pub(super) public: PublicKey,
    /// Hashes names with what only who has the key knows.
    pub(super) names: NameHash,
}

/// What signatures are checked with.
#[derive(Clone)]
pub(super) struct PublicKey {
    /// Checks.
    pub(super) decoding: DecodingKey,
    /// Names the key in tokens: its first bytes.
    pub(super) id: String,
    /// The key as a file keeps it (PEM, SPKI).
    pub(super) pem: String,
}

impl PublicKey {
    fn of(key: &VerifyingKey) -> Option<Self> {
        let bytes = key.to_bytes();
        Some(Self {
            decoding: DecodingKey::from_ed_der(&bytes),
            id: format!("{:016x}", u64::from_be_bytes(*bytes.first_chunk()?)),
            pem: key.to_public_key_pem(LineEnding::LF).ok()?,
        })
    }

    /// The public key in `pem`; `None` when there is none.
    pub(super) fn from_pem(pem: &str) -> Option<Self> {
        Self::of(&VerifyingKey::from_public_key_pem(pem).ok()?)
    }
}

impl KeyPair {
    /// Names the key in tokens.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.public.id
    }

    /// Reads the key at `path`, making it with mode 0600 when there is none.
    ///
    /// # Errors
    /// When the file cannot be read or made, is readable by others, or holds no key.
    pub fn open_or_create(path: &Path) -> Result<Self, KeyFault> {
        match Self::open(path) {
            Err(KeyFault::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {
                create(path)?;
                Self::open(path)
            }
            opened => opened,
        }
    }

    /// Reads the key at `path`.
    ///
    /// # Errors
    /// When the file cannot be read, is readable by others, or holds no key.
    pub fn open(path: &Path) -> Result<Self, KeyFault> {
        let fault = |source| KeyFault::Io { path: path.to_owned(), what: "read", source };
        let mut file = OpenOptions::new().read(true).open(path).map_err(fault)?;
        refuse_exposed(path, &file)?;
        let mut pem = String::new();
        file.read_to_string(&mut pem).map_err(fault)?;
        Self::from_pem(&pem).ok_or_else(|| KeyFault::Malformed { path: path.to_owned() })
    }

    fn from_pem(pem: &str) -> Option<Self> {
        let key = SigningKey::from_pkcs8_pem(pem).ok()?;
        let der = key.to_pkcs8_der().ok()?;
        let public = PublicKey::of(&key.verifying_key())?;
        let names = NameHash::of(key.as_bytes());
        Some(Self { encoding: EncodingKey::from_ed_der(der.as_bytes()), public, names })
    }
}

#[cfg(unix)]
fn refuse_exposed(path: &Path, file: &std::fs::File) -> Result<(), KeyFault> {
    use std::os::unix::fs::MetadataExt as _;
    let fault = |source| KeyFault::Io { path: path.to_owned(), what: "read", source };
    let mode = file.metadata().map_err(fault)?.mode() & 0o777;
    let others = mode & 0o077;
    if others == 0 { Ok(()) } else { Err(KeyFault::Exposed { path: path.to_owned(), mode }) }
}

#[cfg(not(unix))]
fn refuse_exposed(_: &Path, _: &std::fs::File) -> Result<(), KeyFault> {
    Ok(())
}

/// Makes a new key. Two processes may start at once: the first one's key stays, and since it
/// is written beside its place and then linked there, nobody reads half of it.
fn create(path: &Path) -> Result<(), KeyFault> {
    put_new(path, |beside| match std::fs::hard_link(beside, path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => std::fs::remove_file(beside),
        linked => linked.and_then(|()| std::fs::remove_file(beside)),
    })?;
    tracing::info!(path = %path.display(), "made a new signing key");
    Ok(())
}

/// Puts a new key in the place of the one at `path`.
pub(super) fn replace(path: &Path) -> Result<(), KeyFault> {
    put_new(path, |beside| std::fs::rename(beside, path))
}

/// Writes a new key beside `path` and has it `placed`.
fn put_new(path: &Path, placed: impl FnOnce(&Path) -> std::io::Result<()>) -> Result<(), KeyFault> {
    let fault = |source| KeyFault::Io { path: path.to_owned(), what: "made", source };
    let key = SigningKey::from_bytes(&rand::random());
    let pem =
        key.to_pkcs8_pem(LineEnding::LF).map_err(|error| fault(std::io::Error::other(error)))?;
    let beside = path.with_extension(format!("pem.{}", std::process::id()));
    write_private(&beside, &pem).and_then(|()| placed(&beside)).map_err(fault)
}

/// Makes folders, and those above them, that only their owner may look into.
pub(crate) fn private_folder() -> DirBuilder {
    let mut folder = DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder
}

/// Writes a file that only its owner may read, and its directory where there is none.
pub(super) fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(directory) = path.parent() {
        // Nobody is given a folder that was there before.
        let made = !directory.as_os_str().is_empty() && !directory.exists();
        private_folder().create(directory)?;
        if made {
            own_as_its_folder(directory)?;
        }
    }
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    own_as_its_folder(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Gives what root made to whoever owns the folder it is in: the service could not read it.
#[cfg(unix)]
fn own_as_its_folder(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, chown};
    // A relative path without a folder lies in the working directory.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = std::fs::metadata(folder.unwrap_or(Path::new(".")))?;
    if std::fs::metadata(path)?.uid() != 0 || folder.uid() == 0 {
        return Ok(());
    }
    chown(path, Some(folder.uid()), Some(folder.gid()))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "it fails elsewhere")]
fn own_as_its_folder(_path: &Path) -> std::io::Result<()> {
    Ok(())
}
