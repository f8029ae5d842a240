//! Digests of tables.

use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::io::{self, Write};

/// Counts and digests rows, each ended by a line break, on their way to `out`.
pub(super) struct Digesting<W> {
    out: W,
    rows: u64,
    sha256: Sha256,
}

impl<W: Write> Digesting<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, rows: 0, sha256: Sha256::new() }
    }

    /// The rows and, in hexadecimal digits, their SHA-256.
    pub(super) fn finish(self) -> (u64, String) {
        let hex = self.sha256.finalize().iter().fold(String::new(), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        (self.rows, hex)
    }
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        let bytes = &bytes[..written];
        self.rows += bytes.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        self.sha256.update(bytes);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
