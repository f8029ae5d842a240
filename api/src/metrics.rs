//! What is counted and measured for whoever watches the service, as Prometheus reads it.
//!
//! What has to be counted when it happens is counted here; what can be looked up at any time is
//! looked up when somebody asks (`gauges.rs`).

mod gauges;
mod process;
mod serve;

pub(crate) use serve::serve;

use crate::state::State;
use actix_web::http::{Method, StatusCode};
use consortia_db::EngineKind;
use gauges::Gauges;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use std::time::Duration;

/// Seconds that tell a lookup from a search, from a list, from a measure of everything.
const BUCKETS: [f64; 14] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// The route of what no route matched.
const UNMATCHED: &str = "unmatched";

/// A kind of request: the template of its route, so that there are no more of them than routes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    method: &'static str,
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

/// What is counted.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    durations: Family<Kind, Histogram>,
    in_flight: Gauge,
    rate_limited: Counter,
    gauges: Gauges,
}

/// A request that is being answered; no longer when dropped.
pub(crate) struct InFlight<'a>(&'a Metrics);

impl Metrics {
    /// Everything at zero.
    pub(crate) fn new(engine: EngineKind) -> Self {
        let mut root = Registry::default();
        let registry = root.sub_registry_with_prefix("consortia");
        let engine = match engine {
            EngineKind::Sqlite => "sqlite",
            EngineKind::Postgres => "postgresql",
        };
        let build = Info::new([("version", env!("CARGO_PKG_VERSION")), ("engine", engine)]);
        registry.register("build", "The program, and the engine of its database", build);
        let requests = Family::default();
        registry.register("requests", "Requests answered", requests.clone());
        let durations =
            Family::new_with_constructor((|| Histogram::new(BUCKETS)) as fn() -> Histogram);
        let help = "Time to an answer, or to the beginning of one sent piece by piece";
        registry.register("request_duration_seconds", help, durations.clone());
        let in_flight = Gauge::default();
        registry.register("requests_in_flight", "Requests being answered", in_flight.clone());
        let rate_limited = Counter::default();
        let help = "Requests sent away because their client asks too often";
        registry.register("requests_rate_limited", help, rate_limited.clone());
        let gauges = Gauges::register(&mut root);
        Self { registry: root, requests, durations, in_flight, rate_limited, gauges }
    }

    /// A request has come.
    pub(crate) fn begin(&self) -> InFlight<'_> {
        self.in_flight.inc();
        InFlight(self)
    }

    /// A client asked too often.
    pub(crate) fn rate_limited(&self) {
        self.rate_limited.inc();
    }

    /// All there is to tell now, as `OpenMetrics` text.
    pub(crate) async fn text(&self, state: &State) -> String {
        self.gauges.look_up(state).await;
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

impl InFlight<'_> {
    /// It was answered.
    pub(crate) fn answered(
        self,
        method: &Method,
        route: Option<String>,
        status: StatusCode,
        elapsed: Duration,
    ) {
        let (method, route) = (known(method), route.unwrap_or_else(|| UNMATCHED.to_owned()));
        let kind = Kind { method, route: route.clone() };
        self.0.durations.get_or_create(&kind).observe(elapsed.as_secs_f64());
        let answered = Answered { method, route, status: status.as_u16() };
        self.0.requests.get_or_create(&answered).inc();
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.dec();
    }
}

/// The method, if it is one we know: clients may make up others.
pub(crate) fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
