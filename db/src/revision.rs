//! The revision log: the history of every record, and the feed of all changes.

use chrono::{DateTime, Utc};
use consortia_domain::id::EntityKind;
use consortia_domain::page::{Cursor, Page};
use consortia_domain::revision::{FormerState, Revision, StateAt};
use uuid::Uuid;

crate::conn::dispatch! { revision:
    /// A page of a record's history, oldest first. Deleted records keep theirs. It ends early, with
    /// a cursor, when its changes hold more than 4 MiB. `fingerprint` goes into the cursor of the
    /// next page.
    read of(
        kind: EntityKind,
        id: Uuid,
        cursor: Option<&Cursor>,
        limit: u32,
        fingerprint: u64,
    ) -> Page<Revision>;

    /// The state a record was in, of deleted ones too. O(changes of the record).
    read state(kind: EntityKind, id: Uuid, wanted: StateAt) -> FormerState;

    /// What tells this registry from others, in six letters: made of the instant of its first
    /// change.
    read origin() -> String;

    /// The changes behind number `seq` in the order they became visible, at most `limit`.
    read since(seq: i64, limit: u32) -> Vec<Revision>;

    /// Number and instant of the last change; `None` in an empty registry.
    read last() -> Option<(i64, DateTime<Utc>)>;
}
