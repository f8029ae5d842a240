//! The load: blocking connections that each ask again as soon as they are answered.

mod received;

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) use received::Received;

/// A request as it goes over the wire, keep-alive.
#[derive(Clone, Debug)]
pub(crate) struct Request(Vec<u8>);

impl Request {
    /// What is sent.
    #[must_use]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The path it asks for.
    #[must_use]
    pub(crate) fn path(&self) -> &str {
        let text = std::str::from_utf8(&self.0).unwrap_or_default();
        text.split(' ').nth(1).unwrap_or_default()
    }

    /// `GET path`.
    #[must_use]
    pub(crate) fn get(path: &str) -> Self {
        let text = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n");
        Self(text.into_bytes())
    }

    /// `GET path` by a client at another address, as a proxy tells it.
    #[must_use]
    pub(crate) fn by(client: &str, path: &str) -> Self {
        let text = format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nX-Forwarded-For: {client}\r\n\r\n"
        );
        Self(text.into_bytes())
    }

    /// `POST path` with a JSON body and a token.
    #[must_use]
    pub(crate) fn post(path: &str, token: &str, body: &str) -> Self {
        let text = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        Self(text.into_bytes())
    }
}

/// What one round of load saw.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    /// How long the round took, first request sent to last answer read.
    pub(crate) elapsed: Duration,
    /// Time to each answer, in microseconds, in no order.
    pub(crate) latencies: Vec<u32>,
    /// Bytes of all bodies.
    pub(crate) bytes: u64,
}

impl Outcome {
    /// Answers per second.
    #[must_use]
    pub(crate) fn rate(&self) -> f64 {
        count(&self.latencies) / self.elapsed.as_secs_f64()
    }

    /// The latency in milliseconds that a share of the answers (0 to 1) stayed within.
    #[must_use]
    pub(crate) fn percentile(&mut self, share: f64) -> f64 {
        self.latencies.sort_unstable();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a length is an index"
        )]
        let index = (share * (count(&self.latencies) - 1.0)).round() as usize;
        self.latencies.get(index).map_or(f64::NAN, |micros| f64::from(*micros) / 1000.0)
    }

    /// Both rounds as one.
    pub(crate) fn add(&mut self, other: Self) {
        self.elapsed += other.elapsed;
        self.latencies.extend(other.latencies);
        self.bytes += other.bytes;
    }
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 requests")]
fn count(latencies: &[u32]) -> f64 {
    latencies.len() as f64
}

/// Asks `address` for `duration` over `connections` at once. Requests are taken in turn from
/// `requests`, starting at `next`, so that every round asks something new and two servers can
/// be asked the same.
///
/// # Errors
/// When a connection breaks, or an answer is not a success: then its status and body.
pub(crate) fn run(
    address: &str,
    requests: &[Request],
    next: &AtomicU64,
    connections: usize,
    duration: Duration,
) -> io::Result<Outcome> {
    let started = Instant::now();
    let deadline = started + duration;
    let outcomes: Vec<io::Result<Outcome>> = thread::scope(|scope| {
        let ask = || {
            let mut connection = Connection::open(address)?;
            let mut outcome = Outcome::default();
            while Instant::now() < deadline {
                let turn = next.fetch_add(1, Ordering::Relaxed);
                let index = usize::try_from(turn).unwrap_or_default() % requests.len();
                let sent = Instant::now();
                outcome.bytes += connection.exchange(&requests[index])?;
                let micros = sent.elapsed().as_micros();
                outcome.latencies.push(u32::try_from(micros).unwrap_or(u32::MAX));
            }
            Ok(outcome)
        };
        let threads: Vec<_> = (0..connections).map(|_| scope.spawn(ask)).collect();
        let join = |thread: thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        threads.into_iter().map(join).collect()
    });
    let mut total = Outcome::default();
    for outcome in outcomes {
        total.add(outcome?);
    }
    total.elapsed = started.elapsed();
    Ok(total)
}

/// One keep-alive connection.
pub(crate) struct Connection {
    stream: TcpStream,
    received: Received,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub(crate) fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self { stream, received: Received::default() })
    }

    /// Sends a request, reads the whole answer and gives the length of its body.
    ///
    /// # Errors
    /// When the connection breaks, or the answer is not a success.
    pub(crate) fn exchange(&mut self, request: &Request) -> io::Result<u64> {
        let (status, length) = self.ask(request)?;
        if (200..300).contains(&status) {
            return Ok(length);
        }
        let answer = String::from_utf8_lossy(self.received.bytes());
        let request = String::from_utf8_lossy(request.bytes());
        Err(io::Error::other(format!("{request}\n{answer}")))
    }

    /// Sends a request, reads the whole answer and gives its status and the length of its body.
    ///
    /// # Errors
    /// When the connection breaks.
    pub(crate) fn ask(&mut self, request: &Request) -> io::Result<(u16, u64)> {
        self.stream.write_all(request.bytes())?;
        self.received.clear();
        loop {
            let read = self.stream.read(self.received.room())?;
            if let Some(answer) = self.received.more(read)? {
                return Ok(answer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn bodies_are_read_to_their_end_however_they_are_framed() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            for answer in [
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\na\r\n0123456789\r\n0\r\n\r\n",
                "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone",
            ] {
                let mut request = [0; 1024];
                let _ = stream.read(&mut request).expect("a request");
                stream.write_all(answer.as_bytes()).expect("sent");
            }
        });
        let mut connection = Connection::open(&address).expect("connected");
        let request = Request::get("/");
        assert_eq!(connection.exchange(&request).expect("an answer"), 5);
        assert_eq!(connection.exchange(&request).expect("an answer"), 13);
        let refused = connection.exchange(&request).expect_err("404 is no success").to_string();
        assert!(refused.contains("404") && refused.contains("none"), "{refused}");
        server.join().expect("no panic");
    }

    #[test]
    fn percentiles_are_those_of_all_answers() {
        let mut outcome = Outcome { latencies: (1..=1000).rev().collect(), ..Outcome::default() };
        outcome.elapsed = Duration::from_secs(2);
        assert!((outcome.percentile(0.5) - 0.501).abs() < 0.002);
        assert!((outcome.percentile(0.99) - 0.990).abs() < 0.002);
        assert!((outcome.rate() - 500.0).abs() < f64::EPSILON);
    }
}
