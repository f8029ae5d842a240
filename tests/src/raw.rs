//! Bytes on a socket, for requests that no client library would send.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// Sends `request` as it is and gives back what the server says until it closes.
///
/// The request should carry `Connection: close`.
///
/// # Panics
/// When the server cannot be reached.
#[must_use]
pub fn exchange(base: &str, request: &[u8]) -> String {
    let mut stream = connect(base);
    stream.write_all(request).expect("the request is sent");
    read_to_close(&mut stream)
}

/// An open connection to the server.
///
/// # Panics
/// When the server cannot be reached.
#[must_use]
pub fn connect(base: &str) -> TcpStream {
    let address = base.strip_prefix("http://").expect("an http address");
    let stream = TcpStream::connect(address).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_mins(2))).expect("a time limit");
    stream
}

/// What the server says until it closes or breaks the connection.
#[must_use]
pub fn read_to_close(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    // A connection broken after the answer is no different from one closed after it.
    while let Ok(length @ 1..) = stream.read(&mut part) {
        answer.extend_from_slice(&part[..length]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}
