//! A collector of traces, as OTLP over HTTP wants one: takes spans, refuses them or hangs.

use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How a collector answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// It takes what comes.
    Takes,
    /// It answers 503.
    Refuses,
    /// It reads, and never answers.
    Hangs,
}

/// A collector on a port of its own, for as long as the test process lives.
#[derive(Clone, Debug)]
pub struct Collector {
    /// Its address.
    pub url: String,
    bodies: Arc<Mutex<Vec<String>>>,
}

impl Collector {
    /// A collector in this mood.
    ///
    /// # Panics
    /// When no port is free.
    #[must_use]
    pub fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let collector = Self { url, bodies: Arc::default() };
        let serving = collector.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let serving = serving.clone();
                thread::spawn(move || serving.serve(&stream, mood));
            }
        });
        collector
    }

    /// Answers what comes on a connection until it ends.
    fn serve(&self, stream: &TcpStream, mood: Mood) {
        let mut reader = BufReader::new(stream);
        while let Some(body) = request(&mut reader) {
            self.bodies.lock().unwrap_or_else(PoisonError::into_inner).push(body);
            let status = match mood {
                Mood::Takes => "200 OK",
                Mood::Refuses => "503 Service Unavailable",
                Mood::Hangs => loop {
                    thread::park();
                },
            };
            let head = format!("HTTP/1.1 {status}\r\nContent-Type: application/json");
            let mut stream = stream;
            let _ = write!(stream, "{head}\r\nContent-Length: 2\r\n\r\n{{}}");
        }
    }

    /// Everything it was sent, as it came.
    #[must_use]
    pub fn text(&self) -> String {
        self.bodies.lock().unwrap_or_else(PoisonError::into_inner).concat()
    }

    /// The spans it was sent.
    ///
    /// # Panics
    /// When something else was sent.
    #[must_use]
    pub fn spans(&self) -> Vec<Value> {
        let bodies = self.bodies.lock().unwrap_or_else(PoisonError::into_inner);
        let mut spans = Vec::new();
        for body in bodies.iter() {
            let body: Value = serde_json::from_str(body).expect("JSON");
            let resource = &body["resourceSpans"][0];
            assert_eq!(attribute(&resource["resource"], "service.name"), "consortia");
            assert!(attribute(&resource["resource"], "service.version").is_string());
            spans.extend(resource["scopeSpans"][0]["spans"].as_array().expect("spans").clone());
        }
        spans
    }

    /// The spans that are `wanted`, as soon as there are any.
    ///
    /// # Panics
    /// When there are none within half a minute.
    #[must_use]
    pub fn wait_for(&self, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let mut spans = self.spans();
            spans.retain(&wanted);
            if !spans.is_empty() {
                return spans;
            }
            assert!(Instant::now() < deadline, "no such span among {:#?}", self.spans());
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// The value of an attribute of a span or resource; null when it is not there.
#[must_use]
pub fn attribute(of: &Value, name: &str) -> Value {
    let attributes = of["attributes"].as_array().into_iter().flatten();
    let mut values = attributes.filter(|one| one["key"] == name).map(|one| &one["value"]);
    let value = values.next().and_then(Value::as_object);
    value.and_then(|value| value.values().next()).cloned().unwrap_or_default()
}

/// The body of the next request on a connection.
fn request(reader: &mut BufReader<&TcpStream>) -> Option<String> {
    let (mut line, mut length) = (String::new(), 0);
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    assert!(line.starts_with("POST /v1/traces HTTP/1.1"), "{line}");
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().expect("a length");
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(String::from_utf8(body).expect("UTF-8"))
}
