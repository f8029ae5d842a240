//! The file of a backup: a zip archive that appears under its name when it is whole.

use super::Fault;
use super::manifest::{FORMAT, FORMAT_VERSION, Manifest};
use crate::database::EngineKind;
use crate::migrations;
use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const MANIFEST: &str = "manifest.json";
/// Far more than the manifest of any schema.
const LARGEST_MANIFEST: u64 = 1 << 20;

/// A file that nobody else may read, beside `file` so that it can be given its name.
pub(super) fn beside(file: &Path) -> Result<NamedTempFile, Fault> {
    tempfile::Builder::new()
        .prefix(".consortia-")
        .suffix(".part")
        .tempfile_in(folder(file))
        .map_err(Fault::io(file))
}

fn folder(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Gives a file that is whole and on the disk the name `file`, unless there is one already.
pub(super) fn name(made: NamedTempFile, file: &Path) -> Result<(), Fault> {
    made.as_file().sync_all().map_err(Fault::io(file))?;
    made.persist_noclobber(file).map_err(|failed| match failed.error.kind() {
        io::ErrorKind::AlreadyExists => exists(file),
        _ => Fault::io(file)(failed.error),
    })?;
    // The name too must survive a power cut.
    let folder = folder(file);
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(Fault::io(folder))
}

fn exists(file: &Path) -> Fault {
    Fault::Refused(format!(
        "{} exists already and is left as it is; move it away, or name another.",
        file.display()
    ))
}

/// Refuses a file that exists, before work is spent on it.
pub(super) fn must_not_exist(file: &Path) -> Result<(), Fault> {
    if file.symlink_metadata().is_ok() { Err(exists(file)) } else { Ok(()) }
}

type Part = BufWriter<NamedTempFile>;

/// A backup being written.
pub(super) struct Writing {
    file: PathBuf,
    zip: ZipWriter<Part>,
}

impl Writing {
    pub(super) fn begin(file: &Path) -> Result<Self, Fault> {
        let zip = ZipWriter::new(BufWriter::with_capacity(1 << 16, beside(file)?));
        Ok(Self { file: file.to_owned(), zip })
    }

    /// What is written next is the content of `entry`.
    pub(super) fn entry(&mut self, entry: &str) -> Result<&mut ZipWriter<Part>, Fault> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .unix_permissions(0o600)
            .large_file(true);
        self.zip.start_file(entry, options).map_err(|fault| Fault::io(&self.file)(fault.into()))?;
        Ok(&mut self.zip)
    }

    /// Ends the file with its manifest and gives it its name.
    pub(super) fn finish(mut self, manifest: &Manifest) -> Result<(), Fault> {
        let file = self.file.clone();
        let text = serde_json::to_vec_pretty(manifest).map_err(io::Error::from);
        let text = text.map_err(Fault::io(&file))?;
        self.entry(MANIFEST)?.write_all(&text).map_err(Fault::io(&file))?;
        let written = self.zip.finish().map_err(|fault| Fault::io(&file)(fault.into()))?;
        let written = written.into_inner().map_err(|fault| Fault::io(&file)(fault.into_error()))?;
        name(written, &file)
    }
}

/// A backup being read.
pub(super) struct Archive {
    file: PathBuf,
    zip: ZipArchive<BufReader<File>>,
    manifest: Manifest,
}

impl Archive {
    /// Opens a backup and reads its manifest.
    pub(super) fn open(file: &Path) -> Result<Self, Fault> {
        let opened = File::open(file).map_err(Fault::io(file))?;
        let begins = begins_as_zip(&opened).map_err(Fault::io(file))?;
        if !begins {
            return Err(foreign(file));
        }
        let damaged = |fault: ZipError| damaged(file, &fault);
        let mut zip =
            ZipArchive::new(BufReader::with_capacity(1 << 16, opened)).map_err(damaged)?;
        let mut text = Vec::new();
        match zip.by_name(MANIFEST) {
            Err(ZipError::FileNotFound) => return Err(foreign(file)),
            Err(fault) => return Err(damaged(fault)),
            Ok(entry) => entry
                .take(LARGEST_MANIFEST)
                .read_to_end(&mut text)
                .map_err(|fault| damaged(fault.into()))?,
        };
        let manifest = manifest(file, &text)?;
        Ok(Self { file: file.to_owned(), zip, manifest })
    }

    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    pub(super) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    pub(super) fn into_manifest(self) -> Manifest {
        self.manifest
    }

    /// The content of `entry`.
    pub(super) fn entry(&mut self, entry: &str) -> Result<impl Read, Fault> {
        let file = &self.file;
        self.zip.by_name(entry).map_err(|fault| damaged(file, &fault))
    }

    /// Refuses a backup of another engine, or of a schema this program does not know.
    pub(super) fn must_suit(&self, engine: EngineKind) -> Result<(), Fault> {
        let (file, manifest) = (self.file.display(), &self.manifest);
        if manifest.engine != engine {
            return Err(Fault::Refused(format!(
                "{file} is a backup of {}, and the database is {engine}. A backup stays with its \
                 engine; a bundle moves records between them: consortia export bundle, \
                 consortia import bundle.",
                manifest.engine
            )));
        }
        if !migrations::is_known(&manifest.migration) {
            return Err(Fault::Refused(format!(
                "{file} was taken by Consortia {} from a schema that this version ({}) does not \
                 know (its migration {}); restore it with that version or a newer one.",
                manifest.program_version,
                env!("CARGO_PKG_VERSION"),
                manifest.migration
            )));
        }
        Ok(())
    }

    /// The fault of a file that is not what its manifest says.
    pub(super) fn damaged(&self, what: &dyn fmt::Display) -> Fault {
        damaged(&self.file, what)
    }
}

fn begins_as_zip(mut file: &File) -> io::Result<bool> {
    let mut first = [0; 4];
    let read = file.read(&mut first)?;
    Ok(&first[..read] == b"PK\x03\x04")
}

fn damaged(file: &Path, what: &dyn fmt::Display) -> Fault {
    Fault::Damaged { file: file.to_owned(), what: what.to_string() }
}

fn foreign(file: &Path) -> Fault {
    Fault::Refused(format!(
        "{} is not a backup that `consortia backup` wrote. Bundles, workbooks and files of other \
         registries are taken in by `consortia import`.",
        file.display()
    ))
}

/// The manifest written as `text`, if it is of a format known here.
fn manifest(file: &Path, text: &[u8]) -> Result<Manifest, Fault> {
    let json: serde_json::Value =
        serde_json::from_slice(text).map_err(|fault| damaged(file, &fault))?;
    if json["format"] != FORMAT {
        return Err(foreign(file));
    }
    if json["format_version"] != FORMAT_VERSION {
        return Err(Fault::Refused(format!(
            "{} is a backup of format {}, and this version of Consortia knows format \
             {FORMAT_VERSION}; use the version that took it, {}.",
            file.display(),
            json["format_version"],
            json["program_version"].as_str().unwrap_or("which is not told"),
        )));
    }
    serde_json::from_value(json).map_err(|fault| damaged(file, &fault))
}
