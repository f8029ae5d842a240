//! Answers: records and lists, in the format asked for, with what caches need.

pub(crate) mod cells;
mod conditional;
mod creation;
mod csv;
mod document;
mod format;
mod graph;
mod in_flight;
mod listing;
mod meta;
mod params;
mod record;
pub mod registered;
mod resource;

pub use conditional::{etag_of, not_modified};
pub use creation::create;
pub use csv::{Cell, Column};
pub use document::answer_document;
pub use format::{Format, Representation};
pub(crate) use graph::scope_in_words;
pub use graph::{GraphFormat, GraphLook, GraphTable, answer_graph};
pub(crate) use in_flight::InFlight;
pub use listing::{ListQuery, Listed, answer_list};
pub use meta::{Document, List, Meta, PageInfo, SummedList};
pub(crate) use params::range_parameters;
pub use params::{DescribedFilter, RangeOf};
pub use record::{RecordQuery, answer_record, changed, created, deleted};
pub use registered::Registered;
pub use resource::Resource;
pub(crate) use resource::changes_by_day;

/// What a handler gives back.
pub type Answer = Result<actix_web::HttpResponse, crate::problem::Problem>;
