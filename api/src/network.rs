//! The partner network in memory: loaded at the start, kept current from the revision log.

mod agreed;
mod answer;
mod claims;
mod communities;
mod compare;
mod countries;
mod diversity;
mod links;
mod members;
mod neighbourhood;
mod partners;
mod path;
mod position;
mod profile;
mod unnamed;
mod wholes;

pub use claims::claims;
pub use communities::{check_number, communities, members};
pub use compare::{Compared, compare};
pub use countries::countries;
pub use diversity::diversity;
pub(crate) use links::accepted;
pub use members::members_of;
pub use neighbourhood::{neighbourhood, too_far};
pub use partners::partners;
pub use path::paths;
pub use position::{ranking, summary};
pub use profile::profile;
pub(crate) use unnamed::bounds;
pub use wholes::{Task, measured};

use crate::admission::{Admission, Long, Permit, client_turn};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::traces::{self, Begun, Kind};
use actix_web::http::header::RETRY_AFTER;
use actix_web::web::Data;

use chrono::{NaiveDate, Utc};
use consortia_db::{Conn, Db, Error, Key, Result, facts, programme};
use consortia_domain::country_group::CountryGroup;
use consortia_domain::diversity::Diversity;
use consortia_domain::filter::Conditions;
use consortia_domain::id::OrganisationId;
use consortia_domain::scope::ScopeFilter;
use consortia_network::{Network, Scope, Standing};
use moka::sync::Cache;
use partners::PartnerList;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;
use tokio::sync::Semaphore;
use uuid::Uuid;
use wholes::Wholes;

/// How many changes are taken in while readers wait: some milliseconds' worth.
const PORTION: u32 = 1000;
/// Time between two looks for changes made elsewhere.
const INTERVAL: Duration = Duration::from_millis(500);
/// The most cohorts remembered.
const COHORTS: u64 = 64;

/// The most diversities remembered, of some kilobytes each.
const DIVERSITIES: u64 = 1024;

/// The most partners in the lists remembered, of some hundred bytes each.
const PARTNERS: u64 = 100_000;

/// The most networks drawn or written at once.
const DRAWINGS: usize = 2;

/// The most requests that wait for their turn at something long.
const MOST_WAITING: usize = 16;

/// The network, shared by all requests.
pub struct Live {
    network: RwLock<Network>,
    /// Held by whoever brings the network up to date.
    following: Mutex<()>,
    loaded: AtomicBool,
    cohorts: Cache<Cohort, Arc<Vec<Standing>>>,
    diversities: Cache<Asked, Arc<Diversity>>,
    partners: Cache<Asked, Arc<PartnerList>>,
    wholes: Wholes,
    /// How many drawings and files of networks may be made at once: each takes a processor and
    /// some megabytes.
    drawings: Arc<Semaphore>,
    /// How many wait for their turn at one.
    waiting: AtomicUsize,
}

/// The network while somebody computes something of it, which is a part of their request.
pub struct InUse<'a> {
    network: RwLockReadGuard<'a, Network>,
    _part: Option<Begun>,
}

impl Deref for InUse<'_> {
    type Target = Network;

    fn deref(&self) -> &Network {
        &self.network
    }
}

/// A question about one organisation: whom, the scope, the day, and the revision.
type Asked = (OrganisationId, Key, NaiveDate, i64);

/// A cohort: the scope, the projects each member has, the day, and the revision.
type Cohort = (Key, usize, NaiveDate, i64);

impl Default for Live {
    fn default() -> Self {
        Self {
            network: RwLock::default(),
            following: Mutex::default(),
            loaded: AtomicBool::new(false),
            cohorts: Cache::new(COHORTS),
            diversities: Cache::new(DIVERSITIES),
            partners: Cache::builder()
                .max_capacity(PARTNERS)
                .weigher(|_, list: &Arc<PartnerList>| list.weight())
                .build(),
            wholes: Wholes::default(),
            drawings: Arc::new(Semaphore::new(DRAWINGS)),
            waiting: AtomicUsize::new(0),
        }
    }
}

/// A turn to draw, and that of the client among its own.
pub(crate) type DrawingTurn = [Option<Permit>; 2];

impl Live {
    /// Waits until it is one's turn to draw or write a network, at most for `limit`; it ends when
    /// what is given back is dropped.
    ///
    /// # Errors
    /// `overloaded` or `too_many_at_once` when many wait already, `unavailable` when the time is
    /// up.
    pub(crate) async fn drawing_turn(
        &self,
        admission: &Admission,
        limit: Duration,
    ) -> std::result::Result<DrawingTurn, Problem> {
        let waiting = Admission::wait_apart(&self.waiting, MOST_WAITING);
        let _waiting = waiting.map_err(|full| admission.send_away(&full))?;
        let own = client_turn(Long::Drawing);
        let turn = async {
            let own = own.begin().await;
            [own, self.drawings.clone().acquire_owned().await.ok().map(Permit::from)]
        };
        if let Ok(turn) = actix_web::rt::time::timeout(limit, turn).await {
            return Ok(turn);
        }
        let detail = "Many networks are being drawn just now; ask again in a moment.";
        Err(Problem::new(Code::Unavailable, detail).header(RETRY_AFTER, "5"))
    }

    /// Loads the whole network from one snapshot of `db`. Blocks.
    ///
    /// # Errors
    /// What the store fails with; then nothing is loaded.
    pub fn load(&self, db: &Db) -> Result<()> {
        let _turn = self.following.lock().unwrap_or_else(PoisonError::into_inner);
        let network = db.read_blocking(|c| {
            let count = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
            let facts::Counts { organisations, projects, participations } = facts::counts(c)?;
            let mut network =
                Network::with_room(count(organisations), count(projects), count(participations));
            let revision = facts::all(c, &mut |portion| network.apply(portion, 0))?;
            network.apply([], revision);
            Ok(network)
        })?;
        *self.network.write().unwrap_or_else(PoisonError::into_inner) = network;
        self.loaded.store(true, Ordering::Release);
        Ok(())
    }

    /// Whether the network has been loaded.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.loaded.load(Ordering::Acquire)
    }

    /// The last revision taken in.
    #[must_use]
    pub fn revision(&self) -> i64 {
        self.read().revision()
    }

    fn read(&self) -> RwLockReadGuard<'_, Network> {
        self.network.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The network, at least as new as the snapshot `c` is on. O(changes since the last call).
    ///
    /// # Errors
    /// [`Error::Loading`] while it is being loaded, or what the store fails with.
    pub fn current(&self, c: &mut Conn<'_>) -> Result<InUse<'_>> {
        if !self.is_loaded() {
            return Err(Error::Loading { what: "The partner network" });
        }
        self.follow(c)?;
        let part = traces::begin_part("network", Kind::Internal);
        Ok(InUse { network: self.read(), _part: part })
    }

    /// Takes in every change of the snapshot `c` is on, a portion at a time, so that readers
    /// wait for a moment only.
    ///
    /// # Errors
    /// What the store fails with; what was taken in stays.
    pub fn follow(&self, c: &mut Conn<'_>) -> Result<()> {
        let wanted = facts::revision(c)?;
        if self.read().revision() >= wanted {
            return Ok(());
        }
        let _turn = self.following.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let known = self.read().revision();
            if known >= wanted {
                return Ok(());
            }
            let changed = facts::changed(c, known, PORTION)?;
            let mut network = self.network.write().unwrap_or_else(PoisonError::into_inner);
            network.apply(changed.facts, changed.revision);
        }
    }
}

/// Loads the network and keeps it current, for as long as the service runs: requests bring it
/// up to date themselves, but then find little left to do, also after imports and after what
/// other servers wrote.
pub(crate) async fn keep_current(state: Data<State>) {
    loop {
        let shared = state.clone();
        let work = tokio::task::spawn_blocking(move || {
            let (db, live) = (shared.db(), shared.network());
            if live.is_loaded() { db.read_blocking(|c| live.follow(c)) } else { live.load(db) }
        });
        match work.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the partner network is behind"),
            Err(error) => tracing::error!(%error, "keeping the partner network current failed"),
        }
        actix_web::rt::time::sleep(INTERVAL).await;
    }
}

/// The scope that `filter` asks for, its references looked up. Groups of countries are those of
/// `today`.
///
/// # Errors
/// What the store fails with.
pub(crate) fn scope(c: &mut Conn<'_>, filter: &ScopeFilter, today: NaiveDate) -> Result<Scope> {
    let mut programmes = Conditions::default();
    for condition in &filter.programme {
        let mut values = Vec::new();
        for key in &condition.values {
            values.extend(programme::ids_within(c, key)?.into_iter().map(Uuid::from));
        }
        programmes.0.push(condition.on(values));
    }
    let mut country = filter.country.clone();
    for condition in &filter.country_group {
        let members = |group: &CountryGroup| group.members(today);
        country.0.push(condition.on(condition.values.iter().flat_map(members).collect()));
    }
    Ok(Scope {
        programme: programmes,
        active: filter.active,
        start: filter.start_date,
        status: filter.status.clone(),
        role: filter.role.clone(),
        country,
        organisation_type: filter.organisation_type.clone(),
        rollup: filter.rollup.is_some(),
    })
}

/// The day statuses and groups of countries are told for.
pub(crate) fn today() -> NaiveDate {
    Utc::now().date_naive()
}
