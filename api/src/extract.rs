//! Reading requests: every fault becomes a problem that names its place.

mod body;
mod languages;
mod media;
mod path;
mod precondition;
mod query;
mod timed;
mod upload;

pub use body::{Body, PatchBody};
pub(crate) use languages::languages;
pub(crate) use media::check as check_media_type;
pub(crate) use path::takes_external;
pub use path::{RecordPath, no_such};
pub use precondition::{IdempotencyKey, IfMatch, stale};
pub use query::{Parameters, Query, pairs};
pub use timed::read_body;
pub(crate) use upload::{cannot_store, receive};
