//! Writing everything out as a bundle: what the command line and the API share.

use consortia_db::{Conn, Db, bundle};
use consortia_domain::bundle::{ORDER, header};
use consortia_domain::id::EntityKind;
use std::io::{self, Write};

/// Records read at a time.
const PAGE: u32 = 1000;

/// Writes a bundle of everything `db` holds at one moment, and says how many records it holds;
/// the same registry is always written the same way. `tell` is told of each kind that is done.
/// Blocks.
///
/// # Errors
/// When the store fails or `out` cannot be written.
pub fn export<W: Write>(
    db: &Db,
    mut out: W,
    mut tell: impl FnMut(EntityKind, u64),
) -> io::Result<(W, u64)> {
    // Faults of both sides go through one door: what is written to may break off at any time.
    let written = db.read_blocking(|c| Ok(write(c, &mut out, &mut tell)));
    let records = written.map_err(io::Error::other)??;
    out.flush()?;
    Ok((out, records))
}

fn write(
    c: &mut Conn<'_>,
    out: &mut impl Write,
    tell: &mut impl FnMut(EntityKind, u64),
) -> io::Result<u64> {
    writeln!(out, "{}", header())?;
    let mut all = 0;
    for kind in ORDER {
        let mut records = 0;
        let mut after = None;
        loop {
            let page = bundle::page(c, *kind, after, PAGE).map_err(io::Error::other)?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            records += page.len() as u64;
            for (_, line) in &page {
                writeln!(out, "{line}")?;
            }
        }
        tell(*kind, records);
        all += records;
    }
    Ok(all)
}
