//! What this process takes, as far as the system tells (`/proc`; nothing elsewhere).

use std::fs;

/// Clock ticks a second and bytes a page of `/proc`: the same on every Linux we are built for.
const TICKS: f64 = 100.0;
const PAGE: u64 = 4096;

/// Memory held, in bytes.
pub(super) fn resident() -> Option<u64> {
    let sizes = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = sizes.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * PAGE)
}

/// Open files and connections.
pub(super) fn open_files() -> Option<usize> {
    Some(fs::read_dir("/proc/self/fd").ok()?.count())
}

/// Processor time used.
pub(super) fn cpu_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name may hold blanks and brackets; after it the state is the third field.
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |n: usize| fields.get(n)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / TICKS)
}
