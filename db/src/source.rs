//! Sources: where facts come from.

use consortia_domain::id::SourceId;
use consortia_domain::page::{ListRequest, Page};
use consortia_domain::source::{Source, SourceContent, SourceFilter};

crate::conn::dispatch! { source:
    /// One page of the sources that match, with the exact number of all of them.
    list list(request: &ListRequest<SourceFilter>) -> Page<Source>;

    /// The source with this id.
    read get(id: SourceId) -> Source;

    /// Registers a new source.
    write create(content: &SourceContent) -> Source;

    /// Puts new content in the place of the old. `expected` is the version the caller
    /// knows; `None` accepts any. Content that says the same changes nothing, and the
    /// version stays.
    write update(id: SourceId, expected: Option<u32>, content: &SourceContent) -> Source;

    /// Deletes a source that no statement comes from. `expected` as in [`update`].
    write delete(id: SourceId, expected: Option<u32>) -> ();
}
