//! What others notice of one client that asks for what is dear, as often as it can.

use crate::load::{Connection, Outcome, Request};
use consortia_tests::Server;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What it asks: hundreds of milliseconds each.
const DEAR: &str =
    "/api/v1/projects?q=e&coordinator=!unknown&limit=1000&include=participations&fields=id";
/// Over how many connections.
const AT_ONCE: usize = 40;
/// What the others ask, each again after a pause.
const CHEAP: &str = "/api/v1/organisations?limit=20&country=IT";
const OTHERS: usize = 4;
const PAUSE: Duration = Duration::from_millis(200);
/// How long the others are measured.
const TIME: Duration = Duration::from_secs(20);

/// Who was answered, and who was sent away.
#[derive(Default)]
pub(crate) struct Seen {
    /// How long the answers took that gave what was asked.
    pub(crate) answered: Outcome,
    /// How long it took to be told to come back.
    pub(crate) sent_away: Outcome,
}

impl Seen {
    /// Asks, and notes what comes of it.
    ///
    /// # Errors
    /// When the connection breaks, or the answer is neither a success nor 429 or 503.
    pub(crate) fn note(
        &mut self,
        connection: &mut Connection,
        request: &Request,
    ) -> io::Result<()> {
        let sent = Instant::now();
        let (status, _) = connection.ask(request)?;
        let micros = u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX);
        let outcome = match status {
            200..300 => &mut self.answered,
            429 | 503 => &mut self.sent_away,
            other => return Err(io::Error::other(format!("answered with {other}"))),
        };
        outcome.latencies.push(micros);
        Ok(())
    }

    /// What two saw as one.
    pub(crate) fn add(&mut self, other: Self) {
        self.answered.add(other.answered);
        self.sent_away.add(other.sent_away);
    }
}

/// Asks for the others alone, then beside the one client, and prints what they saw. The server
/// must believe the addresses that this machine tells it, and limit nobody's rate.
///
/// # Errors
/// When a connection breaks.
pub(crate) fn measure(server: &Server) -> io::Result<()> {
    println!("\n| asked by | answered | sent away | p50 / p99 ms |");
    println!("|---|---:|---:|---:|");
    for (dear, when) in [(0, "alone"), (AT_ONCE, "beside the one client")] {
        let [one, mut others] = run(server, dear)?;
        println!(
            "| {OTHERS} others, {when} | {} | {} | {:.1} / {:.1} |",
            others.answered.latencies.len(),
            others.sent_away.latencies.len(),
            others.answered.percentile(0.5),
            others.answered.percentile(0.99),
        );
        let (answered, away) = (one.answered.latencies.len(), one.sent_away.latencies.len());
        if dear > 0 {
            println!("| the one client, over {dear} connections | {answered} | {away} | |");
        }
    }
    Ok(())
}

/// What the one client and what the others saw.
fn run(server: &Server, dear: usize) -> io::Result<[Seen; 2]> {
    let address = server.base().trim_start_matches("http://");
    let done = AtomicBool::new(false);
    let ask = |client: &str, path: &str, pause: Duration| {
        let (mut connection, mut seen) = (Connection::open(address)?, Seen::default());
        let request = Request::by(client, path);
        while !done.load(Ordering::Relaxed) {
            seen.note(&mut connection, &request)?;
            thread::sleep(pause);
        }
        Ok(seen)
    };
    thread::scope(|scope| {
        let one: Vec<_> =
            (0..dear).map(|_| scope.spawn(|| ask("203.0.113.1", DEAR, Duration::ZERO))).collect();
        let others: Vec<_> = (1..=OTHERS)
            .map(|n| {
                let client = format!("198.51.100.{n}");
                scope.spawn(move || ask(&client, CHEAP, PAUSE))
            })
            .collect();
        thread::sleep(TIME);
        done.store(true, Ordering::Relaxed);
        let mut seen = [Seen::default(), Seen::default()];
        for (whose, threads) in [one, others].into_iter().enumerate() {
            for thread in threads {
                let told: io::Result<Seen> =
                    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                seen[whose].add(told?);
            }
        }
        Ok(seen)
    })
}
