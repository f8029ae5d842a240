//! How much a workbook may hold. A small file can stand for very much: texts that many cells
//! share are kept once in it, and it is compressed.

use crate::error::Error;
use crate::source::{MAX_ARCHIVE_MEMBERS, archive_error, open_archive};
use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;
use zip::ZipArchive;

/// The most bytes a file may have, unpacked: 1 GiB. All of Horizon 2020 has a tenth.
const UNPACKED: u64 = 1 << 30;

/// The most bytes the part that describes how cells look may have, each of which becomes many.
const STYLES: u64 = 16 << 20;

/// The most bytes that rows may take in memory: 512 MiB, four times all of Horizon 2020.
const ROWS: usize = 512 << 20;

/// What is left of the memory that rows may take.
#[derive(Debug)]
pub(super) struct Room(usize);

impl Default for Room {
    fn default() -> Self {
        Self(ROWS)
    }
}

impl Room {
    /// Takes some of it for what `file` holds.
    ///
    /// # Errors
    /// When there is no more.
    pub(super) fn take(&mut self, bytes: usize, file: &str) -> Result<(), Error> {
        self.0 = self.0.checked_sub(bytes).ok_or_else(|| {
            let limit = format!("its rows take more than {} MiB of memory", ROWS >> 20);
            too_much(file, &limit)
        })?;
        Ok(())
    }

    /// Gives back what is held no more.
    pub(super) fn give_back(&mut self, bytes: usize) {
        self.0 += bytes;
    }
}

/// Refuses a file that is too long to be read into memory.
///
/// # Errors
/// When it has more than 1 GiB.
pub(super) fn check_length(bytes: u64, file: &str) -> Result<(), Error> {
    if bytes <= UNPACKED {
        return Ok(());
    }
    Err(too_much(file, &format!("it has more than {} MiB", UNPACKED >> 20)))
}

/// Refuses an archive that unpacks to too much. No part of one is read beyond the size it
/// declares.
///
/// # Errors
/// When it is damaged, or has more than 1 GiB or 10,000 parts.
pub(super) fn check_archive(path: &Path, file: &str) -> Result<(), Error> {
    let mut zip = open_archive(path, file)?;
    if zip.len() > MAX_ARCHIVE_MEMBERS {
        return Err(too_much(file, &format!("it has more than {MAX_ARCHIVE_MEMBERS} parts")));
    }
    let mut unpacked: u64 = 0;
    for n in 0..zip.len() {
        let part = zip.by_index_raw(n).map_err(|error| archive_error(file, &error))?;
        let is_styles = part.name_raw().to_ascii_lowercase().ends_with(b"styles.xml");
        if is_styles && part.size() > STYLES {
            let limit = format!("its cell styles unpack to more than {} MiB", STYLES >> 20);
            return Err(too_much(file, &limit));
        }
        unpacked = unpacked.saturating_add(part.size());
        if part.name_raw().to_ascii_lowercase().ends_with(b"sharedstrings.xml") {
            drop(part);
            check_numbers(&mut zip, n, b"uniqueCount", file)?;
        }
    }
    if unpacked > UNPACKED {
        return Err(too_much(file, &format!("it unpacks to more than {} MiB", UNPACKED >> 20)));
    }
    Ok(())
}

/// Refuses an archive with formulas that are shared under numbers too high to be true.
///
/// # Errors
/// When it has any, or is damaged.
pub(super) fn check_formulas(path: &Path, file: &str) -> Result<(), Error> {
    let mut zip = open_archive(path, file)?;
    (0..zip.len()).try_for_each(|n| check_numbers(&mut zip, n, b"si", file))
}

/// How many bytes are searched for a number at a time, how many of them again with those that
/// follow, and how many the number may take.
const BLOCK: u64 = 64 << 10;
const AGAIN: usize = 256;
const NUMBER: usize = 64;

/// Refuses a part in which an attribute called `name` has a number of things, or the number of
/// one, that is higher than the part has bytes: its reader makes room for all of them at once.
fn check_numbers(
    zip: &mut ZipArchive<BufReader<File>>,
    n: usize,
    name: &[u8],
    file: &str,
) -> Result<(), Error> {
    let mut part = zip.by_index(n).map_err(|error| archive_error(file, &error))?;
    let most = part.size();
    let mut seen = Vec::new();
    loop {
        seen.drain(..seen.len().saturating_sub(AGAIN));
        let read = part.by_ref().take(BLOCK).read_to_end(&mut seen);
        if read.map_err(|error| archive_error(file, &error.into()))? == 0 {
            return Ok(());
        }
        let found = seen.windows(name.len()).enumerate().filter(|(_, it)| *it == name);
        let mut numbers = found.map(|(at, _)| number_in(&seen[at + name.len()..]));
        if numbers.any(|number| number > most) {
            let reason = "It is damaged: a part of it says to hold more than it has bytes. Save it \
                          anew with a spreadsheet.";
            return Err(Error::NoWorkbook { file: file.to_owned(), reason: reason.to_owned() });
        }
    }
}

/// The number in an attribute whose name ends before `text`; the highest where it has no end.
fn number_in(text: &[u8]) -> u64 {
    let is_between = |byte: &&u8| byte.is_ascii_whitespace() || b"=\"'".contains(byte);
    let between = text.iter().take(NUMBER).take_while(is_between);
    let is_attribute = between.clone().any(|byte| *byte == b'=');
    let mut rest = text.iter().take(NUMBER).skip(between.count()).peekable();
    let mut number = 0_u64;
    while let Some(digit) = rest.next_if(|byte| byte.is_ascii_digit()) {
        number = number.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
    }
    match rest.peek() {
        None if text.len() >= NUMBER => u64::MAX,
        _ if is_attribute => number,
        _ => 0,
    }
}

fn too_much(file: &str, limit: &str) -> Error {
    let reason = format!("It is too large: {limit}. Split it into several.");
    Error::NoWorkbook { file: file.to_owned(), reason }
}
