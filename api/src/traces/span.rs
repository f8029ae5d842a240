//! A span: something that was done, in which trace, as a part of what, from when to when.

use super::queue::Queue;
use actix_web::http::{Method, StatusCode};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// In what relation it stands to the world, as OTLP numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It is a part of the program.
    Internal = 1,
    /// It answers a request.
    Server = 2,
    /// It waits for another program.
    Client = 3,
}

/// What is told of a span besides, by names of the semantic conventions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Attribute {
    Text(Cow<'static, str>),
    Number(u16),
}

/// A span that is over.
pub(super) struct Span {
    pub(super) trace: u128,
    pub(super) id: u64,
    pub(super) parent: Option<u64>,
    pub(super) name: Cow<'static, str>,
    pub(super) kind: Kind,
    /// Nanoseconds since 1970.
    pub(super) start: u128,
    pub(super) end: u128,
    pub(super) attributes: Vec<(&'static str, Attribute)>,
    pub(super) failed: bool,
}

/// Where in a trace one is; cheap to clone.
#[derive(Clone)]
pub(crate) struct Here {
    pub(super) queue: Arc<Queue>,
    pub(super) trace: u128,
    pub(super) span: u64,
}

/// A span that goes on until this is dropped, however that comes about.
pub(crate) struct Begun {
    here: Here,
    /// Taken when it is over.
    span: Option<Span>,
    since: Instant,
}

impl Begun {
    pub(super) fn new(
        here: Here,
        parent: Option<u64>,
        name: impl Into<Cow<'static, str>>,
        kind: Kind,
    ) -> Self {
        let start = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let start = start.as_nanos();
        let span = Span {
            trace: here.trace,
            id: here.span,
            parent,
            name: name.into(),
            kind,
            start,
            end: start,
            attributes: Vec::new(),
            failed: false,
        };
        Self { here, span: Some(span), since: Instant::now() }
    }

    /// Where its parts are.
    pub(super) fn here(&self) -> Here {
        self.here.clone()
    }

    /// The trace it is in, as logs and headers write it.
    pub(crate) fn trace(&self) -> u128 {
        self.here.trace
    }

    /// The same, with an attribute.
    pub(crate) fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.tell(name, Attribute::Text(value.into()));
        self
    }

    fn tell(&mut self, name: &'static str, value: Attribute) {
        if let Some(span) = &mut self.span {
            span.attributes.push((name, value));
        }
    }

    /// It is a request, which was answered. Only the template of its address is told: what
    /// clients write may be anything.
    pub(crate) fn answered(&mut self, method: &Method, route: Option<String>, status: StatusCode) {
        let known = crate::metrics::known(method);
        let (said, named) = if known == "other" { ("_OTHER", "HTTP") } else { (known, known) };
        self.tell("http.request.method", Attribute::Text(said.into()));
        self.tell("http.response.status_code", Attribute::Number(status.as_u16()));
        if status.is_server_error() {
            self.tell("error.type", Attribute::Text(status.as_str().to_owned().into()));
        }
        let name = route.as_ref().map_or_else(|| named.to_owned(), |it| format!("{named} {it}"));
        if let Some(route) = route {
            self.tell("http.route", Attribute::Text(route.into()));
        }
        if let Some(span) = &mut self.span {
            (span.name, span.failed) = (name.into(), status.is_server_error());
        }
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        if let Some(mut span) = self.span.take() {
            // The clock may have been set meanwhile.
            span.end = span.start + self.since.elapsed().as_nanos();
            self.here.queue.push(span);
        }
    }
}
