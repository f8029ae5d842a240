//! The service over real connections: what only shows there.

use crate::common::config;
use consortia_api::server::{Service, StartFault};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tempfile::{TempDir, tempdir};

/// A service running on a thread of its own.
struct Running {
    address: SocketAddr,
    handle: actix_web::dev::ServerHandle,
    thread: JoinHandle<()>,
}

impl Running {
    fn start(dir: &TempDir, others: &[(&str, &str)]) -> Self {
        let config = config(dir, others);
        let (tell, told) = mpsc::channel();
        let thread = thread::spawn(move || {
            let service = Service::open(config).expect("it opens");
            actix_web::rt::System::new().block_on(async move {
                let server = service.listen().expect("it listens");
                tell.send((server.addresses()[0], server.handle())).expect("somebody listens");
                server.run().await.expect("it serves");
            });
        });
        let (address, handle) = told.recv().expect("it started");
        Self { address, handle, thread }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("it is reachable");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time limit");
        stream
    }

    /// Sends `request` and reads until the service closes.
    fn exchange(&self, request: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).expect("it is sent");
        read_all(&mut stream)
    }

    fn stop(self) -> Duration {
        let started = Instant::now();
        actix_web::rt::System::new().block_on(self.handle.stop(true));
        self.thread.join().expect("it ends well");
        started.elapsed()
    }
}

fn read_all(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset after the answer is as good as an end.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn head_is_get_without_a_body() {
    let dir = tempdir().expect("a directory");
    let server = Running::start(&dir, &[]);
    for path in [
        "/api/v1",
        "/api/v1/projects",
        "/openapi.json",
        "/health/live",
        "/docs/",
        "/api/v1/projects?format=csv",
        "/none",
    ] {
        let ask = |method: &str| {
            server.exchange(&format!(
                "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            ))
        };
        let (get, head) = (ask("GET"), ask("HEAD"));
        let (get_head, _) = get.split_once("\r\n\r\n").expect("a head");
        let (head_head, body) = head.split_once("\r\n\r\n").expect("a head");
        assert_eq!(body, "", "{path}");
        let status = |text: &str| text.lines().next().map(str::to_owned);
        let length = |text: &str| {
            text.lines().find(|line| line.starts_with("content-length")).map(str::to_owned)
        };
        assert_eq!(status(get_head), status(head_head), "{path}");
        assert_eq!(length(get_head), length(head_head), "{path}");
    }
    server.stop();
}

#[test]
fn a_body_that_drips_is_cut_off() {
    let dir = tempdir().expect("a directory");
    let server = Running::start(&dir, &[("request_timeout_seconds", "1")]);
    let tokens = consortia_api::server::open_tokens(&config(&dir, &[])).expect("the key");
    let hour = Duration::from_hours(1);
    let token =
        tokens.issue("anna", consortia_api::auth::UserRole::Editor, &[], hour).expect("a token");
    let mut stream = server.connect();
    write!(
        stream,
        "POST /api/v1/projects HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"
    )
    .expect("the head is sent");
    let started = Instant::now();
    let mut writer = stream.try_clone().expect("a second handle");
    let dripping = thread::spawn(move || {
        while writer.write_all(b" ").is_ok() && started.elapsed() < Duration::from_secs(5) {
            thread::park_timeout(Duration::from_millis(200));
        }
    });
    let mut answer = [0_u8; 2048];
    let length = stream.read(&mut answer).expect("an answer");
    let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("\"code\":\"request_timeout\""), "{answer}");
    assert!(started.elapsed() < Duration::from_secs(4));
    drop(stream);
    dripping.join().expect("it ends");
    server.stop();
}

#[test]
fn a_large_body_is_refused_before_it_is_read() {
    let dir = tempdir().expect("a directory");
    let server = Running::start(&dir, &[("max_body_bytes", "1000")]);
    let tokens = consortia_api::server::open_tokens(&config(&dir, &[])).expect("the key");
    let hour = Duration::from_hours(1);
    let token =
        tokens.issue("anna", consortia_api::auth::UserRole::Editor, &[], hour).expect("a token");
    let head = format!(
        "POST /api/v1/projects HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
         Authorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    );
    let announced = server.exchange(&format!("{head}Content-Length: 1000000\r\n\r\n"));
    assert!(announced.contains("body_too_large"), "{announced}");
    let chunk = format!("800\r\n{}\r\n", " ".repeat(0x800));
    let chunked =
        server.exchange(&format!("{head}Transfer-Encoding: chunked\r\n\r\n{chunk}0\r\n\r\n"));
    assert!(chunked.contains("body_too_large"), "{chunked}");
    server.stop();
}

#[test]
fn stopping_is_quick_and_frees_the_address() {
    let dir = tempdir().expect("a directory");
    let server = Running::start(&dir, &[("shutdown_grace_seconds", "5")]);
    let address = server.address;
    assert!(
        server
            .exchange("GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .starts_with("HTTP/1.1 200")
    );
    assert!(server.stop() < Duration::from_secs(5));
    assert!(TcpStream::connect(address).is_err());
    // The same data serves again.
    Running::start(&dir, &[]).stop();
}

#[test]
fn a_database_has_one_server() {
    let dir = tempdir().expect("a directory");
    let server = Running::start(&dir, &[]);
    let upload = dir.path().join("data/uploads/0198c0de");
    std::fs::create_dir_all(&upload).expect("an upload");
    let second = Service::open(config(&dir, &[])).err().expect("a fault");
    assert!(matches!(second, StartFault::Served(..)), "{second}");
    for word in ["consortia.db", ".lock", "--data-dir", "PostgreSQL"] {
        assert!(second.to_string().contains(word), "{word} in {second}");
    }
    assert!(upload.exists(), "the upload of the first server stays");
    server.stop();
    Running::start(&dir, &[]).stop();
    assert!(!upload.exists(), "what is left over goes");
}

#[test]
fn an_occupied_address_leaves_no_trace() {
    let dir = tempdir().expect("a directory");
    let other = std::net::TcpListener::bind("127.0.0.1:0").expect("an address");
    let address = other.local_addr().expect("its address").to_string();
    let fault = Service::open(config(&dir, &[("listen", &address)])).err().expect("a fault");
    assert!(matches!(fault, StartFault::Listen(..)), "{fault}");
    assert!(!dir.path().join("data").exists());
}
