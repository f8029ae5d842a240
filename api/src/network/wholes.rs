//! Whole networks: frozen copies and their measures, remembered while they are asked for.

use super::{Live, MOST_WAITING, scope, today};
use crate::admission::{Admission, ClientTurn, Long, WaitsApart, client_turn};
use crate::problem::{Code, Problem};
use crate::state::State;
use crate::traces;
use actix_web::http::header::RETRY_AFTER;
use actix_web::rt::time::timeout;
use actix_web::web::Data;
use chrono::NaiveDate;
use consortia_db::{Conn, Key, Result};
use consortia_domain::network::{NetworkFilter, RankingMeasure, TieWeight};
use consortia_network::{Lens, Whole};
use moka::sync::Cache;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;
use tokio::sync::Semaphore;

/// How long a measure of the present is waited for when one of the recent past is there.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long something is remembered that nobody asks for.
const IDLE: Duration = Duration::from_mins(10);
/// The memory copies may take together, in kilobytes; those of the recent past as much again.
const ROOM: u64 = 512 * 1024;
/// The most pairs of organisations within projects: about 16 bytes are needed for each.
const MOST_PAIRS: u64 = 50_000_000;
/// The most ties looked at for betweenness, about four seconds' worth.
const MOST_STEPS: u64 = 4_000_000_000;

/// Frozen copies of the network.
pub(super) struct Wholes {
    /// By network and revision.
    copies: Cache<(Which, i64), Arc<Whole>>,
    /// The last copy of a network on which a task was finished.
    finished: Cache<(Which, Task), Arc<Whole>>,
    /// One long computation at a time, so that the other processors answer requests.
    turn: Arc<Semaphore>,
    /// How many computations wait or are under way, whoever still waits for them.
    waiting: Arc<AtomicUsize>,
}

/// Which network: its scope, the day statuses are told for, and what ties are.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Which {
    scope: Key,
    day: NaiveDate,
    min_shared: u32,
    weight: TieWeight,
}

impl Default for Wholes {
    fn default() -> Self {
        Self {
            copies: remembering(),
            finished: remembering(),
            turn: Arc::new(Semaphore::new(1)),
            waiting: Arc::default(),
        }
    }
}

/// A memory for copies, which are weighed.
fn remembering<K: Hash + Eq + Send + Sync + 'static>() -> Cache<K, Arc<Whole>> {
    let weigher = |_: &K, whole: &Arc<Whole>| kilobytes(whole);
    Cache::builder().weigher(weigher).max_capacity(ROOM).time_to_idle(IDLE).build()
}

/// What a copy takes once every measure of it was asked for, some at least: there may be very
/// many of nearly nothing.
fn kilobytes(whole: &Whole) -> u32 {
    // Twelve lists of values, each with its ranks, some with standard errors.
    const MEASURES: u64 = 12 * 32;
    let frozen = whole.frozen();
    let bytes = 24 * frozen.pairs()
        + 64 * frozen.participations as u64
        + MEASURES * frozen.organisations.len() as u64;
    u32::try_from(4 + bytes / 1024).unwrap_or(u32::MAX)
}

/// What is to be computed of a whole network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Task {
    /// Who is tied to whom.
    Ties,
    /// What a summary tells.
    Summary,
    /// The communities and what they are made of.
    Communities,
    /// A measure of every organisation; betweenness from so many pivots.
    Ranking(RankingMeasure, u32),
}

impl Task {
    /// The same task, by the same name whatever was asked for beyond what there is.
    fn of(self, whole: &Whole) -> Self {
        match self {
            Self::Ranking(measure, pivots) => Self::Ranking(measure, whole.pivots(measure, pivots)),
            other => other,
        }
    }

    fn perform(self, whole: &Whole) {
        match self {
            Self::Ties => {
                whole.graph();
            }
            Self::Summary => {
                whole.components();
                whole.cores();
                whole.triangles();
            }
            Self::Communities => {
                whole.portraits();
            }
            Self::Ranking(measure, pivots) => {
                whole.values(measure, pivots);
            }
        }
    }

    /// Refuses what would take too long or too much memory.
    fn check(self, whole: &Whole) -> std::result::Result<(), Problem> {
        let pairs = whole.frozen().pairs();
        if pairs > MOST_PAIRS {
            let detail = format!(
                "The network of this scope has up to {pairs} ties, more than the {MOST_PAIRS} \
                 that can be measured at once. Narrow the scope, for example to a programme or \
                 to some years (programme, active_from, active_to)."
            );
            return Err(Problem::new(Code::TooLarge, detail));
        }
        if let Self::Ranking(RankingMeasure::Betweenness, pivots) = self {
            let organisations = whole.frozen().organisations.len() as u64;
            let steps_each = 2 * pairs + organisations;
            let pivots = u64::from(pivots);
            if pivots * steps_each > MOST_STEPS {
                let most = MOST_STEPS / steps_each;
                let detail = format!(
                    "Betweenness from {pivots} of the {organisations} organisations of this \
                     scope takes too long. Take at most pivots={most}, or narrow the scope."
                );
                return Err(Problem::new(Code::TooLarge, detail));
            }
        }
        Ok(())
    }
}

/// The copy of the network as the snapshot of `c` sees it, made now if there is none.
fn copy(
    c: &mut Conn<'_>,
    live: &Live,
    filter: &NetworkFilter,
    day: NaiveDate,
) -> Result<(Which, Arc<Whole>)> {
    let scope = scope(c, &filter.scope, day)?;
    let network = live.current(c)?;
    let NetworkFilter { min_shared, weight, .. } = *filter;
    let which = Which { scope: Key::of(&scope), day, min_shared, weight };
    let whole = live.wholes.copies.get_with((which, network.revision()), || {
        Arc::new(Whole::new(Lens::new(&network, &scope, day).freeze(), min_shared, weight))
    });
    Ok((which, whole))
}

/// The network that `filter` asks for, with what `task` computes of it done.
///
/// It is as new as the registry, unless that takes longer than a second and there is one of
/// the recent past: then that is given, which says its revision, and the new one is computed
/// in the background.
///
/// # Errors
/// `too_large`, `overloaded` or `too_many_at_once` when many wait already, `unavailable` while it is still being computed when the time is up, or what
/// the store fails with.
pub async fn measured(
    state: &Data<State>,
    filter: &NetworkFilter,
    task: Task,
) -> std::result::Result<Arc<Whole>, Problem> {
    let (shared, wanted) = (state.clone(), filter.clone());
    let read = state.read(move |c| copy(c, shared.network(), &wanted, today()));
    let (which, whole) = read.await?;
    let task = task.of(&whole);
    task.check(&whole)?;
    let wholes = &state.network().wholes;
    let earlier = wholes.finished.get(&(which, task));
    if let Some(earlier) = &earlier
        && Arc::ptr_eq(earlier, &whole)
    {
        return Ok(whole);
    }
    let waiting = match Admission::wait_apart(wholes.waiting.clone(), MOST_WAITING) {
        Ok(waiting) => waiting,
        Err(full) => return earlier.ok_or_else(|| state.admission().send_away(&full)),
    };
    let turn = (client_turn(Long::Measure), waiting);
    let mut work = actix_web::rt::spawn(perform(state.clone(), which, whole, task, turn));
    let limit = state.config().request_timeout;
    let first = if earlier.is_some() { PATIENCE.min(limit) } else { limit };
    match (traces::part("network", timeout(first, &mut work)).await, earlier) {
        (Ok(done), _) => done.map_err(Problem::internal)?,
        (Err(_), Some(earlier)) => Ok(earlier),
        (Err(_), None) => {
            let detail = format!(
                "This is still being computed after {} s; ask again in a moment.",
                limit.as_secs()
            );
            Err(Problem::new(Code::Unavailable, detail).header(RETRY_AFTER, "5"))
        }
    }
}

/// Performs `task` on a thread of its own, when it is its turn.
async fn perform(
    state: Data<State>,
    which: Which,
    whole: Arc<Whole>,
    task: Task,
    (own, _waiting): (ClientTurn, WaitsApart<Arc<AtomicUsize>>),
) -> std::result::Result<Arc<Whole>, Problem> {
    let wholes = &state.network().wholes;
    let _own = own.begin().await;
    let turn = wholes.turn.clone().acquire_owned().await.map_err(Problem::internal)?;
    let work = tokio::task::spawn_blocking(move || {
        task.perform(&whole);
        drop(turn);
        whole
    });
    let whole = work.await.map_err(Problem::internal)?;
    wholes.finished.insert((which, task), whole.clone());
    Ok(whole)
}
