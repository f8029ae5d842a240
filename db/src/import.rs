//! Storing what the readers of other registries' files hand over.
//!
//! Every batch is one transaction, and applying a batch again changes nothing, so an
//! import that was killed is completed by running it once more.
//!
//! - A record is found by its identifiers, a programme by its code, a call by its
//!   identifier within a programme, a participation by project, organisation, role and its
//!   place among those of the same role.
//! - What a source does not state never erases what is known; lists are united
//!   ([`merge`]). A record that is equal after merging is not written and gets no revision.
//! - A field somebody other than an import changed last keeps its value; the source's
//!   differing value is reported as a [`Conflict`]. So is a record that was deleted.

pub(crate) mod merge;

use crate::database::Db;
use crate::error::{Error, Result};
use crate::{Actor, Tx};
use consortia_domain::id::EntityKind;
use consortia_domain::import::{Batch, Origin, Rejection, Severity};
use serde::Serialize;
use std::sync::mpsc;
use uuid::Uuid;

/// How many records of a kind an import met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Records that were not known before.
    pub created: u64,
    /// Known records that changed.
    pub updated: u64,
    /// Known records that stayed as they were.
    pub unchanged: u64,
}

impl Counts {
    /// All records met.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.created + self.updated + self.unchanged
    }

    fn add(&mut self, other: Self) {
        self.created += other.created;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
    }
}

/// Where a source says otherwise than people who keep the registry.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// The kind of record.
    pub entity: EntityKind,
    /// The record.
    pub record_id: Uuid,
    /// What the source says and was not taken.
    pub kind: ConflictKind,
    /// Where the source says so.
    pub origin: Origin,
}

/// What a source says otherwise.
#[derive(Clone, Debug, PartialEq)]
pub enum ConflictKind {
    /// A field was last changed by somebody; their value stays.
    Edited {
        /// The field, by its name in the API.
        field: String,
        /// The value that stays.
        kept: serde_json::Value,
        /// The value it would have got.
        incoming: serde_json::Value,
    },
    /// The record was deleted; it is not brought back.
    Deleted,
    /// An identifier of the record belongs to another record; it is not taken over.
    Taken {
        /// The identifier, `scheme:value`.
        external_id: String,
        /// The record it belongs to.
        by: Uuid,
    },
}

/// What became of a batch, or of all batches of an import.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Funding programmes met.
    pub programmes: Counts,
    /// Calls met.
    pub calls: Counts,
    /// Organisations met.
    pub organisations: Counts,
    /// Projects met.
    pub projects: Counts,
    /// Participations met.
    pub participations: Counts,
    /// Where the registry's value was kept.
    pub conflicts: Vec<Conflict>,
    /// Records and references that could not be stored.
    pub rejections: Vec<Rejection>,
}

impl Outcome {
    /// The kinds of records that other registries' files bring, each with its counts.
    #[must_use]
    pub const fn by_kind(&self) -> [(EntityKind, &Counts); 5] {
        [
            (EntityKind::Organisation, &self.organisations),
            (EntityKind::Programme, &self.programmes),
            (EntityKind::Call, &self.calls),
            (EntityKind::Project, &self.projects),
            (EntityKind::Participation, &self.participations),
        ]
    }

    /// The counts of one kind of record; `None` for kinds that other registries' files do not
    /// bring.
    pub(crate) const fn counts_mut(&mut self, kind: EntityKind) -> Option<&mut Counts> {
        match kind {
            EntityKind::Organisation => Some(&mut self.organisations),
            EntityKind::Programme => Some(&mut self.programmes),
            EntityKind::Call => Some(&mut self.calls),
            EntityKind::Project => Some(&mut self.projects),
            EntityKind::Participation => Some(&mut self.participations),
            _ => None,
        }
    }

    /// Takes in what became of another batch.
    pub fn add(&mut self, other: Self) {
        self.programmes.add(other.programmes);
        self.calls.add(other.calls);
        self.organisations.add(other.organisations);
        self.projects.add(other.projects);
        self.participations.add(other.participations);
        self.conflicts.extend(other.conflicts);
        self.rejections.extend(other.rejections);
    }

    /// Whether nothing was written.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        self.by_kind().iter().all(|(_, counts)| counts.created + counts.updated == 0)
    }

    /// Notes something that could not be stored.
    pub(crate) fn reject(
        &mut self,
        origin: &Origin,
        column: &str,
        value: &(impl ToString + ?Sized),
        severity: Severity,
        reason: impl Into<String>,
    ) {
        self.rejections.push(Rejection {
            origin: origin.clone(),
            column: column.to_owned(),
            value: value.to_string(),
            reason: reason.into(),
            severity,
        });
    }
}

crate::conn::dispatch! { import:
    /// Stores a batch, all of it or none. Rejections and conflicts are part of the outcome,
    /// not errors.
    write apply(batch: &Batch) -> Outcome;

    /// Stores the programmes the domain knows of and the registry does not. Known ones are
    /// left as they are.
    write seed_programmes() -> Counts;
}

/// The actor that ships data with the program.
#[must_use]
pub fn seeder() -> Actor {
    Actor::new("system:seed")
}

/// Whether an actor is a program that takes over what others publish, not somebody who
/// looks after the registry's records.
pub(crate) fn is_machine(actor: &str) -> bool {
    actor.starts_with("import:") || actor.starts_with("system:")
}

/// Does `work` in a write transaction that is rolled back whatever happens: a dry run. All
/// batches must be applied within the one call, as later ones build on earlier ones. No
/// other write is done meanwhile. Blocks.
///
/// # Errors
/// What `work` fails with, and the conditions of any write.
pub fn rehearse<T, F>(db: &Db, actor: Actor, work: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
{
    let (done, result) = mpsc::sync_channel(1);
    let undone = db.write_blocking(actor, move |tx| -> Result<()> {
        let outcome = work(tx)?;
        // The receiver waits below, and the channel has room for the one value.
        let sent = done.try_send(outcome);
        Err(Error::internal(match sent {
            Ok(()) => "a dry run ended, as it should",
            Err(_) => "a dry run could not tell its result",
        }))
    });
    match (result.try_recv(), undone) {
        (Ok(outcome), _) => Ok(outcome),
        (Err(_), Err(error)) => Err(error),
        (Err(_), Ok(())) => Err(Error::internal("a dry run was committed")),
    }
}
