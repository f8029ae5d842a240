//! What becomes of answers, and of the server, when far more is asked than can be answered.

use crate::load::{Outcome, Received, Request};
use crate::process;
use crate::workload::Workload;
use actix_web::rt::System;
use consortia_tests::Server;
use futures_util::future::{try_join, try_join_all};
use std::cell::Cell;
use std::io;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time;

/// How many times the capacity is asked for.
const TIMES: usize = 10;
/// How long each load lasts.
const TIME: Duration = Duration::from_secs(6);
/// How long who is sent away pauses on average, as long as it is not known how much is answered.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// What is not counted of it: connecting, and filling the queue.
const WARMING: Duration = Duration::from_secs(1);

/// How often the server's memory is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// What is promised of each kind of request when far more is asked than can be answered.
mod promised {
    /// Accepted requests' p99, in multiples of that at capacity.
    pub(super) const SLOWER: f64 = 2.0;
    /// 99 of 100 refusals are told within so many milliseconds.
    pub(super) const REFUSED_WITHIN: f64 = 50.0;
    /// The most memory, in multiples of the most at capacity.
    pub(super) const MEMORY: f64 = 1.25;
    /// What is answered in the second after, as a share of a second at capacity.
    pub(super) const RECOVERED: f64 = 0.5;
}

/// What many clients saw.
#[derive(Default)]
struct Crowd {
    /// Answers to what was asked in the first second, while connections are opened and the
    /// queue fills; they are in no other figure.
    first: Outcome,
    answered: Outcome,
    sent_away: Outcome,
    /// The most memory the server held meanwhile, in bytes.
    memory: usize,
}

/// Prints the heading of the table.
pub(crate) fn heading() {
    println!(
        "\n| request | clients | answered/s | in the first second | p50 / p99 ms | sent away/s \
         | p50 / p99 / most ms | most memory MB |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|");
}

/// Asks as many clients as the other measures have, as many as are let in at once, `capacity`,
/// ten times as many, and as many as are let in again; gives what was promised and not kept.
///
/// # Errors
/// When a connection breaks, or an answer is neither a success nor a refusal that says when to
/// come again.
pub(crate) fn measure(
    server: &Server,
    workload: &Workload,
    usual: usize,
    capacity: usize,
) -> io::Result<Vec<String>> {
    let next = Cell::new(0);
    let ask = |clients, when, pause| {
        let mut crowd = run(server, workload, &next, clients, pause)?;
        row(&format!("{}, {when}", workload.name), clients, &mut crowd);
        io::Result::Ok(crowd)
    };
    ask(usual, "the usual load", FIRST_PAUSE)?;
    let mut let_in = ask(capacity, "as many as are let in", FIRST_PAUSE)?;
    // Nine times as many as are let in, each once in this time, ask nine times as much.
    let each = f64::from(u32::try_from(capacity).unwrap_or(1));
    let pause = Duration::from_secs_f64(each / let_in.answered.rate());
    let mut ten_times = ask(capacity * TIMES, "ten times", pause)?;
    let after = ask(capacity, "after", pause)?;
    let broken = broken(&mut let_in, &mut ten_times, &after);
    Ok(broken.into_iter().map(|told| format!("{}: {told}", workload.name)).collect())
}

fn row(name: &str, clients: usize, crowd: &mut Crowd) {
    println!(
        "| {name} | {clients} | {:.0} | {:.0} | {:.1} / {:.1} | {:.0} | {:.1} / {:.1} / {:.1} | {} |",
        crowd.answered.rate(),
        crowd.first.rate(),
        crowd.answered.percentile(0.5),
        crowd.answered.percentile(0.99),
        crowd.sent_away.rate(),
        crowd.sent_away.percentile(0.5),
        crowd.sent_away.percentile(0.99),
        crowd.sent_away.percentile(1.0),
        crowd.memory / 1_000_000,
    );
}

/// What was promised and not kept, with its figures.
fn broken(let_in: &mut Crowd, ten_times: &mut Crowd, after: &Crowd) -> Vec<String> {
    #[expect(clippy::cast_precision_loss, reason = "far less memory than 2^52 bytes")]
    let grown = ten_times.memory as f64 / let_in.memory as f64;
    let slower = ten_times.answered.percentile(0.99) / let_in.answered.percentile(0.99);
    let refused_within = ten_times.sent_away.percentile(0.99);
    let recovered = after.first.rate() / let_in.answered.rate();
    [
        (slower <= promised::SLOWER, format!("p99 of the accepted {slower:.2} times as long")),
        (
            refused_within <= promised::REFUSED_WITHIN,
            format!("99 of 100 refusals within {refused_within:.1} ms only"),
        ),
        (grown <= promised::MEMORY, format!("{grown:.2} times the memory")),
        (recovered >= promised::RECOVERED, format!("{recovered:.2} of capacity just after")),
    ]
    .into_iter()
    .filter_map(|(kept, told)| (!kept).then_some(told))
    .collect()
}

/// A number from 0 to 1 for each `turn`, spread evenly (the golden ratio's multiples).
fn spread(turn: usize) -> f64 {
    let turn = f64::from(u32::try_from(turn).unwrap_or_default());
    (turn * 0.618_033_988_749_895).fract()
}

/// So many clients at once; those sent away ask again after `pause`, half of it more or less, so
/// that they do not all come together. All of them on this one thread: with a thread each they
/// would have the processors to themselves, and measure how long they wait for one another.
fn run(
    server: &Server,
    workload: &Workload,
    next: &Cell<usize>,
    clients: usize,
    pause: Duration,
) -> io::Result<Crowd> {
    let address = server.base().trim_start_matches("http://");
    let begun = Instant::now() + WARMING;
    let deadline = begun + TIME;
    let ask = || async {
        let mut connection = TcpStream::connect(address).await?;
        connection.set_nodelay(true)?;
        let mut received = Received::default();
        let mut crowd = Crowd::default();
        while Instant::now() < deadline {
            let turn = next.replace(next.get() + 1);
            let request = &workload.ours[turn % workload.ours.len()];
            let sent = Instant::now();
            let status = exchange(&mut connection, &mut received, request).await?;
            if status == 503 && !says_when(received.bytes()) {
                return Err(io::Error::other("a refusal does not say when to come again"));
            }
            let micros = u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX);
            let outcome = match status {
                200..300 => &mut crowd.answered,
                503 => &mut crowd.sent_away,
                other => return Err(io::Error::other(format!("answered with {other}"))),
            };
            if sent > begun {
                outcome.latencies.push(micros);
            } else if status != 503 {
                crowd.first.latencies.push(micros);
            }
            if status == 503 {
                time::sleep(pause.mul_f64(0.5 + spread(turn))).await;
            }
        }
        Ok(crowd)
    };
    let process = server.process_id();
    let memory = Cell::new(0);
    let look = async {
        while Instant::now() < deadline {
            memory.set(memory.get().max(process::resident_of(process)));
            time::sleep(LOOK).await;
        }
        Ok(())
    };
    let asked = try_join_all((0..clients).map(|_| ask()));
    let (crowds, ()) = System::new().block_on(try_join(asked, look))?;
    let mut total = Crowd { memory: memory.get(), ..Crowd::default() };
    for crowd in crowds {
        total.first.add(crowd.first);
        total.answered.add(crowd.answered);
        total.sent_away.add(crowd.sent_away);
    }
    total.first.elapsed = WARMING;
    total.answered.elapsed = TIME;
    total.sent_away.elapsed = TIME;
    Ok(total)
}

/// Whether an answer has the header `Retry-After`.
fn says_when(answer: &[u8]) -> bool {
    let name = b"\nretry-after:";
    answer.windows(name.len()).any(|window| window.eq_ignore_ascii_case(name))
}

/// The status of the answer to `request`, once all of it is read.
async fn exchange(
    connection: &mut TcpStream,
    received: &mut Received,
    request: &Request,
) -> io::Result<u16> {
    connection.write_all(request.bytes()).await?;
    received.clear();
    loop {
        let read = connection.read(received.room()).await?;
        if let Some((status, _)) = received.more(read)? {
            return Ok(status);
        }
    }
}
