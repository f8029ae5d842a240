//! What is looked up when somebody asks for it.

use super::process;
use crate::state::State;
use crate::telemetry;
use consortia_db::facts;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How long the database may take to tell its last revision before it counts as down.
const PATIENCE: Duration = Duration::from_secs(2);

/// A gauge of seconds or a share.
type Fraction = Gauge<f64, AtomicU64>;

macro_rules! gauges {
    ($($name:ident: $kind:ty = $shown:literal, $help:literal;)+) => {
        /// The gauges; counters of others are gauges here, since they are only copied.
        pub(super) struct Gauges {
            $($name: $kind,)+
            cpu: Counter<f64, AtomicU64>,
        }

        impl Gauges {
            /// Registers each under its name.
            pub(super) fn register(root: &mut Registry) -> Self {
                let cpu = Counter::default();
                let help = "Processor time used";
                root.register_with_unit("process_cpu", help, Unit::Seconds, cpu.clone());
                let all = Self { $($name: <$kind>::default(),)+ cpu };
                $(root.register($shown, $help, all.$name.clone());)+
                all
            }
        }
    };
}

gauges! {
    places: Gauge = "consortia_requests_at_work_limit", "Requests that may be at work at once";
    at_work: Gauge = "consortia_requests_at_work", "Requests at work";
    waiting: Gauge = "consortia_requests_waiting", "Requests waiting for their turn";
    shed: Counter = "consortia_requests_shed", "Requests sent away because too much was asked";
    over_share: Counter = "consortia_requests_over_share",
        "Requests sent away because their client had its share of the places and the queue";
    up: Gauge = "consortia_database_up", "1 when the database answers, 0 when it does not";
    in_use: Gauge = "consortia_database_connections_in_use", "Connections at work";
    idle: Gauge = "consortia_database_connections_idle", "Connections that lie idle";
    reads_waiting: Gauge = "consortia_database_reads_waiting", "Reads waiting for a connection";
    writes_queued: Gauge = "consortia_database_writes_queued", "Writes waiting for their turn";
    lag: Gauge = "consortia_network_revision_lag",
        "Revisions of the database that the partner network has not taken in";
    loaded: Gauge = "consortia_network_loaded", "1 when the partner network is loaded";
    importing: Gauge = "consortia_import_running", "1 while this process imports a file";
    import_rows: Gauge = "consortia_import_rows_read", "Rows read by the import that runs";
    import_stored: Gauge = "consortia_import_records_stored",
        "Records stored by the import that runs";
    import_done: Fraction = "consortia_import_done_ratio", "Part of the import that is done";
    spans_sent: Counter = "consortia_trace_spans_sent", "Spans of traces that were taken";
    spans_lost: Counter = "consortia_trace_spans_lost",
        "Spans of traces that found no room in the queue, or that nobody took";
    lines_lost: Counter = "consortia_log_lines_lost",
        "Lines of the log lost because whoever reads it was too slow, or had no room";
    memory: Gauge = "process_resident_memory_bytes", "Memory held";
    files: Gauge = "process_open_fds", "Open files and connections";
}

fn whole(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

impl Gauges {
    /// Looks everything up.
    pub(super) async fn look_up(&self, state: &State) {
        let admission = state.admission();
        self.places.set(whole(state.config().limits.at_work));
        self.at_work.set(whole(admission.at_work()));
        self.waiting.set(whole(admission.waiting()));
        self.shed.inner().store(admission.shed(), Ordering::Relaxed);
        self.over_share.inner().store(admission.over_share(), Ordering::Relaxed);
        let usage = state.db().workload();
        self.in_use.set(usage.in_use.into());
        self.idle.set(usage.idle.into());
        self.reads_waiting.set(whole(usage.reads_waiting));
        self.writes_queued.set(whole(usage.writes_queued));
        // Not by `State::read`: watching must work when everything is busy.
        let asked = state.db().read(facts::revision);
        let last = actix_web::rt::time::timeout(PATIENCE, asked).await.ok().and_then(Result::ok);
        self.up.set(last.is_some().into());
        if let Some(last) = last {
            self.lag.set((last - state.network().revision()).max(0));
        }
        self.loaded.set(state.network().is_loaded().into());
        let job = state.jobs().running();
        self.importing.set(job.is_some().into());
        self.import_rows.set(job.as_ref().map_or(0, |job| whole(job.rows())));
        self.import_stored.set(job.as_ref().map_or(0, |job| whole(job.stored())));
        self.import_done.set(job.as_ref().map_or(0.0, |job| job.fraction()));
        if let Some(traces) = state.traces() {
            self.spans_sent.inner().store(traces.sent(), Ordering::Relaxed);
            self.spans_lost.inner().store(traces.lost(), Ordering::Relaxed);
        }
        self.lines_lost.inner().store(telemetry::lost(), Ordering::Relaxed);
        self.memory.set(whole(process::resident().unwrap_or(0)));
        self.files.set(whole(process::open_files().unwrap_or(0)));
        let cpu = process::cpu_seconds().unwrap_or(0.0);
        self.cpu.inner().store(cpu.to_bits(), Ordering::Relaxed);
    }
}
