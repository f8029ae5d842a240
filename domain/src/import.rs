//! What a reader of another registry's files hands over to be stored.
//!
//! A reader knows nothing of the registry it fills: records name each other by external
//! identifiers, programme codes and call identifiers, never by our ids. Batches come parents
//! first (programmes and calls before the projects that name them, organisations and projects
//! before the participations between them), so that whoever stores them can resolve every name
//! at once. `None` and empty lists mean *not stated in this source*, never "nothing": a merge
//! keeps what is known.

use crate::call::CallContent;
use crate::external_id::ExternalId;
use crate::funding::FundingKind;
use crate::language::LocalizedText;
use crate::money::Money;
use crate::organisation::OrganisationContent;
use crate::project::ProjectContent;
use crate::role::Role;
use crate::text::Code;
use chrono::NaiveDateTime;
use std::sync::Arc;

/// The greatest number of records in one [`Batch`]. A project's participations are never split,
/// so one project with more than this many participants makes a larger batch.
pub const BATCH_SIZE: usize = 1_000;

/// The place in a source a record was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The file, as the person who imports it knows it (`archive.zip/table.csv` in an archive).
    pub file: Arc<str>,
    /// The line the record starts on, from 1 (the header).
    pub line: u64,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} line {}", self.file, self.line)
    }
}

/// A funding programme that a project or call names by its code.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgrammeRecord {
    /// Where it was first named.
    pub origin: Origin,
    /// Its code as published, such as `H2020-EU.2.3.1.` or `HORIZON.3.2`.
    pub code: Code,
    /// Codes of the programmes it may lie under, nearest first, down to the framework
    /// programme; not all of them exist. An unknown programme is created under the nearest that
    /// does.
    pub ancestors: Vec<Code>,
    /// Its titles, where the source has them.
    pub titles: LocalizedText,
}

/// A call that projects name by its identifier.
#[derive(Clone, Debug, PartialEq)]
pub struct CallRecord {
    /// Where it was first named.
    pub origin: Origin,
    /// The code of the programme it belongs to.
    pub programme: Option<Code>,
    /// What is stated of it, its identifier included; `programme_id` is left open.
    pub content: CallContent,
}

/// An organisation, gathered from all rows that describe it.
#[derive(Clone, Debug, PartialEq)]
pub struct OrganisationRecord {
    /// The first row that describes it.
    pub origin: Origin,
    /// When the source last updated what it says, where it tells.
    pub as_of: Option<NaiveDateTime>,
    /// The identifier participations name it by; also the first of its `external_ids`.
    pub key: ExternalId,
    /// What is stated of it; `parent_id` is left open.
    pub content: OrganisationContent,
}

/// A grant or other funding of a project.
#[derive(Clone, Debug, PartialEq)]
pub struct FundingRecord {
    /// The code of the programme that funds.
    pub programme: Option<Code>,
    /// The identifier of the call it was won in.
    pub call: Option<Code>,
    /// The type of action, as the source writes it (`RIA`, `MSCA-IF-EF-ST`).
    pub type_of_action: Option<Code>,
    /// What kind of funding it is.
    pub kind: FundingKind,
    /// Its amount, where stated.
    pub amount: Option<Money>,
}

/// A project.
#[derive(Clone, Debug, PartialEq)]
pub struct ProjectRecord {
    /// The row it was read from.
    pub origin: Origin,
    /// When the source last updated what it says, where it tells.
    pub as_of: Option<NaiveDateTime>,
    /// What is stated of it, with at least one of its `external_ids`; `fundings` is left empty.
    pub content: ProjectContent,
    /// Its fundings, the one that carries the amount first.
    pub fundings: Vec<FundingRecord>,
    /// Whether the source only adds to a project it describes elsewhere (a file of topics
    /// without one of projects): such a record is merged if the project is known, and must not
    /// create one.
    pub only_adds: bool,
}

/// An organisation taking part in a project.
#[derive(Clone, Debug, PartialEq)]
pub struct ParticipationRecord {
    /// The row it was read from.
    pub origin: Origin,
    /// When the source last updated what it says, where it tells.
    pub as_of: Option<NaiveDateTime>,
    /// The [`OrganisationRecord::key`] of who takes part.
    pub organisation: ExternalId,
    /// Tells apart participations of the same organisation in the same role in the same
    /// project, from 0 in the order the source lists them.
    pub occurrence: u32,
    /// In which role.
    pub role: Option<Role>,
    /// Its place in the project's list of participants.
    pub order: Option<u32>,
    /// What the EU contributes to it; 0 means nothing, `None` means not stated.
    pub ec_contribution: Option<Money>,
    /// What of that stays with it, third parties deducted.
    pub net_ec_contribution: Option<Money>,
    /// What its part costs in all.
    pub total_cost: Option<Money>,
    /// Whether it left before the project's end.
    pub ended: Option<bool>,
}

/// All participations the source lists for one project.
#[derive(Clone, Debug, PartialEq)]
pub struct ProjectParticipations {
    /// Every identifier of the project the source gives; any of them may be known.
    pub project: Vec<ExternalId>,
    /// Its participations, in the source's order.
    pub participations: Vec<ParticipationRecord>,
}

/// Records of one kind, at most [`BATCH_SIZE`].
#[derive(Clone, Debug, PartialEq)]
pub enum Batch {
    /// Programmes not named before in this import.
    Programmes(Vec<ProgrammeRecord>),
    /// Calls not named before in this import.
    Calls(Vec<CallRecord>),
    /// Organisations; each once in an import.
    Organisations(Vec<OrganisationRecord>),
    /// Projects; each once in an import.
    Projects(Vec<ProjectRecord>),
    /// Participations, by project; each project once in an import.
    Participations(Vec<ProjectParticipations>),
}

/// How much of a row was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The whole row was left out.
    Rejected,
    /// The row was kept; the cell named was left out or read in a way worth knowing.
    Notice,
    /// Nothing was lost: a dry run tells what the cell would change, or which record the row
    /// would make.
    Change,
}

impl Severity {
    /// The word in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Notice => "notice",
            Self::Change => "change",
        }
    }
}

/// A row or cell that could not be taken as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Where it stands.
    pub origin: Origin,
    /// The column, by the name the file gives it; empty when it concerns the row as a whole.
    pub column: String,
    /// The value, cut to a few words; empty where it might be somebody's contact data.
    pub value: String,
    /// A sentence: what was expected and what was done.
    pub reason: String,
    /// How much was lost.
    pub severity: Severity,
}

/// How far reading has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows read so far. A table that is read twice counts once.
    pub rows: u64,
    /// Bytes read so far, unpacked; a table that is read twice counts twice.
    pub bytes: u64,
    /// Bytes to be read in all, known from the start.
    pub total_bytes: u64,
}

/// Why a [`Sink`] wants to stop.
pub type StopReason = Box<dyn std::error::Error + Send + Sync>;

/// Receives what a reader finds.
pub trait Sink {
    /// Takes a batch of records. Calls come in an order in which every name can be resolved.
    ///
    /// # Errors
    /// Stops the import; the reader passes the reason on.
    fn batch(&mut self, batch: Batch) -> Result<(), StopReason>;

    /// Takes note of a row or cell that could not be taken as it stands.
    ///
    /// # Errors
    /// Stops the import; the reader passes the reason on.
    fn rejection(&mut self, rejection: Rejection) -> Result<(), StopReason>;

    /// Told how far reading has come, some dozen times a second at most.
    fn progress(&mut self, progress: Progress) {
        let _ = progress;
    }
}
