//! Hashing passwords: argon2id with the parameters OWASP recommends (19 MiB, 2 passes, 1
//! lane), on threads that may block, a few at a time since each takes memory.

use crate::admission::{Admission, Long, client_turn};
use crate::problem::Problem;
use crate::state::State;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use std::sync::LazyLock;
use std::sync::atomic::AtomicUsize;
use tokio::sync::Semaphore;

/// Passwords hashed at a time; each takes 19 MiB and a processor.
static ROOM: Semaphore = Semaphore::const_new(2);

/// Passwords that wait to be hashed, and the most that may.
static WAITING: AtomicUsize = AtomicUsize::new(0);
const QUEUE: usize = 32;

/// What stands for the hash of an account that is not there, so that looking at it takes as
/// long. No password has it: it was made of one that is forgotten at once.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    let forgotten: [u8; 32] = rand::random();
    hash_now(&forgotten).unwrap_or_default()
});

/// The hash of `password`, as a PHC string with its salt and parameters.
///
/// # Errors
/// When the machine gives no random salt.
pub fn hash_now(password: &[u8]) -> Result<String, argon2::password_hash::Error> {
    Argon2::default().hash_password(password).map(|hash| hash.to_string())
}

/// As [`hash_now`], when there is room for it.
///
/// # Errors
/// `internal`, as there; `overloaded` when too many wait.
pub(super) async fn hash(state: &State, password: &str) -> Result<String, Problem> {
    let password = password.to_owned();
    in_its_turn(state, move || hash_now(password.as_bytes())).await?.map_err(Problem::internal)
}

/// Whether `password` has the `hash`; never, but after the same time, when there is none.
///
/// # Errors
/// `internal` when the work cannot be done; `overloaded` when too many wait.
pub(super) async fn verify(
    state: &State,
    password: &str,
    hash: Option<String>,
) -> Result<bool, Problem> {
    let password = password.to_owned();
    in_its_turn(state, move || {
        // Made by whoever comes first, not by the first unknown one, who would tell by it.
        let nobody = LazyLock::force(&NOBODY);
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| nobody.clone());
        let verified = PasswordHash::new(&hash).is_ok_and(|hash| {
            Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
        });
        verified && known
    })
    .await
}

/// Does `work` when there is room for it, in a short queue of its own: who waits here takes no
/// place from those who ask something else.
async fn in_its_turn<T: Send + 'static>(
    state: &State,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    let queued = Admission::wait_apart(&WAITING, QUEUE);
    let queued = queued.map_err(|full| state.admission().send_away(&full))?;
    let own = client_turn(Long::Password).begin().await;
    let room = ROOM.acquire().await.map_err(Problem::internal)?;
    let work = move || {
        // Also when its client has gone meanwhile.
        let _held = (queued, own, room);
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(Problem::internal)
}
