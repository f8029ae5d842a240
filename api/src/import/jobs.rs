//! Imports that run inside the service.

use super::counters::Counters;
use super::{Files, ImportFault, Report, Upload, run};
use consortia_db::imports::{ImportEnd, ImportStatus};
use consortia_db::{Actor, Db, imports};
use consortia_domain::import::Rejection;
use serde_json::{Map, Value, json};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use uuid::Uuid;

/// The most rejections kept with an import; the command line writes all of them to a file.
const KEPT_REJECTS: usize = 1000;

/// What advice is kept as among what was counted.
pub(crate) const ADVICE: &str = "advice";

/// The import that runs in this process, if any: there is one at a time, as two would only
/// wait for one another.
#[derive(Clone, Default)]
pub struct Jobs(Arc<Mutex<Option<Job>>>);

struct Job {
    id: Uuid,
    counters: Arc<Counters>,
    /// Whether it is in the log of imports: not while its file is still arriving.
    logged: bool,
}

/// The right to run an import; given back when dropped.
pub struct Slot {
    jobs: Jobs,
    id: Uuid,
    counters: Arc<Counters>,
}

impl Jobs {
    fn lock(&self) -> MutexGuard<'_, Option<Job>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The right to run an import, unless one runs already.
    ///
    /// # Errors
    /// The id of the one that runs; `None` while its file is still arriving.
    pub fn take(&self) -> Result<Slot, Option<Uuid>> {
        let mut running = self.lock();
        if let Some(job) = running.as_ref() {
            return Err(job.logged.then_some(job.id));
        }
        let (id, counters) = (Uuid::now_v7(), Arc::new(Counters::default()));
        *running = Some(Job { id, counters: counters.clone(), logged: false });
        Ok(Slot { jobs: self.clone(), id, counters })
    }

    /// How far the import `id` has come, if it runs here.
    #[must_use]
    pub fn counters(&self, id: Uuid) -> Option<Arc<Counters>> {
        self.lock().as_ref().filter(|job| job.id == id).map(|job| job.counters.clone())
    }

    /// How far the import has come that runs here, if one does.
    #[must_use]
    pub fn running(&self) -> Option<Arc<Counters>> {
        self.lock().as_ref().map(|job| job.counters.clone())
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        *self.jobs.lock() = None;
    }
}

impl Slot {
    /// The id the import has.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Notes that the import is in the log of imports.
    pub fn logged(&self) {
        if let Some(job) = self.jobs.lock().as_mut() {
            job.logged = true;
        }
    }

    /// Runs the import of `upload` on a thread of its own, and then logs how it ended, with
    /// `advice` if it was completed.
    pub fn start(
        self,
        db: Db,
        files: Files,
        dry_run: bool,
        advice: Option<&'static str>,
        upload: Upload,
    ) {
        let span = tracing::info_span!("import", id = %self.id);
        thread::spawn(move || {
            span.in_scope(|| {
                let mut end = self.work(&db, files, dry_run);
                if let (Some(advice), Some(counts)) = (advice, end.counts.as_object_mut()) {
                    counts.insert(ADVICE.to_owned(), advice.into());
                }
                tracing::info!(status = end.status.code(), "an import ended");
                let id = self.id;
                let logged = db.write_blocking(Actor::new("system:imports"), move |tx| {
                    imports::finish(tx, id, &end)
                });
                if let Err(error) = logged {
                    tracing::error!(%error, "could not log how an import ended");
                }
                drop(upload);
            });
        });
    }

    fn work(&self, db: &Db, files: Files, dry_run: bool) -> ImportEnd {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let keep = kept.clone();
        let listen = move |rejection: &Rejection| {
            let mut kept = keep.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() < KEPT_REJECTS {
                kept.push(rejection_json(rejection));
            }
            Ok(())
        };
        let done = run(db, files, dry_run, &self.counters, listen);
        let rejects = kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        end_of(done, Value::Array(rejects))
    }
}

fn end_of(done: Result<Report, ImportFault>, rejects: Value) -> ImportEnd {
    match done {
        Ok(report) => {
            let counts = counts_json(&report);
            ImportEnd { status: ImportStatus::Completed, counts, rejects, fault: None }
        }
        Err(fault) => ImportEnd {
            status: ImportStatus::Failed,
            counts: Value::Null,
            rejects,
            fault: Some(fault.to_string()),
        },
    }
}

fn rejection_json(rejection: &Rejection) -> Value {
    let Rejection { origin, column, value, reason, severity } = rejection;
    json!({
        "severity": severity.code(), "file": origin.file, "line": origin.line,
        "column": column, "value": value, "reason": reason,
    })
}

fn counts_json(report: &Report) -> Value {
    let kinds = report.counts.iter().map(|(kind, counts)| {
        let counts = json!({
            "created": counts.created, "updated": counts.updated, "unchanged": counts.unchanged,
        });
        (format!("{kind}s"), counts)
    });
    let mut counts: Map<String, Value> = kinds.collect();
    counts.extend([
        ("rows".to_owned(), report.rows.into()),
        ("rejected".to_owned(), report.rejected.into()),
        ("notices".to_owned(), report.notices.into()),
        ("conflicts".to_owned(), report.conflicts.into()),
        ("dry_run".to_owned(), report.dry_run.into()),
    ]);
    Value::Object(counts)
}
