//! Partners: whom an organisation shares projects with.

use consortia_domain::id::RecordRef;
use consortia_domain::page::{ListRequest, Page};
use consortia_domain::partner::{Partner, PartnerFilter, PartnerSummary};

crate::conn::dispatch! { partners:
    /// The partners of an organisation and a summary of all of them, whatever the filter.
    /// Without `sort` those with most shared projects come first, then by label; a search
    /// chooses among the partners and does not change the order.
    ///
    /// All partners are counted for every page: two queries over the participations in the
    /// organisation's projects.
    read list(
        organisation: &RecordRef,
        request: &ListRequest<PartnerFilter>,
    ) -> (PartnerSummary, Page<Partner>);
}
