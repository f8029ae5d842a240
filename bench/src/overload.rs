//! What becomes of answers, and of the server, when far more is asked than can be answered.

use crate::load::{Outcome, Received, Request};
use crate::process;
use crate::workload::Workload;
use actix_web::rt::System;
use consortia_tests::Server;
use futures_util::future::try_join_all;
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

/// What many clients saw.
#[derive(Default)]
struct Crowd {
    answered: Outcome,
    sent_away: Outcome,
}

/// Prints the heading of the table.
pub(crate) fn heading() {
    println!(
        "\n| request | clients | answered/s | p50 / p99 ms | sent away/s | p50 / p99 ms | memory MB |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|");
}

/// Asks for as much as is let in at once, `capacity`, for ten times that, and for as much again.
///
/// # Errors
/// When a connection breaks.
pub(crate) fn measure(server: &Server, workload: &Workload, capacity: usize) -> io::Result<()> {
    let next = Cell::new(0);
    // Who is sent away asks again after so long that all of them ask ten times what is answered.
    let mut pause = FIRST_PAUSE;
    for (clients, when) in
        [(capacity, "as many as are let in"), (capacity * TIMES, "ten times"), (capacity, "after")]
    {
        let mut crowd = run(server, workload, &next, clients, pause)?;
        let answered = crowd.answered.rate();
        if pause == FIRST_PAUSE {
            // Nine times as many as are let in, each once in this time, ask nine times as much.
            pause =
                Duration::from_secs_f64(f64::from(u32::try_from(capacity).unwrap_or(1)) / answered);
        }
        println!(
            "| {}, {when} | {clients} | {answered:.0} | {:.1} / {:.1} | {:.0} | {:.1} / {:.1} | {} |",
            workload.name,
            crowd.answered.percentile(0.5),
            crowd.answered.percentile(0.99),
            crowd.sent_away.rate(),
            crowd.sent_away.percentile(0.5),
            crowd.sent_away.percentile(0.99),
            process::resident_of(server.process_id()) / 1_000_000,
        );
    }
    Ok(())
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
            let micros = u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX);
            let outcome = match status {
                200..300 => &mut crowd.answered,
                503 => &mut crowd.sent_away,
                other => return Err(io::Error::other(format!("answered with {other}"))),
            };
            if sent > begun {
                outcome.latencies.push(micros);
            }
            if status == 503 {
                time::sleep(pause.mul_f64(0.5 + spread(turn))).await;
            }
        }
        Ok(crowd)
    };
    let crowds = System::new().block_on(try_join_all((0..clients).map(|_| ask())))?;
    let mut total = Crowd::default();
    for crowd in crowds {
        total.answered.add(crowd.answered);
        total.sent_away.add(crowd.sent_away);
    }
    total.answered.elapsed = TIME;
    total.sent_away.elapsed = TIME;
    Ok(total)
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
