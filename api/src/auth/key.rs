//! The Ed25519 key that tokens are signed with: a file only its owner may read.

use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
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
}

/// The key, ready for signing and checking.
pub struct SigningKeys {
    /// Signs.
    pub(super) encoding: EncodingKey,
    /// Checks.
    pub(super) decoding: DecodingKey,
    /// Names the key in tokens: the first bytes of the public key.
    pub(super) id: String,
}

impl SigningKeys {
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
        let public = key.verifying_key().to_bytes();
        let id = format!("{:016x}", u64::from_be_bytes(*public.first_chunk()?));
        Some(Self {
            encoding: EncodingKey::from_ed_der(der.as_bytes()),
            decoding: DecodingKey::from_ed_der(&public),
            id,
        })
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
    let fault = |source| KeyFault::Io { path: path.to_owned(), what: "made", source };
    if let Some(directory) = path.parent() {
        DirBuilder::new().recursive(true).create(directory).map_err(fault)?;
    }
    let key = SigningKey::from_bytes(&rand::random());
    let pem =
        key.to_pkcs8_pem(LineEnding::LF).map_err(|error| fault(std::io::Error::other(error)))?;
    let beside = path.with_extension(format!("pem.{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options
        .open(&beside)
        .and_then(|mut file| file.write_all(pem.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| match std::fs::hard_link(&beside, path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        });
    let removed = std::fs::remove_file(&beside);
    written.and(removed).map_err(fault)?;
    tracing::info!(path = %path.display(), "made a new signing key");
    Ok(())
}
