//! Calls for proposals.

use consortia_domain::call::{Call, CallContent, CallFilter, CallRef};
use consortia_domain::id::{CallId, RecordRef};
use consortia_domain::page::{ListRequest, Page};
use std::collections::HashMap;

crate::conn::dispatch! { call:
    /// One page of the calls that match, with the exact number of all of them.
    list list(request: &ListRequest<CallFilter>) -> Page<Call>;

    /// The call with this id or external id.
    read get(wanted: &RecordRef) -> Call;

    /// The id of the call meant.
    read resolve(wanted: &RecordRef) -> CallId;

    /// The short forms of calls; those that do not exist are left out.
    read references(ids: &[CallId]) -> HashMap<CallId, CallRef>;

    /// Registers a new call.
    write create(content: &CallContent) -> Call;

    /// Puts new content in the place of the old. `expected` is the version the caller
    /// knows; `None` accepts any. Content that says the same changes nothing, and the
    /// version stays.
    write update(id: CallId, expected: Option<u32>, content: &CallContent) -> Call;

    /// Deletes a call. `expected` as in [`update`].
    write delete(id: CallId, expected: Option<u32>) -> ();
}
