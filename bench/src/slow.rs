//! What others notice of two hundred clients that send or read as slowly as they can.

use crate::load::{Connection, Request};
use crate::share::Seen;
use consortia_tests::Server;
use std::io::{self, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How many there are of those that send; of those that read nothing a third.
const OF_A_KIND: usize = 60;
/// How long a slow client waits before it sends its next byte, or comes back when it was cut off.
const DRIP: Duration = Duration::from_secs(1);
/// How long the slow ones are there before the others are measured.
const WARMING: Duration = Duration::from_secs(3);
/// Those who are measured, each over a connection of its own.
const OTHERS: usize = 4;
/// What they ask in turn: something cheap, and something of a middle price.
const ASKED: [(&str, &str); 2] = [
    ("cheap", "/api/v1/organisations?limit=20&country=IT"),
    ("middle", "/api/v1/projects?limit=100&country=IT&sort=-start_date&include=participations"),
];
const PAUSE: Duration = Duration::from_millis(50);
/// How long they are measured, each time.
const TIME: Duration = Duration::from_secs(20);
/// How often, alone and beside the slow ones in turn: the rounds alone differ by themselves.
const ROUNDS: usize = 3;

/// A client that is slow, over one connection after the other.
struct Slow {
    /// What it sends at once.
    head: Vec<u8>,
    /// What it sends after that, byte by byte.
    drip: &'static [u8],
    connection: Option<TcpStream>,
}

impl Slow {
    /// Sends its next byte, from the start again when it was cut off.
    fn go_on(&mut self, address: &str) -> io::Result<()> {
        if self.connection.as_mut().is_some_and(|open| is_open(open, self.drip)) {
            return Ok(());
        }
        let mut connection = TcpStream::connect(address)?;
        connection.write_all(&self.head)?;
        connection.set_nonblocking(true)?;
        self.connection = Some(connection);
        Ok(())
    }
}

/// Whether the server still takes part in it.
fn is_open(mut connection: &TcpStream, drip: &[u8]) -> bool {
    let closed = matches!(connection.peek(&mut [0]), Ok(0));
    let broken = !matches!(connection.take_error(), Ok(None));
    !closed && !broken && connection.write_all(drip).is_ok()
}

/// The slow ones: silent, with heads and with bodies that drip, and readers of nothing.
fn slow_clients(server: &Server) -> Vec<Slow> {
    let token = server.token("editor");
    let post = format!(
        "POST /api/v1/projects HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: 1000\r\n"
    );
    let get = "GET /api/v1/organisations?format=ndjson HTTP/1.1\r\nHost: localhost\r\n";
    let kinds: [(usize, &str, &str, &'static [u8]); 4] = [
        (OF_A_KIND, "", "", b""),
        (OF_A_KIND, get, "X-Long: ", b"x"),
        (OF_A_KIND, &post, "\r\n", b" "),
        (OF_A_KIND / 3, get, "\r\n", b""),
    ];
    let mut clients = Vec::new();
    for (count, request, end, drip) in kinds {
        for _ in 0..count {
            // Each at an address of its own, so that no bound for one client holds them up.
            let from = format!("X-Forwarded-For: 203.0.113.{}\r\n", clients.len());
            let from = if request.is_empty() { "" } else { &from };
            let head = format!("{request}{from}{end}").into_bytes();
            clients.push(Slow { head, drip, connection: None });
        }
    }
    clients
}

/// Asks for the others alone and beside the slow ones, in turn, and prints what they saw. The
/// server must believe the addresses that this machine tells it, and limit nobody's rate.
///
/// # Errors
/// When a connection of the others breaks.
pub(crate) fn measure(server: &Server) -> io::Result<()> {
    let address = server.base().trim_start_matches("http://");
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        alone.push(run(address)?);
        beside.push(run_beside(slow_clients(server), address)?);
    }
    alone.push(run(address)?);
    println!(
        "\n| {OTHERS} others ask for | answered | sent away | p50 / p99 ms | p99 ms of each round |"
    );
    println!("|---|---:|---:|---:|---:|");
    report("alone", alone);
    report("beside the slow ones", beside);
    Ok(())
}

/// What the others saw beside the `slow` ones, who are gone afterwards.
fn run_beside(mut slow: Vec<Slow>, address: &str) -> io::Result<[Seen; 2]> {
    let gone = AtomicBool::new(false);
    thread::scope(|scope| {
        let slow = scope.spawn(|| {
            while !gone.load(Ordering::Relaxed) {
                slow.iter_mut().try_for_each(|client| client.go_on(address))?;
                thread::sleep(DRIP);
            }
            io::Result::Ok(())
        });
        thread::sleep(WARMING);
        let seen = run(address);
        gone.store(true, Ordering::Relaxed);
        slow.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        seen
    })
}

/// A line for each price, of all rounds together and their p99 one by one.
fn report(when: &str, rounds: Vec<[Seen; 2]>) {
    let (mut total, mut each) = (<[Seen; 2]>::default(), <[Vec<String>; 2]>::default());
    for round in rounds {
        for ((mut seen, total), each) in round.into_iter().zip(&mut total).zip(&mut each) {
            each.push(format!("{:.1}", seen.answered.percentile(0.99)));
            total.add(seen);
        }
    }
    for (((price, _), Seen { mut answered, sent_away }), each) in ASKED.iter().zip(total).zip(each)
    {
        println!(
            "| {price}, {when} | {} | {} | {:.1} / {:.1} | {} |",
            answered.latencies.len(),
            sent_away.latencies.len(),
            answered.percentile(0.5),
            answered.percentile(0.99),
            each.join(", "),
        );
    }
}

/// What the others saw of each price.
fn run(address: &str) -> io::Result<[Seen; 2]> {
    let deadline = Instant::now() + TIME;
    let ask = |client: usize| {
        let client = format!("198.51.100.{client}");
        let requests = ASKED.map(|(_, path)| Request::by(&client, path));
        let (mut connection, mut seen) = (Connection::open(address)?, <[Seen; 2]>::default());
        while Instant::now() < deadline {
            for (request, seen) in requests.iter().zip(&mut seen) {
                seen.note(&mut connection, request)?;
                thread::sleep(PAUSE);
            }
        }
        io::Result::Ok(seen)
    };
    thread::scope(|scope| {
        let ask = &ask;
        let others: Vec<_> = (1..=OTHERS).map(|n| scope.spawn(move || ask(n))).collect();
        let mut total = <[Seen; 2]>::default();
        for other in others {
            let seen = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            total.iter_mut().zip(seen).for_each(|(total, seen)| total.add(seen));
        }
        Ok(total)
    })
}
