//! Statements: what a source says of one field of a record.

use consortia_domain::id::StatementId;
use consortia_domain::page::{ListRequest, Page};
use consortia_domain::statement::{Statement, StatementContent, StatementFilter};
use uuid::Uuid;

crate::conn::dispatch! { statement:
    /// One page of the statements that match, with the exact number of all of them.
    list list(request: &ListRequest<StatementFilter>) -> Page<Statement>;

    /// The statement with this id.
    read get(id: StatementId) -> Statement;

    /// The statements about these records, in order of record, field and id.
    read about(records: &[Uuid]) -> Vec<Statement>;

    /// How many of the records `records`, from the first, a page shows with what is stated about
    /// them: as many as have 4 MiB of statements together, and one at least.
    read fitting_about(records: &[Uuid]) -> usize;

    /// Registers a new statement.
    write create(content: &StatementContent) -> Statement;

    /// Puts new content in the place of the old. `expected` is the version the caller
    /// knows; `None` accepts any. Content that says the same changes nothing, and the
    /// version stays.
    write update(
        id: StatementId,
        expected: Option<u32>,
        content: &StatementContent,
    ) -> Statement;

    /// Deletes a statement. `expected` as in [`update`].
    write delete(id: StatementId, expected: Option<u32>) -> ();
}
