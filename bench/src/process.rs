//! What processes cost: time, processor time, memory.

use std::fs;
use std::io;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Clock ticks a second in `/proc/<pid>/stat`; fixed at 100 for all of Linux's interfaces to
/// programs.
const TICKS: f64 = 100.0;

/// Processor time a process and those it has waited for have used, in milliseconds.
#[must_use]
pub(crate) fn cpu_millis(process: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name may hold blanks and brackets; fields are counted from the last bracket.
    let fields: Vec<&str> =
        stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |n: usize| fields.get(n).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    // utime, stime, cutime, cstime: fields 14 to 17, the state after the bracket being 3.
    (11..15).map(ticks).sum::<f64>() * 1000.0 / TICKS
}

/// Processor time of a process and its living children, in milliseconds.
#[must_use]
pub(crate) fn cpu_millis_of_family(parent: u32) -> f64 {
    let folders = fs::read_dir("/proc").into_iter().flatten().flatten();
    let processes = folders.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let children = processes.filter(|process| parent_of(*process) == Some(parent));
    cpu_millis(parent) + children.map(cpu_millis).sum::<f64>()
}

fn parent_of(process: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()
}

/// The memory this process holds now, in bytes; 0 where `/proc` does not tell.
#[must_use]
pub(crate) fn resident() -> usize {
    resident_of(std::process::id())
}

/// The memory a process holds now, in bytes; 0 where `/proc` does not tell.
#[must_use]
pub(crate) fn resident_of(process: u32) -> usize {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    kilobytes.unwrap_or(0_usize) * 1024
}

/// How long a command ran and the most memory it held, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    /// From start to end.
    pub(crate) elapsed: Duration,
    /// Peak of the resident memory.
    pub(crate) peak_memory: u64,
}

/// Runs a command to its end.
///
/// # Errors
/// When it cannot be started, or fails: then with what it printed.
pub(crate) fn measure(command: &mut Command) -> io::Result<Run> {
    let started = Instant::now();
    let log = tempfile::NamedTempFile::new()?;
    let mut child =
        command.stdout(Stdio::from(log.reopen()?)).stderr(Stdio::from(log.reopen()?)).spawn()?;
    let mut peak_memory = 0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        peak_memory = consortia_tests::server::peak_memory(child.id()).unwrap_or(peak_memory);
        thread::sleep(Duration::from_millis(5));
    };
    let elapsed = started.elapsed();
    if status.success() {
        return Ok(Run { elapsed, peak_memory });
    }
    let printed = fs::read_to_string(log.path())?;
    Err(io::Error::other(format!("{command:?} failed ({status}):\n{printed}")))
}
