//! The measurements as a table in Markdown, as it goes into `docs/performance.md`.

use crate::load::Outcome;

/// One server under one kind of load.
#[derive(Default)]
pub(crate) struct Side {
    /// What the load saw, all rounds together.
    pub(crate) outcome: Outcome,
    /// Processor time of the server, in milliseconds.
    pub(crate) cpu: f64,
}

impl Side {
    /// Adds a round.
    pub(crate) fn add(&mut self, outcome: Outcome, cpu: f64) {
        self.outcome.add(outcome);
        self.cpu += cpu;
    }

    fn cpu_per_request(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 requests")]
        let requests = self.outcome.latencies.len() as f64;
        self.cpu / requests
    }

    fn bytes_per_request(&self) -> u64 {
        self.outcome.bytes / (self.outcome.latencies.len().max(1) as u64)
    }
}

/// Prints the heading of the table.
pub(crate) fn heading() {
    println!(
        "| request | ours req/s | bare req/s | ratio | ours p50 / p99 ms | bare p50 / p99 ms | \
         CPU ms a request, ours / bare | bytes, ours / bare |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|");
}

/// Prints one row of the table.
pub(crate) fn row(name: &str, ours: &mut Side, bare: &mut Side) {
    println!(
        "| {name} | {:.0} | {:.0} | {:.2} | {:.2} / {:.2} | {:.2} / {:.2} | {:.3} / {:.3} | {} / {} |",
        ours.outcome.rate(),
        bare.outcome.rate(),
        ours.outcome.rate() / bare.outcome.rate(),
        ours.outcome.percentile(0.5),
        ours.outcome.percentile(0.99),
        bare.outcome.percentile(0.5),
        bare.outcome.percentile(0.99),
        ours.cpu_per_request(),
        bare.cpu_per_request(),
        ours.bytes_per_request(),
        bare.bytes_per_request(),
    );
}

/// Prints the heading of the table of latencies.
pub(crate) fn latency_heading() {
    println!("\n| one after the other | answers | median ms | 99 % within ms | bytes |");
    println!("|---|---:|---:|---:|---:|");
}

/// Prints one row of it.
pub(crate) fn latency(what: &str, outcome: &mut Outcome) {
    let answers = outcome.latencies.len();
    println!(
        "| {what} | {answers} | {:.2} | {:.2} | {} |",
        outcome.percentile(0.5),
        outcome.percentile(0.99),
        outcome.bytes / (answers.max(1) as u64),
    );
}
