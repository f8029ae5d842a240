//! What follows an erasure: its bytes are wiped, and whoever asked is told what is left.

use crate::state::State;
use consortia_db::{Db, EngineKind, WriteLog};
use consortia_domain::erasure::{Erasure, Residue};

/// Wipes what was erased, and tells where it may still lie. Blocks.
pub(crate) fn wipe(db: &Db) -> Erasure {
    let mut remains_in = Vec::new();
    let log = db.wipe().unwrap_or_else(|error| {
        tracing::warn!(
            reason = %error,
            "wiping what was erased was put off; a server tries again when it starts and every hour"
        );
        remains_in.push(Residue::Database);
        WriteLog::Kept
    });
    if db.engine() == EngineKind::Postgres && log == WriteLog::Kept {
        remains_in.push(Residue::WriteAheadLog);
    }
    remains_in.extend([Residue::Backups, Residue::Disk]);
    Erasure { remains_in }
}

/// As [`wipe`], for async code.
pub(crate) async fn wiped(state: &State) -> Erasure {
    let db = state.db().clone();
    let wiping = tokio::task::spawn_blocking(move || wipe(&db));
    wiping.await.unwrap_or_else(|error| {
        tracing::error!(%error, "wiping ended early; tried again within the hour");
        Erasure { remains_in: Residue::ALL.to_vec() }
    })
}

/// `erasure` in words, a line each.
pub(crate) fn told(erasure: &Erasure) -> String {
    let places = erasure.remains_in.iter().map(|place| format!("  {}\n", place.label()));
    format!("Bytes of it may still lie in:\n{}", places.collect::<String>())
}
