//! What every handler shares.

use crate::admission::{Admission, Long, client_turn, step_aside};
use crate::auth::{Issuers, Principal, Tokens};
use crate::config::Config;
use crate::import::Jobs;
use crate::limits::RateLimits;
use crate::metrics::Metrics;
use crate::network::Live;
use crate::openapi::Document;
use crate::problem::{Code, Problem};
use crate::respond::InFlight;
use crate::themes::Themes;
use crate::traces::{self, Kind, Traces};
use actix_web::http::header::RETRY_AFTER;
use consortia_db::{Actor, Conn, Db, EngineKind, Tx};
use std::future::Future;

/// What every handler shares: the store, the settings, the tokens, the document.
pub struct State {
    config: Config,
    db: Db,
    tokens: Tokens,
    issuers: Option<Issuers>,
    document: Document,
    jobs: Jobs,
    network: Live,
    themes: Themes,
    admission: Admission,
    rate_limits: RateLimits,
    metrics: Metrics,
    in_flight: InFlight,
    traces: Option<Traces>,
}

impl State {
    /// Puts the parts together.
    #[must_use]
    pub fn new(config: Config, db: Db, tokens: Tokens) -> Self {
        let document = Document::new(&config.public_url);
        let limits = &config.limits;
        let admission = Admission::new(limits.at_work, limits.waiting);
        let (rate_limits, metrics) = (RateLimits::new(limits), Metrics::new(db.engine()));
        let traces = config.traced.as_ref().map(Traces::start);
        Self {
            config,
            db,
            tokens,
            issuers: None,
            document,
            jobs: Jobs::default(),
            network: Live::default(),
            themes: Themes::default(),
            admission,
            rate_limits,
            metrics,
            in_flight: InFlight::default(),
            traces,
        }
    }

    /// The same, accepting tokens of outside identity providers too.
    #[must_use]
    pub fn with_issuers(self, issuers: Option<Issuers>) -> Self {
        Self { issuers, ..self }
    }

    /// The settings.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The store.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Makes and checks tokens.
    #[must_use]
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// Outside identity providers whose tokens are accepted.
    #[must_use]
    pub fn issuers(&self) -> Option<&Issuers> {
        self.issuers.as_ref()
    }

    /// The import that runs in this process.
    #[must_use]
    pub fn jobs(&self) -> &Jobs {
        &self.jobs
    }

    /// The partner network.
    #[must_use]
    pub fn network(&self) -> &Live {
        &self.network
    }

    /// The themes in use.
    #[must_use]
    pub fn themes(&self) -> &Themes {
        &self.themes
    }

    /// Who is let in.
    #[must_use]
    pub(crate) fn admission(&self) -> &Admission {
        &self.admission
    }

    /// How often each client may ask.
    #[must_use]
    pub(crate) fn rate_limits(&self) -> &RateLimits {
        &self.rate_limits
    }

    /// What is counted for whoever watches the service.
    #[must_use]
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Requests with an idempotency key that are at work.
    #[must_use]
    pub(crate) fn in_flight(&self) -> &InFlight {
        &self.in_flight
    }

    /// Where traces go, if anywhere.
    #[must_use]
    pub(crate) fn traces(&self) -> Option<&Traces> {
        self.traces.as_ref()
    }

    /// Begins the part of a request in which it waits for the store, if that is recorded.
    fn begin_query(&self, name: &'static str) -> Option<traces::Begun> {
        let (kind, engine) = match self.db.engine() {
            EngineKind::Sqlite => (Kind::Internal, "sqlite"),
            EngineKind::Postgres => (Kind::Client, "postgresql"),
        };
        Some(traces::begin_part(name, kind)?.with("db.system.name", engine))
    }

    /// The API's document.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Reads from the store, within the time a request may take.
    ///
    /// # Errors
    /// What `work` fails with, as a problem; `timeout` when it takes too long.
    pub async fn read<T, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn<'_>) -> consortia_db::Result<T> + Send + 'static,
    {
        let query = self.begin_query("query");
        let reading = traces::within(query.as_ref(), async {
            let place = self.admission.place().await;
            let here = traces::here();
            let read = self.db.read(move |c| {
                let _place = place;
                traces::at(here, || work(c))
            });
            read.await
        });
        self.in_time(reading, "Ask for less, or try again.").await
    }

    /// Writes to the store in the name of `principal`, within the time a request may take.
    ///
    /// # Errors
    /// What `work` fails with, as a problem; `invalid_token` when their account was shut or erased,
    /// or their session ended, since they began to ask, `role_required` when it may do something
    /// else since; `overloaded` when too many writes wait, `timeout` when it takes too long.
    pub async fn write<T, F>(&self, principal: &Principal, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> consortia_db::Result<T> + Send + 'static,
    {
        let advice = "The change may still be made: read the record before trying again, or \
                      repeat the request with the same Idempotency-Key.";
        // It waits in a queue of its own, for the disk.
        step_aside();
        let _query = self.begin_query("write");
        let asking = principal.clone();
        let work = move |tx: &mut Tx<'_>| {
            asking.check(tx.conn())?;
            work(tx)
        };
        let actor = Actor::new(principal.actor());
        let writing = async {
            let _own = client_turn(Long::Write).begin().await;
            self.db.write(actor, work).await
        };
        let written = self.in_time(writing, advice).await;
        written.inspect_err(|problem| {
            if problem.code() == Code::Overloaded {
                self.admission.count_shed();
            }
        })
    }

    async fn in_time<T>(
        &self,
        work: impl Future<Output = consortia_db::Result<T>>,
        advice: &str,
    ) -> Result<T, Problem> {
        let limit = self.config.request_timeout;
        if let Ok(result) = actix_web::rt::time::timeout(limit, work).await {
            return result.map_err(Problem::from);
        }
        let detail = format!("No answer was found within {} s. {advice}", limit.as_secs());
        Err(Problem::new(Code::Timeout, detail).header(RETRY_AFTER, "5"))
    }

    /// The fault of an application built without its state.
    #[must_use]
    pub fn missing() -> Problem {
        Problem::internal(anyhow::anyhow!("the application was built without its state"))
    }
}
