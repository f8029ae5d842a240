//! What the partner network is told: how records are, and which changed.

use consortia_domain::facts::Fact;

/// Facts on their way to somebody who wants them in portions.
pub type Sink<'a> = dyn FnMut(Vec<Fact>) + 'a;

/// Facts of records that changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// How these records are now.
    pub facts: Vec<Fact>,
    /// The number of the last change looked at.
    pub revision: i64,
}

/// How many records there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Organisations.
    pub organisations: u64,
    /// Projects.
    pub projects: u64,
    /// Participations.
    pub participations: u64,
}

crate::conn::dispatch! { facts:
    /// How many records [`all`] gives.
    read counts() -> Counts;

    /// Gives every organisation, project and participation to `sink`, in portions of some
    /// thousand, and returns the number of the last change they include.
    read all(sink: &mut Sink<'_>) -> i64;

    /// How the records are now that changed behind number `since`, looking at the next `limit`
    /// changes. As the records are read as they are, not as the changes left them, applying
    /// the portions one after the other leads to the present.
    read changed(since: i64, limit: u32) -> Changed;

    /// The number of the last change; 0 in an empty registry.
    read revision() -> i64;
}
