//! The log of imports: what was brought in, by whom, and what came of it.

use chrono::{DateTime, Utc};
use consortia_domain::Invalid;
use consortia_domain::page::Page;
use serde_json::Value;
use std::str::FromStr;
use uuid::Uuid;

/// Where an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportStatus {
    /// It runs.
    Running,
    /// It ended well.
    Completed,
    /// It failed. What was stored until then stays; running it again completes it.
    Failed,
    /// The program stopped while it ran. Running it again completes it.
    Interrupted,
}

impl ImportStatus {
    const ALL: [Self; 4] = [Self::Running, Self::Completed, Self::Failed, Self::Interrupted];

    /// The word for it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }
}

impl FromStr for ImportStatus {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::ALL.into_iter().find(|status| status.code() == text).ok_or_else(|| {
            Invalid::new("unknown_import_status", format!("'{text}' is no status of an import."))
        })
    }
}

/// One import.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportRun {
    /// Its id.
    pub id: Uuid,
    /// What was brought in: the name of the file or files.
    pub source: String,
    /// Where it stands.
    pub status: ImportStatus,
    /// Who asked for it.
    pub actor: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// What was counted, as its caller chose to say it; null until it ended.
    pub counts: Value,
    /// What could not be taken, as its caller chose to say it; null until it ended.
    pub rejects: Value,
    /// Why it failed.
    pub fault: Option<String>,
}

/// How an import ended.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportEnd {
    /// Where it stands now.
    pub status: ImportStatus,
    /// What was counted.
    pub counts: Value,
    /// What could not be taken.
    pub rejects: Value,
    /// Why it failed.
    pub fault: Option<String>,
}

crate::conn::dispatch! { imports:
    /// Notes that the import `id` of `source` begins now, asked for by the actor.
    write begin(id: Uuid, source: &str) -> ImportRun;

    /// Notes how the import `id` ended.
    write finish(id: Uuid, end: &ImportEnd) -> ();

    /// Notes that imports which seem to run were interrupted; tells how many. Only right
    /// when nobody else serves this database.
    write interrupt() -> usize;

    /// The import with this id; `None` when there is none.
    read find(id: Uuid) -> Option<ImportRun>;

    /// A page of imports, the latest first, those before `before` (an id) if given.
    /// `fingerprint` goes into the cursor of the next page.
    read list(before: Option<Uuid>, limit: u32, fingerprint: u64) -> Page<ImportRun>;
}
