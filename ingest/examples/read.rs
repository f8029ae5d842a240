//! Reads CORDIS files without storing anything and prints what an import would hand over:
//! `cargo run -p consortia-ingest --example read -- PATH…`

use consortia_domain::import::{Batch, Rejection, Sink, StopReason};
use consortia_ingest::cordis;
use consortia_ingest::source::Sources;
use std::path::PathBuf;
use std::time::Instant;

/// Prints rejections and drops records.
struct Printer;

impl Sink for Printer {
    fn batch(&mut self, _: Batch) -> Result<(), StopReason> {
        Ok(())
    }

    fn rejection(&mut self, rejection: Rejection) -> Result<(), StopReason> {
        let Rejection { origin, column, value, reason, severity } = rejection;
        println!("{} {origin} {column} '{value}': {reason}", severity.code());
        Ok(())
    }
}

fn main() -> Result<(), consortia_ingest::Error> {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let started = Instant::now();
    let sources = Sources::find(&paths)?;
    for skipped in &sources.skipped {
        println!("skipped {}: {}", skipped.name, skipped.reason);
    }
    let summary = cordis::read(&sources, &mut Printer)?;
    println!("{summary:#?}\n{:?}", started.elapsed());
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        let peak = status.lines().find(|line| line.starts_with("VmHWM"));
        println!("{}", peak.unwrap_or_default());
    }
    Ok(())
}
