//! What every list says beside its records.

use crate::state::State;
use consortia_domain::page::Correction;
use consortia_domain::record::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Where a list stands in the whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PageInfo {
    /// Give this as `cursor` for the next page; null on the last.
    #[schema(example = "eyJmIjo3LCJ2IjpbXX0")]
    pub next: Option<String>,
    /// The most records a page of this list holds.
    #[schema(example = 50, minimum = 1, maximum = 1000)]
    pub limit: u32,
    /// How many records the whole list holds, exactly.
    #[schema(example = 31451)]
    pub total: u64,
}

/// Where the data comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Meta {
    /// When the registry last changed before it gave this answer; null while it is empty.
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-01-31T12:00:00Z")]
    pub as_of: Option<Timestamp>,
    /// The licence under which the data may be reused; null where none is stated, and of what is
    /// not for everybody, such as contacts and drafts.
    #[schema(example = "CC-BY-4.0")]
    pub licence: Option<String>,
    /// Whom to name when reusing it; null where there is nobody to name.
    #[schema(example = "CORDIS, European Commission / Publications Office of the European Union")]
    pub attribution: Option<String>,
    /// Words of the search that were found only after mending a typing error.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub corrections: Vec<Correction>,
}

impl Meta {
    /// The provenance of an answer that shows everything up to `as_of`.
    #[must_use]
    pub fn of(state: &State, as_of: Option<Timestamp>, corrections: Vec<Correction>) -> Self {
        let config = state.config();
        Self {
            as_of,
            licence: stated(&config.data_licence),
            attribution: stated(&config.data_attribution),
            corrections,
        }
    }

    /// The same of what nobody may reuse.
    #[must_use]
    pub fn not_for_reuse(self) -> Self {
        Self { licence: None, attribution: None, ..self }
    }
}

fn stated(setting: &str) -> Option<String> {
    (!setting.is_empty()).then(|| setting.to_owned())
}

/// A page of a list. The answer is written piece by piece (`listing.rs`), because its `ETag`
/// covers the records and the page but not the provenance.
#[derive(Clone, Debug, ToSchema)]
pub struct List<T: ToSchema> {
    /// The records of the page.
    pub data: Vec<T>,
    /// Where the page stands in the whole list.
    pub page: PageInfo,
    /// Where the data comes from.
    pub meta: Meta,
}

/// A page of a list, and what the whole list comes to. Written as [`List`] is.
#[derive(Clone, Debug, ToSchema)]
pub struct SummedList<T: ToSchema, S: ToSchema> {
    /// The records of the page.
    pub data: Vec<T>,
    /// Where the page stands in the whole list.
    pub page: PageInfo,
    /// What the whole list comes to, whatever the page or search.
    pub summary: S,
    /// Where the data comes from.
    pub meta: Meta,
}

/// What was found, and where the data comes from.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Document<T: ToSchema> {
    /// What was found.
    #[serde(flatten)]
    pub found: T,
    /// Where the data comes from.
    pub meta: Meta,
}
