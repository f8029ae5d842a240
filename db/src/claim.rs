//! Claims: what somebody says of an organisation, to be checked at any time.

use consortia_domain::claim::{Claim, ClaimContent, ClaimFilter};
use consortia_domain::id::ClaimId;
use consortia_domain::page::{ListRequest, Page};

crate::conn::dispatch! { claim:
    /// One page of the claims that match, with the exact number of all of them.
    list list(request: &ListRequest<ClaimFilter>) -> Page<Claim>;

    /// The claim with this id.
    read get(id: ClaimId) -> Claim;

    /// Registers a new claim.
    write create(content: &ClaimContent) -> Claim;

    /// Puts new content in the place of the old. `expected` is the version the caller
    /// knows; `None` accepts any. Content that says the same changes nothing, and the
    /// version stays.
    write update(id: ClaimId, expected: Option<u32>, content: &ClaimContent) -> Claim;

    /// Deletes a claim. `expected` as in [`update`].
    write delete(id: ClaimId, expected: Option<u32>) -> ();
}
