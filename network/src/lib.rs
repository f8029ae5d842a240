//! The partner network: who takes part in what with whom, in memory, and its measures.
//!
//! [`Network`] holds organisations, projects and participations as small columns and is kept
//! current change by change. A [`Scope`] says which participations count; a [`Lens`] looks at
//! the network through it. Ids in, numbers out: nothing here knows of databases or HTTP.

mod cohort;
pub mod country_network;
pub mod diversity;
mod ego;
mod frozen;
pub mod graph;
mod interner;
pub mod layout;
mod lists;
pub mod measure;
mod neighbourhood;
mod network;
mod number;
mod portrait;
mod random;
mod scope;
mod scratch;
mod seats;
mod sums;
mod whole;
mod years;

pub use cohort::{Comparison, Standing, compare};
pub use ego::{Ego, OwnParticipation, Roles, Tie};
pub use frozen::Frozen;
pub use neighbourhood::{Link, MOST_LOOKED_AT, Neighbour, Neighbourhood, Reach, TooFar};
pub use network::Network;
pub use portrait::{Portrait, Portraits};
pub use scope::{Lens, Scope};
pub use sums::Sums;
pub use whole::{Values, Whole};
pub use years::Year;
