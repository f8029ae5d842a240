//! Imports as the API shows them.

use crate::import::{ADVICE, Jobs};
use crate::respond::cells::instant;
use crate::respond::{Cell, Column, Resource};
use crate::routes::revisions::PagedQuery;
use consortia_db::imports::ImportRun;
use consortia_domain::record::{Stamp, Timestamp};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// An import.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportView {
    /// Its id.
    pub id: Uuid,
    /// Name of the file.
    #[schema(example = "cordis-h2020-2020-12.zip")]
    pub source: String,
    /// Where it stands: `running`, `completed`, `failed` or `interrupted`. After the last two,
    /// importing the same file again completes it.
    #[schema(example = "completed")]
    pub status: &'static str,
    /// Who asked for it.
    #[schema(example = "user:anna")]
    pub actor: String,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// When it ended; null while it runs.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Timestamp>,
    /// How far it has come; null once it ended, and where another process runs it.
    pub progress: Option<ImportProgress>,
    /// Records created, updated and unchanged by kind, and rows rejected; null until it ended.
    #[schema(value_type = Option<Object>)]
    pub counts: Value,
    /// The first thousand rows, cells and records that could not be taken as they stand, each
    /// with file, line, column, value and reason; null until it ended.
    #[schema(value_type = Option<Vec<Object>>)]
    pub rejects: Value,
    /// Why it failed.
    pub fault: Option<String>,
    /// What is to be set because of what was imported: whom to name with data of CORDIS, where
    /// the server named nobody.
    pub advice: Option<String>,
}

/// How far an import has come.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportProgress {
    /// Rows read.
    #[schema(example = 88_064)]
    pub rows: u64,
    /// Records stored.
    #[schema(example = 61_440)]
    pub stored: u64,
    /// The part that is done, about, 0 to 1.
    #[schema(example = 0.42)]
    pub fraction: f64,
}

impl ImportView {
    /// `run`, with how far it has come if it is among `jobs`.
    pub(super) fn new(mut run: ImportRun, jobs: &Jobs) -> Self {
        let counters = jobs.counters(run.id).filter(|_| run.finished_at.is_none());
        let progress = counters.map(|counters| ImportProgress {
            rows: counters.rows(),
            stored: counters.stored(),
            fraction: (counters.fraction() * 1000.0).round() / 1000.0,
        });
        let advice = run.counts.as_object_mut().and_then(|counts| counts.remove(ADVICE));
        Self {
            id: run.id,
            source: run.source,
            status: run.status.code(),
            actor: run.actor,
            started_at: run.started_at,
            finished_at: run.finished_at,
            progress,
            counts: run.counts,
            rejects: run.rejects,
            fault: run.fault,
            advice: advice.as_ref().and_then(Value::as_str).map(str::to_owned),
        }
    }
}

impl Resource for ImportView {
    const PATH: &'static str = "imports";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "source",
        "status",
        "actor",
        "started_at",
        "finished_at",
        "progress",
        "counts",
        "rejects",
        "fault",
        "advice",
    ];
    const SEARCH_EXAMPLE: &'static str = "";
    const REUSABLE: bool = false;

    fn columns() -> Vec<Column<Self>> {
        vec![
            Column::new("id", |i| Cell::plain(i.id)),
            Column::new("source", |i| Cell::text(&i.source)),
            Column::new("status", |i| Cell::plain(i.status)),
            Column::new("actor", |i| Cell::text(&i.actor)),
            Column::new("started_at", |i| instant(i.started_at)),
            Column::new("finished_at", |i| i.finished_at.map_or_else(Cell::default, instant)),
            Column::new("counts", |i| Cell::text(&i.counts)),
            Column::new("fault", |i| Cell::maybe_text(i.fault.as_ref())),
            Column::new("advice", |i| Cell::maybe_text(i.advice.as_ref())),
        ]
    }

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn stamp(&self) -> Option<&Stamp> {
        None
    }
}

/// What the list of imports is asked for.
pub(super) type ImportListQuery = PagedQuery<ImportView>;
