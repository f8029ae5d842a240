//! Agreements between organisations, and what these did together.

use consortia_domain::agreement::{Agreement, AgreementContent, AgreementFilter, AgreementRef};
use consortia_domain::id::{AgreementId, OrganisationId, ProjectId};
use consortia_domain::page::{ListRequest, Page};

/// An agreement and those of its parties that were asked for, in its own order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementBetween {
    /// The agreement.
    pub agreement: AgreementRef,
    /// Its parties, as far as they were asked for.
    pub parties: Vec<OrganisationId>,
}

crate::conn::dispatch! { agreement:
    /// One page of the agreements that match, with the exact number of all of them.
    /// Those of one organisation are a filter.
    list list(request: &ListRequest<AgreementFilter>) -> Page<Agreement>;

    /// The agreement with this id.
    read get(id: AgreementId) -> Agreement;

    /// How many agreements an organisation is a party to.
    read count_of(organisation: OrganisationId) -> u64;

    /// The other parties of the agreements that one of these organisations is a party to, each
    /// once, by label.
    read counterparts(of: &[OrganisationId]) -> Vec<OrganisationId>;

    /// The agreements that at least two of these organisations are parties to, oldest first.
    read between(organisations: &[OrganisationId]) -> Vec<AgreementBetween>;

    /// The projects in which at least two parties of an agreement take part, each with these
    /// in the order of the agreement's, in order of id.
    read joint_projects(id: AgreementId) -> Vec<(ProjectId, Vec<OrganisationId>)>;

    /// Registers what organisations have agreed.
    write create(content: &AgreementContent) -> Agreement;

    /// Puts new content in the place of the old. `expected` is the version the caller
    /// knows; `None` accepts any. Content that says the same changes nothing, and the
    /// version stays.
    write update(
        id: AgreementId,
        expected: Option<u32>,
        content: &AgreementContent,
    ) -> Agreement;

    /// Deletes an agreement. `expected` as in [`update`].
    write delete(id: AgreementId, expected: Option<u32>) -> ();
}
